#!/bin/sh
# Runs busted with $LUA_BIN on the tree built in $BUILD; the arguments are
# busted's.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
lua=$(command -v "$LUA_BIN") || {
  echo "make: there is no $LUA_BIN; 'make deps-test' installs it" >&2
  exit 1
}
command -v busted >/dev/null || {
  echo "make: there is no busted; 'make deps-test' installs it" >&2
  exit 1
}

unset LUA_PATH_5_3 LUA_CPATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_4 LUA_INIT
export LUA_PATH="$root/lua/?.lua;$root/lua/?/init.lua;;"
export LUA_CPATH="$root/$BUILD/?.so;;"
export PATH="$root/$BUILD/bin:$PATH"
cd "$root"
exec busted --lua="$lua" "$@"
