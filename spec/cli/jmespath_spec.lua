local cases = require "spec.support.jmespath_cases"
local document = require "ses.cli.document"
local jmespath = require "ses.cli.jmespath"
local json = require "ses.cli.json"

local function search(text, value)
  return jmespath.search(assert(jmespath.compile(text)), value)
end

local function check(group)
  local given = assert(json.decode(group.given))
  for _, case in ipairs(group) do
    local text, expected = case[1], case[2]
    it(("%q"):format(text), function()
      local found, message = search(text, given)
      if expected.fails then
        assert.is_nil(found)
        assert.equal(expected.fails, message)
      elseif expected == "@" then
        assert.equal(given, found)
      else
        assert.is_nil(message)
        assert.equal(expected, json.encode(found))
      end
    end)
  end
end

for _, groups in ipairs { cases.found, cases.functions } do
  for _, group in ipairs(groups) do
    describe("JMESPath has " .. group.rule .. ":", function()
      check(group)
    end)
  end
end

describe("JMESPath refuses", function()
  for _, case in ipairs(cases.refused) do
    it(("%q"):format(case[1]), function()
      local compiled, message = jmespath.compile(case[1])
      assert.is_nil(compiled)
      assert.equal(case[2], message)
    end)
  end

  it("an expression where a function takes none", function()
    for _, text in ipairs { "type(&a)", "not_null(&a)", "abs(&a)", "contains('a', &a)" } do
      local found, message = search(text, document.null)
      assert.is_nil(found)
      assert.truthy(message:find('^In function [%w_]+%(%), invalid type for value: an expression, '
        .. 'expected one of: .*, received: "expref"$'), message)
    end
    for _, text in ipairs { "&a", "[&a]", "not_null(a || &b)" } do
      local found, message = search(text, document.object())
      assert.is_nil(found)
      assert.equal("An expression behind & can only be an argument of a function", message)
    end
  end)

  it("to look for what is no string in a string", function()
    local found, message = search("contains('a1', `1`)", document.null)
    assert.is_nil(found)
    assert.equal("In function contains(), invalid type for value: 1, expected one of: ['string'], "
      .. 'received: "number"', message)
  end)

  it("to merge what is no object, wherever it stands", function()
    local found, message = search("merge({a: @}, `{}`, `[]`)", document.object())
    assert.is_nil(found)
    assert.equal("In function merge(), invalid type for value: [], expected one of: ['object'], "
      .. 'received: "array"', message)
  end)
end)

describe("JMESPath", function()
  it("keeps types apart in lists as well", function()
    assert.is_false(search("[`1`] == [`true`]", 1))
    assert.is_false(search("contains([`0`], `false`)", 1))
  end)

  it("searches nothing as null", function()
    assert.equal(document.null, search("@", nil))
  end)

  it("changes nothing of what it searches", function()
    local text = '{"a":[3,1,2],"o":{"b":1}}'
    local value = json.decode(text)
    search("[sort(a), reverse(a), merge(o, {b: a, c: a}), a[], keys(o)]", value)
    assert.equal(text, json.encode(value))
  end)

  it("sorts many items, and keeps the order of equal ones", function()
    local items = document.array()
    for i = 1, 1000 do
      items[i] = document.set(document.set(document.object(), "k", i * 7 % 10), "i", i)
    end
    local sorted = search("sort_by(@, &k)", items)
    assert.equal(1000, #sorted)
    for i = 2, #sorted do
      local before, after = sorted[i - 1].values, sorted[i].values
      assert.truthy(before.k < after.k or before.k == after.k and before.i < after.i)
    end
  end)

  it("adds integers beyond what one of Lua's own holds", function()
    local sum = search("sum(@)", json.decode "[9223372036854775807, 9223372036854775807]")
    assert.equal(2 ^ 64, sum)
    assert.equal(2 ^ 63, search("abs(@)", json.decode "-9223372036854775808"))
  end)

  it("takes bytes that are no UTF-8 one by one", function()
    assert.equal(4, search("length(@)", "a\255\195b"))
    assert.equal("b\195\255a", search("reverse(@)", "a\255\195b"))
    assert.equal('["\\udcff\\u00e4"]', search("to_string([@])", "\255\195\164"))
    local _, message = jmespath.compile("a\255")
    assert.equal("Bad jmespath expression: Unknown token \255:\na\255\n ^", message)
  end)

  it("hides no fault of its caller", function()
    assert.has_error(function() jmespath.compile(5) end)
    assert.has_error(function() jmespath.search({ kind = "none" }, 1) end)
  end)
end)

describe("An expression", function()
  local TOO_DEEP = "Invalid jmespath expression: nested more than 500 levels deep"

  local NESTS = { { "(", "@", ")" }, { "[", "@", "]" }, { "{a: ", "@", "}" }, { "!", "@", "" },
                  { "map(&", "@", ", [@])" }, { "max_by([@], &to_string(", "@", "))" },
                  { "@[?", "@", "]" }, { "", "@", "[]" }, { "", "@", " | @" },
                  { "", "!@", " || !@" }, { "", "@", ".*" }, { "", "@", "[*]" },
                  { "", "@", "[?@]" }, { "", "@", "[:]" }, { "@ && (", "@", ")" },
                  { "", "@", " < @" }, { "not_null(", "@", ")" } }

  local function nested(nest, levels)
    return nest[1]:rep(levels) .. nest[2] .. nest[3]:rep(levels)
  end

  for _, nest in ipairs(NESTS) do
    it(("may not be nested without end: %s%s"):format(nest[1], nest[3]), function()
      local compiled, message = jmespath.compile(nested(nest, 20000))
      assert.is_nil(compiled)
      assert.equal(TOO_DEEP, message)
      -- As deep as it may be, all goes well.
      local low, high = 100, 600
      while high - low > 1 do
        local middle = math.floor((low + high) / 2)
        if jmespath.compile(nested(nest, middle)) then
          low = middle
        else
          high = middle
        end
      end
      local deepest = assert(jmespath.compile(nested(nest, low)))
      for _, value in ipairs { 5, json.decode "[[1]]", json.decode '{"a": {"a": 1}}' } do
        assert.is_not_nil(coroutine.wrap(jmespath.search)(deepest, value))
      end
    end)
  end

  it("may not hold a literal nested without end", function()
    local _, message = jmespath.compile("`" .. ("["):rep(600) .. ("]"):rep(600) .. "`")
    assert.truthy(message:find("^Bad jmespath expression: Bad token %[%["))
  end)

  it("may be long", function()
    assert.equal(document.null, search("a" .. (".a"):rep(50000), document.null))
    assert.equal(1, search("@" .. ("[0]"):rep(50000) .. " || `1`", document.null))
    assert.equal(50001, #search("[@" .. (",@"):rep(50000) .. "]", 1))
    assert.equal("a", search("'" .. ("\\\\"):rep(50000) .. "' && 'a'", 1))
  end)
end)
