# Compiling and linking.

CC ?= cc
ifeq ($(origin CC),default)
  CC := cc
endif
PKG_CONFIG ?= pkg-config

CFLAGS ?= -O2 -g
HARDENING ?= -fstack-protector-strong -fstack-clash-protection \
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
WARNINGS := -Wall -Wextra -Wpedantic -Wcast-qual -Wwrite-strings \
  -Wmissing-prototypes -Wstrict-prototypes -Wshadow

# nodelete: lua_close unloads C modules, but libcurl's resolver threads and the
# digests that are fetched once outlive a state.
SO_LDFLAGS := -shared -pthread -Wl,-z,relro,-z,now -Wl,--as-needed \
  -Wl,-z,nodelete

ifeq ($(VARIANT),asan)
  HARDENING :=
  VARIANT_FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=undefined
endif
ifeq ($(VARIANT),tsan)
  HARDENING :=
  VARIANT_FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=thread
endif

pc = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS) $(HARDENING) $(VARIANT_FLAGS) -std=c99 \
  -D_POSIX_C_SOURCE=200809L -fPIC -fvisibility=hidden -pthread $(WARNINGS) \
  -Icsrc $(EXTERNAL_CFLAGS)
EXTERNAL_CFLAGS := $(call pc,--cflags $(LUA_PC) libcrypto expat libcurl)
# Optional: without c-ares there is no ses.dns, and all else is as it was.
HAVE_CARES := $(if $(call pc,--modversion libcares),yes)
CARES_CFLAGS := $(call pc,--cflags libcares)
CARES_LIBS := $(call pc,--libs libcares)
CORE_LIBS := $(or $(call pc,--libs libcrypto expat),-lcrypto -lexpat) -lm
CURL_LIBS := $(or $(call pc,--libs libcurl),-lcurl)
LINK = $(CC) $(SO_LDFLAGS) $(CFLAGS) $(VARIANT_FLAGS) $(LDFLAGS)

CORE_O := $(CORE_C:%.c=$(BUILD)/obj/%.o)
CURL_O := $(CURL_C:%.c=$(BUILD)/obj/%.o)
DNS_O := $(DNS_C:%.c=$(BUILD)/obj/%.o)

.PHONY: all lib toolchain env
all: lib ## Build for LUA, and for LuaJIT (the emulator's nginx) if it is there
	$(if $(HAVE_CARES),,@echo 'make: c-ares is not installed, so that ses.dns is not built.')
ifneq ($(LUA),jit)
	@if $(PKG_CONFIG) --exists luajit 2>/dev/null; then \
	  $(MAKE) --no-print-directory LUA=jit LUA_BIN=luajit LUA_PC=luajit lib; \
	fi
endif

lib: $(BUILD)/ses/core.so $(BUILD)/ses/curl.so $(BUILD)/bin/sesctl \
  $(if $(HAVE_CARES),$(BUILD)/ses/dns.so)

# The tables of the services are pointers: unpacked, their relocations are as
# long as they are, and every process reads them.
RELR = $(shell CC='$(CC)' sh mk/relr.sh)

$(BUILD)/ses/core.so: $(CORE_O)
	@mkdir -p $(@D)
	$(LINK) $(RELR) -o $@ $^ $(CORE_LIBS)

$(BUILD)/ses/curl.so: $(CURL_O)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CURL_LIBS)

$(BUILD)/ses/dns.so: $(DNS_O)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CARES_LIBS)

$(BUILD)/obj/dns.o: EXTERNAL_CFLAGS += $(CARES_CFLAGS)

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/flags | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# Changes when a flag does, so that what was built with others is rebuilt.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(COMPILE) / $(LINK))' | cmp -s - $@ || \
	  echo '$(subst ','\'',$(COMPILE) / $(LINK))' > $@

$(BUILD)/bin/sesctl: mk/sesctl.in FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; sed -e 's|@ROOT@|$(CURDIR)|g' -e 's|@BUILD@|$(BUILD)|g' \
	  -e 's|@LUA_BIN@|$(LUA_BIN)|g' $< > $$new && chmod +x $$new && \
	if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi

-include $(CORE_O:.o=.d) $(CURL_O:.o=.d) $(DNS_O:.o=.d)

toolchain:
	@CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' sh mk/toolchain.sh $(LUA) $(LUA_PC)

env: ## Print what a shell needs: eval "$(make -s env)"
	@echo 'export LUA_PATH="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;"'
	@echo 'export LUA_CPATH="$(CURDIR)/$(BUILD)/?.so;;"'
	@echo 'export PATH="$(CURDIR)/$(BUILD)/bin:$$PATH"'
