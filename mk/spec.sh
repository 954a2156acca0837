#!/bin/sh
# Runs busted with $LUA_BIN on the tree built in $BUILD; the arguments are
# busted's.
set -eu

for program in "$LUA_BIN" busted; do
  command -v "$program" >/dev/null || {
    echo "make: there is no $program; 'make deps-test' installs it" >&2
    exit 1
  }
done
exec sh "$(dirname "$0")/in-tree.sh" busted --lua="$(command -v "$LUA_BIN")" "$@"
