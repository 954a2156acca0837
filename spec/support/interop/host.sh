#!/bin/sh
# Runs "sesctl emulator --port 0" until standard input ends, as it does when
# the spec's process does; leaves what it said in FOLDER/said and
# FOLDER/errors, and its exit status in FOLDER/status.
#
#   host.sh FOLDER SESCTL [OPTION...]
set -u

folder=$1
sesctl=$2
shift 2

mkdir "$folder/home" "$folder/tmp"
env -i PATH="$PATH" HOME="$folder/home" TMPDIR="$folder/tmp" \
  timeout --foreground --kill-after=10 900 "$sesctl" emulator --port 0 "$@" \
  </dev/null >"$folder/said" 2>"$folder/errors" &
emulator=$!
read -r _
kill "$emulator" 2>/dev/null
wait "$emulator"
echo $? >"$folder/status"
