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

# What the machine says of AWS, and of proxies, must change no spec.
for name in $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done
unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export AWS_EC2_METADATA_DISABLED=true
exec sh "$(dirname "$0")/in-tree.sh" busted --lua="$(command -v "$LUA_BIN")" "$@"
