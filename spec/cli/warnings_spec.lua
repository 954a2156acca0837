local document = require "ses.cli.document"
local json = require "ses.cli.json"
local warnings = require "ses.cli.warnings"

local function of(service, operation, text)
  return warnings.of(service, operation, assert(json.decode(text)))
end

describe("a warning of a value that an enum does not have", function()
  it("names the member, what is known, and what is near", function()
    assert.same({ "BehaviorOnMXFailure: 'RejectMesage', which is sent as it is, is none of"
      .. " the values that are known here: UseDefaultValue, RejectMessage; did you mean"
      .. " 'RejectMessage'?" }, of("ses", "SetIdentityMailFromDomain",
        '{"Identity":"a","MailFromDomain":"b","BehaviorOnMXFailure":"RejectMesage"}'))
  end)

  it("finds it in lists, maps and structures", function()
    local found = of("sesv2", "CreateConfigurationSet",
      '{"ConfigurationSetName":"c","SuppressionOptions":{"SuppressedReasons":["BOUNCE",'
      .. '"\\u001bX"]},"DeliveryOptions":{"TlsPolicy":"REQUIRE"}}')
    assert.equal(1, #found)
    assert.truthy(found[1]:find("SuppressionOptions.SuppressedReasons[1]: '\\x1bX', which", 1,
      true), found[1])
  end)

  it("is not given of what is known, of what has another type, of what is no member", function()
    assert.same({}, of("ses", "SetIdentityMailFromDomain",
      '{"Identity":5,"BehaviorOnMXFailure":["x"],"Zoo":"x","MailFromDomain":"b"}'))
    assert.same({}, of("ses", "SetIdentityMailFromDomain",
      '{"BehaviorOnMXFailure":"UseDefaultValue","MailFromDomain":5}'))
  end)

  it("knows keys of maps as well", function()
    assert.truthy(of("sesv2", "ListEmailIdentities", '{"Filter":{"BOGUS":"x"}}')[1]:find(
      "^Filter: 'BOGUS', which is sent"))
  end)

  it("is given ten times at most", function()
    local reasons = document.array()
    for i = 1, 1000 do
      reasons[i] = "x" .. i
    end
    local values = document.set(document.object(), "SuppressedReasons", reasons)
    assert.equal(10, #warnings.of("sesv2", "PutAccountSuppressionAttributes", values))
  end)
end)

describe("a warning of a MAIL FROM domain that goes", function()
  local WARNING = "BehaviorOnMxFailure without MailFromDomain: the identity goes back to"
    .. " amazonses.com. Give its MAIL FROM domain to keep it"

  it("is given where only the behaviour is", function()
    for _, domain in ipairs { "", ',"MailFromDomain":null', ',"MailFromDomain":""' } do
      assert.same({ WARNING }, of("sesv2", "PutEmailIdentityMailFromAttributes",
        '{"EmailIdentity":"a","BehaviorOnMxFailure":"REJECT_MESSAGE"' .. domain .. "}"))
    end
    assert.equal(1, #of("ses", "SetIdentityMailFromDomain",
      '{"Identity":"a","BehaviorOnMXFailure":"RejectMessage"}'))
  end)

  it("is not given where somebody wants just that, or keeps it", function()
    assert.same({}, of("ses", "SetIdentityMailFromDomain", '{"Identity":"a"}'))
    assert.same({}, of("ses", "SetIdentityMailFromDomain",
      '{"Identity":"a","MailFromDomain":"b","BehaviorOnMXFailure":"RejectMessage"}'))
    assert.same({}, of("ses", "GetSendQuota", "{}"))
  end)
end)
