local argparse = require "ses.cli.argparse"

local OPTIONS = {
  { option = "--name", words = "one", required = true },
  { option = "--names", words = "any" },
  { option = "--to", words = "some" },
  { option = "--count", words = "one", integer = true },
  { option = "--on", words = "none", key = "--on", value = true, required = true },
  { option = "--no-on", words = "none", key = "--on", value = false },
  { option = "--kind", words = "maybe", value = "a", choices = { "a", "b" } },
}

local function parse(...)
  return argparse.parse(OPTIONS, { ... })
end

describe("a command line", function()
  it("gives options their words", function()
    local parsed = assert(parse("--name", "a", "--names", "b", "c", "--to", "d", "--count", "+1_0",
      "--on", "--kind"))
    assert.same({ ["--name"] = "a", ["--names"] = { "b", "c" }, ["--to"] = { "d" },
                  ["--count"] = 10, ["--on"] = true, ["--kind"] = "a" }, parsed.values)
    assert.same({}, parsed.unknown)
  end)

  it("takes prefixes, = and the last of several", function()
    assert.same({ ["--name"] = "c", ["--count"] = 2, ["--on"] = false, ["--kind"] = "b",
                  ["--names"] = {} },
      parse("--name=a=b", "--co=2", "--on", "--no", "--ki", "b", "--names", "--name", "c").values)
  end)

  it("tells words from options", function()
    assert.same({ "-5", "-.5", "-", "-a b", "" },
      parse("--name", "x", "--names", "-5", "-.5", "-", "-a b", "").values["--names"])
    for _, word in ipairs { "-x", "--x", "--", "-1x" } do
      assert.same({ n = 2, nil, "argument --name: expected one argument" },
        { n = 2, parse("--name", word) }, word)
    end
    assert.equal("--x=y z", parse("--name=--x=y z").values["--name"])
  end)

  for message, words in pairs {
    ["the following arguments are required: --name"] = { "--count", "1" },
    ["argument --to: expected at least one argument"] = { "--to", "--on" },
    ["argument --on: ignored explicit argument 'it'"] = { "--on=it" },
    ["argument --count: invalid int value: '1.5'"] = { "--count", "1.5" },
    ["argument --kind: Found invalid choice 'c'\n"] = { "--kind", "c" },
    ["ambiguous option: --n=x could match --name, --names, --no-on"] = { "--n=x" },
  } do
    it("is refused: " .. message:match("^[^\n]*"), function()
      assert.same({ n = 2, nil, message }, { n = 2, argparse.parse(OPTIONS, words) })
    end)
  end

  it("collects what nobody takes, and the first word that stands alone last", function()
    local parsed = parse("a", "--name", "x", "b", "--bogus", "c", "-=y", "--z=1")
    assert.same({ "b", "--bogus", "c", "-=y", "--z=1", "a" }, parsed.unknown)
    assert.equal("a", parsed.word)
    assert.same({}, parse("--name", "x", "").unknown)
  end)

  it("has no options after --", function()
    local parsed = parse("--name", "x", "--names", "y", "--", "--on", "--")
    assert.same({ ["--name"] = "x", ["--names"] = { "y" } }, parsed.values)
    assert.same({ "--", "--on" }, parsed.unknown)
  end)
end)
