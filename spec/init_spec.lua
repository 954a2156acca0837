local cjson = require "cjson"
local interpreter = require "spec.support.interpreter"
local ses = require "ses"

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
end)
