#!/bin/sh
# Installs those of the named Debian packages that are missing, or says which
# they are.  NO_INSTALL=1 installs nothing and goes on.
set -u

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "make: this machine has no apt-get; what is needed, in Debian's names:"
  echo "make:   $*"
  exit 0
fi

missing=
for package; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ -n "${NO_INSTALL:-}" ]; then
  echo "make: not installed (NO_INSTALL is set):$missing"
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "make: these packages are missing; as root, run" >&2
  echo "make:   apt-get update && apt-get install -y$missing" >&2
  echo "make: or set NO_INSTALL=1 to go on without them." >&2
  exit 1
fi

# These are wanted as programs, not as services on ports 80 and 53.
policy=/usr/sbin/policy-rc.d
services=
for service in nginx nsd; do
  case " $missing " in
  *" $service "*) services="$services $service" ;;
  esac
done
if [ -n "$services" ] && [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
fi

export DEBIAN_FRONTEND=noninteractive
echo "make: installing$missing"
apt_get() {
  apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}
apt_get update || echo "make: apt-get update failed; going on without it" >&2
# --no-remove: never trade a package that is in use for one of ours.
if ! apt_get install -y --no-install-recommends --no-remove $missing; then
  echo "make: apt-get could not install:$missing" >&2
  case " $missing " in
  *' luajit2 '*)
    echo "make: luajit and libluajit-5.1-dev conflict with luajit2, which" >&2
    echo "make: nginx's Lua module needs: remove them, or build another LUA." >&2
    ;;
  esac
  exit 1
fi
if [ -n "$services" ] && [ -d /run/systemd/system ]; then
  systemctl --quiet disable $services || true
fi
exit 0
