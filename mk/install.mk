# Installing what was built, and proving that the rock can be.

PREFIX ?= /usr/local
DESTDIR ?=

# Paths may have blanks, which make's own functions split at: a script gets
# them as its environment. What is installed names its folders, so that they
# must not depend on where make runs.
whole = $(if $(filter /%,$(firstword $(1))),$(1),$(CURDIR)/$(1))

INSTALL := install uninstall
$(INSTALL): export PREFIX := $(call whole,$(PREFIX))
$(INSTALL): export DESTDIR := $(DESTDIR)
$(INSTALL): export LUA_DIR := $(if $(LUA_DIR),$(call whole,$(LUA_DIR)),$(call \
  whole,$(PREFIX))/share/lua/$(LUA_VERSION))
$(INSTALL): export LUA_LIBDIR := $(if $(LUA_LIBDIR),$(call whole,$(LUA_LIBDIR)),$(call \
  whole,$(PREFIX))/lib/lua/$(LUA_VERSION))
$(INSTALL): export LUA := $(LUA)
$(INSTALL): export LUA_BIN := $(LUA_BIN)
$(INSTALL): export BUILD := $(BUILD)

.PHONY: install uninstall rock-check
install: all ## Install for LUA under PREFIX=/usr/local (DESTDIR is honoured)
	@sh mk/install.sh install

uninstall: ## Remove what install put there
	@sh mk/install.sh uninstall

rock-check: deps-rock ## luarocks make into clean trees for 5.1, 5.3 and 5.4
	@sh mk/rock-check.sh

.PHONY: clean-root-check
clean-root-check: ## The README's commands in a bare Debian 12 root (as root)
	@sh mk/clean-root.sh
