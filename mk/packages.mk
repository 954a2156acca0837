# What Debian calls the things that the targets need.
#
# NO_INSTALL=1 leaves the machine alone.  LuaJIT is the luajit2 packages
# because nginx's Lua module needs their library, which conflicts with
# libluajit-5.1-2.

PACKAGES_5.1 := lua5.1 liblua5.1-0-dev
PACKAGES_5.3 := lua5.3 liblua5.3-dev
PACKAGES_5.4 := lua5.4 liblua5.4-dev
PACKAGES_jit := luajit2 libluajit2-5.1-dev

# To build for LUA, and to run what was built: sesctl emulator included.
RUN_PACKAGES := gcc libc6-dev pkg-config libssl-dev libexpat1-dev \
  libcurl4-openssl-dev libc-ares-dev ca-certificates lua-cjson nginx \
  libnginx-mod-http-lua \
  $(sort $(PACKAGES_$(LUA)) $(PACKAGES_jit))

# npm fetches the AWS SDK for JavaScript.  Node's own packages bring it along,
# and conflict with Debian's.
NPM_PACKAGES := $(if $(shell command -v npm 2>/dev/null),,nodejs npm)

# To run the specs on 5.4 and LuaJIT, against other SES clients and in other
# shells as well, and in a browser.
TEST_PACKAGES := $(RUN_PACKAGES) $(PACKAGES_5.4) lua-busted lua-yaml binutils \
  lua-nginx-dns nsd curl openssl procps zsh fish awscli python3 python3-boto3 \
  chromium chromium-driver $(NPM_PACKAGES)

CHECK_PACKAGES := $(TEST_PACKAGES) lua-check clang-format cppcheck python3-pip
MATRIX_PACKAGES := $(TEST_PACKAGES) $(PACKAGES_5.1) $(PACKAGES_5.3)
ROCK_PACKAGES := $(MATRIX_PACKAGES) luarocks
VALGRIND_PACKAGES := $(RUN_PACKAGES) valgrind libc6-dbg

INSTALL_PACKAGES := NO_INSTALL='$(NO_INSTALL)' sh mk/install-packages.sh

.PHONY: deps deps-test deps-check deps-matrix deps-rock deps-valgrind
deps: ## Install what building and running need (Debian, as root)
	@$(INSTALL_PACKAGES) $(sort $(RUN_PACKAGES))

deps-test: ## Install what the specs need
	@$(INSTALL_PACKAGES) $(sort $(TEST_PACKAGES))

deps-check:
	@$(INSTALL_PACKAGES) $(sort $(CHECK_PACKAGES))

deps-matrix:
	@$(INSTALL_PACKAGES) $(sort $(MATRIX_PACKAGES))

deps-rock:
	@$(INSTALL_PACKAGES) $(sort $(ROCK_PACKAGES))

deps-valgrind:
	@$(INSTALL_PACKAGES) $(sort $(VALGRIND_PACKAGES))
