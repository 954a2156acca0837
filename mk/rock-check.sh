#!/bin/sh
# Installs the rock into clean trees, one for each Lua, and uses it from
# outside the checkout.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/build/rock
unset LUA_INIT LUA_PATH LUA_CPATH
unset LUA_PATH_5_3 LUA_CPATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_4

die() {
  echo "rock-check: $1" >&2
  exit 1
}

# What the shared object $1 exports.
exported() {
  nm -D --defined-only "$1" | awk '{ print $3 }' | tr '\n' ' '
}

rm -rf "$work"
for lua in ${*:-5.1 5.3 5.4}; do
  # luarocks compiles in the source folder: give it one of its own.
  mkdir -p "$work/$lua/src"
  (cd "$root" && tar cf - --exclude=./build --exclude=./.git --exclude='*.o' .) |
    tar xf - -C "$work/$lua/src"

  echo "== luarocks make, Lua $lua"
  for rock in lua-ses-scm-1.rockspec mk/lua-ses-dns-scm-1.rockspec; do
    (cd "$work/$lua/src" &&
      luarocks --lua-version="$lua" --tree="$work/$lua/tree" \
        make --deps-mode=none $rock) >"$work/$lua/log" 2>&1 || {
      tail -n 20 "$work/$lua/log"
      die "luarocks make failed for $rock on Lua $lua"
    }
  done
  rm -rf "$work/$lua/src"

  lib=$work/$lua/tree/lib/lua/$lua/ses
  for name in core curl dns; do
    [ "$(exported "$lib/$name.so")" = "luaopen_ses_$name " ] ||
      die "$name.so for Lua $lua exports: $(exported "$lib/$name.so")"
  done

  # A tree that LuaRocks is not configured with: nothing but the wrapper's own
  # path leads to it.
  version=$(cd / && "$work/$lua/tree/bin/sesctl" --version) ||
    die "sesctl does not find its tree on Lua $lua"
  [ "$version" = "sesctl $(sed -n 's/^return "\(.*\)"/\1/p' "$root/lua/ses/version.lua")" ] ||
    die "sesctl of another tree answered: $version"

  # From a folder that has nothing of ours.
  mkdir -p "$work/$lua/elsewhere"
  cp "$root/examples/in_process_emulator.lua" "$root/examples/main_job.lua" \
    "$work/$lua/elsewhere/"
  cd "$work/$lua/elsewhere"
  eval "$(luarocks --lua-version="$lua" --tree="$work/$lua/tree" path)"
  "lua$lua" in_process_emulator.lua || die "an example failed on Lua $lua"
  sesctl --version || die "sesctl failed on Lua $lua"
  [ "$(sesctl completion bash -- ses get-send-q)" = get-send-quota ] ||
    die "sesctl completes no words on Lua $lua"
  sh "$root/mk/with-emulator.sh" "lua$lua" main_job.lua ||
    die "the main job failed on Lua $lua"

  # The command finds its tree by itself, on LuaJIT the one for Lua 5.1.
  unset LUA_PATH LUA_CPATH
  PATH="$work/$lua/tree/bin:$PATH" sh "$root/mk/use-sesctl.sh" ||
    die "sesctl failed on Lua $lua"
  if [ "$lua" = 5.1 ]; then
    mkdir bin
    printf '#!/bin/sh\nexec luajit "%s" "$@"\n' \
      "$work/$lua/tree/lib/luarocks/rocks-5.1/lua-ses"/*/bin/sesctl >bin/sesctl
    chmod +x bin/sesctl
    PATH="$PWD/bin:$PATH" sh "$root/mk/use-sesctl.sh" ||
      die "sesctl failed on LuaJIT"
  fi
  cd "$root"
done
echo "rock-check: installed and used on Lua ${*:-5.1 5.3 5.4}"
