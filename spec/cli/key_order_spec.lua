local key_order = require "ses.cli.key_order"

describe("the order of keys", function()
  local function sorted(body, ...)
    local keys = { ... }
    key_order.of(body)(keys)
    return keys
  end

  it("is that of XML", function()
    assert.same({ "z", "a&b", "m", "q" }, sorted("<e><key>z</key><value><key2>q</key2></value>"
      .. "<key>a&amp;b</key></e><key>m</key><key>z</key>", "a&b", "m", "q", "z"))
  end)

  it("is that of JSON", function()
    assert.same({ "z", '"a\\', "m", "\195\164", "b" }, sorted([[{"M":{"z" : "m:", "\"a\\": 1,
      "m":"b","\u00e4":{}},"x":"z\":"}]], '"a\\', "b", "m", "z", "\195\164"))
  end)

  it("is the alphabet's without an answer", function()
    assert.same({ "a", "b", "c" }, sorted(nil, "b", "c", "a"))
    assert.same({ "a", "b" }, sorted("", "b", "a"))
    assert.same({ "a", "b" }, sorted('{"\\u":1,"', "b", "a"))
  end)
end)
