local core = require "ses.core"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

-- Runs Lua in a process of its own.
local function lua(code)
  return shell.run(shell.quote(interpreter) .. " -e " .. shell.quote(code))
end

describe("core.exit", function()
  it("ends with a code, and with everything written", function()
    assert.same({ "said", 7 }, { lua [[
      io.write("said")
      require("ses.core").exit(7)
      io.write("not reached")]] })
  end)

  it("takes a number", function()
    assert.is_false((pcall(core.exit)))
    assert.is_false((pcall(core.exit, "x")))
  end)
end)

describe("core.without_gnutls", function()
  local VARIABLE = "GNUTLS_NO_IMPLICIT_INIT"

  it("sets a variable for what it calls, and returns what that does", function()
    local function results(...)
      return { n = select("#", ...), ... }
    end
    assert.same({ "1", nil, 3, n = 3 }, results(core.without_gnutls(function(...)
      return os.getenv(VARIABLE), nil, select("#", ...)
    end, 1, 2, nil)))
    assert.is_nil(os.getenv(VARIABLE))
  end)

  it("takes it back after an error", function()
    local ok, message = pcall(core.without_gnutls, error, "mine", 0)
    assert.same({ false, "mine" }, { ok, message })
    assert.is_nil(os.getenv(VARIABLE))
  end)

  it("leaves what was set", function()
    assert.same({ "0 0\n", 0 }, { shell.run(VARIABLE .. "=0 " .. shell.quote(interpreter) .. " -e "
      .. shell.quote(([[
        local function value() return os.getenv "%s" end
        print(require("ses.core").without_gnutls(value) .. " " .. value())]]):format(VARIABLE))) })
  end)
end)

describe("core.exec", function()
  it("becomes the program, with its arguments as they are", function()
    assert.same({ "a b|$HOME|\n", 0 }, { lua [[
      require("ses.core").exec { "printf", "%s|%s|%s\n", "a b", "$HOME", "" }
      print("not reached")]] })
  end)

  it("keeps the process, its environment and its exit code", function()
    local text, status = lua [[
      io.write("before ")
      require("ses.core").exec { "sh", "-c", "echo $$ $PPID; exit 7" }]]
    assert.truthy(text:find("^before %d+ %d+\n$"))
    assert.equal(7, status)
  end)

  it("comes back where there is no such program", function()
    assert.same({ nil, "/nowhere/program: no such program" },
                { core.exec { "/nowhere/program", "x" } })
    assert.same({ nil, "no-program-of-that-name: no such program" },
                { core.exec { "no-program-of-that-name" } })
    assert.same({ nil, "/: not a program that may be run" }, { core.exec { "/" } })
  end)

  it("takes a list of strings without NUL bytes", function()
    for _, given in ipairs { {}, { 1 }, { "sh", true }, { "sh", "a\0b" } } do
      assert.is_false((pcall(core.exec, given)))
    end
    assert.is_false((pcall(core.exec, "sh")))
    assert.is_false((pcall(core.exec)))
    local many = {}
    for i = 1, 1025 do
      many[i] = "x"
    end
    assert.is_false((pcall(core.exec, many)))
  end)
end)
