local arguments = require "ses.cli.arguments"

local KINDS = { port = "integer", name = "string", rate = "number", quick = "flag" }

local function parse(...)
  return arguments.parse({ ... }, KINDS)
end

describe("arguments", function()
  it("are options, with a value behind or after an equals sign, and the rest", function()
    local options, positional = parse("a", "--port", "1", "--name=x=y", "b", "--quick",
                                      "--rate", "-1.5")
    assert.same({ port = 1, name = "x=y", quick = true, rate = -1.5 }, options)
    assert.same({ "a", "b" }, positional)
  end)

  it("may be empty", function()
    assert.same({ {}, {} }, { parse() })
    assert.same({ name = "" }, (parse("--name=")))
    assert.same({ name = "" }, (parse("--name", "")))
  end)

  for message, given in pairs {
    ["no option is called --prot; did you mean 'port'?"] = { "--prot", "1" },
    ["--port needs a value"] = { "--port" },
    ["--port: expected an integer, got 'x'"] = { "--port", "x" },
    ["--port: expected an integer, got '-1'"] = { "--port=-1" },
    ["--rate: expected a number, got '1e5'"] = { "--rate", "1e5" },
    ["--quick takes no value"] = { "--quick=1" },
  } do
    it("are wrong: " .. message, function()
      assert.same({ nil, message }, { arguments.parse(given, KINDS) })
    end)
  end
end)
