local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

before_each(function()
  emulator, v1, v2 = emulated.new()
end)

local function create(name, parts)
  parts = parts or { SubjectPart = "Hi {{name}}", TextPart = "Dear {{name}}",
                     HtmlPart = "<p>{{name}}" }
  parts.TemplateName = name
  return v1:create_template { Template = parts }
end

local function create_v2(name, content)
  return v2:create_email_template { TemplateName = name, TemplateContent = content
    or { Subject = "Hi {{name}}", Text = "Dear {{name}}", Html = "<p>{{name}}" } }
end

local function refused(code, message, result, err)
  assert.is_nil(result)
  assert.same({ code, message }, { err.code, err.message })
  return err
end

describe("a template", function()
  it("is the same in both APIs", function()
    check(create("one"))
    assert.same({ Subject = "Hi {{name}}", Text = "Dear {{name}}", Html = "<p>{{name}}" },
                check(v2:get_email_template { TemplateName = "one" }).TemplateContent)
    check(v2:create_email_template { TemplateName = "two", TemplateContent = { Text = "t" },
                                     Tags = { { Key = "k", Value = "v" } } })
    assert.same({ TemplateName = "two", TextPart = "t" },
                check(v1:get_template { TemplateName = "two" }).Template)
    local two = check(v2:get_email_template { TemplateName = "two" })
    assert.same({ "two", { { Key = "k", Value = "v" } } }, { two.TemplateName, two.Tags })
  end)

  it("exists once", function()
    check(create("one"))
    local err = refused("AlreadyExists", "Template one already exists", create("one"))
    assert.same({ Name = "one" }, err.details)
    refused("AlreadyExistsException", "Template one already exists", create_v2("one"))
  end)

  it("is each region's own", function()
    check(create("one"))
    local elsewhere = check(ses.client("ses", { transport = emulator:transport(),
                                                region = "eu-west-1" }))
    refused("TemplateDoesNotExist", "Template one does not exist",
            elsewhere:get_template { TemplateName = "one" })
  end)

  it("is changed as a whole", function()
    check(create("one"))
    check(v1:update_template { Template = { TemplateName = "one", TextPart = "{{new}}" } })
    assert.same({ Text = "{{new}}" },
                check(v2:get_email_template { TemplateName = "one" }).TemplateContent)
    check(v2:update_email_template { TemplateName = "one", TemplateContent = { Subject = "s" } })
    assert.same({ TemplateName = "one", SubjectPart = "s" },
                check(v1:get_template { TemplateName = "one" }).Template)
  end)

  it("stays as it is where the change is not valid", function()
    check(create("one"))
    local err = refused("InvalidTemplate", "The text of the template is not valid, line 1:"
      .. " '{{' is not closed", v1:update_template {
        Template = { TemplateName = "one", SubjectPart = "new", TextPart = "{{name" } })
    assert.same({ TemplateName = "one" }, err.details)
    refused("BadRequestException", "The html of the template is not valid, line 2: there is no"
      .. " partial 'footer'", v2:update_email_template { TemplateName = "one",
                                                         TemplateContent = {
                                                           Html = "a\n{{> footer}}" } })
    assert.equal("Hi {{name}}", check(v1:get_template { TemplateName = "one" })
      .Template.SubjectPart)
  end)

  it("is removed", function()
    check(create("one"))
    check(v1:delete_template { TemplateName = "one" })
    check(v1:delete_template { TemplateName = "one" })
    refused("NotFoundException", "Template one does not exist",
            v2:delete_email_template { TemplateName = "one" })
    check(create("one"))
    check(v2:delete_email_template { TemplateName = "one" })
    assert.same({}, check(v1:list_templates {}).TemplatesMetadata)
  end)

  it("is missed by every operation that needs it", function()
    local message = "Template none does not exist"
    local err = refused("TemplateDoesNotExist", message, v1:get_template { TemplateName = "none" })
    assert.same({ TemplateName = "none" }, err.details)
    refused("TemplateDoesNotExist", message, v1:update_template {
      Template = { TemplateName = "none" } })
    refused("TemplateDoesNotExist", message, v1:test_render_template {
      TemplateName = "none", TemplateData = "{}" })
    refused("NotFoundException", message, v2:get_email_template { TemplateName = "none" })
    refused("NotFoundException", message, v2:update_email_template {
      TemplateName = "none", TemplateContent = {} })
    refused("NotFoundException", message, v2:test_render_email_template {
      TemplateName = "none", TemplateData = "{}" })
  end)

  it("is not kept where it is not valid, too long or without a name", function()
    refused("InvalidTemplate", "The subject of the template is not valid, line 1: the block 'if'"
      .. " is not closed", create("one", { SubjectPart = "{{#if a}}" }))
    refused("BadRequestException", "The subject of the template is not valid, line 1: the block"
      .. " 'if' is not closed", create_v2("one", { Subject = "{{#if a}}" }))
    local half = ("x"):rep(256 * 1024)
    refused("InvalidTemplate", "The template is longer than 512000 bytes: 524288",
            create("one", { TextPart = half, HtmlPart = half }))
    refused("InvalidParameterValue", "The template has no name.", create(""))
    assert.same({}, check(v1:list_templates {}).TemplatesMetadata)
  end)

  it("is one of 20,000 at most", function()
    local templates = require "ses.emulator.templates"
    local ctx = { now = 0, region = { templates = { by_name = {}, order = {}, number = 0 } } }
    for i = 1, 20000 do
      assert(templates.create(ctx, "t" .. i, { text = "t" }))
    end
    local _, broken = templates.create(ctx, "one more", { text = "t" })
    assert.same({ "limit", "The region has 20000 templates already." },
                { broken.kind, broken.message })
  end)
end)

describe("a list of templates", function()
  local function names(page, field)
    local list = {}
    for i, item in ipairs(page.TemplatesMetadata) do
      list[i] = item[field]
    end
    return table.concat(list, " ")
  end

  before_each(function()
    for i = 1, 12 do
      emulator:advance(1)
      check(create("t" .. i))
    end
  end)

  it("is in the order of creation, ten to a page", function()
    local page = check(v1:list_templates {})
    assert.equal("t1 t2 t3 t4 t5 t6 t7 t8 t9 t10", names(page, "Name"))
    assert.equal(emulated.TIME + 1, page.TemplatesMetadata[1].CreatedTimestamp)
    page = check(v1:list_templates { NextToken = page.NextToken })
    assert.same({ "t11 t12" }, { names(page, "Name"), page.NextToken })
    page = check(v2:list_email_templates {})
    assert.equal("t1 t2 t3 t4 t5 t6 t7 t8 t9 t10", names(page, "TemplateName"))
    assert.equal(emulated.TIME + 1, page.TemplatesMetadata[1].CreatedTimestamp)
    page = check(v2:list_email_templates { NextToken = page.NextToken })
    assert.same({ "t11 t12" }, { names(page, "TemplateName"), page.NextToken })
  end)

  it("has pages as long as they are asked for, up to a hundred", function()
    local page = check(v1:list_templates { MaxItems = 5 })
    assert.equal("t1 t2 t3 t4 t5", names(page, "Name"))
    check(v1:delete_template { TemplateName = "t5" })
    check(v1:delete_template { TemplateName = "t6" })
    page = check(v2:list_email_templates { NextToken = page.NextToken, PageSize = 2 })
    assert.equal("t7 t8", names(page, "TemplateName"))
    for i = 13, 120 do
      check(create("t" .. i))
    end
    page = check(v2:list_email_templates { PageSize = 1000 })
    assert.equal(100, #page.TemplatesMetadata)
    assert.truthy(page.NextToken)
  end)

  it("refuses lengths and tokens that are none", function()
    refused("InvalidParameterValue", "MaxItems must be at least 1.",
            v1:list_templates { MaxItems = 0 })
    refused("BadRequestException", "PageSize must be at least 1.",
            v2:list_email_templates { PageSize = -1 })
    refused("BadRequestException", "Invalid NextToken.",
            v2:list_email_templates { NextToken = "x" })
    check(v1:verify_domain_identity { Domain = "a.org" })
    check(v1:verify_domain_identity { Domain = "b.org" })
    refused("InvalidParameterValue", "Invalid NextToken.", v1:list_templates {
      NextToken = check(v1:list_identities { MaxItems = 1 }).NextToken })
  end)
end)

describe("a look at a template", function()
  local function look(data)
    return v1:test_render_template { TemplateName = "one", TemplateData = data }
  end

  local function look_v2(data)
    return v2:test_render_email_template { TemplateName = "one", TemplateData = data }
  end

  it("shows the whole message", function()
    check(create("one"))
    local text = check(look('{"name":"Ann"}')).RenderedTemplate
    local boundary = text:match('boundary="(.-)"')
    assert.equal(table.concat({
      "Date: Fri, 15 Jan 2027 08:00:00 +0000", "Subject: Hi Ann", "MIME-Version: 1.0",
      'Content-Type: multipart/alternative; boundary="' .. boundary .. '"', "",
      "--" .. boundary, "Content-Type: text/plain; charset=UTF-8",
      "Content-Transfer-Encoding: 7bit", "", "Dear Ann",
      "--" .. boundary, "Content-Type: text/html; charset=UTF-8",
      "Content-Transfer-Encoding: 7bit", "", "<p>Ann", "--" .. boundary .. "--", "",
    }, "\r\n"), text)
    assert.equal(text, check(look_v2('{"name":"Ann"}')).RenderedTemplate)
  end)

  it("shows one part, and letters that are not ASCII", function()
    check(create("one", { SubjectPart = "Grüße,\r\nX-Not: {{name}}", TextPart = "é\n{{name}}" }))
    assert.equal(table.concat({
      "Date: Fri, 15 Jan 2027 08:00:00 +0000",
      "Subject: =?UTF-8?B?R3LDvMOfZSwgWC1Ob3Q6IEFubg==?=", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit", "",
      "é", "Ann", "",
    }, "\r\n"), check(look('{"name":"Ann"}')).RenderedTemplate)
  end)

  it("folds a long subject", function()
    check(create("one", { SubjectPart = ("é"):rep(40), HtmlPart = "h" }))
    local subject = check(look("{}")).RenderedTemplate:match("Subject: (.-)\r\nMIME")
    local decoded = subject:gsub("\r\n =%?", "=?"):gsub("=%?UTF%-8%?B%?(.-)%?=",
                                                       require("ses.core").decode_base64)
    assert.equal(("é"):rep(40), decoded)
    for line in subject:gmatch("[^\r\n]+") do
      assert.is_true(#line <= 76)
    end
  end)

  it("says what is missing and what is no data", function()
    check(create("one"))
    local err = refused("MissingRenderingAttribute",
                        "Attribute 'name' is not present in the rendering data.", look("{}"))
    assert.same({ TemplateName = "one" }, err.details)
    assert.equal("MissingRenderingAttributeException", err.shape)
    refused("BadRequestException", "Attribute 'name' is not present in the rendering data.",
            look_v2("{}"))
    refused("InvalidRenderingParameter", "The template data is not a JSON object.", look("[1]"))
    refused("BadRequestException", "The template data is not a JSON object.", look_v2("5"))
    local _, broken = look("{")
    assert.equal("InvalidRenderingParameter", broken.code)
    assert.truthy(broken.message:find("^The template data is not a JSON object: "))
    assert.same({ TemplateName = "one" }, broken.details)
  end)
end)

describe("a templated message", function()
  before_each(function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(create("one"))
  end)

  local function send(data, more)
    local params = { Source = "Ann <ann@example.com>", Template = "one", TemplateData = data,
                     Destination = { ToAddresses = { "bob@example.org" } } }
    for name, value in pairs(more or {}) do
      params[name] = value
    end
    return v1:send_templated_email(params)
  end

  local function send_v2(template, more)
    local params = { FromEmailAddress = "ann@example.com", Content = { Template = template },
                     Destination = { ToAddresses = { "bob@example.org" } } }
    for name, value in pairs(more or {}) do
      params[name] = value
    end
    return v2:send_email(params)
  end

  it("of API v1 lies in the mailbox, filled in", function()
    local sent = check(send('{"name":"Bob"}', {
      Destination = { ToAddresses = { "bob@example.org" }, CcAddresses = { "c@x.org" } },
      ReplyToAddresses = { "re@example.com" }, ReturnPath = "bounces@example.com",
      Tags = { { Name = "k", Value = "v" } } }))
    local mail = emulator:mailbox()[1]
    assert.same({ "Hi Bob", "Dear Bob", "<p>Bob", "one" },
                { mail.subject, mail.text, mail.html, mail.template })
    assert.same({ "bob@example.org", "c@x.org" }, mail.recipients)
    assert.same({ sent.MessageId, "bounces@example.com", { "re@example.com" }, { k = "v" } },
                { mail.message_id, mail.return_path, mail.reply_to, mail.tags })
    assert.equal(#"Hi Bob" + #"Dear Bob" + #"<p>Bob", mail.size)
  end)

  it("of API v2 lies in the mailbox with headers and attachments", function()
    check(send_v2({ TemplateName = "one", TemplateData = '{"name":"Bob"}',
                    Headers = { { Name = "X-A", Value = "1" } },
                    Attachments = { { FileName = "f", RawContent = "\1\2" } } },
                  { EmailTags = { { Name = "k", Value = "v" } } }))
    local mail = emulator:mailbox()[1]
    assert.same({ "Hi Bob", "one", { { name = "X-A", value = "1" } }, "\1\2", { k = "v" } },
                { mail.subject, mail.template, mail.headers, mail.attachments[1].data, mail.tags })
    assert.equal(#"Hi Bob" + #"Dear Bob" + #"<p>Bob" + 4, mail.size)
  end)

  it("may have its template inline, and no data", function()
    check(send_v2 { TemplateContent = { Subject = "s", Text = "{{#if x}}a{{else}}b{{/if}}" } })
    local mail = emulator:mailbox()[1]
    assert.same({ "s", "b" }, { mail.subject, mail.text })
    assert.is_nil(mail.template)
    refused("BadRequestException", "The text of the template is not valid, line 1: '{{' is not"
      .. " closed", send_v2 { TemplateContent = { Text = "{{" } })
    for got, template in pairs { none = {}, both = { TemplateName = "one",
                                                     TemplateContent = { Text = "t" } } } do
      refused("BadRequestException", "Template must have one of TemplateName and"
        .. " TemplateContent, got " .. got .. ".", send_v2(template))
    end
  end)

  it("needs its template", function()
    refused("TemplateDoesNotExist", "Template none does not exist",
            send("{}", { Template = "none" }))
    refused("NotFoundException", "Template none does not exist", send_v2 { TemplateName = "none" })
    refused("NotImplemented", "TemplateArn: the emulator has no sending authorization.",
            send("{}", { TemplateArn = "arn:aws:ses:us-east-1:123456789012:template/one" }))
    local err = refused("ConfigurationSetDoesNotExist", "Configuration set <none> does not exist.",
                        send("{}", { ConfigurationSetName = "none" }))
    assert.same({ ConfigurationSetName = "none" }, err.details)
  end)

  it("is accepted and never sent where its template cannot be filled in", function()
    local first = check(send("{}"))
    local second = check(send_v2 { TemplateName = "one", TemplateData = "[" })
    check(send_v2 { TemplateContent = { Text = "{{a.b}}" } })
    assert.same({}, emulator:mailbox())
    local failures = emulator:rendering_failures()
    assert.equal(3, #failures)
    assert.same({ message_id = first.MessageId, template = "one",
                  recipients = { "bob@example.org" },
                  error = "Attribute 'name' is not present in the rendering data.",
                  api = "ses", region = "us-east-1", time = emulated.TIME }, failures[1])
    assert.equal(second.MessageId, failures[2].message_id)
    assert.truthy(failures[2].error:find("^The template data is not a JSON object: "))
    assert.same({ "Attribute 'a.b' is not present in the rendering data." },
                { failures[3].error, failures[3].template })
    assert.equal(3, check(v1:get_send_quota {}).SentLast24Hours)
    emulator:empty_mailbox()
    assert.same({}, emulator:rendering_failures())
  end)

  it("is refused for its sender even so", function()
    refused("MessageRejected", "Email address is not verified. The following identities failed the"
      .. " check in region US-EAST-1: a@x.org", send("{}", { Source = "a@x.org" }))
    assert.same({}, emulator:rendering_failures())
  end)
end)
