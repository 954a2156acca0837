local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

local function start(options)
  emulator, v1, v2 = emulated.new(options)
  check(v1:verify_domain_identity { Domain = "example.com" })
end

before_each(function()
  start()
end)

local function email(more)
  local params = {
    Source = "ann@example.com", Destination = { ToAddresses = { "bob@example.org" } },
    Message = { Subject = { Data = "Hello" }, Body = { Text = { Data = "Dear Bob" } } },
  }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return v1:send_email(params)
end

local SIMPLE = { Simple = { Subject = { Data = "Hello" }, Body = { Html = { Data = "<p>Bob" } } } }

local function email_v2(more)
  local params = { FromEmailAddress = "ann@example.com", Content = SIMPLE,
                   Destination = { ToAddresses = { "bob@example.org" } } }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return v2:send_email(params)
end

local function raw(fields, more)
  local params = { RawMessage = { Data = fields .. "\r\n\r\nDear Bob\r\n" } }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return v1:send_raw_email(params)
end

local function last()
  local mailbox = emulator:mailbox()
  return mailbox[#mailbox]
end

local function refused(code, message, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.equal(message, err.message)
  assert.equal(0, #emulator:mailbox())
end

local NOT_VERIFIED = "Email address is not verified. The following identities failed the check in"
  .. " region US-EAST-1: "

describe("a message", function()
  it("of API v1 lies in the mailbox", function()
    local sent = check(email {
      Source = "Ann <ann@example.com>", ReplyToAddresses = { "re@example.com" },
      Destination = { ToAddresses = { "Bob <Bob@Example.org>" }, CcAddresses = { "c@x.org" },
                      BccAddresses = { "d@x.org" } },
      ReturnPath = "bounces@example.com", Tags = { { Name = "k", Value = "v" } },
    })
    assert.equal(1, #emulator:mailbox())
    local mail = last()
    assert.equal(sent.MessageId, mail.message_id)
    assert.same({ "Bob@example.org", "c@x.org", "d@x.org" }, mail.recipients)
    assert.same({ "Bob <Bob@Example.org>" }, mail.to)
    assert.same({ "c@x.org" }, mail.cc)
    assert.same({ "d@x.org" }, mail.bcc)
    assert.same({ "re@example.com" }, mail.reply_to)
    assert.same({ k = "v" }, mail.tags)
    assert.equal("Ann <ann@example.com>", mail.from)
    assert.equal("bounces@example.com", mail.return_path)
    assert.equal("Hello", mail.subject)
    assert.equal("Dear Bob", mail.text)
    assert.equal("example.com", mail.identity)
    assert.equal("ses", mail.api)
    assert.equal("us-east-1", mail.region)
    assert.equal(emulated.TIME, mail.time)
    assert.equal(13, mail.size)
  end)

  it("of API v2 lies in the mailbox", function()
    local sent = check(email_v2 {
      ReplyToAddresses = { "re@example.com" }, FeedbackForwardingEmailAddress = "f@example.com",
      EmailTags = { { Name = "k", Value = "v" } },
      Content = { Simple = {
        Subject = { Data = "Hello" }, Body = { Html = { Data = "<p>Bob" } },
        Headers = { { Name = "X-Test", Value = "1" } },
        Attachments = { { FileName = "a.txt", ContentType = "text/plain", RawContent = "abc" } },
      } },
    })
    local mail = last()
    assert.equal(sent.MessageId, mail.message_id)
    assert.equal("sesv2", mail.api)
    assert.equal("<p>Bob", mail.html)
    assert.same({ { name = "X-Test", value = "1" } }, mail.headers)
    assert.same({ { name = "a.txt", type = "text/plain", data = "abc" } }, mail.attachments)
    assert.equal("f@example.com", mail.feedback_forwarding)
    assert.same({ k = "v" }, mail.tags)
    assert.equal(#"Hello" + #"<p>Bob" + 4, mail.size)
  end)

  it("that is raw lies there as it came", function()
    check(raw("From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: Hello"))
    assert.equal("From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: Hello\r\n\r\n"
      .. "Dear Bob\r\n", last().raw)
    assert.equal("Hello", last().subject)
    assert.same({ "bob@example.org" }, last().recipients)
    check(v2:send_email { Content = { Raw = {
      Data = "From: ann@example.com\nBcc: eve@example.org\n\n\0\255" } } })
    assert.same({ "eve@example.org" }, last().recipients)
    assert.equal("\0\255", last().raw:sub(-2))
  end)

  it("that is raw goes where the request says, if it does", function()
    check(raw("From: ann@example.com\r\nTo: bob@example.org", { Destinations = { "eve@x.org" } }))
    assert.same({ "eve@x.org" }, last().recipients)
    check(v2:send_email { Destination = { ToAddresses = { "eve@x.org" } }, Content = { Raw = {
      Data = "From: ann@example.com\nTo: bob@example.org\n\n" } } })
    assert.same({ "eve@x.org" }, last().recipients)
  end)

  it("has an id of its own", function()
    assert.not_equal(check(email()).MessageId, check(email()).MessageId)
    assert.truthy(last().message_id:find("^0100%x+%-%x+%-%x+%-%x+%-%x+%-%x+%-000000$"))
  end)
end)

describe("the envelope sender", function()
  local function domain()
    return last().envelope_from:match("^" .. last().message_id:gsub("%-", "%%-") .. "@(.+)$")
  end

  local function set(identity, mail_from, behavior, status)
    check(v1:set_identity_mail_from_domain { Identity = identity, MailFromDomain = mail_from,
                                             BehaviorOnMXFailure = behavior })
    emulator:set_mail_from_status(identity, status)
  end

  it("is Amazon's own without a MAIL FROM domain", function()
    check(email())
    assert.equal("amazonses.com", domain())
  end)

  it("is Amazon's own for the region elsewhere", function()
    local elsewhere = check(ses.client("ses", { transport = emulator:transport(),
                                                region = "eu-west-1" }))
    check(elsewhere:verify_domain_identity { Domain = "example.com" })
    v1 = elsewhere
    check(email())
    assert.equal("eu-west-1.amazonses.com", domain())
    assert.equal("eu-west-1", last().region)
  end)

  it("has the MAIL FROM domain once that succeeded", function()
    set("example.com", "bounce.example.com", "RejectMessage", "Success")
    check(email())
    assert.equal("bounce.example.com", domain())
    check(email_v2())
    assert.equal("bounce.example.com", domain())
  end)

  for _, status in ipairs { "Pending", "TemporaryFailure", "Failed" } do
    it("falls back while the status is " .. status, function()
      set("example.com", "bounce.example.com", "UseDefaultValue", status)
      check(email())
      assert.equal("amazonses.com", domain())
    end)

    it("is refused while the status is " .. status .. " where that is wanted", function()
      set("example.com", "bounce.example.com", "RejectMessage", status)
      for _, send in ipairs { email, email_v2 } do
        local result, err = send()
        assert.is_nil(result)
        assert.equal("MailFromDomainNotVerifiedException", err.code)
        assert.equal("Mail FROM domain is not verified", err.message)
        assert.equal(400, err.status)
        assert.is_true(ses.is_error(err, "service", "MailFromDomainNotVerified"))
      end
      assert.equal(0, #emulator:mailbox())
    end)
  end

  it("is an address's own business once the address is verified", function()
    set("example.com", "bounce.example.com", "RejectMessage", "Success")
    check(v1:verify_email_identity { EmailAddress = "ann@example.com" })
    check(email())
    assert.equal("amazonses.com", domain())
    assert.equal("ann@example.com", last().identity)
    set("ann@example.com", "ann.example.com", "RejectMessage", "Success")
    check(email())
    assert.equal("ann.example.com", domain())
    check(email { Source = "bob@example.com" })
    assert.equal("bounce.example.com", domain())
  end)

  it("is the domain's while the address is not verified", function()
    start { verify = "manual" }
    emulator:verify("example.com")
    set("example.com", "bounce.example.com", "RejectMessage", "Success")
    check(v1:verify_email_identity { EmailAddress = "ann@example.com" })
    check(email())
    assert.equal("bounce.example.com", domain())
  end)

  it("is that of the address whatever its label, and of its letter case only", function()
    check(v1:verify_email_identity { EmailAddress = "ann@example.com" })
    check(email { Source = "ann+label@Example.com" })
    assert.equal("ann@example.com", last().identity)
    check(email { Source = "Ann@example.com" })
    assert.equal("example.com", last().identity)
  end)

  it("is the lowest domain's", function()
    check(v1:verify_domain_identity { Domain = "mail.example.com" })
    set("mail.example.com", "b.mail.example.com", nil, "Success")
    set("example.com", "bounce.example.com", nil, "Success")
    check(email { Source = "ann@deep.mail.example.com" })
    assert.equal("b.mail.example.com", domain())
    check(email { Source = "ann@other.example.com" })
    assert.equal("bounce.example.com", domain())
  end)

  it("goes by Source and else by From, never by ReturnPath", function()
    check(v1:verify_domain_identity { Domain = "example.net" })
    set("example.com", "bounce.example.com", nil, "Success")
    check(email { Source = "ann@example.net", ReturnPath = "r@example.com" })
    assert.equal("amazonses.com", domain())
    local fields = "From: ann@example.com\r\nTo: b@x.org\r\nReturn-Path: <r@example.net>"
    check(raw(fields))
    assert.equal("bounce.example.com", domain())
    check(raw(fields, { Source = "ann@example.net" }))
    assert.equal("amazonses.com", domain())
    check(v2:send_email { FromEmailAddress = "ann@example.net", Content = { Raw = {
      Data = fields .. "\r\n\r\n" } } })
    assert.equal("amazonses.com", domain())
  end)
end)

describe("a message is refused", function()
  it("from a sender that is not verified", function()
    refused("MessageRejected", NOT_VERIFIED .. "ann@example.org",
            email { Source = "Ann <ann@example.org>" })
    refused("MessageRejected", NOT_VERIFIED .. "ann@example.org",
            email_v2 { FromEmailAddress = "ann@example.org" })
  end)

  it("with every address that failed in the text", function()
    refused("MessageRejected", NOT_VERIFIED .. "s@a.org, f@b.org, r@c.org",
            raw("From: f@b.org\r\nTo: b@x.org\r\nReturn-Path: <r@c.org>", { Source = "s@a.org" }))
  end)

  it("to a recipient that is not verified, without production access", function()
    start { production_access = false }
    refused("MessageRejected", NOT_VERIFIED .. "bob@example.org, eve@example.org", email {
      Destination = { ToAddresses = { "bob@example.org", "ok@example.com" },
                      CcAddresses = { "eve@example.org", "bob@example.org" } } })
    check(email { Destination = { ToAddresses = { "ok@example.com" } } })
  end)

  it("to nobody or to more than fifty", function()
    local many = {}
    for i = 1, 50 do
      many[i] = "r" .. i .. "@example.org"
    end
    refused("InvalidParameterValue", "The message has no recipients.",
            email { Destination = { ToAddresses = {} } })
    refused("BadRequestException", "The message has no recipients.", email_v2 { Destination = {} })
    refused("InvalidParameterValue", "Recipient count exceeds 50.",
            email { Destination = { ToAddresses = many, BccAddresses = { "one@more.org" } } })
    refused("BadRequestException", "Recipient count exceeds 50.",
            email_v2 { Destination = { ToAddresses = many, CcAddresses = { "one@more.org" } } })
    start { quota = { max_send_rate = 50 } }
    check(email { Destination = { ToAddresses = many } })
  end)

  it("with an address that is none", function()
    refused("InvalidParameterValue", "Missing final '@domain'", email { Source = "ann" })
    refused("InvalidParameterValue", "Missing final '@domain'",
            email { Destination = { ToAddresses = { "bob" } } })
    refused("InvalidParameterValue", "Expected one address, got 2",
            email { Source = "a@example.com, b@example.com" })
  end)

  it("without a sender", function()
    refused("InvalidParameterValue", "Missing required header 'From'.", raw("To: b@x.org"))
    refused("BadRequestException", "Missing required header 'From'.", v2:send_email {
      Destination = { ToAddresses = { "bob@example.org" } }, Content = SIMPLE })
  end)

  it("when it is too long for its API", function()
    local text = ("x"):rep(10 * 1024 * 1024)
    local content = { Subject = { Data = "" }, Body = { Text = { Data = text } } }
    check(email { Message = content })
    check(email_v2 { Content = { Simple = content } })
    emulator:empty_mailbox()
    content.Subject.Data = "s"
    refused("InvalidParameterValue",
            "Message length is more than 10485760 bytes long: '10485761'.",
            email { Message = content })
    check(email_v2 { Content = { Simple = content } })
    emulator:empty_mailbox()
    content.Subject.Data = ("x"):rep(30 * 1024 * 1024 + 1)
    refused("BadRequestException",
            "Message length is more than 41943040 bytes long: '41943041'.",
            email_v2 { Content = { Simple = content } })
  end)

  it("with a configuration set or a template that does not exist", function()
    refused("ConfigurationSetDoesNotExist", "Configuration set <none> does not exist.",
            email { ConfigurationSetName = "none" })
    refused("NotFoundException", "Configuration set <none> does not exist.",
            email_v2 { ConfigurationSetName = "none" })
    refused("NotFoundException", "Template none does not exist",
            email_v2 { Content = { Template = { TemplateName = "none" } } })
  end)

  it("with what the emulator lacks", function()
    local arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    for name, result in pairs { SourceArn = email, ReturnPathArn = email,
                                FromEmailAddressIdentityArn = email_v2,
                                FeedbackForwardingEmailAddressIdentityArn = email_v2 } do
      refused("NotImplemented", name .. ": the emulator has no sending authorization.",
              result { [name] = arn })
    end
    refused("NotImplemented", "FromArn: the emulator has no sending authorization.",
            raw("From: ann@example.com\r\nTo: b@x.org", { FromArn = arn }))
    refused("NotImplemented", "ListManagementOptions: the emulator has no contact lists.",
            email_v2 { ListManagementOptions = { ContactListName = "l" } })
    refused("NotImplemented", "TemplateArn: the emulator has no sending authorization.",
            email_v2 { Content = { Template = { TemplateName = "t", TemplateArn = arn } } })
  end)

  it("with no content, or with several", function()
    refused("BadRequestException", "Content must have one of Simple, Raw and Template.",
            email_v2 { Content = {} })
    refused("BadRequestException",
            "Content must have one of Simple, Raw and Template, got several.",
            email_v2 { Content = { Simple = SIMPLE.Simple, Raw = { Data = "x" } } })
  end)
end)

describe("the mailbox", function()
  it("keeps as many messages as it is told", function()
    start { mailbox_size = 2 }
    for i = 1, 3 do
      check(email { Message = { Subject = { Data = "s" .. i },
                              Body = { Text = { Data = "" } } } })
    end
    assert.equal("s2", emulator:mailbox()[1].subject)
    assert.equal("s3", emulator:mailbox()[2].subject)
    assert.is_nil(emulator:mailbox()[3])
  end)

  it("keeps the newest 256 MB", function()
    local mailbox = require "ses.emulator.mailbox"
    local list = mailbox.new()
    for i = 1, 4 do
      mailbox.add(list, { size = 100 * 1024 * 1024, number = i }, 10)
    end
    assert.equal(2, #mailbox.items(list))
    assert.equal(3, mailbox.items(list)[1].number)
    mailbox.add(list, { size = 300 * 1024 * 1024, number = 5 }, 10)
    assert.equal(1, #mailbox.items(list))
    assert.equal(5, mailbox.items(list)[1].number)
  end)

  it("is emptied", function()
    check(email())
    emulator:empty_mailbox()
    assert.same({}, emulator:mailbox())
  end)
end)
