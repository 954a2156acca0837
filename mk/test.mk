# The specs.  SPEC= names files or folders, BUSTED_ARGS= adds options.

SPEC ?= spec
TEST_ABIS := 5.4 jit
MATRIX_ABIS := 5.1 jit 5.3 5.4

.PHONY: spec test test-long matrix
spec: ## Run the specs (SPEC=file) on LUA only, installing nothing
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@$(RUN_SPECS) $(BUSTED_ARGS) $(SPEC)

# An environment of our own for busted, whatever the shell's was.
RUN_SPECS = BUILD='$(BUILD)' LUA_BIN='$(LUA_BIN)' sh mk/spec.sh

# Runs every ABI though one fails; $(1) names them, $(2) is what to pass on.
each_abi = failed=; for abi in $(1); do \
	  echo "== Lua $$abi"; \
	  $(MAKE) --no-print-directory LUA=$$abi $(2) spec || \
	    failed="$$failed $$abi"; \
	done; \
	[ -z "$$failed" ] || { echo "make: failed on$$failed" >&2; exit 1; }

test: deps-test ## Install what the specs need, run them on Lua 5.4 and LuaJIT
	@$(call each_abi,$(TEST_ABIS))

test-long: deps-test ## The soaks and long differentials as well
	@$(call each_abi,$(TEST_ABIS))
	@$(call each_abi,$(TEST_ABIS),BUSTED_ARGS='--run=long')

matrix: deps-matrix ## The specs on Lua 5.1, LuaJIT, 5.3 and 5.4
	@$(call each_abi,$(MATRIX_ABIS))
