-- What a check says beside the emulator, as its states are moved.

local emulated = require "spec.support.emulated"
local ses = require "ses"

local REJECT = "SES refuses what is sent from this identity, with the error"
  .. " MailFromDomainNotVerified"

-- A resolver that finds what SES wants.
local function there(_, kind)
  return kind == "TXT" and { { type = "TXT", text = "v=spf1 include:amazonses.com ~all" } }
    or { { type = "MX", preference = 10, exchange = "feedback-smtp.us-east-1.amazonses.com" } }
end

local function run(client, resolver, options)
  local given = { client = client, resolver = resolver }
  for name, value in pairs(options or {}) do
    given[name] = name ~= "identity" and value or nil
  end
  return ses.check(ses.mail_from.check(options and options.identity or "example.com", given))
end

local function codes(report)
  local list = {}
  for i, finding in ipairs(report.findings) do
    list[i] = finding.severity .. " " .. finding.code
  end
  return list
end

describe("a check beside the emulator", function()
  local emulator, v1, v2

  before_each(function()
    emulator, v1, v2 = emulated.new()
    for _, name in ipairs { "example.com", "example.net" } do
      ses.check(v2:create_email_identity { EmailIdentity = name })
      ses.check(v2:put_email_identity_mail_from_attributes { EmailIdentity = name,
        MailFromDomain = "bounce." .. name })
      emulator:set_mail_from_status(name, "SUCCESS")
    end
  end)

  it("finds the receipt rule that takes mail for the MAIL FROM domain", function()
    assert.same({}, codes(run(v1, there)))
    ses.check(v1:create_receipt_rule_set { RuleSetName = "set" })
    ses.check(v1:create_receipt_rule { RuleSetName = "set", Rule = {
      Name = "in", Enabled = true, Recipients = { "bounce.example.com" } } })
    assert.same({}, codes(run(v1, there)))
    ses.check(v1:set_active_receipt_rule_set { RuleSetName = "set" })
    for _, client in ipairs { v1, v2 } do
      assert.same({ "error ReceiptRule" }, codes(run(client, there, { receipt_client = v1 })))
    end
  end)

  it("is no error where SES has found what name servers do not tell", function()
    local function silent()
      return nil, { code = "TIMEOUT", message = "no name server answered in time" }
    end
    for _, client in ipairs { v1, v2 } do
      local report = run(client, silent, { receipt_client = v1 })
      assert.same({ "warning DnsTimeout" }, codes(report))
      assert.is_true(report.ok)
      emulator:set_mail_from_status("example.com", "PENDING")
      report = run(client, silent, { receipt_client = v1 })
      assert.same({ "error DnsTimeout", "info Pending" }, codes(report))
      emulator:set_mail_from_status("example.com", "SUCCESS")
    end
  end)

  it("says nothing of DNS where nginx does not let it ask", function()
    local report, err = ses.mail_from.check("example.com", { client = v1, resolver = function()
      return nil, { code = "WrongPhase", message = "nginx has no sockets in its phase log" }
    end })
    assert.is_nil(report)
    assert.is_true(ses.is_error(err, "transport", "WrongPhase"))
    assert.equal("nginx has no sockets in its phase log", err.message)
  end)

  it("prints nothing of a record that a terminal obeys", function()
    for _, text in ipairs { "v=spf1 redirect=\27]0;x\7.example.net", "v=spf1 include:\27[31m ~all",
                            "v=spf1 \27[31m" } do
      local report = run(v1, function(name, kind)
        return kind == "TXT" and { { type = "TXT", text = text } } or there(name, kind)
      end)
      assert.same({ "warning SpfSyntax" }, codes(report))
      assert.is_nil(tostring(report):find("[\27\7]"))
    end
  end)

  it("reads the receipt rules once for all that share what they read", function()
    emulator:faults { operation = "DescribeActiveReceiptRuleSet", every = 1, offset = 1,
                      status = 400, code = "Unasked" }
    local kept = {}
    for _, name in ipairs { "example.com", "example.net", "example.com" } do
      assert.same({}, codes(run(v1, there, { identity = name, kept = kept })))
    end
    assert.same({ "info ReceiptRulesNotRead" }, codes(run(v1, there)))
  end)

  it("knows where feedback goes", function()
    local from = { from = { "a@bounce.example.com" }, receipt_client = v1 }
    for _, client in ipairs { v1, v2 } do
      ses.check(v2:put_email_identity_feedback_attributes { EmailIdentity = "example.com",
                                                            EmailForwardingEnabled = true })
      assert.same({ "error FromInMailFromDomain" }, codes(run(client, there, from)))
      ses.check(v2:put_email_identity_feedback_attributes { EmailIdentity = "example.com",
                                                            EmailForwardingEnabled = false })
      assert.same({}, codes(run(client, there, from)))
    end
    ses.check(v2:create_email_identity { EmailIdentity = "bounce.example.com" })
    for _, client in ipairs { v1, v2 } do
      assert.same({ "warning MailFromDomainIsIdentity" }, codes(run(client, there, from)))
    end
    ses.check(v2:put_email_identity_feedback_attributes { EmailIdentity = "bounce.example.com",
                                                          EmailForwardingEnabled = false })
    for _, client in ipairs { v1, v2 } do
      assert.same({}, codes(run(client, there, from)))
    end
  end)

  for _, service in ipairs { "ses", "sesv2" } do
    it("follows the states of a MAIL FROM domain, by " .. service, function()
      local asked = service == "ses" and v1 or v2
      assert.equal("IdentityNotFound",
        run(asked, error, { identity = "example.org" }).findings[1].code)
      ses.check(v2:create_email_identity { EmailIdentity = "example.org" })
      assert.equal("NotConfigured",
        run(asked, error, { identity = "example.org" }).findings[1].code)
      ses.check(v2:put_email_identity_mail_from_attributes { EmailIdentity = "example.com",
        MailFromDomain = "bounce.example.com", BehaviorOnMxFailure = "REJECT_MESSAGE" })
      for status, code in pairs { PENDING = "Pending", FAILED = "Failed",
                                  TEMPORARY_FAILURE = "TemporaryFailure" } do
        emulator:set_mail_from_status("example.com", status)
        local report = run(asked, there)
        assert.equal(status, report.status)
        assert.equal(code, report.findings[1].code)
        assert.equal("until then " .. REJECT, report.findings[1].meanwhile)
      end
      emulator:set_mail_from_status("example.com", "SUCCESS")
      assert.is_true(run(asked, there).ok)
    end)
  end
end)
