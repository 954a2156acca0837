local json = require "ses.emulator.json"
local body = require "ses.emulator.body"

local SEND = "SendEmailRequest"

local function malformed(text, pattern, shape)
  local result, fault = body.read("sesv2", shape or SEND, text)
  assert.is_nil(result)
  assert.equal("malformed", fault.kind)
  assert.truthy(fault.message:find(pattern, 1, true), fault.message)
end

describe("JSON", function()
  it("keeps lists and structures apart, empty ones too", function()
    local value = json.decode('{"a":[],"b":{},"c":[1],"d":[ ],"e":[[],{}],"f":"[]"}')
    assert.is_true(json.is_array(value.a))
    assert.is_false(json.is_array(value.b))
    assert.is_true(json.is_array(value.c))
    assert.is_true(json.is_array(value.d))
    assert.is_true(json.is_array(value.e[1]))
    assert.is_false(json.is_array(value.e[2]))
    assert.equal("[]", value.f)
    assert.is_true(json.is_array(json.decode("[]")))
  end)

  it("takes quotes and brackets in strings for what they are", function()
    assert.same({ a = '\\"[]', b = "[ ]", c = "\\" },
                json.decode([[{"a":"\\\"[]","b":"[ ]","c":"\\"}]]))
  end)

  for _, text in ipairs { "", "{", '{"a":[}', '"', "[1,]", "{]", "NaN", '"\255"',
                          ("["):rep(100) .. ("]"):rep(100) } do
    it("is refused as " .. ("%q"):format(text:sub(1, 12)), function()
      local value, message = json.decode(text)
      assert.is_nil(value)
      assert.equal("string", type(message))
    end)
  end

  it("is written in the order of its names", function()
    assert.equal('{\n  "a": [\n    1,\n    2.5\n  ],\n  "b": {},\n  "c": [],\n  "d": true\n}',
      json.encode { d = true, c = json.array {}, b = {}, a = json.array { 1, 2.5 } })
  end)

  it("is written with escapes, and without what is not UTF-8", function()
    assert.equal('"\\"\\\\\\n\\u0000é"', json.quote('"\\\n\0é'))
    assert.equal('"a\239\191\189b"', json.quote("a\255b"))
  end)
end)

describe("a body", function()
  it("of nothing has no parameters", function()
    assert.same({}, body.read("sesv2", SEND, ""))
    assert.same({}, body.read("sesv2", SEND, " \n"))
    assert.same({}, body.read("sesv2", SEND, "{}"))
  end)

  it("has null where a member is absent", function()
    assert.same({}, body.read("sesv2", SEND, '{"FromEmailAddress":null}'))
  end)

  it("has members that the model does not know", function()
    assert.same({}, body.read("sesv2", SEND, '{"Unknown":[1]}'))
  end)

  it("is a structure", function()
    malformed("[]", "The body: expected a structure, got a list")
    malformed('"a"', "The body: expected a structure, got a string")
    malformed("nonsense", "The body is not JSON")
  end)

  it("has the types of the model", function()
    malformed('{"Destination":{"ToAddresses":{}}}',
              "Destination.ToAddresses: expected a list, got a structure")
    malformed('{"Destination":[]}', "Destination: expected a structure, got a list")
    malformed('{"Destination":{"ToAddresses":["a",1]}}',
              "Destination.ToAddresses[2]: expected a string, got a number")
    malformed('{"Destination":{"ToAddresses":[null]}}',
              "Destination.ToAddresses[1]: expected a string, got null")
    malformed('{"FromEmailAddress":true}', "FromEmailAddress: expected a string, got a boolean")
    malformed('{"Content":{"Raw":{"Data":"?"}}}', "Content.Raw.Data: expected a blob")
    malformed('{"PageSize":1.5}', "PageSize: expected an integer", "ListEmailIdentitiesRequest")
    malformed('{"PageSize":1e99}', "PageSize: expected an integer", "ListEmailIdentitiesRequest")
    assert.same({ PageSize = 3 },
                body.read("sesv2", "ListEmailIdentitiesRequest", '{"PageSize":3}'))
  end)

  it("gives a blob its bytes", function()
    assert.same({ Content = { Raw = { Data = "\0\255" } } },
                body.read("sesv2", SEND, '{"Content":{"Raw":{"Data":"AP8="}}}'))
  end)

  it("is written in the model's order", function()
    assert.equal('{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true,"Policies":{},'
      .. '"Tags":[{"Key":"k","Value":"v"}]}',
      body.write("sesv2", "GetEmailIdentityResponse", {
        Tags = { { Key = "k", Value = "v" } }, IdentityType = "DOMAIN",
        VerifiedForSendingStatus = true, Policies = {} }))
    assert.equal("{}", body.write("sesv2", nil, {}))
  end)
end)
