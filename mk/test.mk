# The specs.  SPEC= names files or folders, BUSTED_ARGS= adds options.

SPEC ?= spec
TEST_ABIS := 5.4 jit
MATRIX_ABIS := 5.1 jit 5.3 5.4

.PHONY: spec test test-one test-long matrix
spec: ## Run the specs (SPEC=file) on LUA only, installing nothing
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(RUN_SPECS) $(BUSTED_ARGS) $(SPEC)

# An environment of our own for busted, whatever the shell's was.
RUN_SPECS = BUILD='$(BUILD)' LUA_BIN='$(LUA_BIN)' sh mk/spec.sh

# Makes $(2) for every ABI of $(1), though one fails.
each = failed=; for abi in $(1); do \
	  echo "== Lua $$abi: $(lastword $(2))"; \
	  $(MAKE) --no-print-directory LUA=$$abi $(2) || failed="$$failed $$abi"; \
	done; \
	[ -z "$$failed" ] || { echo "make: failed on$$failed" >&2; exit 1; }

# What has no part of a Lua's is run beside one of them: nginx, which has its own;
# the programs of other people, which talk to what another process serves; what
# looks at the tree.
NOT_ON_5.4 := spec/nginx
NOT_ON_jit := spec/interop spec/repo

test-one:
	@$(MAKE) --no-print-directory \
	  SPEC='$(filter-out $(NOT_ON_$(LUA)),$(wildcard spec/*))' spec

test: deps-test ## Install what the specs need, run them on Lua 5.4 and LuaJIT
	@$(call each,$(TEST_ABIS),test-one)

test-long: deps-test ## The soaks and long differentials as well
	@$(call each,$(TEST_ABIS),test-one)
	@$(call each,$(TEST_ABIS),BUSTED_ARGS=--run=long test-one)

# Neither those nor sesctl as a program are for each Lua anew: make test has
# them, and rock-check tries sesctl on each.
LIBRARY_SPEC := $(filter-out $(NOT_ON_5.4) $(NOT_ON_jit) spec/sesctl,$(wildcard spec/*))

matrix: deps-matrix ## The specs on Lua 5.1, LuaJIT, 5.3 and 5.4
	@$(call each,$(MATRIX_ABIS),SPEC='$(LIBRARY_SPEC)' spec)
