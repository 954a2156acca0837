#!/bin/sh
# Types the README's commands in a bare Debian 12 root.
#
#   clean-root.sh [COMMAND...]     (the default: "make run", then "make test")
#
# Wants root and debootstrap.  The mirror and how to reach it are what apt on
# this machine is configured with.  REVISION names what git archives (HEAD).
set -eu

# Mounts and processes of its own: nothing outlives the script.
if [ -z "${CLEAN_ROOT_INSIDE:-}" ]; then
  exec env CLEAN_ROOT_INSIDE=1 \
    unshare --mount --mount-proc --pid --fork --kill-child sh "$0" "$@"
fi

checkout=$(cd "$(dirname "$0")/.." && pwd)
work=$checkout/build/clean-root
base=$work/base.tar
root=$work/root

die() {
  echo "clean-root: $1" >&2
  exit 1
}

# Repositories that apt here gets Debian 12 from: "address suite" lines.
repositories() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
    'Created-By: Packages' | awk '$2 ~ /^bookworm/' | sort -u
}

inside() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    NO_INSTALL="${NO_INSTALL:-}" $registries chroot "$root" sh -c "cd /lua-ses && $1"
}

# The programs whose root is ours.
running() {
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/root" 2>/dev/null)" = "$root" ]; then
      tr '\0' ' ' <"$process/cmdline"
    fi
  done
}

# Those that are still there five seconds after the command has ended: one that
# is told to end needs a moment for it.
left_running() {
  for _ in $(seq 50); do
    [ -n "$(running)" ] || return 0
    sleep 0.1
  done
  running
}

[ "$(id -u)" = 0 ] || die "only root can make a root"
command -v debootstrap >/dev/null || die "there is no debootstrap"
mirror=$(repositories | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || die "apt is not configured for Debian 12 (bookworm)"

mkdir -p "$work"
rm -rf --one-file-system "$root"
if [ ! -f "$base" ]; then
  debootstrap --variant=minbase bookworm "$root" "$mirror" \
    >"$work/debootstrap.log" 2>&1 ||
    die "debootstrap failed; see $work/debootstrap.log"
  tar cf "$base.new" -C "$root" . && mv "$base.new" "$base"
else
  mkdir "$root"
  tar xf "$base" -C "$root"
fi

# How this machine reaches its registries.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
  [ ! -f "$file" ] || cp "$file" "$root$file"
done
registries=
if [ -n "${PIP_CERT:-}${NODE_EXTRA_CA_CERTS:-}" ]; then
  cp "${PIP_CERT:-$NODE_EXTRA_CA_CERTS}" "$root/etc/registries.pem"
  registries="PIP_CERT=/etc/registries.pem"
  registries="$registries NODE_EXTRA_CA_CERTS=/etc/registries.pem"
fi
repositories | sed 's/^/deb /; s/$/ main/' >"$root/etc/apt/sources.list"

mount -t proc proc "$root/proc"
mount --bind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mkdir "$root/lua-ses"
(cd "$checkout" && git archive "${REVISION:-HEAD}") | tar xf - -C "$root/lua-ses"

inside "apt-get -q update && apt-get -qy install make" >"$work/make.log" 2>&1 ||
  die "apt-get install make failed; see $work/make.log"

[ $# -gt 0 ] || set -- "make run" "make test"
status=0
for command; do
  echo "clean-root: $command"
  if inside "$command"; then
    echo "clean-root: $command: passed"
  else
    echo "clean-root: $command: failed with status $?"
    status=1
  fi
  left=$(left_running)
  if [ -n "$left" ]; then
    echo "clean-root: $command left running: $left"
    status=1
  fi
done
exit $status
