local document = require "ses.cli.document"
local json = require "ses.cli.json"

local function again(text, indent)
  return json.encode(assert(json.decode(text)), indent)
end

describe("JSON", function()
  it("keeps the order of members, and what is empty", function()
    assert.equal('{"b":1,"a":[],"c":{}}', again('{"b": 1, "a": [], "c": {}}'))
    assert.equal('{\n    "b": [\n        1,\n        2\n    ],\n    "a": {}\n}',
      again('{"b": [1, 2], "a": {}}', 4))
  end)

  it("takes the last of members with one name", function()
    assert.equal('{"a":2,"b":3}', again('{"a": 1, "b": 3, "a": 2}'))
  end)

  it("tells doubles from integers", function()
    for text, expected in pairs {
      ["1"] = "1", ["-0"] = "0", ["1.0"] = "1.0", ["50.00"] = "50.0", ["1e2"] = "100.0",
      ["1e16"] = "1e+16", ["123456789012345680"] = "123456789012345680", ["0.1"] = "0.1",
      ["1e-5"] = "1e-05", ["0.0001"] = "0.0001", ["-2.5"] = "-2.5", ["1.5e300"] = "1.5e+300",
      ["0.0"] = "0.0", ["-0.0"] = "-0.0", ["9007199254740993.0"] = "9007199254740992.0",
      ["12.75"] = "12.75", ["1234567.125"] = "1234567.125",
    } do
      assert.equal(expected, again(text), text)
    end
  end)

  it("has the numbers that only Python has", function()
    assert.equal("[NaN,Infinity,-Infinity]", again "[NaN, Infinity, -Infinity]")
  end)

  it("reads all escapes and writes the few that are needed", function()
    assert.equal('"\\" \\\\ / \\b \\f \\n \\r \\t \\u0001 \195\164 \240\159\152\128 \239\191\189"',
      again([["\" \\ \/ \b \f \n \r \t \u0001 \u00e4 \ud83d\ude00 \ud83d"]]))
  end)

  it("has null, true and false", function()
    assert.equal("[null,true,false]", again "[null, true, false]")
    assert.equal(document.null, json.decode "null")
  end)

  for text, message in pairs {
    [""] = "Expecting value", ["{"] = "Expecting property name enclosed in double quotes",
    ["[1"] = "Expecting ',' delimiter", ["[1,]"] = "Expecting value",
    ['{"a" 1}'] = "Expecting ':' delimiter", ['"a'] = "Unterminated string starting at",
    ['"\\x"'] = "Invalid \\escape", ['"\\u12"'] = "Invalid \\uXXXX escape", ["01"] = "Extra data",
    ["nul"] = "Expecting value", ["1 2"] = "Extra data", ['"\\'] = "Unterminated string",
    ['"\n"'] = "Invalid control character at", [("["):rep(600)] = "nested too deeply",
    ["+1"] = "Expecting value", ["1."] = "Extra data",
  } do
    it(("refuses %q"):format(text:sub(1, 20)), function()
      local value, why, offset = json.decode(text)
      assert.is_nil(value)
      assert.truthy(why:find(message, 1, true), why)
      assert.is_number(offset)
    end)
  end
end)

describe("a document's value", function()
  it("has a type", function()
    for kind, value in pairs { object = document.object(), array = document.array(), string = "s",
                               boolean = false, null = document.null } do
      assert.equal(kind, document.type(value))
    end
    assert.equal("number", document.type(5))
    assert.equal("number", document.type(document.double(5)))
    assert.equal(5, document.number(document.double(5)))
    assert.is_nil(document.number("5"))
  end)
end)
