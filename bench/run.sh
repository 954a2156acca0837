#!/bin/sh
# Runs the benchmarks on two Luas, built in build/5.4 and build/jit, against
# servers of their own, and prints one table.  Everything is stopped at the end.
set -eu

cd "$(dirname "$0")/.."
dir=$(mktemp -d "${TMPDIR:-/tmp}/ses-bench.XXXXXX")
servers=
client=

stop() {
  trap - EXIT INT TERM HUP
  for child in $client $servers; do
    kill "$child" 2>/dev/null || :
    wait "$child" 2>/dev/null || :
  done
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

# One server shares the client's processor, the other has its own, if there are
# two.
near='' far=''
if taskset -c 0 true 2>/dev/null && taskset -c 1 true 2>/dev/null; then
  near='taskset -c 0' far='taskset -c 1'
fi

# Starts nginx in $dir/$1, prefixed by $2, on a port that it can bind: nobody
# else can then.  Sets port.
start() {
  home=$dir/$1
  mkdir "$home"
  for attempt in 1 2 3 4 5 6 7 8; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 10000))
    BUILD=build/5.4 sh mk/in-tree.sh lua5.4 bench/server.lua "$port" \
      > "$home/nginx.conf"
    setpriv --pdeathsig TERM $2 \
      nginx -p "$home/" -e error.log -c "$home/nginx.conf" 2> "$home/errors" &
    while kill -0 $! 2>/dev/null; do
      if [ -s "$home/nginx.pid" ]; then
        servers="$servers $!"
        return
      fi
      sleep 0.05
    done
    wait $! || :
  done
  echo "bench: nginx does not start ($attempt attempts):" >&2
  cat "$home/errors" >&2
  return 1
}

# In the background, for a shell that waits for a command takes no signal.
# Usage: measure LUA ABI FILE [SECTION...]
measure() {
  lua=$1 abi=$2
  shift 2
  BUILD=build/$abi BENCH_URL=http://127.0.0.1:$far_port \
    BENCH_NEAR_URL=http://127.0.0.1:$near_port \
    sh mk/in-tree.sh $near "$lua" bench/main.lua "$@" &
  client=$!
  wait "$client"
  client=
}

start far "$far"
far_port=$port
start near "$near"
near_port=$port
measure lua5.4 5.4 "$dir/5.4.tsv"
measure luajit jit "$dir/jit.tsv"
lua5.4 bench/report.lua "$dir/5.4.tsv" "$dir/jit.tsv" 'Lua 5.4' LuaJIT
measure luajit jit "$dir/nginx.tsv" nginx messages
lua5.4 bench/report.lua "$dir/nginx.tsv" nginx
