-- What a check says of DNS beside what SES reports.

local cjson = require "cjson"
local fake = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local check = ses.mail_from.check

local HOST = "feedback-smtp.eu-west-1.amazonses.com"
local DEFAULT = "mail goes out with a MAIL FROM domain of amazonses.com"
local REJECT = "SES refuses what is sent from this identity, with the error"
  .. " MailFromDomainNotVerified"

-- Resolvers: one that finds what SES wants, one that finds nothing.
local function good(_, kind)
  return kind == "MX" and { { type = "MX", preference = 10, exchange = HOST } }
    or { { type = "TXT", text = "v=spf1 include:amazonses.com ~all" } }
end

local function none(_, kind)
  if kind == "TXT" then
    return { { type = "TXT", text = "v=spf1 include:amazonses.com ~all" } }
  end
  return nil, { code = "NXDOMAIN", message = "none" }
end

-- Answers of API v1 for example.com.
local function attributes(operation, map, name, members)
  local xml = {}
  for member, value in pairs(members) do
    xml[#xml + 1] = ("<%s>%s</%s>"):format(member, tostring(value), member)
  end
  return fake.result(operation, ("<%s><entry><key>%s</key><value>%s</value></entry></%s>"):format(
    map, name, table.concat(xml), map))
end

local ENTRY = "<entry><key>%s</key><value><%s>%s</%s></value></entry>"

local function v1(options)
  local name = options.name or "example.com"
  local rules = {}
  for i, rule in ipairs(options.rules or {}) do
    rules[i] = ("<member><Name>%s</Name><Enabled>%s</Enabled><Recipients><member>%s</member>"
      .. "</Recipients></member>"):format(rule[1], tostring(rule[3] ~= false), rule[2])
  end
  return (scripted.once("ses", {
    attributes("GetIdentityMailFromDomainAttributes", "MailFromDomainAttributes", name,
      options.mail_from or { MailFromDomain = "bounce.example.com",
                             MailFromDomainStatus = options.status or "Success",
                             BehaviorOnMXFailure = options.behavior or "UseDefaultValue" }),
    options.verifications or attributes("GetIdentityVerificationAttributes",
      "VerificationAttributes", name, { VerificationStatus = options.verification or "Success" }),
    options.notification or attributes("GetIdentityNotificationAttributes",
      "NotificationAttributes", name, { ForwardingEnabled = options.forwards ~= false }),
    options.rule_set or fake.result("DescribeActiveReceiptRuleSet",
      "<Rules>" .. table.concat(rules) .. "</Rules>"),
  }))
end

local NOT_FOUND = fake.json(404, '{"message":"no"}', "NotFoundException")

-- What API v2 has of an identity, and of its MAIL FROM domain, which is none.
local function v2(members, other)
  local names = '{"EmailIdentities":[{"IdentityName":"a.bounce.example.com"}'
    .. (other and ',{"IdentityName":"bounce.example.com"}' or "") .. "]}"
  return scripted.once("sesv2", { fake.json(200, cjson.encode(members)), fake.json(200, names),
                                  other or NOT_FOUND })
end

local function run(client, resolver, options)
  local given = { client = client, resolver = resolver }
  for name, value in pairs(options or {}) do
    given[name] = name ~= "identity" and value or nil
  end
  return ses.check(check(options and options.identity or "example.com", given))
end

local function codes(report)
  local list = {}
  for i, finding in ipairs(report.findings) do
    list[i] = finding.severity .. " " .. finding.code
  end
  return list
end

describe("a check beside what API v1 reports", function()
  it("is all right", function()
    local report = run(v1 {}, good)
    assert.same({}, codes(report))
    assert.is_true(report.ok)
    assert.equal("SUCCESS", report.status)
    assert.equal("USE_DEFAULT_VALUE", report.behavior)
    assert.equal("bounce.example.com", report.mail_from_domain)
    assert.equal("eu-west-1", report.region)
  end)

  it("knows what SES does without the MX record", function()
    local report = run(v1 { behavior = "RejectMessage", status = "TemporaryFailure" }, none)
    assert.same({ "error NoSuchDomain", "error TemporaryFailure" }, codes(report))
    assert.equal("until then " .. REJECT, report.findings[1].meanwhile)
    assert.equal("SES does not find the MX record of bounce.example.com any more: publish it within"
      .. " 72 hours, after which SES stops looking; until then " .. REJECT,
      report.findings[2].message)
    assert.equal("REJECT_MESSAGE", report.behavior)
  end)

  it("says what is ahead where SES has not noticed", function()
    local report = run(v1 {}, none)
    assert.same({ "error NoSuchDomain" }, codes(report))
    assert.equal("once SES notices, " .. DEFAULT, report.findings[1].meanwhile)
    assert.is_false(report.ok)
  end)

  it("says that it takes time", function()
    local report = run(v1 { status = "Pending" }, good)
    assert.same({ "info Pending" }, codes(report))
    assert.equal("SES looks for the MX record of bounce.example.com, for 72 hours after it was set:"
      .. " wait; until then " .. DEFAULT, report.findings[1].message)
    assert.is_false(report.ok)
    report = run(v1 { status = "Pending" }, none)
    assert.equal("publish it", report.findings[2].remedy)
  end)

  it("says that waiting does not help", function()
    local report = run(v1 { status = "Failed" }, good)
    assert.same({ "error Failed" }, codes(report))
    assert.equal("SES did not find the MX record of bounce.example.com in 72 hours, and has stopped"
      .. " looking: set the MAIL FROM domain again, which starts it anew; until then " .. DEFAULT,
      report.findings[1].message)
    report = run(v1 { status = "Failed" }, none)
    assert.equal("publish it, and then set the MAIL FROM domain again, which starts it anew",
      report.findings[2].remedy)
    assert.equal("10 " .. HOST, report.findings[2].record.value)
  end)

  it("does not take another MX record for the right one", function()
    local function other(_, kind)
      return kind == "MX" and { { type = "MX", preference = 10, exchange = "mx.example.net" } }
        or good(nil, "TXT")
    end
    local report = run(v1 { status = "Failed" }, other)
    assert.same({ "error OtherMx", "error Failed" }, codes(report))
    assert.equal("publish it, and then set the MAIL FROM domain again, which starts it anew",
      report.findings[2].remedy)
  end)

  it("says that SES will look again", function()
    local report = run(v1 { status = "TemporaryFailure" }, good)
    assert.same({ "warning TemporaryFailure" }, codes(report))
    assert.equal("SES did not find the MX record of bounce.example.com when it last looked, and DNS"
      .. " has it now: wait: SES looks again, for 72 hours; until then " .. DEFAULT,
      report.findings[1].message)
    assert.is_false(report.ok)
  end)

  it("tells what is not configured, without and with a wish", function()
    local report = run(v1 { mail_from = { BehaviorOnMXFailure = "UseDefaultValue" } }, error)
    assert.same({ "error NotConfigured" }, codes(report))
    assert.equal("NOT_SET", report.status)
    assert.equal("SES has no MAIL FROM domain for example.com: set one; until then " .. DEFAULT,
      report.findings[1].message)
    report = run(v1 { mail_from = { MailFromDomain = "" } }, good,
      { mail_from_domain = "bounce.example.com" })
    assert.same({ "error NotConfigured" }, codes(report))
    assert.equal("set it to bounce.example.com", report.findings[1].remedy)
  end)

  it("says that an address does not take its domain's", function()
    local report = run(v1 { name = "shop@example.com", mail_from = {} }, error,
      { identity = "shop@example.com" })
    assert.equal("SES has no MAIL FROM domain for shop@example.com, and a verified address does not"
      .. " take its domain's", report.findings[1].what)
  end)

  it("tells another MAIL FROM domain from the one that is wanted", function()
    local report = run(v1 { status = "Failed" }, good, { mail_from_domain = "mail.example.com" })
    -- The status is not that of this domain.
    assert.same({ "error OtherMailFromDomain" }, codes(report))
    assert.equal("SES has the MAIL FROM domain bounce.example.com for example.com, and not"
      .. " mail.example.com: set it to mail.example.com; until then mail goes out with"
      .. " bounce.example.com, if that is verified", report.findings[1].message)
    assert.same({ nil, { mail_from_domain = "bounce.example.com", status = "FAILED" } },
      { report.status, report.other })
    assert.equal("example.com, MAIL FROM domain mail.example.com: not set; SES has"
      .. " bounce.example.com (FAILED)", tostring(report):match("^[^\n]*"))
    -- What becomes of mail goes by the domain that is set, until this one is.
    report = run(v1 {}, none, { mail_from_domain = "mail.example.com" })
    assert.same({ "error OtherMailFromDomain", "error NoSuchDomain" }, codes(report))
    assert.equal("if it is set before that, " .. DEFAULT, report.findings[2].meanwhile)
    assert.is_nil(run(v1 {}, good, { mail_from_domain = "bounce.example.com" }).other)
  end)

  it("says that the identity is not verified, or not there", function()
    local report = run(v1 { verification = "Pending", mail_from = {} }, error)
    assert.same({ "error IdentityNotVerified", "error NotConfigured" }, codes(report))
    assert.equal("SES has not verified example.com (PENDING): publish what its verification needs;"
      .. " until then SES neither sends for it nor takes a MAIL FROM domain for it",
      report.findings[1].message)
    local nobody = fake.result("GetIdentityVerificationAttributes", "<VerificationAttributes/>")
    report = run(v1 { verifications = nobody, mail_from = {} }, error)
    assert.same({ "error IdentityNotFound" }, codes(report))
    assert.equal("SES has no identity example.com in the region eu-west-1: create it, and have it"
      .. " verified; until then SES sends nothing for it", report.findings[1].message)
    report = run(v1 { verifications = nobody, mail_from = {} }, error,
      { identity = "shop@example.com" })
    assert.equal("SES has no identity shop@example.com in the region eu-west-1: create it, and have"
      .. " it verified, or look at example.com; until then it sends with what is set for its"
      .. " domain",
      report.findings[1].message)
  end)

  it("sees that the MAIL FROM domain is an identity of its own", function()
    local verifications = fake.result("GetIdentityVerificationAttributes",
      "<VerificationAttributes>" .. ENTRY:format("example.com", "VerificationStatus", "Success",
        "VerificationStatus") .. ENTRY:format("bounce.example.com", "VerificationStatus",
        "Success", "VerificationStatus") .. "</VerificationAttributes>")
    local function report_of(forwards)
      return run(v1 { verifications = verifications, notification = fake.result(
        "GetIdentityNotificationAttributes", "<NotificationAttributes>" .. ENTRY:format(
          "bounce.example.com", "ForwardingEnabled", forwards, "ForwardingEnabled")
          .. "</NotificationAttributes>") }, good)
    end
    local report = report_of("true")
    assert.same({ "warning MailFromDomainIsIdentity" }, codes(report))
    assert.equal("SES has the MAIL FROM domain bounce.example.com as an identity of its own, whose"
      .. " feedback is forwarded by mail: where it is not needed, remove that identity; where mail"
      .. " is sent from it, turn feedback forwarding off or choose another subdomain; SES's"
      .. " reference rules it out: the feedback would go where bounces go",
      report.findings[1].message)
    assert.same({}, codes(report_of("false")))
  end)

  it("finds the receipt rule that takes its mail", function()
    for _, recipient in ipairs { "bounce.example.com", "Bounce.Example.com", ".example.com",
                                 "postmaster@bounce.example.com" } do
      local report = run(v1 { rules = { { "other", "example.com" }, { "in", recipient } } }, good)
      assert.same({ "error ReceiptRule" }, codes(report), recipient)
      assert.equal(("the receipt rule 'in' takes mail for '%s'"):format(recipient),
        report.findings[1].what)
    end
    for _, recipient in ipairs { "example.com", "a.bounce.example.com", ".bounce.example.com",
                                 "bounce@example.com", ".org" } do
      assert.same({}, codes(run(v1 { rules = { { "in", recipient } } }, good)), recipient)
    end
    local report = run(v1 { rules = { { "in", "bounce.example.com", false } } }, good)
    assert.same({ "warning ReceiptRule" }, codes(report))
    assert.equal("the receipt rule 'in' is not enabled, and would take mail for"
      .. " 'bounce.example.com'", report.findings[1].what)
  end)

  it("says that it could not see the receipt rules", function()
    local report = run(v1 { rule_set = fake.fault(403, "AccessDenied", "no") }, good)
    assert.same({ "info ReceiptRulesNotRead" }, codes(report))
    assert.equal("whether a receipt rule takes mail for bounce.example.com is not known, because"
      .. " SES did not say (AccessDenied): look at the active rule set", report.findings[1].message)
    assert.is_true(report.ok)
  end)

  it("sees From addresses whose feedback is forwarded by mail", function()
    local from = { from = { "news@bounce.example.com" } }
    local report = run(v1 {}, good, from)
    assert.same({ "error FromInMailFromDomain" }, codes(report))
    assert.equal("mail is sent from news@bounce.example.com, which is at the MAIL FROM domain,"
      .. " while feedback is forwarded by mail: send from another domain, or turn feedback"
      .. " forwarding off and take feedback by SNS; SES's reference rules it out: the feedback"
      .. " would go where bounces go", report.findings[1].message)
    assert.same({}, codes(run(v1 { forwards = false }, good, from)))
    assert.same({ "warning FromInMailFromDomain" },
      codes(run(v1 { notification = fake.fault(403, "AccessDenied", "no") }, good, from)))
  end)

  it("returns the error of a call that it cannot do without", function()
    local report, err = check("example.com", { resolver = good,
      client = scripted.once("ses", { fake.fault(403, "AccessDenied", "no") }) })
    assert.is_nil(report)
    assert.is_true(ses.is_error(err, "service", "AccessDenied"))
  end)
end)

describe("a check beside what API v2 reports", function()
  local SET = { MailFromDomain = "bounce.example.com", MailFromDomainStatus = "SUCCESS",
                BehaviorOnMxFailure = "REJECT_MESSAGE" }

  it("does without the receipt rules", function()
    local report = run(v2 { VerificationStatus = "SUCCESS", MailFromAttributes = SET }, good)
    assert.same({ "info ReceiptRulesNotRead" }, codes(report))
    assert.equal("whether a receipt rule takes mail for bounce.example.com is not known, because"
      .. " API v2 has no receipt rules: look at the active rule set, or give a receipt_client of"
      .. " API v1", report.findings[1].message)
    assert.is_true(report.ok)
    assert.equal("REJECT_MESSAGE", report.behavior)
  end)

  it("asks for an identity once", function()
    local client, transport = v2 { VerificationStatus = "SUCCESS", MailFromAttributes = SET }
    run(client, good)
    local asked = {}
    for i, request in ipairs(transport.sent) do
      asked[i] = request.url:match("^https?://[^/]*([^?]*)")
    end
    assert.same({ "/v2/email/identities/example.com", "/v2/email/list-identities" }, asked)
    -- What may not be listed is not known.
    local report = run(scripted.once("sesv2", {
      fake.json(200, cjson.encode { VerificationStatus = "SUCCESS", MailFromAttributes = SET }),
      fake.json(403, '{"message":"no"}', "AccessDeniedException") }), good)
    assert.same({ "info ReceiptRulesNotRead" }, codes(report))
  end)

  it("or has them from a client of API v1", function()
    local receipt_client = scripted.once("ses", {
      fake.result("DescribeActiveReceiptRuleSet", "<Rules/>") })
    local report = run(v2 { VerifiedForSendingStatus = true, MailFromAttributes = SET }, good,
      { receipt_client = receipt_client })
    assert.same({}, codes(report))
    assert.has_error(function() check("example.com", { receipt_client = v2 {} }) end,
      "ses.mail_from.check: receipt_client: expected a client of API v1: API v2 has no receipt"
        .. " rules")
  end)

  it("takes what the live service leaves out", function()
    local report = run(v2 { VerificationStatus = "SUCCESS",
      MailFromAttributes = { BehaviorOnMxFailure = "USE_DEFAULT_VALUE" } }, error)
    assert.same({ "error NotConfigured" }, codes(report))
    assert.equal("NOT_SET", report.status)
    assert.same({ "error IdentityNotVerified", "error NotConfigured" }, codes(run(v2 {}, error)))
  end)

  it("says that the identity is not there", function()
    local client = scripted.once("sesv2", { NOT_FOUND })
    assert.same({ "error IdentityNotFound" }, codes(run(client, error)))
  end)

  it("sees that the MAIL FROM domain is an identity of its own", function()
    for forwards, count in pairs { [true] = 2, [false] = 1 } do
      local report = run((v2({ VerificationStatus = "SUCCESS", MailFromAttributes = SET },
        fake.json(200, cjson.encode { FeedbackForwardingStatus = forwards }))), good)
      assert.equal(count, #report.findings)
    end
  end)

  it("knows whether feedback is forwarded by mail", function()
    for forwards, expected in pairs { [true] = 2, [false] = 1 } do
      local report = run(v2 { VerificationStatus = "SUCCESS", MailFromAttributes = SET,
        FeedbackForwardingStatus = forwards }, good, { from = { "a@bounce.example.com" } })
      assert.equal(expected, #report.findings)
    end
  end)
end)
