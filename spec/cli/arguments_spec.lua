local arguments = require "ses.cli.arguments"

local KINDS = { port = "port", name = "string", rate = "number", quick = "flag" }

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

  it("are one letter for help alone, and may be negative numbers", function()
    assert.same({ { help = true }, { "-5" } },
                { arguments.parse({ "-h", "-5" }, { help = "flag" }) })
    assert.same({ nil, "no option is called --help" }, { parse("-h") })
  end)

  it("may be empty", function()
    assert.same({ {}, {} }, { parse() })
    assert.same({ name = "" }, (parse("--name=")))
    assert.same({ name = "" }, (parse("--name", "")))
  end)

  for message, given in pairs {
    ["no option is called --prot; did you mean '--port'?"] = { "--prot", "1" },
    ["--port needs a value"] = { "--port" },
    ["no option is called -q"] = { "-q" },
    ["--port: expected a port from 0 to 65535, got 'x'"] = { "--port", "x" },
    ["--port: expected a port from 0 to 65535, got '-1'"] = { "--port=-1" },
    ["--port: expected a port from 0 to 65535, got '65536'"] = { "--port=65536" },
    ["--rate: expected a number, got '1e5'"] = { "--rate", "1e5" },
    ["--quick takes no value"] = { "--quick=1" },
  } do
    it("are wrong: " .. message, function()
      assert.same({ nil, message }, { arguments.parse(given, KINDS) })
    end)
  end
end)
