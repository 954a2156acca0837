#!/bin/sh
# Runs a command that finds the tree built in $BUILD, and nothing else of
# ours, whatever the shell's own environment says.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
unset LUA_INIT LUA_INIT_5_3 LUA_INIT_5_4
unset LUA_PATH_5_3 LUA_CPATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_4
export LUA_PATH="$root/lua/?.lua;$root/lua/?/init.lua;;"
export LUA_CPATH="$root/$BUILD/?.so;;"
export PATH="$root/$BUILD/bin:$PATH"
export SES_LUAJIT_CPATH="$root/build/jit/?.so"
cd "$root"
exec "$@"
