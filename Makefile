# lua-ses: see "make help"

LUA ?= 5.4
ifeq ($(LUA),jit)
  LUA_BIN ?= luajit
  LUA_PC ?= luajit
else
  LUA_BIN ?= lua$(LUA)
  LUA_PC ?= lua$(LUA)
endif

BUILD := build/$(LUA)
CC ?= cc
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wpedantic -Wcast-qual -Wwrite-strings \
  -Wmissing-prototypes -Wstrict-prototypes -Wshadow
SES_CFLAGS := -std=c99 -D_POSIX_C_SOURCE=200809L -fPIC -fvisibility=hidden \
  -pthread $(WARN) -Icsrc $(shell pkg-config --cflags $(LUA_PC))

CORE_C := sbuf.c codec.c clock.c crypto.c sigv4.c model.c xml.c services.c \
  services/ses.c services/sesv2.c services/sso.c services/sso_oidc.c \
  services/sts.c lbox.c lreflect.c lencode.c ldecode.c lsign.c lcore.c
CURL_C := sbuf.c multi.c lbox.c lcurl.c

CORE_O := $(CORE_C:%.c=$(BUILD)/obj/%.o)
CURL_O := $(CURL_C:%.c=$(BUILD)/obj/%.o)

.PHONY: all env clean
all: $(BUILD)/ses/core.so $(BUILD)/ses/curl.so

$(BUILD)/ses/core.so: $(CORE_O)
	@mkdir -p $(@D)
	$(CC) -shared -pthread $(LDFLAGS) -o $@ $^ -lcrypto -lexpat

$(BUILD)/ses/curl.so: $(CURL_O)
	@mkdir -p $(@D)
	$(CC) -shared -pthread $(LDFLAGS) -o $@ $^ -lcurl

$(BUILD)/obj/%.o: csrc/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SES_CFLAGS) -MMD -MP -c -o $@ $<

-include $(CORE_O:.o=.d) $(CURL_O:.o=.d)

env:
	@echo 'export LUA_PATH="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;"'
	@echo 'export LUA_CPATH="$(CURDIR)/$(BUILD)/?.so;;"'
	@echo 'export PATH="$(CURDIR)/$(BUILD)/bin:$$PATH"'

clean:
	rm -rf build
