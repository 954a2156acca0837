#!/bin/sh
# Runs the specs under AddressSanitizer, whose libraries $ASAN_PRELOAD names.
#
# At the end of a process LeakSanitizer stops it to look for leaks, and now and
# then crashes there by itself (seen with GCC 12: "Tracer caught signal 11"),
# with nothing found and nothing ruled out.  Where that is all that went wrong
# the run is made again.
set -u

log=$(mktemp "${TMPDIR:-/tmp}/ses-asan.XXXXXX") || exit 1
trap 'cat "$log"; rm -f "$log"' EXIT
trap 'exit 1' INT TERM HUP

for attempt in 1 2 3; do
  env LD_PRELOAD="$ASAN_PRELOAD" UBSAN_OPTIONS=print_stacktrace=1 "$@" \
    >"$log" 2>&1 && exit 0
  code=$?
  grep -q 'LeakSanitizer has encountered a fatal error' "$log" &&
    grep -q '^[0-9]* successes / 0 failures / 0 errors' "$log" &&
    ! grep -q 'runtime error:\|ERROR: \(Address\|Leak\)Sanitizer' "$log" ||
    exit "$code"
  echo "make: LeakSanitizer itself crashed in run $attempt of 3" >&2
done
exit "$code"
