#!/bin/sh
# install.sh install|uninstall: puts what was built for $LUA in its place, or
# takes it away.  mk/install.mk sets the variables.
#
# Several Luas may be installed under one prefix: each has a sesctl-LUA, and
# sesctl is a link to the one that was installed last.  All of them share the
# scripts with which shells complete words.
set -eu

bin=$DESTDIR$PREFIX/bin
share=$DESTDIR$LUA_DIR/ses
lib=$DESTDIR$LUA_LIBDIR/ses
bash=$DESTDIR$PREFIX/share/bash-completion/completions
zsh=$DESTDIR$PREFIX/share/zsh/site-functions
fish=$DESTDIR$PREFIX/share/fish/vendor_completions.d

# PUC Lua 5.1 and LuaJIT look in the same folders, and each loads what was
# built for the other: one build serves both, whichever came last.
case $LUA in
  5.1) twin=jit ;;
  jit) twin=5.1 ;;
  *) twin= ;;
esac

die() {
  echo "make: $1" >&2
  exit 1
}

# The text $1 as Lua source.
quoted() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}

# Whether $LUA looks into the folders by itself.
finds() {
  env -u LUA_PATH -u LUA_CPATH -u LUA_INIT "$LUA_BIN" -e '
    local function has(path, template)
      return (";" .. path .. ";"):find(";" .. template .. ";", 1, true)
    end
    os.exit(has(package.path, os.getenv("LUA_DIR") .. "/?/init.lua")
      and has(package.cpath, os.getenv("LUA_LIBDIR") .. "/?.so") and 0 or 1)'
}

install_modules() {
  find lua -name '*.lua' | while read -r module; do
    install -D -m 644 "$module" "$share/${module#lua/ses/}" || exit 1
  done
  for name in core curl dns; do
    # dns is built where c-ares is.
    if [ -f "$BUILD/ses/$name.so" ]; then
      install -D -m 755 "$BUILD/ses/$name.so" "$lib/$name.so"
    fi
  done
  # What the emulator's nginx loads, where this Lua's own build is none.
  if [ -z "$twin" ] && [ -f build/jit/ses/core.so ]; then
    install -D -m 755 build/jit/ses/core.so "$lib/jit/ses/core.so"
  fi
}

install_sesctl() {
  mkdir -p "$bin"
  {
    echo "#!/usr/bin/env $LUA_BIN"
    echo "package.path = $(quoted "$LUA_DIR/?.lua;$LUA_DIR/?/init.lua;") .. package.path"
    echo "package.cpath = $(quoted "$LUA_LIBDIR/?.so;") .. package.cpath"
    sed 1d bin/sesctl
  } >"$bin/sesctl-$LUA"
  chmod 755 "$bin/sesctl-$LUA"
  ln -sf "sesctl-$LUA" "$bin/sesctl"
}

# bash and fish look for a script by the name that was typed.
install_completions() {
  mkdir -p "$bash" "$zsh" "$fish"
  "$BUILD/bin/sesctl" completion bash >"$bash/sesctl"
  "$BUILD/bin/sesctl" completion zsh >"$zsh/_sesctl"
  "$BUILD/bin/sesctl" completion fish >"$fish/sesctl.fish"
  ln -sf sesctl "$bash/sesctl-$LUA"
  ln -sf sesctl.fish "$fish/sesctl-$LUA.fish"
}

uninstall() {
  rm -f "$bin/sesctl-$LUA" "$bash/sesctl-$LUA" "$fish/sesctl-$LUA.fish"
  if [ -z "$twin" ] || [ ! -e "$bin/sesctl-$twin" ]; then
    rm -rf "$share" "$lib"
  fi
  # A link that leads nowhere now leads to another Lua's, if there is one.
  if [ -L "$bin/sesctl" ] && [ ! -e "$bin/sesctl" ]; then
    rm "$bin/sesctl"
    for other in jit 5.1 5.3 5.4; do
      if [ -e "$bin/sesctl-$other" ]; then
        ln -sf "sesctl-$other" "$bin/sesctl"
      fi
    done
  fi
  if [ ! -e "$bin/sesctl" ]; then
    rm -f "$bash/sesctl" "$zsh/_sesctl" "$fish/sesctl.fish"
  fi
}

case $LUA_DIR$LUA_LIBDIR in
  *[\;?]*) die "PREFIX=$PREFIX: ';' and '?' have a meaning of their own in Lua's paths" ;;
esac

case $1 in
  install)
    install_modules
    install_sesctl
    install_completions
    echo "installed for Lua $LUA: $LUA_DIR/ses, $LUA_LIBDIR/ses, $PREFIX/bin/sesctl"
    if [ -z "$DESTDIR" ] && ! finds; then
      echo "$LUA_BIN does not look there by itself. It does with"
      echo "  export LUA_PATH='$LUA_DIR/?.lua;$LUA_DIR/?/init.lua;;'"
      echo "  export LUA_CPATH='$LUA_LIBDIR/?.so;;'"
    fi
    ;;
  uninstall) uninstall ;;
esac
