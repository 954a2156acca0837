# Sanitizers, and the harnesses of spec/c.

HARNESS_CC = $(CC) $(CPPFLAGS) $(CFLAGS) $(VARIANT_FLAGS) -std=c99 -pthread \
  $(WARNINGS) $(EXTERNAL_CFLAGS)
LUA_LIBS = $(call pc,--libs $(LUA_PC))
OOM_ABIS := 5.1 5.4

.PHONY: oom oom-one
$(BUILD)/oom: spec/c/oom.c spec/c/alloc.c spec/c/alloc.h $(BUILD)/flags
	$(HARNESS_CC) -rdynamic -o $@ $(filter %.c,$^) $(LUA_LIBS) -ldl

oom-one: lib $(BUILD)/oom
	@LUA_BIN='$(LUA_BIN)' BUILD='$(BUILD)' sh mk/in-tree.sh \
	  $(BUILD)/oom spec/c/oom.lua $(OOM_ARGS)

oom: ## Fail every allocation in turn, on Lua 5.1 and 5.4
	@failed=; for abi in $(OOM_ABIS); do \
	  $(MAKE) --no-print-directory LUA=$$abi oom-one || failed="$$failed $$abi"; \
	done; \
	[ -z "$$failed" ] || { echo "make: failed on$$failed" >&2; exit 1; }
