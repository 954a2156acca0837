# What can be said of the tree without running it.

HAND_C = $(sort $(filter-out csrc/services/%,$(wildcard csrc/*.[ch] \
  csrc/gen/*.[ch] spec/c/*.[ch] spec/support/*.[ch] spec/support/soak/*.[ch] \
  bench/*.[ch])))
LUA_DIRS = $(wildcard lua spec examples bench csrc/gen) $(wildcard bin/sesctl)

.PHONY: check check-lua check-format check-c check-tree
check: deps-check ## luacheck, clang-format, cppcheck, arrows, generated files
	@failed=; for c in check-lua check-format check-c check-tree \
	  $(if $(wildcard csrc/gen/gen.mk),gen-check); do \
	  echo "== $$c"; \
	  $(MAKE) --no-print-directory $$c || failed="$$failed $$c"; \
	done; \
	[ -z "$$failed" ] || { echo "make: failed:$$failed" >&2; exit 1; }

check-lua:
	@luacheck --quiet $(LUA_DIRS)

check-format:
	@clang-format --dry-run -Werror $(HAND_C)

CPPCHECK_FLAGS := --quiet --error-exitcode=1 --std=c99 \
  --enable=warning,portability,performance --inline-suppr \
  --suppress=missingIncludeSystem -D__GNUC__=12 -DLUA_VERSION_NUM=504 \
  -DLIBCURL_VERSION_NUM=0x075800 \
  --max-configs=1

check-c:
	@cppcheck $(CPPCHECK_FLAGS) -Icsrc $(filter %.c,$(HAND_C))

# The invariants of the tree: arrows, lists, lengths, exported symbols.
check-tree:
	@$(MAKE) --no-print-directory spec SPEC=spec/repo
