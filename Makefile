# lua-ses: Amazon SES for Lua.  "make help" lists the targets.
#
# Every target takes LUA=5.4 (the default), 5.3, 5.1 or jit.  Output goes to
# build/<abi>/, so a build for one Lua can never be taken for another's.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

LUA ?= 5.4
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
# For a make that builds, unless make was told how many jobs to run.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

include mk/abi.mk
include mk/sources.mk
include mk/build.mk
include mk/packages.mk
include mk/run.mk
include mk/test.mk
include mk/check.mk
include mk/harness.mk
include mk/install.mk
-include csrc/gen/gen.mk
-include spec/support/spec.mk
include spec/support/interop/interop.mk
-include bench/bench.mk

.PHONY: help clean FORCE
FORCE:

help: ## This list
	@echo 'LUA=5.4 (default), 5.3, 5.1 or jit chooses the Lua; here: $(LUA).'
	@echo
	@awk 'match($$0, /^[a-z-]+:.*## /) { \
	  name = $$0; sub(/:.*/, "", name); text = substr($$0, RLENGTH + 1); \
	  printf "  make %-18s %s\n", name, text }' $(MAKEFILE_LIST)

clean: ## Remove everything that was built
	rm -rf build ses csrc/*.o csrc/*/*.o
