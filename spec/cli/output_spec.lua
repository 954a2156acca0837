-- How results are printed whatever the format; each has a spec of its own.

local document = require "ses.cli.document"
local json = require "ses.cli.json"
local output = require "ses.cli.output"
local printed = require "spec.support.printed"

local EMPTY = {}

-- A formatter that writes into a list; a write fails once the list is that long.
local function formatter_of(format, limit, options)
  local written = {}
  local given = { operation = "GetThing", write = function(text)
    if limit and #written >= limit then
      return nil, "Broken pipe"
    end
    written[#written + 1] = text
    return true
  end }
  for name, value in pairs(options or EMPTY) do
    given[name] = value
  end
  return output.new(format, given), written
end

describe("output", function()
  it("has the formats of the AWS CLI", function()
    assert.same({ "json", "text", "table", "yaml", "yaml-stream", "off" }, output.names)
  end)

  describe("prints", function()
    -- By format in the order of output.names; the pieces of a box are in another spec.
    for text, expected in pairs {
      ["{}"] = { "", "", "", "", "", "" },
      ["null"] = { "null\n", "None\n", "", "null\n", "- null\n", "" },
      ["[]"] = { "[]\n", "", "", "[]\n", "- []\n", "" },
      ['""'] = { '""\n', "\n", "", '""\n', "- ''\n", "" },
      ["0"] = { "0\n", "0\n", "", "0\n", "- 0\n", "" },
      ["false"] = { "false\n", "False\n", "", "false\n", "- false\n", "" },
      ["2.0"] = { "2.0\n", "2.0\n", nil, "2.0\n", "- 2.0\n", "" },
      ['"\195\164: b"'] = { '"\195\164: b"\n', "\195\164: b\n", nil, '"\195\164: b"\n',
                            "- '\195\164: b'\n", "" },
    } do
      it(text .. " in every format", function()
        for i, format in ipairs(output.names) do
          local got, ok = printed.json(format, text)
          assert.is_true(ok)
          if expected[i] then
            assert.equal(expected[i], got, format)
          end
        end
      end)
    end

    it("nothing where there is no result", function()
      for _, format in ipairs(output.names) do
        assert.equal("", (printed.value(format, nil)), format)
      end
    end)
  end)

  it("writes json with four spaces, members in their order, characters as they are", function()
    assert.equal('{\n    "b": [\n        "\195\164"\n    ],\n    "a": {}\n}\n',
      (printed.json("json", '{"b": ["\195\164"], "a": {}}')))
  end)

  it("writes each page of text and of a yaml-stream", function()
    for format, expected in pairs {
      text = { "IDENTITIES\ta\n", "IDENTITIES\tb\n" },
      ["yaml-stream"] = { "- Identities:\n  - a\n", "- Identities:\n  - b\n" },
    } do
      local formatter, written = formatter_of(format)
      assert.is_true(formatter:page(json.decode '{"Identities": ["a"]}'))
      assert.is_true(formatter:page(json.decode '{"Identities": ["b"]}'))
      assert.is_true(formatter:finish())
      assert.same(expected, written)
    end
  end)

  it("writes an empty page of a yaml-stream where the operation has pages", function()
    assert.equal("- {}\n", (printed.json("yaml-stream", "{}", { paged = true })))
  end)

  describe("to a pipe that nobody reads", function()
    for _, format in ipairs { "json", "text", "table", "yaml", "yaml-stream" } do
      it("stops as " .. format, function()
        local formatter, written = formatter_of(format, 1)
        assert.is_true(formatter:page(json.decode '{"a": 1}'))
        assert.is_false(formatter:page(json.decode '{"a": 2}'))
        assert.is_false(formatter:page(json.decode '{"a": 3}'))
        assert.same({ false, "Broken pipe" }, { formatter:finish() })
        assert.equal(1, #written)
      end)
    end
  end)

  it("says what a table cannot show, and writes none of it", function()
    local formatter, written = formatter_of "table"
    assert.is_false(formatter:page(json.decode '[["a"], ["b", "c"]]'))
    assert.same({ n = 2, nil, "Row should have 1 elements, instead it has 2" },
                { n = select("#", formatter:finish()), formatter:finish() })
    assert.same({}, written)
  end)

  it("has time for many items", function()
    local function seconds(format, count)
      local list = document.array()
      for i = 1, count do
        list[i] = document.set(document.object(), "Name", "name number " .. i)
      end
      local value = document.set(document.object(), "Items", list)
      collectgarbage()
      local start = os.clock()
      assert.truthy(#printed.value(format, value) > 10 * count)
      return os.clock() - start
    end
    for _, format in ipairs { "json", "text", "table", "yaml", "yaml-stream" } do
      -- Ten times as many items take about ten times as long, not a hundred times.
      assert.truthy(seconds(format, 30000) < 40 * seconds(format, 3000) + 0.3, format)
    end
  end)
end)
