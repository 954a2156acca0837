#!/bin/sh
# Prints the linker's option for relative relocations in a bit each, where $CC
# takes it and what is linked with it runs here (glibc from 2.36).
set -u

option=-Wl,-z,pack-relative-relocs
folder=$(mktemp -d) || exit 0
trap 'rm -rf "$folder"' EXIT
echo 'static int n; int *p = &n; int main(void) { return *p; }' >"$folder/p.c"
$CC -fPIE -pie -Wl,--fatal-warnings $option -o "$folder/p" "$folder/p.c" \
  2>"$folder/errors" && "$folder/p" && echo "$option"
