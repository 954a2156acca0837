local document = require "ses.cli.document"
local json = require "ses.cli.json"
local yaml = require "ses.cli.yaml"

local function read(text)
  local value, message = yaml.decode(text)
  assert(value ~= nil, message)
  return json.encode(value)
end

describe("YAML", function()
  it("keeps the order of members", function()
    assert.equal('{"b":"x y","a":["1",{"c":""}]}', read "b: x\n  y\na:\n- '1'\n- c: \"\"\n")
  end)

  for text, expected in pairs {
    ["true"] = "true", FALSE = "false", yes = '"yes"', ["~"] = "null", [""] = "null", Null = "null",
    ["017"] = "17", ["0o17"] = "15", ["0x1F"] = "31", ["0b101"] = "5", ["-1_000"] = "-1000",
    ["+5"] = "5", ["1.50"] = "1.5", ["1e3"] = "1000.0", [".5"] = "0.5", ["1."] = "1.0",
    [".inf"] = "Infinity", ["-.INF"] = "-Infinity", [".nan"] = "NaN", ["1.2.3"] = '"1.2.3"',
    ["2024-01-02"] = '"2024-01-02"', ["'5'"] = '"5"', ["!!str 5"] = '"5"', ["! 5"] = '"5"',
    ["!!int '5'"] = "5", ["- -"] = "[[null]]", ["|\n a\n b"] = '"a\\nb"', ["08"] = "8",
  } do
    it(("reads %q"):format(text), function()
      assert.equal(expected, read(text))
    end)
  end

  it("reads bytes", function()
    assert.equal("a\0\255", assert(yaml.decode "!!binary |\n YQ\n D/\n").bytes)
  end)

  it("reads aliases and merges", function()
    assert.equal('{"a":{"x":"1","y":"2"},"b":{"y":"3","x":"1"},"c":[{"x":"1","y":"2"}]}',
      read "a: &a {x: '1', y: '2'}\nb:\n  <<: *a\n  y: '3'\nc: [*a]")
    assert.equal('{"c":"0","x":"1","y":"2"}',
      read "<<: [{x: '1'}, {x: '5', y: '2', c: '3'}]\nc: '0'")
    assert.equal('{"<<":"x"}', read "'<<': x")
  end)

  local bomb = { "a0: &a0 [x, x, x, x, x, x, x, x, x]" }
  for i = 1, 30 do
    bomb[#bomb + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a" .. i - 1 .. ", "):rep(9))
  end
  local long = "a: &a " .. ("x"):rep(2 ^ 20) .. "\nb: [" .. ("*a, "):rep(100) .. "]"

  for text, message in pairs {
    ["a: [b"] = "did not find expected", ["a: 1\na: 2"] = "twice", ["a: *b"] = "the anchor b",
    ["&a [*a]"] = "the anchor a", ["--- a\n--- b"] = "more than one", ["!foo a"] = "!foo",
    ["!!set {a}"] = "set", ["<<: 5"] = "<<", ["\0"] = "control", ["\255"] = "UTF-8",
    ["a: \"\195\169\\0\""] = "NUL", ['["\\x00"]'] = "NUL", ["!!binary '?'"] = "base64",
    [("["):rep(600) .. ("]"):rep(600)] = "nested too deeply", ["\tx"] = "token",
    [table.concat(bomb, "\n")] = "16 MiB", [long] = "16 MiB",
  } do
    it(("refuses %q"):format(text:sub(1, 20)), function()
      local value, why, missing = yaml.decode(text)
      assert.is_nil(value)
      assert.truthy(why:find(message, 1, true), why)
      assert.is_nil(missing)
    end)
  end

  it("does not take a backslash for an escape where it is none", function()
    assert.equal([[{"a":"\\0","b":"\\0","c":"\\x00"}]],
      read [[{a: \0, b: "\\0", c: '\x00'}]])
  end)

  it("is said to need lyaml where that is not installed", function()
    local loaded, preloaded = package.loaded.yaml, package.preload.yaml
    finally(function()
      package.loaded.yaml, package.preload.yaml = loaded, preloaded
    end)
    for _, loader in ipairs { function() error "not found" end, function() return {} end } do
      package.loaded.yaml, package.preload.yaml = nil, loader
      local value, message, missing = yaml.decode "a: b"
      assert.same({ false, true }, { value or false, missing })
      assert.truthy(message:find("lua-yaml", 1, true) and message:find("lyaml", 1, true))
    end
  end)

  it("says null where there is nothing", function()
    assert.equal(document.null, yaml.decode "# nothing")
  end)
end)
