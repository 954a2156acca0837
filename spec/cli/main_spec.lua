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
    assert.same({ text, 0 }, { sesctl("-h") })
    assert.same({ text, 252 }, { sesctl("") })
    assert.same({ "", 252 }, { sesctl("2>/dev/null") })
  end)

  it("says how its commands are used", function()
    local text, status = sesctl("help emulator")
    assert.truthy(text:find("^usage: sesctl emulator"))
    assert.equal(0, status)
    for _, arguments in ipairs { "emulator --help", "emulator -h", "emulator reset --help" } do
      assert.same({ text, 0 }, { sesctl(arguments) })
    end
    assert.equal(252, select(2, sesctl("help emlator")))
  end)

  it("says what it could not print", function()
    for arguments, program in pairs { ["--version"] = "sesctl", ["--help"] = "sesctl",
                                      ["emulator --help"] = "sesctl emulator" } do
      assert.same({ program .. ": standard output: No space left on device\n", 255 },
                  { sesctl(arguments .. " >/dev/full") })
    end
  end)

  it("knows no other option", function()
    local text, status = sesctl("--versoin")
    assert.truthy(text:find("^sesctl: no option is called '%-%-versoin'; did you mean"
      .. " '%-%-version'%?\n"))
    assert.equal(252, status)
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
    local text, status = shell.run("tree=" .. tree .. "; mkdir -p $tree" .. rock
      .. " $tree/share/lua/" .. lua_version .. "; cp bin/sesctl $tree" .. rock
      .. "; cp -r lua/ses $tree/share/lua/" .. lua_version
      .. "; echo 'return [[of the tree]]' >$tree/share/lua/" .. lua_version .. "/ses/version.lua"
      .. "; cd /; unset LUA_PATH LUA_CPATH; " .. shell.quote(interpreter) .. " $tree" .. rock
      .. "/sesctl --version")
    shell.run("rm -rf " .. tree)
    assert.same({ "sesctl of the tree\n", 0 }, { text, status })
  end)
end)
