local document = require "ses.cli.document"
local enum_warnings = require "ses.cli.enum_warnings"
local json = require "ses.cli.json"

local function warnings(service, input, text)
  return enum_warnings.of(service, input, assert(json.decode(text)))
end

describe("a warning of an enum's value", function()
  it("names the member, what is known, and what is near", function()
    assert.same({ "warning: BehaviorOnMXFailure: 'RejectMesage', which is sent as it is, is none of"
      .. " the values that are known here: UseDefaultValue, RejectMessage; did you mean"
      .. " 'RejectMessage'?\n" }, warnings("ses", "SetIdentityMailFromDomainRequest",
        '{"Identity":"a","BehaviorOnMXFailure":"RejectMesage"}'))
  end)

  it("finds it in lists, maps and structures", function()
    local found = warnings("sesv2", "CreateConfigurationSetRequest",
      '{"ConfigurationSetName":"c","SuppressionOptions":{"SuppressedReasons":["BOUNCE",'
      .. '"\\u001bX"]},"DeliveryOptions":{"TlsPolicy":"REQUIRE"}}')
    assert.equal(1, #found)
    assert.truthy(found[1]:find("SuppressionOptions.SuppressedReasons[1]: '\\x1bX', which", 1,
      true), found[1])
  end)

  it("is not given of what is known, of what has another type, of what is no member", function()
    assert.same({}, warnings("ses", "SetIdentityMailFromDomainRequest",
      '{"Identity":5,"BehaviorOnMXFailure":["x"],"Zoo":"x","MailFromDomain":null}'))
    assert.same({}, warnings("ses", "SetIdentityMailFromDomainRequest",
      '{"BehaviorOnMXFailure":"UseDefaultValue"}'))
  end)

  it("is given ten times at most", function()
    local reasons = document.array()
    for i = 1, 1000 do
      reasons[i] = "x" .. i
    end
    local values = document.set(document.object(), "SuppressedReasons", reasons)
    assert.equal(10, #enum_warnings.of("sesv2", "PutAccountSuppressionAttributesRequest", values))
  end)
end)
