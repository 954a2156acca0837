# The service tables, written from botocore's models.
#
# BOTOCORE=dir names a folder laid out as botocore/data; without it pip fetches
# the pinned version.  The files written name the version they came from, so
# give BOTOCORE_VERSION as well where the folder is of another.

BOTOCORE_VERSION := 1.44.5
BOTOCORE ?=

GEN_MK := csrc/gen/gen.mk
GEN_LUA ?= $(LUA_BIN)
GEN_CACHE := build/botocore
GEN_MODELS = $(or $(BOTOCORE),$(GEN_CACHE)/$(BOTOCORE_VERSION))
GEN_FETCH = python3 csrc/gen/fetch.py $(GEN_CACHE)

# $(1): the root of the tree to write into
gen_write = mkdir -p $(1)/csrc/services $(1)/lua/ses/types && \
  $(GEN_LUA) csrc/gen/main.lua '$(GEN_MODELS)' \
    'botocore $(BOTOCORE_VERSION)' $(1)

# Succeeds when the models are there.
gen_fetch = [ -n '$(BOTOCORE)' ] || $(GEN_FETCH) $(BOTOCORE_VERSION) >/dev/null

.PHONY: gen gen-update gen-check
gen: ## Write the service tables from botocore's models (BOTOCORE=dir)
	@$(gen_fetch)
	@$(call gen_write,.)

gen-update: ## Pin the newest botocore and write the tables from it
	@[ -z '$(BOTOCORE)' ] || { \
	  echo 'make: gen-update fetches the models; leave BOTOCORE out' >&2; \
	  exit 1; }
	@version=$$($(GEN_FETCH)) && \
	sed -i "s/^BOTOCORE_VERSION := .*/BOTOCORE_VERSION := $$version/" \
	  $(GEN_MK) && \
	echo "botocore $$version (was $(BOTOCORE_VERSION))" && \
	$(MAKE) --no-print-directory gen

# An unfetchable model is no fault of the tree: it is said, and not a failure.
gen-check: ## The generated files are what the models give
	@$(gen_fetch) || { \
	  echo 'gen-check: SKIPPED, nothing was compared: botocore'; \
	  echo '  $(BOTOCORE_VERSION) cannot be fetched; BOTOCORE=dir names its data'; \
	  exit 0; }; \
	out=build/gen-check; rm -rf $$out; \
	{ $(call gen_write,$$out); } || exit 1; \
	diff -r $$out/csrc/services csrc/services && \
	diff -r $$out/lua/ses/types lua/ses/types && \
	diff $$out/lua/ses/partitions.lua lua/ses/partitions.lua && \
	echo 'gen-check: the generated files are those of botocore' \
	  '$(BOTOCORE_VERSION)' || \
	{ echo 'gen-check: the files differ: run make gen and commit' >&2; exit 1; }
