local document = require "ses.cli.document"
local files = require "spec.support.files"
local json = require "ses.cli.json"
local shorthand = require "ses.cli.shorthand"

describe("shorthand", function()
  for text, expected in pairs {
    ["a=b"] = '{"a":"b"}',
    ["b=1,a=2"] = '{"b":"1","a":"2"}',
    ["a=b,c,d=e"] = '{"a":["b","c"],"d":"e"}',
    ["a=[b,'c,d',[e],{f=g}]"] = '{"a":["b","c,d",["e"],{"f":"g"}]}',
    ["a={b=[],c={}},d="] = '{"a":{"b":[],"c":{}},"d":""}',
    ["a= b c , d = e "] = '{"a":"b c","d":"e"}',
    ["a=b\\,c,d"] = '{"a":["b,c","d"]}',
    ["a='it\\'s \\\\ \"x\"'"] = [[{"a":"it's \\ \"x\""}]],
    ['a="say \\"b\\"",c=\'\''] = [[{"a":"say \"b\"","c":""}]],
    -- Without a quote that no backslash stands before, the last one ends the text.
    ["a='b\\'"] = [[{"a":"b\\"}]],
    ["a=b=c,d"] = '{"a":["b=c","d"]}',
    ["a.b/c:d#e-f_g=1"] = '{"a.b/c:d#e-f_g":"1"}',
    ["a={b=1,b=2}"] = '{"a":{"b":"2"}}',
    ["a=\194\160\195\169\226\128\131,b=c"] = '{"a":"\194\160\195\169","b":"c"}',
    ["a=b\n,\nc=d"] = '{"a":"b","c":"d"}',
    ["=b"] = '{"":"b"}',
  } do
    it(("reads %q"):format(text), function()
      assert.equal(expected, json.encode(assert(shorthand.parse(text))))
    end)
  end

  for text, expected in pairs {
    ["bad"] = "Expected: '=', received: 'EOF' for input:\n bad\n   ^",
    [""] = "Expected: '=', received: 'EOF' for input:\n \n^",
    ["a=b]"] = "Expected: ',', received: ']' for input:\n a=b]\n   ^",
    ["a=b,"] = "Expected: '<second>', received: '<none>' for input:\n a=b,\n    ^",
    ["a='b"] = "Expected: '<singled quoted>', received: '<none>' for input:\n a='b\n  ^",
    ['a="'] = "Expected: '<double quoted>', received: '<none>' for input:\n a=\"\n  ^",
    ["a=[b"] = "Expected: ',', received: 'EOF' for input:\n a=[b\n    ^",
    ["a={b"] = "Expected: '=', received: 'EOF' for input:\n a={b\n    ^",
    -- The caret counts characters, from the last line break on.
    ["a=\195\169'"] = "Expected: ',', received: ''' for input:\n a=\195\169'\n   ^",
    ["a=\240\159\152\128"] = "Expected: ',', received: '\240\159\152\128' for input:\n "
      .. "a=\240\159\152\128\n  ^",
    ["a=b,\nc]=d,\ne=f"] = "Expected: '=', received: ']' for input:\n a=b,\nc]=d,\n ^\ne=f",
    ["a=b,c=d,a=e"] = 'Second instance of key "a" encountered for input:\na=b,c=d,a=e\n        ^\n'
      .. 'This is often because there is a preceding "," instead of a space.',
    ["a=" .. ("["):rep(600)] = "nested too deeply",
    ["a=\0"] = "Expected: ',', received: '\0' for input:\n a=\0\n  ^",
  } do
    it(("refuses %q"):format(text:sub(1, 20)), function()
      local value, message, kind = shorthand.parse(text)
      assert.is_nil(value)
      assert.equal(expected, message)
      assert.equal("syntax", kind)
    end)
  end

  it("has a message that does not repeat the text", function()
    for text, brief in pairs {
      ["secret=b]"] = "Expected: ',', received: ']'",
      ["secret=b,secret=c"] = "Second instance of a key encountered",
    } do
      assert.equal(brief, (select(4, shorthand.parse(text))))
    end
  end)

  it("takes values from files after @=", function()
    local path = files.with(finally, "a,b\r\n")
    local value = assert(shorthand.parse(("a@=file://%s,b=file://%s,c={d @= 'fileb://%s'},e=[x]")
      :format(path, path, path)))
    assert.equal("a,b\n", document.get(value, "a"))
    assert.equal("file://" .. path, document.get(value, "b"))
    assert.equal("a,b\r\n", document.get(document.get(value, "c"), "d").bytes)
    value = assert(shorthand.parse(("a@=[file://%s,{b=file://x}],c@=x,file://%s"):format(path,
      path)))
    assert.equal('{"a":["a,b\\n",{"b":"file://x"}],"c":["x","a,b\\n"]}', json.encode(value))
  end)

  it("says which file it cannot read", function()
    local value, message, kind = shorthand.parse("a@=file:///nonexistent")
    assert.same({ false, "file" }, { value or false, kind })
    assert.equal("Unable to load paramfile file:///nonexistent: [Errno 2] No such file or "
      .. "directory: '/nonexistent'", message)
  end)

  it("takes time that grows as the text does", function()
    local parts = {}
    for i = 1, 100000 do parts[i] = "k" .. i .. "=a'b" end
    local clock = os.clock()
    for _, text in ipairs {
      "a=" .. ("x,"):rep(300000) .. "y", "a='" .. ("\\'"):rep(300000), table.concat(parts, ","),
      "a=[" .. ("b,"):rep(300000) .. "c]", "a=" .. (" "):rep(600000) .. ",",
    } do
      shorthand.parse(text)
    end
    assert(os.clock() - clock < 20)
  end)
end)

describe("shorthand for a shape", function()
  local function coerced(text, service, shape)
    local value, message, kind = shorthand.coerce(assert(shorthand.parse(text)), service, shape)
    return value and json.encode(value), message, kind
  end

  it("makes numbers and booleans of texts", function()
    assert.equal('{"MaxDeliverySeconds":400,"TlsPolicy":"5"}',
      coerced("MaxDeliverySeconds=' 4_00 ',TlsPolicy=5", "sesv2", "DeliveryOptions"))
    for text, expected in pairs { True = "true", ["'false'"] = "false", yes = '"yes"',
      ["1"] = '"1"' } do
      assert.equal('{"SendingEnabled":' .. expected .. "}",
        coerced("SendingEnabled=" .. text, "sesv2", "SendingOptions"))
    end
  end)

  it("refuses what is no number", function()
    local value, message, kind = coerced("MaxDeliverySeconds=4x", "sesv2", "DeliveryOptions")
    assert.is_nil(value)
    assert.same({ "invalid literal for int() with base 10: '4x'", "number" }, { message, kind })
  end)

  it("makes a list of one value, and leaves what it cannot make fit", function()
    assert.equal('{"ToAddresses":["a"],"CcAddresses":["b","c"],"Other":"d"}',
      coerced("ToAddresses=a,CcAddresses=b,c,Other=d", "ses", "Destination"))
    assert.equal('{"ToAddresses":[{"a":"b"}]}',
      coerced("ToAddresses={a=b}", "ses", "Destination"))
    assert.equal('{"MaxDeliverySeconds":["1"]}',
      coerced("MaxDeliverySeconds=[1]", "sesv2", "DeliveryOptions"))
  end)

  it("looks into lists and maps", function()
    assert.equal('{"MetricsDataSource":{"Dimensions":{"ISP":["x"]}}}',
      coerced("MetricsDataSource={Dimensions={ISP=x}}", "sesv2", "ExportDataSource"))
  end)
end)
