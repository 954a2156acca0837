local core = require "ses.core"
local xml = require "ses.emulator.xml"

describe("XML", function()
  it("escapes what is markup, and what it cannot hold", function()
    assert.equal("&lt;a href=&quot;x&quot;&gt; &amp; 'y'&#xD;\n\t",
                 xml.escape('<a href="x"> & \'y\'\r\n\t'))
    assert.equal("a\239\191\189b\239\191\189c\239\191\189", xml.escape("a\0b\27c\239\191\191"))
    assert.equal("a\239\191\189b", xml.escape("a\255b"))
    assert.equal("é€", xml.escape("é€"))
  end)

  it("of a result is what the client reads", function()
    local result = { MailFromDomainAttributes = {
      ["a<b>@example.com"] = { MailFromDomain = "bounce.example.com",
                               MailFromDomainStatus = "Success",
                               BehaviorOnMXFailure = "RejectMessage" },
      ["example.com"] = { BehaviorOnMXFailure = "UseDefaultValue" },
    } }
    local name = "GetIdentityMailFromDomainAttributes"
    local text = xml.result("ses", core.operation("ses", name), result, "some-id")
    local read, id = core.decode(core.handle("ses", name), 200, {}, text)
    assert.same(result, read)
    assert.equal("some-id", id)
  end)

  it("has numbers and times as AWS writes them", function()
    local text = xml.result("ses", core.operation("ses", "GetSendQuota"),
                            { Max24HourSend = 200, MaxSendRate = 1.5 }, "id")
    assert.truthy(text:find("<Max24HourSend>200.0</Max24HourSend><MaxSendRate>1.5</MaxSendRate>",
                            1, true))
    text = xml.result("ses", core.operation("ses", "GetSendStatistics"), { SendDataPoints = {
      { Timestamp = 1800000000, DeliveryAttempts = 3 } } }, "id")
    assert.truthy(text:find("<member><Timestamp>2027-01-15T08:00:00Z</Timestamp>"
      .. "<DeliveryAttempts>3</DeliveryAttempts></member>", 1, true))
  end)

  it("of an operation without output has no result", function()
    assert.equal('<VerifyEmailAddressResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">'
      .. "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>"
      .. "</VerifyEmailAddressResponse>\n",
      xml.result("ses", core.operation("ses", "VerifyEmailAddress"), {}, "id"))
  end)

  it("of an error is what the client reads", function()
    local text = xml.error("ses", "InvalidParameterValue", 400, "Provided <x> & <y>", "some-id")
    local handle = core.handle("ses", "SetIdentityMailFromDomain")
    local result, err = core.decode(handle, 400, {}, text)
    assert.is_nil(result)
    assert.equal("service", err.kind)
    assert.equal("InvalidParameterValue", err.code)
    assert.equal("Provided <x> & <y>", err.message)
    assert.equal("some-id", err.request_id)
  end)

  it("of an error says whose fault it is", function()
    assert.truthy(xml.error("ses", "c", 400, "m", "i"):find("<Type>Sender</Type>", 1, true))
    assert.truthy(xml.error("ses", "c", 500, "m", "i"):find("<Type>Receiver</Type>", 1, true))
  end)
end)
