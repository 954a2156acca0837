#!/bin/sh
# Runs nginx.conf against an emulator, on free ports, until Ctrl-C. All that it
# writes is in a temporary folder, which goes with it.
#
#   make example-openresty
#   sh examples/openresty/run.sh      where lua-ses is installed for LuaJIT
#
# PORT names a port; EMULATOR has options of sesctl emulator.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/usr/local/openresty/nginx/sbin

for program in nginx sesctl; do
  command -v $program >/dev/null || {
    echo "run.sh: there is no $program; make example-openresty has all that it needs" >&2
    exit 1
  }
done

# Again, with the emulator beside it.
if [ "${1:-}" != serve ]; then
  exec sh "$here/../../mk/with-emulator.sh" sh "$here/run.sh" serve
fi

# Whether somebody listens on a port.
is_taken() {
  grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F:]* 0A " \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port=${PORT:-8080}
if [ -z "${PORT:-}" ]; then
  while is_taken $port; do
    port=$((port + 1))
  done
  [ $port = 8080 ] || echo "Port 8080 is taken: the pages are at $port."
fi

work=$(mktemp -d)
nginx=
finish() {
  trap '' HUP INT TERM
  if [ -n "$nginx" ]; then
    kill -TERM "$nginx" 2>/dev/null || :
    wait "$nginx" || :
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The folder as it would be deployed, but for the port.
mkdir "$work/logs" "$work/tmp"
ln -s "$here/lua" "$here/pages" "$here/static" "$work/"
sed "s/listen 127.0.0.1:8080;/listen 127.0.0.1:$port;/" "$here/nginx.conf" \
  >"$work/nginx.conf"

# In a checkout, nginx's Lua finds lua-ses where make built it.
[ -z "${SES_LUAJIT_CPATH:-}" ] || export LUA_CPATH="$SES_LUAJIT_CPATH;;"
directives="daemon off; error_log stderr warn;"
[ "$(id -u)" != 0 ] || directives="$directives user root;"
nginx -p "$work" -c "$work/nginx.conf" -e stderr -g "$directives" &
nginx=$!

until [ -s "$work/logs/nginx.pid" ]; do
  kill -0 "$nginx" 2>/dev/null || exit 1
  sleep 0.1
done

sesctl="$(command -v sesctl) emulator"
at="--port ${AWS_ENDPOINT_URL##*:}"

# What is done once in an account: our own mail comes from this domain.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
sesctl sesv2 create-email-identity --email-identity shop.example \
  >"$work/logs/identity"
sesctl emulator verify shop.example $at

cat <<END
Sign a domain up:  http://127.0.0.1:$port/
Contact form:      http://127.0.0.1:$port/contact
An error:          http://127.0.0.1:$port/broken    (the third sends an alert)

In another shell, be the DNS, and read the mail:
  $sesctl mail-from-status example.com Success $at
  $sesctl mailbox $at

To verify new domains yourself, start it with EMULATOR="--verify manual", and:
  $sesctl verify example.com $at

Ctrl-C ends it.
END
wait "$nginx"
