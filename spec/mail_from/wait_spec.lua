-- Waiting for a MAIL FROM domain, reading and taking away, by either API.

local emulated = require "spec.support.emulated"
local ses = require "ses"

-- An emulator with a.example, which has a MAIL FROM domain, and b.example.
local function started(service)
  local emulator, v1, v2 = emulated.new()
  for _, name in ipairs { "a.example", "b.example" } do
    assert(v2:create_email_identity { EmailIdentity = name })
  end
  assert(v2:put_email_identity_mail_from_attributes {
    EmailIdentity = "a.example", MailFromDomain = "m.a.example",
    BehaviorOnMxFailure = "REJECT_MESSAGE" })
  return emulator, service == "ses" and v1 or v2
end

local function nxdomain()
  return nil, { code = "NXDOMAIN" }
end

-- Says what DNS has by ses.mail_from.check.
local function explain_with(resolver)
  return function(client, identity)
    return ses.mail_from.check(identity, { client = client, resolver = resolver })
  end
end

for _, service in ipairs { "ses", "sesv2" } do
  describe("waiting for a MAIL FROM domain by " .. service, function()
    it("ends with Success, through all that may come before", function()
      local emulator, client = started(service)
      local said = {}
      local setting = assert(ses.mail_from.wait(client, "A.example.", {
        delay = 600, progress = function(state, elapsed)
          said[#said + 1] = state .. " " .. elapsed
          emulator:set_mail_from_status("a.example",
            #said == 1 and "TEMPORARY_FAILURE" or "SUCCESS")
        end }))
      assert.same({ "PENDING 0", "TEMPORARY_FAILURE 600", "SUCCESS 1200" }, said)
      assert.same({ identity = "a.example", is_known = true, verification = "SUCCESS",
                    domain = "m.a.example", status = "SUCCESS", behavior = "REJECT_MESSAGE" },
        setting)
    end)

    it("ends where SES ends it, with what is wrong in DNS", function()
      local _, client = started(service)
      local started_at = client._context.transport:now()
      local setting, err = ses.mail_from.wait(client, "a.example",
        { delay = 3600, explain = explain_with(nxdomain) })
      assert.is_nil(setting)
      assert.equal("MailFromDomainFailed", err.code)
      assert.equal(72 * 3600, client._context.transport:now() - started_at)
      assert.equal("a.example: the MX record was not found in 72 hours, and SES has stopped"
        .. " looking: publish it, and set the MAIL FROM domain again\n"
        .. "  m.a.example does not exist in DNS: publish the MX record '10"
        .. " feedback-smtp.us-east-1.amazonses.com'; until then SES refuses what is sent from this"
        .. " identity, with the error MailFromDomainNotVerified",
        err.message:match("^[^\n]*\n[^\n]*"))
      assert.equal("a.example", err.reason.identity)
      assert.is_nil(err.message:find("it anew", 1, true))
    end)

    it("says at the end of its time how things are", function()
      local emulator, client = started(service)
      emulator:set_mail_from_status("a.example", "TEMPORARY_FAILURE")
      local setting, err = ses.mail_from.wait(client, "a.example",
        { timeout = 60, explain = explain_with(nxdomain) })
      assert.is_nil(setting)
      assert.equal("WaitTimeout", err.code)
      assert.truthy(err.message:find(
        "^60 seconds were not enough: a%.example is TEMPORARY_FAILURE\n  m%.a%.example does not"))
    end)

    it("ends at once where there is nothing to wait for", function()
      local _, client = started(service)
      local started_at = client._context.transport:now()
      local function no() error("nobody asks") end
      local _, err = ses.mail_from.wait(client, "b.example", { explain = no })
      assert.equal("MailFromDomainNotSet", err.code)
      _, err = ses.mail_from.wait(client, "c.example", { explain = no })
      assert.equal("IdentityNotFound", err.code)
      assert.equal(started_at, client._context.transport:now())
      _, err = ses.mail_from.wait(client, "a.example",
        { explain = no, progress = function() return false end })
      assert.equal("WaitStopped", err.code)
    end)

    it("takes any reason, and none", function()
      local emulator, client = started(service)
      emulator:set_mail_from_status("a.example", "FAILED")
      local function reason_of(explain)
        local _, err = ses.mail_from.wait(client, "a.example", { explain = explain })
        assert.equal("MailFromDomainFailed", err.code)
        return err, err.message:match("\n  (.*)$")
      end
      local err, words = reason_of(function() return "the zone is not ours" end)
      assert.same({ "the zone is not ours", "the zone is not ours" }, { err.reason, words })
      err, words = reason_of(function()
        return { findings = {
          { severity = "error", code = "NoMx", message = "there is no MX record" },
          { severity = "error", code = "Failed", message = "SES did not find it" },
          { severity = "info", code = "Other", message = "by the way" },
          { severity = "warning", code = "NoSpf", message = "there is no SPF record" },
        } }
      end)
      assert.equal("there is no MX record\n  there is no SPF record", words)
      assert.equal(4, #err.reason.findings)
      err, words = reason_of(false)
      assert.same({}, { err.reason, words, err.unexplained })
      err, words = reason_of(function() return nil, "no name servers" end)
      assert.same({ "no name servers" }, { err.unexplained, words, err.reason })
      err, words = reason_of(function() error("oh", 0) end)
      assert.same({ "oh" }, { err.unexplained, words, err.reason })
    end)

    it("asks DNS where nobody is named to explain", function()
      local emulator, client = started(service)
      emulator:set_mail_from_status("a.example", "FAILED")
      local check = require("ses.mail_from.check")
      local run = check.run
      finally(function() check.run = run end)
      function check.run(identity, opts)
        assert.equal(client, opts.client)
        return { identity = identity, findings = {} }
      end
      local _, err = ses.mail_from.wait(client, "a.example")
      assert.equal("a.example", err.reason.identity)
    end)
  end)

  describe("the MAIL FROM domains of a list by " .. service, function()
    it("are told in its order, and what SES does not know too", function()
      local _, client = started(service)
      local list = assert(ses.mail_from.status(client,
        { "c.example", "A.example", "b.example", "a.example" }))
      assert.same({
        { identity = "c.example", is_known = false, status = "NOT_SET" },
        { identity = "a.example", is_known = true, verification = "SUCCESS", status = "PENDING",
          domain = "m.a.example", behavior = "REJECT_MESSAGE" },
        { identity = "b.example", is_known = true, verification = "SUCCESS", status = "NOT_SET",
          behavior = "USE_DEFAULT_VALUE" },
      }, { list[1], list[2], list[3] })
      assert.equal("a.example", list[4].identity)
      assert.same({}, ses.mail_from.status(client, {}))
    end)

    it("are not told where SES cannot be asked", function()
      local emulator, client = started(service)
      emulator:faults { count = 9, code = "ExpiredToken", status = 403 }
      local list, err = ses.mail_from.status(client, { "a.example" })
      assert.is_nil(list)
      assert.equal("ExpiredToken", err.code)
    end)
  end)

  describe("taking a MAIL FROM domain away by " .. service, function()
    it("does so once", function()
      local emulator, client = started(service)
      assert.equal("disabled", ses.mail_from.disable(client, "A.example"))
      assert.equal("NOT_SET", assert(ses.mail_from.status(client, { "a.example" }))[1].status)
      emulator:faults { operation = service == "ses" and "SetIdentityMailFromDomain"
        or "PutEmailIdentityMailFromAttributes", status = 400, code = "Unasked" }
      assert.equal("unchanged", ses.mail_from.disable(client, "a.example"))
      assert.equal("unchanged", ses.mail_from.disable(client, "b.example"))
      assert.equal(1, emulator:faults()[1].count)
    end)

    it("says why it cannot", function()
      local emulator, client = started(service)
      local answer, err = ses.mail_from.disable(client, "c.example")
      assert.is_nil(answer)
      assert.is_true(ses.is_error(err, "service", "IdentityNotFound"))
      local operation = service == "ses" and "SetIdentityMailFromDomain"
        or "PutEmailIdentityMailFromAttributes"
      for _, code in ipairs { "InvalidParameterValue", "ExpiredToken" } do
        emulator:faults { operation = operation, status = 400, code = code }
        answer, err = ses.mail_from.disable(client, "a.example")
        assert.is_nil(answer)
        assert.equal(code, err.code)
      end
      emulator:faults { operation = service == "ses" and "GetIdentityVerificationAttributes"
        or "GetEmailIdentity", status = 400, code = "InvalidParameterValue" }
      answer, err = ses.mail_from.disable(client, "a.example")
      assert.is_nil(answer)
      assert.equal("InvalidParameterValue", err.code)
    end)
  end)
end

describe("misuse of ses.mail_from", function()
  it("raises", function()
    local _, client = started("ses")
    for message, call in pairs {
      ["ses.mail_from.wait: the identity 'no domain' has a space or a line break in it, or around"
        .. " it"] = function() ses.mail_from.wait(client, "no domain") end,
      ["ses.mail_from.wait: explain: expected a function, or false for none, got string"] =
        function() ses.mail_from.wait(client, "a.example", { explain = "x" }) end,
      ["ses.mail_from.wait: delay: expected a number of seconds above 0, got 0"] =
        function() ses.mail_from.wait(client, "a.example", { delay = 0 }) end,
      ["ses.mail_from.disable: the identity must be a string, got nil"] =
        function() ses.mail_from.disable(client) end,
      ["ses.mail_from.status: identities: expected a list, got string"] =
        function() ses.mail_from.status(client, "a.example") end,
      ["ses.mail_from.status: identities[2]: the identity must be a string, got number"] =
        function() ses.mail_from.status(client, { "a.example", 2 }) end,
    } do
      assert.has_error(call, message)
    end
  end)
end)
