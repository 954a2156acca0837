-- Expressions and documents by chance, and what jmespath.py makes of them.

local cases = require "spec.support.jmespath_cases"
local jmespath = require "ses.cli.jmespath"
local json = require "ses.cli.json"
local peer = require "spec.support.jmespath_peer"
local random = require "spec.support.random"

local python = peer.python()
if not python then
  describe("JMESPath", function()
    it("is what jmespath.py has", function()
      pending("there is no jmespath for Python: nothing is compared with it")
    end)
  end)
  return
end

-- No 0 and 1, which are false and true to Python in a list.
local DOCUMENTS = {
  '{"a": 2, "b": {"a": [3, 2.5, -4], "c": null, "b": "x"}, "c": [], "d": [{"a": 2}, {"a": 7.0}]}',
  '[{"a": "x", "b": [2, 3]}, {"a": "\195\164", "b": []}, {"a": "w", "b": [[4], [5, [6]]]}]',
  '{"a": ["b", "a", "c", "a"], "b": "a b", "c": {"c": {"c": "12"}}, "d": true, "e f": 2}',
  '{"d": [{"a": 3, "b": "x"}, {"a": 2, "b": "\240\159\152\128y"}, {"a": 3, "b": "w", "c": {}}]}',
  '{"a": [[2, 3], [4, [5]], 6, null, "x"], "b": {"a": false, "b": 2.50, "c": 1e20}, "c": "2.5"}',
  '[2, 5, 3, -2.5, 5.0, 100]', '["b", "B", "\195\164", "", "ab"]', '"text"', "null", "-7", "{}",
}

local LITERALS = { "`2`", "`2.5`", "`-4`", "`\"x\"`", "`x`", "'a'", "'x'", "`null`", "`true`",
                   "`[2, 3]`", "`{\"a\": 2}`", "`[]`", "''", "'12'", "'1e3'", "' -3 '", "'0x10'",
                   "'2_0'", "'.5'", "'inf'", "`{\"b\": \"it's\", \"a\": [null, true, 2.0]}`" }
local FIELDS = { "a", "b", "c", "d", '"e f"', '"\\u0061"' }
local COMPARATORS = { "==", "!=", "<", "<=", ">", ">=" }
local ONE = { "abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort",
              "sum", "to_array", "to_number", "to_string", "type", "values", "not_null" }
local TWO = { "contains", "ends_with", "join", "starts_with", "not_null", "abs" }
local BY = { "max_by", "min_by", "sort_by" }

local FORMS -- how an expression is made, by chance: of expressions of less depth

local function expression(rng, depth)
  if depth == 0 then
    return rng:pick { rng:pick(FIELDS), rng:pick(FIELDS), "@", rng:pick(LITERALS) }
  end
  return rng:pick(FORMS)(rng, function()
    return expression(rng, depth - rng:int(1, depth))
  end)
end

local function bound(rng)
  return rng:pick { "", tostring(rng:int(-4, 4)) }
end

FORMS = {
  function(rng, sub) return sub() .. "." .. rng:pick(FIELDS) end,
  function(rng, sub) return sub() .. "." .. rng:pick(FIELDS) .. "." .. rng:pick(FIELDS) end,
  function(_, sub) return sub() .. ".*" end,
  function(rng, sub) return sub() .. "[*]." .. rng:pick(FIELDS) end,
  function(_, sub) return sub() .. "[*]" end,
  function(_, sub) return sub() .. "[]" end,
  function(rng, sub) return sub() .. "[" .. rng:int(-3, 3) .. "]" end,
  function(rng, sub)
    return sub() .. "[" .. bound(rng) .. ":" .. bound(rng) .. rng:pick { "", ":" .. bound(rng) }
      .. "]"
  end,
  function(_, sub) return sub() .. "[?" .. sub() .. "]" end,
  function(rng, sub)
    return sub() .. "[?" .. sub() .. " " .. rng:pick(COMPARATORS) .. " " .. sub() .. "]"
  end,
  function(rng, sub) return sub() .. " " .. rng:pick(COMPARATORS) .. " " .. sub() end,
  function(rng, sub) return sub() .. rng:pick { " || ", " && ", " | " } .. sub() end,
  function(_, sub) return "!" .. sub() end,
  function(_, sub) return "(" .. sub() .. ")" end,
  function(_, sub) return "[" .. sub() .. ", " .. sub() .. "]" end,
  function(rng, sub)
    return sub() .. ".{b: " .. sub() .. ", a: " .. sub() .. "}" .. rng:pick { "", ".b" }
  end,
  function(_, sub) return sub() .. ".[" .. sub() .. "]" end,
  function(rng, sub) return rng:pick(ONE) .. "(" .. sub() .. ")" end,
  function(rng, sub) return rng:pick(TWO) .. "(" .. sub() .. ", " .. sub() .. ")" end,
  function(rng, sub) return rng:pick(BY) .. "(" .. sub() .. ", &" .. sub() .. ")" end,
  function(rng, sub) return rng:pick(BY) .. "(" .. sub() .. ", &" .. rng:pick(FIELDS) .. ")" end,
  function(_, sub) return "map(&" .. sub() .. ", " .. sub() .. ")" end,
  function(_, sub) return "merge({a: " .. sub() .. "}, {b: " .. sub() .. ", a: a})" end,
}

-- How an expression of a type is made: $type stands for one.
local TYPED = {
  number = {
    "`2`", "`-0.0`", "`2.5`", "`-3`", "`1e300`", "`0.1`", "`9007199254740991`", "`1e-7`", "`5.0`",
    "`-2.5`", "length($list)", "length($string)", "length($object)", "abs($number)",
    "ceil($number)", "floor($number)", "sum($numbers)", "avg($numbers)", "max($numbers)",
    "min($numbers)", "to_number($string)", "to_number('$digits')", "$numbers[$index]",
  },
  string = {
    "'a'", "'ab'", "'\195\164b'", "'\226\130\172'", "'\240\159\152\128'", "''",
    [[`"it's \"q\" \u0001 \u007f \u00a0 \\ \t"`]],
    "to_string($any)", "type($any)", "join($string, $strings)", "reverse($string)",
    "max($strings)", "min($strings)", "not_null(nothing, $string)", "$strings[$index]",
  },
  boolean = {
    "contains($list, $any)", "contains($strings, $string)", "contains($string, $string)",
    "starts_with($string, $string)", "ends_with($string, $string)", "$number $order $number",
    "$string $order $string", "$any == $any", "$list != $list", "!$any", "$object == $object",
  },
  numbers = {
    "`[3, 2.5, 2, -4.0, 1e3]`", "`[]`", "`[7, 7.0, 2]`", "sort($numbers)", "reverse($numbers)",
    "map(&$number, $list)", "[$number, $number]", "$numbers[$slice]", "$numbers[?@ $order $number]",
  },
  strings = {
    "`[\"b\", \"a\", \"\195\164\", \"B\", \"\240\159\152\128\", \"\239\191\189\"]`",
    "keys($object)", "sort($strings)", "reverse($strings)", "map(&to_string(@), $list)",
    "[$string, $string]", "$strings[$slice]", "map(&type(@), $list)",
  },
  list = {
    "$numbers", "$strings", "values($object)", "to_array($string)", "to_array($list)",
    "[$list, $list][]", "map(&[@], $list)", "sort_by($objects, &$key)", "reverse($list)",
    "$objects[*].$field", "$objects[?$field $order $key]", "$list[$slice]", "$objects",
    "$list[?$any]", "[$any, $any]", "$object.*",
  },
  object = {
    "{b: $any, a: $any}", "merge($object, $object)", "`{\"a\": \"\195\164\", \"b\": [2, {}]}`",
    "max_by($objects, &$key)", "min_by($objects, &$key)", "$objects[$index]", "`{}`",
    "{n: $number, s: $string, m: nothing}",
  },
  objects = {
    "`[{\"a\": 2, \"b\": \"x\"}, {\"b\": \"w\", \"a\": 2.0}, {\"a\": -3, \"b\": \"x\"}]`",
    "[{a: $number, b: $string}, {b: $string, a: $number}]", "sort_by($objects, &$key)",
  },
  any = { "$number", "$string", "$boolean", "$numbers", "$strings", "$list", "$object", "nothing" },
  key = { "a", "b", "to_string(b)", "length(b)", "a" },
  field = { "a", "b" },
  order = COMPARATORS,
  index = { "0", "1", "-1", "2" },
  slice = { "1:", ":-1", "::2", "::-1", "-2:", "3:0:-2", "5:1" },
  digits = { "12", "-3", "+4", "1.50", ".5", "5.", "1e3", "1E-2", " 7\t", "1_0", "1__0", "_1", "1_",
             "0x1", "1e", "e1", ".", "-", "007", "--1", "inf", "-Infinity", "NaN", "1.2.3",
             "1_0.0_1", "1e1_0", "1_e1", "" },
}

local function typed(rng, kind, depth)
  local forms = TYPED[kind]
  local form = rng:pick(forms)
  if depth == 0 then
    form = forms[1]
  end
  return (form:gsub("%$(%a+)", function(inner)
    return typed(rng, inner, math.max(depth - 1, 0))
  end))
end

-- Tokens, and what is none.
local PIECES = {
  "a", "foo", "_b1", '"q"', '"\\u00e9"', "'raw'", "`1`", "`\"x\"`", "` un quoted`", "12", "-1",
  "007", "-0", "`{\"a\": [1, null, true, 2.5, \"it's\", 1e-7]}`", "[", "]", "[]", "[?", "(", ")",
  "{", "}", ".", "*", "&", "&&", "|", "||", "!", "!=", "==", "<", "<=", ">", ">=", ",", ":", "@",
  "a: ", "[*]", "[0]", "[1:2]", "abs(", "sort_by(", " ", "\n", "\195\169",
}
local BROKEN = {
  "$", "#", "=", "-", "'open", "`open", '"open', '"\\x"', '"\\u12"', '"a\tb"', "`\"\\x\"`",
  "\\", "'\\", "`{\"a\"`", "\240\159\152\128", "99999999999999999999999",
}

local function broken(rng)
  local text = rng:text(PIECES, 1, 7)
  if rng:int(1, 5) == 1 then
    text = text .. rng:pick(BROKEN) .. rng:text(PIECES, 0, 2)
  end
  return text
end

local function ours(job)
  local compiled, message = jmespath.compile(job.expression)
  if not compiled then
    return { refused = message }
  elseif not job.value then
    return {}
  end
  local found
  found, message = jmespath.search(compiled, assert(json.decode(job.value)))
  if found == nil then
    return { failed = message, meant = true }
  end
  return { found = json.encode(found) }
end

-- Compares; counts the results of each kind.
local function compare(jobs)
  local counts = { refused = 0, failed = 0, found = 0 }
  for i, expected in ipairs(peer.run(python, jobs)) do
    local got = ours(jobs[i])
    -- What jmespath.py did not mean to say of an argument is said better here.
    if expected.meant == false and got.failed then
      expected = got
    end
    assert.same(expected, got, jobs[i].expression .. "\n" .. tostring(jobs[i].value))
    for kind in pairs(counts) do
      counts[kind] = counts[kind] + (got[kind] and 1 or 0)
    end
  end
  return counts
end

describe("JMESPath, as jmespath.py has it,", function()
  it("is what the cases say", function()
    local jobs = {}
    for _, groups in ipairs { cases.found, cases.functions } do
      for _, group in ipairs(groups) do
        for _, case in ipairs(group) do
          jobs[#jobs + 1] = { expression = case[1], value = group.given }
        end
      end
    end
    for _, case in ipairs(cases.refused) do
      jobs[#jobs + 1] = { expression = case[1] }
    end
    assert.equal(#cases.refused, compare(jobs).refused)
  end)

  it("refuses expressions with the same words", function()
    local rng, jobs = random.new(20240915), {}
    for i = 1, 3000 do
      jobs[i] = { expression = broken(rng) }
    end
    local counts = compare(jobs)
    assert.truthy(counts.refused > 2000, counts.refused)
  end)

  it("refuses what an expression has lost a character of, or has one too many", function()
    local rng, jobs = random.new(7), {}
    for i = 1, 1000 do
      local text = expression(rng, 4)
      local at = rng:int(1, #text)
      local char = rng:pick { "", "", "[", ")", "`", ",", "|", "1", "." }
      jobs[i] = { expression = (text:sub(1, at - 1) .. char .. text:sub(at + 1))
        :gsub("[\128-\255]", "") }
    end
    local counts = compare(jobs)
    assert.truthy(counts.refused > 300, counts.refused)
  end)

  it("finds the same, or has the same to say", function()
    local rng, jobs = random.new(1), {}
    for i = 1, 4000 do
      jobs[i] = { expression = expression(rng, 4), value = rng:pick(DOCUMENTS) }
    end
    local counts = compare(jobs)
    assert.truthy(counts.found > 2000, counts.found)
    assert.truthy(counts.failed > 300, counts.failed)
  end)

  it("has the same functions", function()
    local rng, jobs = random.new(12), {}
    for i = 1, 4000 do
      jobs[i] = { expression = typed(rng, "any", 6), value = rng:pick(DOCUMENTS) }
    end
    local counts = compare(jobs)
    assert.truthy(counts.found > 2500, counts.found)
  end)
end)
