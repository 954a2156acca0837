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
end)
