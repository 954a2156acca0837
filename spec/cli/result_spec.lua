local core = require "ses.core"
local document = require "ses.cli.document"
local fake_model = require "spec.support.fake_model"
local json = require "ses.cli.json"
local result = require "ses.cli.result"

local function shown(...)
  return json.encode((result.document(...)))
end

describe("a result", function()
  it("has its members in the model's order, and doubles as doubles", function()
    assert.equal('{"Max24HourSend":200.0,"MaxSendRate":1.0,"SentLast24Hours":0.5}',
      shown("ses", "GetSendQuota", { SentLast24Hours = 0.5, MaxSendRate = 1,
                                     Max24HourSend = 200 }))
  end)

  it("has integers as integers", function()
    assert.equal('{"DeliveryOptions":{"MaxDeliverySeconds":300}}',
      shown("sesv2", "GetConfigurationSet", { DeliveryOptions = { MaxDeliverySeconds = 300 } }))
  end)

  it("has the keys of a map sorted", function()
    assert.equal('{"MailFromDomainAttributes":{"a.example":{"MailFromDomain":"m.a.example",'
      .. '"BehaviorOnMXFailure":"RejectMessage"},"b.example":{},"c.example":{}}}',
      shown("ses", "GetIdentityMailFromDomainAttributes", { MailFromDomainAttributes = {
        ["c.example"] = {}, ["b.example"] = {},
        ["a.example"] = { BehaviorOnMXFailure = "RejectMessage", MailFromDomain = "m.a.example" },
      } }))
  end)

  it("keeps what is empty within, and false", function()
    assert.equal('{"Identities":[]}', shown("ses", "ListIdentities", { Identities = {} }))
    assert.equal('{"Enabled":false}', shown("ses", "GetAccountSendingEnabled",
      { Enabled = false }))
  end)

  it("is nothing where it is empty, or has only what the model lacks", function()
    assert.is_nil(result.document("ses", "ListIdentities", {}))
    assert.is_nil(result.document("ses", "SetIdentityMailFromDomain", {}))
    assert.is_nil(result.document("sesv2", "PutEmailIdentityMailFromAttributes", { x = 1 }))
    assert.is_nil(result.document("ses", "ListIdentities",
      { ResponseMetadata = { RequestId = "r" } }))
    -- An operation without an output.
    assert.is_nil(core.operation("ses", "UpdateAccountSendingEnabled").output)
    assert.is_nil(result.document("ses", "UpdateAccountSendingEnabled", {}))
  end)

  describe("has times", function()
    for seconds, text in pairs {
      [0] = "1970-01-01T00:00:00+00:00", [1767323045] = "2026-01-02T03:04:05+00:00",
      [1767323045.5] = "2026-01-02T03:04:05.500000+00:00", [-1] = "1969-12-31T23:59:59+00:00",
      [1700000000.123] = "2023-11-14T22:13:20.123000+00:00",
      [1700000000.9999999] = "2023-11-14T22:13:21+00:00",
      [253402300799] = "9999-12-31T23:59:59+00:00",
    } do
      it("as text of UTC where the service writes text: " .. text, function()
        assert.equal(('{"Metadata":{"CreatedTimestamp":"%s"}}'):format(text),
          shown("ses", "DescribeReceiptRuleSet", { Metadata = { CreatedTimestamp = seconds } }))
      end)
    end

    it("as text of local time where the service writes seconds", function()
      local here = os.date("%Y-%m-%dT%H:%M:%S", 1767323045)
      local text = result.document("sesv2", "GetContactList", { CreatedTimestamp = 1767323045 })
        .values.CreatedTimestamp
      assert.equal(here, text:sub(1, 19))
      assert.truthy(text:sub(20):find "^[-+]%d%d:%d%d$", text)
    end)
  end)

  it("has bytes in base64, and times in their own format", function()
    local module = fake_model.load("ses.cli.result", {
      protocol = "rest-json",
      operations = { Get = { output = "Output" } },
      shapes = {
        Output = { type = "structure", members = {
          { name = "Data", shape = "Bytes" }, { name = "At", shape = "Text" },
          { name = "List", shape = "List" },
        } },
        Bytes = { type = "blob" }, Text = { type = "timestamp", format = "iso8601" },
        List = { type = "list", member = { shape = "Bytes" } },
      },
    })
    assert.equal('{"Data":"AP8=","At":"1970-01-01T00:00:01+00:00","List":["","YQ=="]}',
      json.encode(module.document("x", "Get", { Data = "\0\255", At = 1, List = { "", "a" } })))
    assert.equal("object", document.type(module.document("x", "Get", { Data = "" })))
  end)
end)
