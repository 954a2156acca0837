#!/bin/sh
# Says in a sentence what a build for Lua $1 (pkg-config module $2) lacks.
set -u

lack() {
  echo "make: $1" >&2
  echo "make: 'make deps LUA=$abi' installs it on Debian and Ubuntu." >&2
  exit 1
}

abi=$1
lua=$2
cc=${CC%% *}
pc=${PKG_CONFIG:-pkg-config}

command -v "$cc" >/dev/null || lack "there is no C compiler ($cc)."
command -v "$pc" >/dev/null || lack "there is no pkg-config."
"$pc" --exists "$lua" || lack "the headers of Lua $abi are not installed \
(pkg-config $lua; LUA_PC and LUA_BIN name another module and interpreter)."
for module in libcrypto expat libcurl; do
  "$pc" --exists "$module" ||
    lack "the headers of $module are not installed (pkg-config $module)."
done
"$pc" --atleast-version=3.0 libcrypto ||
  lack "OpenSSL 3.0 or later is needed, here is $("$pc" --modversion libcrypto)."
