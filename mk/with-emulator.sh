#!/bin/sh
# Runs a command while sesctl emulator runs, told by the environment where it
# is; ends with the command's status and leaves nothing behind.  EMULATOR has
# further options of it.
set -u

work=$(mktemp -d) || exit 1
said=$work/said
mkdir "$work/tmp" && : >"$said" || exit 1
TMPDIR=$work/tmp sesctl emulator --port 0 ${EMULATOR:-} >"$said" &
emulator=$!

finish() {
  kill "$emulator" 2>/dev/null
  wait "$emulator" 2>/dev/null
  # What cleans up after the emulator outlives it for a moment.
  for _ in $(seq 100); do
    rmdir "$work/tmp" 2>/dev/null && break
    sleep 0.05
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

until grep -q '^export AWS_SECRET_ACCESS_KEY=' "$said"; do
  kill -0 "$emulator" 2>/dev/null || {
    echo "make: sesctl emulator did not start" >&2
    exit 1
  }
  sleep 0.1
done
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_SES AWS_ENDPOINT_URL_SESV2
eval "$(grep '^export AWS_' "$said")"
"$@"
