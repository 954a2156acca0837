# Sanitizers, valgrind, and the harnesses of spec/c.

HARNESS_CC = $(CC) $(CPPFLAGS) $(CFLAGS) $(VARIANT_FLAGS) -std=c99 -pthread \
  $(WARNINGS) $(EXTERNAL_CFLAGS)
LUA_LIBS = $(call pc,--libs $(LUA_PC))
OOM_ABIS := 5.1 5.4
HARNESS_H := spec/c/alloc.h spec/c/server.h

# What follows runs in the environment of the tree that was built.
IN_TREE = LUA_BIN='$(LUA_BIN)' BUILD='$(BUILD)' sh mk/in-tree.sh

.PHONY: oom oom-one asan asan-one tsan tsan-one valgrind

# --- running out of memory ---

$(BUILD)/oom: spec/c/oom.c spec/c/alloc.c spec/c/server.c $(HARNESS_H) $(BUILD)/flags
	$(HARNESS_CC) -rdynamic -o $@ $(filter %.c,$^) $(LUA_LIBS) -ldl

oom-one: lib $(BUILD)/oom
	@$(IN_TREE) $(BUILD)/oom spec/c/oom.lua $(OOM_ARGS)

oom: deps-matrix ## Fail every allocation in turn, on Lua 5.1 and 5.4
	@$(call each,$(OOM_ABIS),oom-one)

# --- AddressSanitizer and UndefinedBehaviorSanitizer ---

runtime = $(shell $(CC) -print-file-name=$(1))

$(BUILD)/unpreload.so: spec/c/unpreload.c $(BUILD)/flags
	$(CC) -std=c99 -fPIC -shared -o $@ $<

# The programs that a spec starts have no sanitizer's run-time library: they
# get the plain build, and specs of nothing but programs are left out, as are
# those of what is Lua only and does with C what the others do.
# What was freed stays resident for a while, so that specs that look at the
# size of the process (#resident) are for other builds.
asan-one: lib $(BUILD)/unpreload.so
	@ASAN_PRELOAD="$(call runtime,libasan.so):$(call runtime,libubsan.so):$(CURDIR)/$(BUILD)/unpreload.so" \
	  LUA_BIN='$(LUA_BIN)' BUILD='build/$(LUA)' sh mk/in-tree.sh sh mk/asan.sh \
	  $(LUA_BIN) "$$(command -v busted)" --ignore-lua \
	  --cpath='$(CURDIR)/$(BUILD)/?.so' --exclude-tags=long,resident \
	  $(BUSTED_ARGS) $(SPEC)

ASAN_SPEC = $(filter-out $(addprefix spec/,batch cli emulator examples_spec.lua gen mail_from), \
  $(LIBRARY_SPEC))

asan: deps-test ## The specs under AddressSanitizer and UBSan, on 5.4 and LuaJIT
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(call each,$(TEST_ABIS),SPEC='$(ASAN_SPEC)' VARIANT=asan asan-one)

# --- ThreadSanitizer ---

$(BUILD)/threads: spec/c/threads.c spec/c/server.c $(HARNESS_H) $(BUILD)/flags
	$(HARNESS_CC) -rdynamic -o $@ $(filter %.c,$^) $(LUA_LIBS) -ldl

# The libraries are not instrumented: what they do among themselves is theirs.
tsan-one: lib $(BUILD)/threads
	@TSAN_OPTIONS='halt_on_error=0 ignore_noninstrumented_modules=1' \
	  $(IN_TREE) setarch -R $(BUILD)/threads spec/c/threads.lua

tsan: deps ## 8 threads, a Lua state each, under ThreadSanitizer
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=tsan tsan-one

# --- valgrind ---

valgrind: deps-valgrind ## The main job under valgrind
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(IN_TREE) sh mk/with-emulator.sh \
	  valgrind --quiet --error-exitcode=9 --leak-check=full \
	  --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite \
	  --keep-debuginfo=yes $(LUA_BIN) examples/main_job.lua
