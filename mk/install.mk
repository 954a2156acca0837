# Installing what was built, and proving that the rock can be.

PREFIX ?= /usr/local
DESTDIR ?=
LUA_DIR ?= $(PREFIX)/share/lua/$(LUA_VERSION)
LUA_LIBDIR ?= $(PREFIX)/lib/lua/$(LUA_VERSION)

LUA_MODULES = $(sort $(patsubst lua/%,%,$(shell find lua -name '*.lua')))

# Where sesctl emulator looks for what its nginx loads, whatever Lua runs it.
JIT_LIBDIR = $(dir $(LUA_LIBDIR))jit

.PHONY: install uninstall rock-check
install: all ## Install for LUA under PREFIX=/usr/local (DESTDIR is honoured)
	@for module in $(LUA_MODULES); do \
	  install -D -m 644 "lua/$$module" "$(DESTDIR)$(LUA_DIR)/$$module" || \
	    exit 1; \
	done
	install -D -m 755 $(BUILD)/ses/core.so "$(DESTDIR)$(LUA_LIBDIR)/ses/core.so"
	install -D -m 755 $(BUILD)/ses/curl.so "$(DESTDIR)$(LUA_LIBDIR)/ses/curl.so"
ifneq ($(LUA),jit)
	@if [ -f build/jit/ses/core.so ]; then \
	  set -x; install -D -m 755 build/jit/ses/core.so \
	    "$(DESTDIR)$(JIT_LIBDIR)/ses/core.so"; \
	fi
endif
	@mkdir -p "$(DESTDIR)$(PREFIX)/bin"
	sed -e '1s|.*|#!/usr/bin/env $(LUA_BIN)|' -e '1a\
	package.path = "$(LUA_DIR)/?.lua;$(LUA_DIR)/?/init.lua;" .. package.path\
	package.cpath = "$(LUA_LIBDIR)/?.so;" .. package.cpath' bin/sesctl \
	  > "$(DESTDIR)$(PREFIX)/bin/sesctl"
	@chmod 755 "$(DESTDIR)$(PREFIX)/bin/sesctl"

uninstall: ## Remove what install put there
	rm -rf "$(DESTDIR)$(LUA_DIR)/ses" "$(DESTDIR)$(LUA_LIBDIR)/ses" \
	  "$(DESTDIR)$(JIT_LIBDIR)/ses"
	rm -f "$(DESTDIR)$(PREFIX)/bin/sesctl"

rock-check: deps-rock ## luarocks make into clean trees for 5.1, 5.3 and 5.4
	@sh mk/rock-check.sh

.PHONY: clean-root-check
clean-root-check: ## The README's commands in a bare Debian 12 root (as root)
	@sh mk/clean-root.sh
