# Which Lua: names of its interpreter, its pkg-config module, its directories.

ifeq ($(filter $(LUA),5.4 5.3 5.1 jit),)
  $(error LUA=$(LUA) is not known: use LUA=5.4, 5.3, 5.1 or jit)
endif

ifeq ($(LUA),jit)
  LUA_BIN ?= luajit
  LUA_PC ?= luajit
  LUA_VERSION := 5.1
else
  LUA_BIN ?= lua$(LUA)
  LUA_PC ?= lua$(LUA)
  LUA_VERSION := $(LUA)
endif

# A variant is a build with flags of its own beside the plain one.
VARIANT ?=
ifeq ($(filter $(VARIANT),asan tsan),$(VARIANT))
  BUILD := build/$(LUA)$(addprefix -,$(VARIANT))
else
  $(error VARIANT=$(VARIANT) is not known: use VARIANT=asan or tsan, or none)
endif
