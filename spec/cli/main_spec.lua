local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local version = require "ses.version"

local function sesctl(arguments)
  return shell.run("sesctl " .. arguments)
end

describe("sesctl", function()
  it("says its version", function()
    assert.same({ "sesctl " .. version .. "\n", 0 }, { sesctl("--version") })
  end)

  it("says how it is used", function()
    local text, status = sesctl("--help")
    assert.truthy(text:find("^usage: sesctl <command>"))
    assert.equal(0, status)
    assert.same({ text, 0 }, { sesctl("help") })
    assert.same({ text, 252 }, { sesctl("") })
    assert.same({ "", 252 }, { sesctl("2>/dev/null") })
  end)

  it("knows no other command", function()
    local text, status = sesctl("emlator")
    assert.truthy(text:find("^sesctl: no command is called 'emlator'; did you mean 'emulator'%?"))
    assert.equal(252, status)
  end)

  it("finds the LuaRocks tree that it lies in", function()
    local lua_version = _VERSION:match("%d+%.%d+")
    local rock = "/lib/luarocks/rocks-" .. lua_version .. "/lua-ses/scm-1/bin"
    local tree = shell.run("mktemp -d"):match("^[^\n]+")
    local text, status = shell.run("set -e; tree=" .. tree .. "; mkdir -p $tree" .. rock
      .. " $tree/share/lua/" .. lua_version .. "/ses/cli; cp bin/sesctl $tree" .. rock
      .. "; cp lua/ses/cli/main.lua $tree/share/lua/" .. lua_version .. "/ses/cli"
      .. "; echo 'return [[of the tree]]' >$tree/share/lua/" .. lua_version .. "/ses/version.lua"
      .. "; cd /; unset LUA_PATH LUA_CPATH; " .. shell.quote(interpreter) .. " $tree" .. rock
      .. "/sesctl --version")
    shell.run("rm -rf " .. tree)
    assert.same({ "sesctl of the tree\n", 0 }, { text, status })
  end)
end)
