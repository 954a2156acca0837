-- Where feedback goes: kept and told, by both APIs.

local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local NAME, TOPIC = "example.com", "arn:aws:sns:us-east-1:123456789012:t"

describe("feedback", function()
  local v1, v2

  before_each(function()
    local _
    _, v1, v2 = emulated.new()
    check(v2:create_email_identity { EmailIdentity = NAME })
  end)

  local function attributes()
    return check(v1:get_identity_notification_attributes { Identities = { NAME, "no.example" } })
      .NotificationAttributes
  end

  it("is forwarded by mail at first", function()
    assert.same({ [NAME] = { ForwardingEnabled = true,
      HeadersInBounceNotificationsEnabled = false, HeadersInComplaintNotificationsEnabled = false,
      HeadersInDeliveryNotificationsEnabled = false } }, attributes())
    assert.is_true(check(v2:get_email_identity { EmailIdentity = NAME }).FeedbackForwardingStatus)
  end)

  it("is not once it has topics and is told so", function()
    local off = { Identity = NAME, ForwardingEnabled = false }
    local _, err = v1:set_identity_feedback_forwarding_enabled(off)
    assert.equal("InvalidParameterValue", err.code)
    for _, kind in ipairs { "Bounce", "Complaint" } do
      check(v1:set_identity_notification_topic { Identity = NAME, NotificationType = kind,
                                                 SnsTopic = TOPIC })
    end
    check(v1:set_identity_feedback_forwarding_enabled(off))
    local found = attributes()[NAME]
    assert.same({ TOPIC, TOPIC, false },
      { found.BounceTopic, found.ComplaintTopic, found.ForwardingEnabled })
    assert.is_false(check(v2:get_email_identity { EmailIdentity = NAME }).FeedbackForwardingStatus)
    check(v1:set_identity_notification_topic { Identity = NAME, NotificationType = "Bounce" })
    assert.is_nil(attributes()[NAME].BounceTopic)
  end)

  it("is set by API v2 as well", function()
    check(v2:put_email_identity_feedback_attributes { EmailIdentity = NAME,
                                                      EmailForwardingEnabled = false })
    assert.is_false(attributes()[NAME].ForwardingEnabled)
    check(v2:put_email_identity_feedback_attributes { EmailIdentity = NAME,
                                                      EmailForwardingEnabled = true })
    assert.is_true(attributes()[NAME].ForwardingEnabled)
  end)

  it("is nobody's where there is no identity", function()
    local _, err = v2:put_email_identity_feedback_attributes { EmailIdentity = "no.example" }
    assert.equal("NotFoundException", err.code)
    _, err = v1:set_identity_notification_topic { Identity = "no.example",
                                                  NotificationType = "Bounce" }
    assert.equal("InvalidParameterValue", err.code)
    _, err = v1:set_identity_feedback_forwarding_enabled { Identity = "no.example",
                                                           ForwardingEnabled = true }
    assert.equal("InvalidParameterValue", err.code)
  end)
end)
