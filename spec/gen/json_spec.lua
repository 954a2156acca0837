-- The reader of models.

local json = require("spec.support.generator").json

local function names_of(text)
  return json.names(assert(json.decode(text)))
end

describe("gen.json", function()
  it("keeps the order of members, at every level", function()
    assert.same({ "b", "a", "z", "c" }, names_of '{"b":1,"a":2,"z":3,"c":4}')
    local nested = assert(json.decode '{"o": {"2": 0, "1": 0, "10": 0}}')
    assert.same({ "2", "1", "10" }, json.names(nested.o))
  end)

  it("walks members in that order", function()
    local seen = {}
    for name, value in json.each(assert(json.decode '{"b":1,"a":[],"c":false}')) do
      seen[#seen + 1] = name .. "=" .. type(value)
    end
    assert.same({ "b=number", "a=table", "c=boolean" }, seen)
  end)

  it("makes objects that read like those of a text", function()
    local object = json.object("b", 1, "a", false)
    assert.same({ "b", "a" }, json.names(object))
    assert.equal(false, object.a)
  end)

  it("tells an empty object from an empty array", function()
    local value = assert(json.decode '{"o": {}, "a": []}')
    assert.is_true(json.is_object(value.o))
    assert.is_false(json.is_object(value.a))
    assert.is_nil(json.names(value.a))
  end)

  it("reads every kind of value", function()
    local value = assert(json.decode '\t[null, true, false, "", -0.5e+1, 12, 1E3, [[]]]\r\n ')
    assert.equal(json.null, value[1])
    assert.equal("null", tostring(value[1]))
    assert.equal(true, value[2])
    assert.equal(false, value[3])
    assert.equal("", value[4])
    assert.equal(-5, value[5])
    assert.equal(12, value[6])
    assert.equal(1000, value[7])
    assert.same({ {} }, value[8])
    assert.equal(8, #value)
  end)

  it("keeps a null member, so that it has a place in the order", function()
    local value = assert(json.decode '{"a": null, "b": 1}')
    assert.equal(json.null, value.a)
    assert.same({ "a", "b" }, json.names(value))
  end)

  it("reads scalars at the top", function()
    assert.equal(false, json.decode "false")
    assert.equal("x", json.decode '"x"')
  end)

  describe("reads in strings", function()
    local cases = {
      { [["\"\\\/\b\f\n\r\t"]], '"\\/\b\f\n\r\t' },
      { [["\u0041\u00e9\u20AC"]], "A\195\169\226\130\172" },
      { [["\ud83d\ude00"]], "\240\159\152\128" },
      { [["\uD800\uDC00\uDBFF\uDFFF"]], "\240\144\128\128\244\143\191\191" },
      { [["\uD7FF\uE000\uFFFF"]], "\237\159\191\238\128\128\239\191\191" },
      { [["a\u0000b"]], "a\0b" },
      { '"\127\195\169"', "\127\195\169" },
      { [["\\uD800"]], "\\uD800" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        assert.equal(case[2], json.decode(case[1]))
      end)
    end
  end)

  describe("refuses, naming the offset,", function()
    local cases = {
      { "", "offset 1: unexpected end" },
      { "  ", "offset 3: unexpected end" },
      { "[1", "offset 3: expected ',' or ']'" },
      { "[1,]", "offset 4: invalid value" },
      { "[,1]", "offset 2: invalid value" },
      { "[1 2]", "offset 4: expected ',' or ']'" },
      { "[1}", "offset 3: expected ',' or ']'" },
      { '{"a" 1}', "offset 6: expected ':'" },
      { "{a:1}", "offset 2: expected a member name" },
      { '{"a":1,}', "offset 8: expected a member name" },
      { '{"a":}', "offset 6: invalid value" },
      { '{"a":1', "offset 7: expected ',' or '}'" },
      { '{"a":1,"b":2,"a":3}', "offset 14: duplicate member 'a'" },
      { '{"a":false,"a":1}', "offset 12: duplicate member 'a'" },
      { '{"a":null,"a":1}', "offset 11: duplicate member 'a'" },
      { "01", "offset 1: invalid value" },
      { "-", "offset 1: invalid value" },
      { "+1", "offset 1: invalid value" },
      { ".5", "offset 1: invalid value" },
      { "1.", "offset 2: expected a digit" },
      { "1e", "offset 2: expected a digit" },
      { "1.5e+", "offset 4: expected a digit" },
      { "0x10", "offset 2: unexpected text after the value" },
      { "NaN", "offset 1: invalid value" },
      { "nullx", "offset 1: invalid value" },
      { "True", "offset 1: invalid value" },
      { "[1] []", "offset 5: unexpected text after the value" },
      { '"abc', "offset 1: unterminated string" },
      { '"a\nb"', "offset 3: control character in a string" },
      { '"a\0b"', "offset 3: control character in a string" },
      { [["\x41"]], "offset 2: invalid escape" },
      { [["\u12g4"]], "offset 4: expected four hexadecimal digits" },
      { [["\u12"]], "offset 4: expected four hexadecimal digits" },
      { [["\ud83d"]], "offset 2: unpaired surrogate" },
      { [["\ud83dx"]], "offset 2: unpaired surrogate" },
      { [["\ud83d\u0041"]], "offset 2: unpaired surrogate" },
      { [["\ude00\ud83d"]], "offset 2: unpaired surrogate" },
      { "\239\187\191{}", "offset 1: invalid value" },
    }
    for _, case in ipairs(cases) do
      it(("%q"):format(case[1]), function()
        local value, message = json.decode(case[1])
        assert.is_nil(value)
        assert.equal(case[2], message)
      end)
    end
  end)

  it("nests as deeply as it says and no deeper", function()
    local depth = json.max_depth
    local deepest = ("["):rep(depth) .. ("]"):rep(depth)
    assert.truthy(json.decode(deepest))
    local value, message = json.decode("[" .. deepest .. "]")
    assert.is_nil(value)
    assert.equal(("offset %d: nested too deeply"):format(depth + 1), message)
    value, message = json.decode(('{"a":'):rep(100000))
    assert.is_nil(value)
    assert.equal(("offset %d: nested too deeply"):format(depth * 5 + 1), message)
  end)
end)
