local bulk_status = require "ses.emulator.bulk_status"
local core = require "ses.core"
local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

local function start(options)
  emulator, v1, v2 = emulated.new(options)
  check(v1:verify_domain_identity { Domain = "example.com" })
  check(v1:create_template { Template = { TemplateName = "one", SubjectPart = "Hi {{name}}",
                                          TextPart = "{{greeting}}" } })
end

before_each(function()
  start()
end)

-- One recipient for each data, or the recipients that are given.
local function send(given, more)
  local destinations = {}
  for i, one in ipairs(given) do
    destinations[i] = {
      Destination = { ToAddresses = one.to or { "r" .. i .. "@example.org" } },
      ReplacementTemplateData = one.data, ReplacementTags = one.tags,
    }
  end
  local params = { Source = "ann@example.com", Template = "one", Destinations = destinations,
                   DefaultTemplateData = '{"name":"friend","greeting":"Hello"}' }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return v1:send_bulk_templated_email(params)
end

local function send_v2(given, more)
  local entries = {}
  for i, one in ipairs(given) do
    entries[i] = {
      Destination = { ToAddresses = one.to or { "r" .. i .. "@example.org" } },
      ReplacementTags = one.tags, ReplacementHeaders = one.headers,
      ReplacementEmailContent = one.data and {
        ReplacementTemplate = { ReplacementTemplateData = one.data } } or nil,
    }
  end
  local params = {
    FromEmailAddress = "ann@example.com", BulkEmailEntries = entries,
    DefaultContent = { Template = {
      TemplateName = "one", TemplateData = '{"name":"friend","greeting":"Hello"}' } },
  }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return v2:send_bulk_email(params)
end

-- "STATUS: error" of every entry; of what was sent only the status.
local function outcomes(result)
  local list = {}
  for i, entry in ipairs(result.Status or result.BulkEmailEntryResults) do
    list[i] = entry.Status .. (entry.Error and ": " .. entry.Error or "")
    assert.equal(entry.Error == nil, entry.MessageId ~= nil)
  end
  return list
end

local function subjects()
  local list = {}
  for i, mail in ipairs(emulator:mailbox()) do
    list[i] = mail.subject .. "/" .. mail.text
  end
  return list
end

local function refused(code, message, result, err)
  assert.is_nil(result)
  assert.same({ code, message }, { err.code, err.message })
  assert.same({}, emulator:mailbox())
end

local function repeated(count)
  local list = {}
  for i = 1, count do
    list[i] = {}
  end
  return list
end

describe("a bulk call", function()
  it("of API v1 sends to every destination with its own data and tags", function()
    local result = check(send({
      { data = '{"name":"Bob"}', tags = { { Name = "a", Value = "2" } } }, { data = "{}" }, {} },
      { DefaultTags = { { Name = "a", Value = "1" }, { Name = "b", Value = "1" } },
        ReplyToAddresses = { "re@example.com" }, ReturnPath = "bounces@example.com" }))
    assert.same({ "Success", "Success", "Success" }, outcomes(result))
    assert.same({ "Hi Bob/Hello", "Hi friend/Hello", "Hi friend/Hello" }, subjects())
    local mailbox = emulator:mailbox()
    for i, mail in ipairs(mailbox) do
      assert.equal(result.Status[i].MessageId, mail.message_id)
      assert.same({ "r" .. i .. "@example.org" }, mail.recipients)
      assert.same({ "one", "bounces@example.com", { "re@example.com" } },
                  { mail.template, mail.return_path, mail.reply_to })
    end
    assert.same({ a = "2", b = "1" }, mailbox[1].tags)
    assert.same({ a = "1", b = "1" }, mailbox[2].tags)
  end)

  it("of API v2 sends with its own headers too", function()
    local result = check(send_v2({
      { data = '{"greeting":"Hey"}', tags = { { Name = "a", Value = "2" } },
        headers = { { Name = "x-a", Value = "2" }, { Name = "X-C", Value = "2" } } }, {} },
      { DefaultEmailTags = { { Name = "a", Value = "1" } },
        ReplyToAddresses = { "re@example.com" },
        DefaultContent = { Template = {
          TemplateContent = { Subject = "s {{name}}", Text = "{{greeting}}" },
          TemplateData = '{"name":"friend","greeting":"Hello"}',
          Attachments = { { FileName = "f", RawContent = "\1" } },
          Headers = { { Name = "X-A", Value = "1" }, { Name = "X-B", Value = "1" } } } } }))
    assert.same({ "SUCCESS", "SUCCESS" }, outcomes(result))
    assert.same({ "s friend/Hey", "s friend/Hello" }, subjects())
    local mailbox = emulator:mailbox()
    assert.same({ { name = "X-B", value = "1" }, { name = "x-a", value = "2" },
                  { name = "X-C", value = "2" } }, mailbox[1].headers)
    assert.same({ { name = "X-A", value = "1" }, { name = "X-B", value = "1" } },
                mailbox[2].headers)
    assert.same({ { a = "2" }, { a = "1" }, "\1", { "re@example.com" } },
                { mailbox[1].tags, mailbox[2].tags, mailbox[2].attachments[1].data,
                  mailbox[2].reply_to })
    assert.equal(result.BulkEmailEntryResults[2].MessageId, mailbox[2].message_id)
  end)

  it("tells what becomes of each destination, and sends to the others", function()
    local given = { { to = { "bob" } }, {}, { to = {} } }
    assert.same({ "InvalidParameterValue: Missing final '@domain'", "Success",
                  "InvalidParameterValue: The message has no recipients." },
                outcomes(check(send(given))))
    assert.same({ "INVALID_PARAMETER: Missing final '@domain'", "SUCCESS",
                  "INVALID_PARAMETER: The message has no recipients." },
                outcomes(check(send_v2(given))))
    assert.equal(2, #emulator:mailbox())
  end)

  it("tells of every destination what holds of all", function()
    local message = "Email address is not verified. The following identities failed the check in"
      .. " region US-EAST-1: a@x.org"
    assert.same({ "MessageRejected: " .. message, "MessageRejected: " .. message },
                outcomes(check(send(repeated(2), { Source = "a@x.org" }))))
    assert.same({ "TemplateDoesNotExist: Template none does not exist" },
                outcomes(check(send({ {} }, { Template = "none" }))))
    assert.same({ "TEMPLATE_NOT_FOUND: Template none does not exist" },
                outcomes(check(send_v2({ {} }, { DefaultContent = {
                  Template = { TemplateName = "none" } } }))))
    assert.same({ "CONFIGURATION_SET_NOT_FOUND: Configuration set <none> does not exist." },
                outcomes(check(send_v2({ {} }, { ConfigurationSetName = "none" }))))
    check(v1:set_identity_mail_from_domain { Identity = "example.com",
      MailFromDomain = "bounce.example.com", BehaviorOnMXFailure = "RejectMessage" })
    assert.same({ "MAIL_FROM_DOMAIN_NOT_VERIFIED: Mail FROM domain is not verified" },
                outcomes(check(send_v2 { {} })))
    assert.same({}, emulator:mailbox())
  end)

  it("may be refused for a template or a configuration set", function()
    start { assume = { bulk_not_found = "call" } }
    refused("TemplateDoesNotExist", "Template none does not exist",
            send({ {} }, { Template = "none" }))
    refused("NotFoundException", "Template none does not exist", send_v2({ {} }, {
      DefaultContent = { Template = { TemplateName = "none" } } }))
    refused("NotFoundException", "Configuration set <none> does not exist.",
            send_v2({ {} }, { ConfigurationSetName = "none" }))
  end)

  it("tells which recipients are not verified without production access", function()
    start { production_access = false }
    assert.same({ "SUCCESS", "MESSAGE_REJECTED: Email address is not verified. The following"
                    .. " identities failed the check in region US-EAST-1: b@x.org", "SUCCESS" },
                outcomes(check(send_v2 { { to = { "a@example.com" } }, { to = { "b@x.org" } },
                                         { to = { "success@simulator.amazonses.com" } } })))
  end)

  it("is of one to fifty destinations, with up to fifty recipients each", function()
    check(send(repeated(50)))
    emulator:empty_mailbox()
    local message = "There must be from 1 to 50 destinations, got "
    refused("InvalidParameterValue", message .. "51.", send(repeated(51)))
    refused("BadRequestException", message .. "51.", send_v2(repeated(51)))
    refused("BadRequestException", message .. "0.", send_v2 {})
    local many = {}
    for i = 1, 51 do
      many[i] = "r" .. i .. "@example.org"
    end
    assert.same({ "SUCCESS", "INVALID_PARAMETER: Recipient count exceeds 50." },
                outcomes(check(send_v2 { {}, { to = many } })))
  end)

  it("is refused as a whole where the whole is not valid", function()
    refused("BadRequestException", "DefaultContent must have a Template.",
            send_v2({ {} }, { DefaultContent = {} }))
    refused("BadRequestException", "The text of the template is not valid, line 1: '{{' is not"
      .. " closed", send_v2({ {} }, { DefaultContent = {
        Template = { TemplateContent = { Text = "{{" } } } }))
    refused("NotImplemented", "TemplateArn: the emulator has no sending authorization.",
            send({ {} }, { TemplateArn = "arn:aws:ses:us-east-1:123456789012:template/one" }))
    refused("NotImplemented", "TenantName: the emulator has no tenants.",
            send_v2({ {} }, { TenantName = "t" }))
  end)

  it("accepts what it cannot render", function()
    assert.same({ "SUCCESS", "SUCCESS", "SUCCESS" }, outcomes(check(send_v2(
      { {}, { data = '{"name":"x"}' }, { data = "{" } },
      { DefaultContent = { Template = { TemplateName = "one",
                                        TemplateData = '{"greeting":"Hello"}' } } }))))
    assert.same({ "Hi x/Hello" }, subjects())
    assert.equal(2, #emulator:rendering_failures())
    assert.same({ "Success" }, outcomes(check(send({ {} }, { DefaultTemplateData = "[]" }))))
    assert.equal("The template data is not a JSON object.",
                 emulator:rendering_failures()[3].error)
  end)
end)

describe("the limits of a bulk call", function()
  it("are those of a day, for each destination", function()
    start { quota = { max_24_hour_send = 3 } }
    local daily = ": Daily message quota exceeded."
    assert.same({ "SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED" .. daily, "SUCCESS", "SUCCESS",
                  "ACCOUNT_DAILY_QUOTA_EXCEEDED" .. daily },
                outcomes(check(send_v2 { {}, { to = { "a@x.org", "b@x.org", "c@x.org" } }, {}, {},
                                         {} })))
    assert.same({ "AccountDailyQuotaExceeded" .. daily }, outcomes(check(send { {} })))
    assert.equal(3, #emulator:mailbox())
  end)

  it("are those of a day in the other way of telling it too", function()
    start { quota = { max_24_hour_send = 1 },
            assume = { v2_daily_quota = "LimitExceededException" } }
    assert.same({ "SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED: Daily message quota exceeded." },
                outcomes(check(send_v2(repeated(2)))))
  end)

  it("are the send rate, by recipients, and not one call a second", function()
    start { throttle = true, quota = { max_send_rate = 3 } }
    local rate = ": Maximum sending rate exceeded."
    assert.same({ "SUCCESS", "SUCCESS", "ACCOUNT_THROTTLED" .. rate },
                outcomes(check(send_v2 { {}, { to = { "a@x.org", "b@x.org" } }, {} })))
    assert.same({ "AccountThrottled" .. rate }, outcomes(check(send { {} })))
    emulator:advance(1)
    assert.same({ "Success", "Success", "Success", "AccountThrottled" .. rate },
                outcomes(check(send(repeated(4)))))
  end)
end)

describe("a fault on demand of a bulk call", function()
  it("meets entries, in either API's spelling, and they are not sent", function()
    emulator:faults { { entry_status = "TransientFailure", count = 2 },
                      { entry_status = "ACCOUNT_SUSPENDED", message = "no more" } }
    assert.same({ "TRANSIENT_FAILURE: Fault on demand: TRANSIENT_FAILURE",
                  "TRANSIENT_FAILURE: Fault on demand: TRANSIENT_FAILURE",
                  "ACCOUNT_SUSPENDED: no more", "SUCCESS" }, outcomes(check(send_v2(repeated(4)))))
    assert.same({ "r4@example.org" }, emulator:mailbox()[1].recipients)
    assert.equal(1, check(v1:get_send_quota {}).SentLast24Hours)
    assert.same({}, emulator:faults())
    emulator:faults { entry_status = "TRANSIENT_FAILURE" }
    assert.same({ "TransientFailure: Fault on demand: TransientFailure", "Success" },
                outcomes(check(send(repeated(2)))))
  end)

  it("counts entries, from one call to the next", function()
    emulator:faults { { entry_status = "TRANSIENT_FAILURE", every = 3, service = "sesv2" } }
    local failed = {}
    for call = 1, 3 do
      check(send(repeated(5)))
      for i, entry in ipairs(check(send_v2(repeated(5))).BulkEmailEntryResults) do
        if entry.Status ~= "SUCCESS" then
          failed[#failed + 1] = (call - 1) * 5 + i
        end
      end
    end
    assert.same({ 3, 6, 9, 12, 15 }, failed)
    assert.equal(3 * 10 - 5, #emulator:mailbox())
  end)

  it("may meet the call as well", function()
    emulator:faults { { entry_status = "FAILED", operation = "SendBulkEmail" },
                      { operation = "SendBulkEmail", code = "TooManyRequestsException",
                        status = 429 } }
    refused("TooManyRequestsException", "Fault on demand: TooManyRequestsException",
            send_v2(repeated(2)))
    assert.same({ "FAILED: Fault on demand: FAILED", "SUCCESS" },
                outcomes(check(send_v2(repeated(2)))))
  end)
end)

describe("the statuses of a bulk call", function()
  it("are those of both models, in pairs", function()
    local names = { ses = {}, sesv2 = {} }
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.shape(service, "BulkEmailStatus").enum) do
        local status = bulk_status.read(name)
        assert.equal(name, bulk_status.spell(service, status))
        names[service][status] = true
      end
    end
    assert.same(names.ses, names.sesv2)
    assert.equal(2 * 13, #bulk_status.failures())
    assert.is_nil(bulk_status.read("success"))
  end)
end)
