local cjson = require "cjson"
local interpreter = require "spec.support.interpreter"
local ses = require "ses"
local shell = require "spec.support.shell"

describe("require 'ses'", function()
  it("gives the public names", function()
    for _, name in ipairs { "client", "check", "is_error" } do
      assert.equal("function", type(ses[name]))
    end
    assert.equal(cjson.null, ses.null)
    assert.truthy(ses._VERSION:find("^%d+%.%d+%.%d+$"))
    assert.is_nil(ses.nonsense)
  end)

  it("loads neither libcurl nor the emulator, and touches no global", function()
    local script = [[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      local ses = require "ses"
      for name in pairs(_G) do assert(before[name], name) end
      for name in pairs(package.loaded) do
        assert(not name:find("^ses%.curl") and not name:find("^ses%.transport")
          and not name:find("^ses%.emulator"), name)
      end
      assert(ses.emulator == require "ses.emulator")
      io.write("fine")
    ]]
    local pipe = assert(io.popen(("%s -e '%s' 2>&1"):format(interpreter,
      script:gsub("'", "'\\''"))))
    local output = pipe:read("*a")
    pipe:close()
    assert.equal("fine", output)
  end)

  local function require_with(core)
    local script = "package.preload['ses.core'] = function() " .. core .. " end "
      .. "io.write(tostring(select(2, pcall(require, 'ses'))))"
    return (shell.run(interpreter .. " -e " .. shell.quote(script)))
  end

  it("says that the core was built for another Lua", function()
    local text = require_with("error('x.so: undefined symbol: lua_rotate', 0)")
    local lua = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
    assert.truthy(text:find("built for another Lua than the one that runs, which is LUA=" .. lua
      .. ": `make LUA=" .. lua .. "` builds it", 1, true), text)
    assert.truthy(text:find("\n[^\n]*x%.so: undefined symbol: lua_rotate$"), text)
  end)

  it("hands on any other reason why the core cannot be loaded", function()
    local text = require_with("error('libexpat.so.1: no such file', 0)")
    assert.truthy(text:find("libexpat.so.1: no such file$"), text)
    assert.is_nil(text:find("another Lua", 1, true))
  end)
end)
