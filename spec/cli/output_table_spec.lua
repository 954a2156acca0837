local printed = require "spec.support.printed"

local function is_shown(value, expected, options)
  assert.equal(expected, (printed.json("table", value, options)))
end

local QUOTA = '{"SentLast24Hours": 2.0, "Max24HourSend": 200.0, "MaxSendRate": 1.0}'

describe("a table", function()
  it("has the operation's name above the sorted names of an object's scalars", function()
    is_shown(QUOTA, [[
-----------------------------------------------------
|                     GetThing                      |
+---------------+---------------+-------------------+
| Max24HourSend |  MaxSendRate  |  SentLast24Hours  |
+---------------+---------------+-------------------+
|  200.0        |  1.0          |  2.0              |
+---------------+---------------+-------------------+
]])
  end)

  it("has the names in a column where the terminal is narrower", function()
    local upright = [[
------------------------------
|          GetThing          |
+------------------+---------+
|  Max24HourSend   |  200.0  |
|  MaxSendRate     |  1.0    |
|  SentLast24Hours |  2.0    |
+------------------+---------+
]]
    is_shown(QUOTA, upright, { width = 52 })
    is_shown(QUOTA, upright, { width = 20 })
    is_shown(QUOTA, upright, { width = 0 })
    assert.not_equal(upright, (printed.json("table", QUOTA, { width = 53 })))
  end)

  it("sets objects and lists within an object in, below its scalars", function()
    is_shown('{"Identities": ["a", "b"], "Tags": {"x": {"k": 1, "l": true}}, "NextToken": "x"}', [[
--------------------
|     GetThing     |
+------------+-----+
|  NextToken |  x  |
+------------+-----+
||   Identities   ||
|+----------------+|
||  a             ||
||  b             ||
|+----------------+|
||      Tags      ||
|+----------------+|
|||       x      |||
||+----+---------+||
|||  k |    l    |||
||+----+---------+||
|||  1 |  True   |||
||+----+---------+||
]])
  end)

  it("has a row for each list of scalars in a list", function()
    is_shown('[["a", 1], ["b", null]]', [[
---------------
|  GetThing   |
+----+--------+
|  a |  1     |
|  b |  None  |
+----+--------+
]])
  end)

  it("has a row for each object of a list, with the names of all", function()
    is_shown('{"Items": [{"a": 1}, {"b": "x"}, {"b": ["y"], "a": 2}]}', [[
------------------
|    GetThing    |
+----------------+
||     Items    ||
|+------+-------+|
||   a  |   b   ||
|+------+-------+|
||  1   |       ||
|+------+-------+|
||     Items    ||
|+------+-------+|
||   a  |   b   ||
|+------+-------+|
||      |  x    ||
|+------+-------+|
|||      b     |||
||+------------+||
||     Items    ||
|+----+---------+|
||  a |    b    ||
|+----+---------+|
||  2 |  ['y']  ||
|+----+---------+|
|||      b     |||
||+------------+||
|||  y         |||
||+------------+||
]])
  end)

  it("shows nothing of what is empty", function()
    for _, value in ipairs { "{}", "[]", "null", '""', "false", "0", "0.0" } do
      is_shown(value, "")
    end
    is_shown('{"a": [], "b": {}, "c": "x"}', [[
------------
| GetThing |
+----+-----+
|  c |  x  |
+----+-----+
]])
  end)

  it("has nothing but a title for a scalar", function()
    is_shown('"x"', [[
----------
|GetThing|
+--------+
]])
  end)

  it("counts two columns for a wide character, one for what is put onto another", function()
    is_shown('["\228\184\173\230\150\135", "ab", "\195\188", "u\204\136"]', [[
----------
|GetThing|
+--------+
|  ]] .. "\228\184\173\230\150\135" .. [[  |
|  ab    |
|  ]] .. "\195\188" .. [[    |
|  u]] .. "\204\136" .. [[   |
+--------+
]])
  end)

  it("colours values and the edges of what is set in", function()
    local reset = "\27[0m"
    local edge = "\27[2m\27[33m|" .. reset .. reset
    local function outer(text) return reset .. text .. reset .. reset .. "\n" .. reset end
    local function inner(text) return edge .. text .. reset .. edge .. "\n" .. reset end
    local expected = "----------\n" .. reset .. outer "|GetThing|" .. outer "+--------+"
      .. inner "|   a  |" .. inner "+------+" .. inner "|   b  |" .. inner "+------+"
      .. inner "|  \27[1m\27[34m1\27[0m   |" .. inner "+------+"
    is_shown('{"a": [{"b": 1}]}', expected, { color = true })
    is_shown('{"a": [{"b": 1}]}', expected, { is_terminal = true })
    assert.falsy(printed.json("table", '{"a": 1}', { color = false, is_terminal = true })
      :find "\27")
    assert.falsy(printed.json("table", '{"a": 1}'):find "\27")
  end)

  for value, message in pairs {
    ['[["a"], ["b", "c"]]'] = "Row should have 1 elements, instead it has 2",
    ['[[["x"], [{"a": 1, "b": 2}]]]'] = "Row should have 1 elements, instead it has 2",
    ['[{"a": 1}, "x"]'] = "A table cannot show a list of objects that has other values in it",
    ['{"k": [{"a": 1}, null]}'] =
      "A table cannot show a list of objects that has other values in it",
  } do
    it("cannot show " .. value, function()
      assert.same({ "", nil, message }, { printed.json("table", value) })
    end)
  end

  it("is drawn of text that is no UTF-8", function()
    assert.truthy(printed.value("table", "\255\128"):find "GetThing")
    for _, format in ipairs { "json", "text", "yaml-stream" } do
      assert.truthy(#printed.value(format, "\255\128: \128") > 5)
    end
  end)
end)
