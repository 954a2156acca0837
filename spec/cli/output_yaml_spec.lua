local document = require "ses.cli.document"
local json = require "ses.cli.json"
local printed = require "spec.support.printed"

local function yaml(value)
  return (printed.json("yaml", value))
end

-- How a text is written as the value of a member, without the "k: ".
local function scalar(text)
  local value = document.set(document.object(), "k", text)
  return printed.value("yaml", value):sub(4, -2)
end

local WORDS = ("word "):rep(20)

describe("yaml", function()
  it("sorts members, and does not set in the lists of a member", function()
    assert.equal([[
A: true
Items:
- Name: a
  Tags:
  - t: 1.0
- Name: null
b:
  c: {}
  d: []
]], yaml [[{"b": {"d": [], "c": {}}, "A": true,
    "Items": [{"Tags": [{"t": 1.0}], "Name": "a"}, {"Name": null}]}]])
  end)

  it("sets in the lists of a list", function()
    assert.equal("- - 1\n  - - 2\n    - []\n- a:\n  - b\n", yaml '[[1, [2, []]], {"a": ["b"]}]')
  end)

  it("writes numbers as Python does", function()
    assert.equal("- 50.0\n- 1e+16\n- 1e-07\n- -0.0\n- 200\n", yaml "[50.0, 1e16, 1e-7, -0.0, 200]")
    local huge = document.double(math.huge)
    assert.equal("- .inf\n- -.inf\n- .nan\n", (printed.value("yaml", document.array {
      huge, document.double(-math.huge), document.double(math.huge - math.huge) })))
  end)

  describe("leaves a text plain:", function()
    for _, text in ipairs {
      "a", "example.com", "news@example.com", "two words", "a:b", "http://x/y", "a#b", "yes", "No",
      "on", "-a", "?a", ":a", "_1", "1e", "1.2.3", "0b2", "0o8", "2026-01", "12:30", "it's",
      'a"b', "a\\b", "\195\164", "\228\184\173", "a\194\160b", "a, b", "a[b]", "x=y", "a & b",
      "a%", "+", "nan", "tRue",
    } do
      it(text, function() assert.equal(text, scalar(text)) end)
    end
  end)

  describe("puts single quotes around", function()
    for _, text in ipairs {
      "", "true", "False", "NULL", "~", "null", "1", "-1", "+1", "1_000", "017", "0o17", "0x1F",
      "0b1", "1.", "1.5", ".5", "1e3", "-1.5E-3", ".inf", "-.INF", ".NaN", "2026-01-02",
      "2026-01-02T03:04:05+00:00", "2026-1-2 3:04:05.5 Z", "<<", "=", "---", "--- a", "...x", "-",
      "- a", "? a", "a: b", "a:", ":", "a #b", "#a", " a", "a ", "&a", "*a", "!a", "|a", ">a",
      "%a", "@a", "`a", '"a"', "{a", "}a", "[a", "]a", ",a",
    } do
      it(("%q"):format(text), function() assert.equal("'" .. text .. "'", scalar(text)) end)
    end

    it("a quote at the start, doubled", function() assert.equal("'''a'''", scalar "'a'") end)

    it("line breaks, doubled", function()
      assert.equal("'a\n\n  b\n\n\n  c\n\n  '", scalar "a\nb\n\nc\n")
      assert.equal("'a\226\128\168  b'", scalar "a\226\128\168b")
    end)
  end)

  describe("puts double quotes around", function()
    for text, expected in pairs {
      ["a\tb"] = [["a\tb"]], ["\0\a\b\v\f\r\27"] = [["\0\a\b\v\f\r\e"]],
      ["\1\127"] = [["\x01\x7F"]],
      ["\194\133\194\160\1"] = '"\\N\194\160\\x01"', ["\239\187\191"] = [["\uFEFF"]],
      ["\240\159\152\128"] = [["\U0001F600"]], ["a \n"] = [["a \n"]], ["a\n b"] = [["a\n b"]],
      ['\1"\\'] = [["\x01\"\\"]], ["\1\226\128\168\226\128\169"] = [["\x01\L\P"]],
    } do
      it(expected, function() assert.equal(expected, scalar(text)) end)
    end
  end)

  it("folds what goes beyond column 80 at the next space", function()
    local line = ("word "):rep(15) .. "word"
    local rest = ("word "):rep(3) .. "word"
    assert.equal(line .. "\n  " .. rest, scalar(WORDS:sub(1, -2)))
    assert.equal("'" .. line .. "\n  " .. rest .. " '", scalar(WORDS))
    assert.equal('"\\x01' .. line:sub(1, -6) .. "\n  word " .. rest .. ' "', scalar("\1" .. WORDS))
    assert.equal(("x"):rep(200), scalar(("x"):rep(200)))
    -- One of two spaces is kept by a backslash, or both by not folding there.
    assert.equal(("x"):rep(90) .. "  y", scalar(("x"):rep(90) .. "  y"))
    assert.equal('"\\x01' .. ("x"):rep(90) .. '\n  \\ y"', scalar("\1" .. ("x"):rep(90) .. "  y"))
  end)

  it("puts a key of more than 128 bytes, or of several lines, on a line of its own", function()
    local long = ("k"):rep(129)
    assert.equal(("k"):rep(128) .. ":\n  a: 1\n", yaml('{"' .. long:sub(2) .. '": {"a": 1}}'))
    assert.equal("? " .. long .. "\n: a: 1\n", yaml('{"' .. long .. '": {"a": 1}}'))
    assert.equal("? " .. long .. "\n: - a\n  - b\n", yaml('{"' .. long .. '": ["a", "b"]}'))
    assert.equal("? 'a\n\n  b'\n: 1\n", yaml '{"a\\nb": 1}')
    assert.equal("'': 1\n'true': 2\n", yaml '{"true": 2, "": 1}')
  end)

  it("writes once what a query gives twice", function()
    local object, list = json.decode '{"a": 1}', json.decode "[]"
    assert.equal("- &id001\n  a: 1\n- *id001\n- k: *id001\n- l: &id002 []\n- *id002\n",
      (printed.value("yaml", document.array { object, object,
        document.set(document.object(), "k", object), document.set(document.object(), "l", list),
        list })))
  end)
end)
