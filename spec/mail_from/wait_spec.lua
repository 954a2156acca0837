-- Waiting for a MAIL FROM domain, reading and taking away, by either API.

local emulated = require "spec.support.emulated"
local ses = require "ses"

local unpack = table.unpack or unpack -- luacheck: ignore 113 143

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
      assert.same({ "no name servers", "what DNS has could not be seen: no name servers" },
        { err.unexplained, words })
      assert.is_nil(err.reason)
      err, words = reason_of(function() error("oh", 0) end)
      assert.same({ "oh", "what DNS has could not be seen: oh" }, { err.unexplained, words })
    end)

    it("waits for several together, each to its own end", function()
      local emulator, client = started(service)
      local v2 = assert(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
      for _, name in ipairs { "d.example", "e.example", "f.example" } do
        assert(v2:create_email_identity { EmailIdentity = name })
        assert(v2:put_email_identity_mail_from_attributes { EmailIdentity = name,
          MailFromDomain = "m." .. name })
      end
      emulator:set_mail_from_status("d.example", "FAILED")
      local transport, said, explained = client._context.transport, {}, {}
      local started_at = transport:now()
      local list, err = ses.mail_from.wait(client,
        { "e.example", "a.example", "d.example", "b.example", "c.example", "f.example",
          "E.example" }, {
          timeout = 95, delay = 40,
          explain = function(_, identity)
            explained[identity] = (explained[identity] or 0) + 1
            return "why"
          end,
          progress = function(state, elapsed, identity)
            said[#said + 1] = ("%s %s %g"):format(identity, state, elapsed)
            if elapsed >= 40 then
              emulator:set_mail_from_status("a.example", "SUCCESS")
            end
          end })
      assert.is_nil(err)
      assert.equal(95, transport:now() - started_at)
      local told = {}
      for i, result in ipairs(list) do
        told[i] = result.identity .. " " .. (result.err and result.err.code
          or result.setting.status)
      end
      assert.same({ "e.example WaitTimeout", "a.example SUCCESS", "d.example MailFromDomainFailed",
                    "b.example MailFromDomainNotSet", "c.example IdentityNotFound",
                    "f.example WaitTimeout", "e.example WaitTimeout" }, told)
      assert.equal("95 seconds were not enough: f.example is PENDING\n  why", list[6].err.message)
      assert.same({ ["d.example"] = 1, ["e.example"] = 1, ["f.example"] = 1 }, explained)
      assert.same({
        "e.example PENDING 0", "a.example PENDING 0", "d.example FAILED 0", "b.example NOT_SET 0",
        "c.example NOT_FOUND 0", "f.example PENDING 0", "e.example PENDING 40",
        service == "ses" and "a.example PENDING 40" or "a.example SUCCESS 40",
      }, { unpack(said, 1, 8) })
      -- API v2 takes a question for each, and when the time is over one more is put.
      assert.equal(service == "ses" and 14 or 12, #said)
      assert.same({}, ses.mail_from.wait(client, {}))
    end)

    it("tells what came of each as soon as that is known, with the reason", function()
      local emulator, client = started(service)
      local told = {}
      local list, err = ses.mail_from.wait(client, { "a.example", "b.example", "c.example" }, {
        delay = 60, explain = function() return "because" end,
        progress = function(_, _, identity)
          if identity == "c.example" then
            emulator:set_mail_from_status("a.example", "FAILED")
          end
        end,
        settled = function(waited) told[#told + 1] = waited end,
      })
      assert.is_nil(err)
      assert.same({ list[2], list[3], list[1] }, told)
      assert.same({ "MailFromDomainFailed", "because" }, { told[3].err.code, told[3].err.reason })
      told = {}
      for _, answer in ipairs { "false", "raise" } do
        list, err = ses.mail_from.wait(client, { "b.example", "a.example" }, {
          explain = false, settled = function(waited)
            told[#told + 1] = waited.identity
            return answer == "raise" and error("no") or false
          end })
        assert.same({ "callback", "callback" }, { err.kind, list[2].err.kind })
      end
      assert.same({ "b.example", "b.example" }, told)
    end)

    it("ends where its client is closed meanwhile", function()
      local _, client = started(service)
      local list, err = ses.mail_from.wait(client, { "a.example", "b.example" }, {
        explain = false, progress = function() client:close() end })
      assert.is_true(ses.is_error(err, "config", "ClientClosed"))
      assert.equal(err, list[1].err)
      _, client = started(service)
      local transport = client._context.transport
      list = ses.mail_from.wait(client, { "a.example" }, {
        timeout = 1, resolver = nxdomain, progress = function()
          transport:sleep(2)
          client:close()
        end })
      assert.equal("WaitTimeout", list[1].err.code)
      assert.truthy(list[1].err.unexplained)
    end)

    it("is stopped for all that are still waited for", function()
      local emulator, client = started(service)
      local v2 = assert(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
      assert(v2:put_email_identity_mail_from_attributes { EmailIdentity = "b.example",
        MailFromDomain = "m.b.example" })
      emulator:set_mail_from_status("a.example", "SUCCESS")
      local list, err = ses.mail_from.wait(client, { "a.example", "b.example", "c.example" },
        { progress = function(state) return state == "SUCCESS" end })
      assert.equal("progress stopped the wait; b.example is PENDING", err.message)
      assert.equal("SUCCESS", list[1].setting.status)
      assert.same({ "WaitStopped", "WaitStopped" }, { list[2].err.code, list[3].err.code })
    end)

    it("keeps asking where an answer does not come, and tells why in the end", function()
      local emulator, client = started(service)
      local operation = service == "ses" and "GetIdentityVerificationAttributes"
        or "GetEmailIdentity"
      emulator:faults { operation = operation, count = 1, status = 500, code = "InternalFailure" }
      local asked = 0
      local _, err = ses.mail_from.wait(client, "a.example",
        { timeout = 60, delay = 30, explain = false, progress = function() asked = asked + 1 end })
      assert.equal(2, asked)
      assert.equal("60 seconds were not enough: a.example is PENDING", err.message)
      emulator:faults { operation = operation, count = 9, status = 500, code = "InternalFailure",
                        message = "no" }
      _, err = ses.mail_from.wait(client, "a.example", { timeout = 1, explain = false })
      assert.equal("1 second was not enough: no state was ever read; the last question met: no",
        err.message)
      emulator:faults { operation = operation, count = 9, status = 403, code = "ExpiredToken" }
      local list
      list, err = ses.mail_from.wait(client, { "a.example", "b.example" })
      assert.same({ "ExpiredToken", "ExpiredToken", "ExpiredToken" },
        { err.code, list[1].err.code, list[2].err.code })
    end)

    it("is refused at once where its name servers are none", function()
      local _, client = started(service)
      local setting, err = ses.mail_from.wait(client, "a.example",
        { servers = { "localhost" }, progress = function() error("nobody asks") end })
      assert.is_nil(setting)
      if err.code ~= "NoResolver" then
        assert.is_true(ses.is_error(err, "config", "InvalidNameServer"))
      end
    end)

    it("asks those that it is given", function()
      local emulator, client = started(service)
      emulator:set_mail_from_status("a.example", "FAILED")
      local _, err = ses.mail_from.wait(client, "a.example", { resolver = nxdomain })
      assert.equal("m.a.example does not exist in DNS", err.reason.findings[1].what)
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

    it("or that of one, print what there is to say", function()
      local emulator, client = started(service)
      local function told(name)
        return tostring(assert(ses.mail_from.status(client, name)))
      end
      assert.equal("a.example: MAIL FROM domain m.a.example, PENDING, without its MX record"
        .. " REJECT_MESSAGE", told "A.example")
      assert.equal("b.example: no MAIL FROM domain", told "b.example")
      assert.equal("c.example: SES does not have this identity in this region", told "c.example")
      emulator.options.verify = "manual"
      local v2 = assert(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
      assert(v2:create_email_identity { EmailIdentity = "d.example" })
      assert.equal("d.example: no MAIL FROM domain; the identity is not verified (PENDING)",
        told "d.example")
      emulator:faults { status = 400, code = "InvalidParameterValue", message = "no", count = 2 }
      assert.truthy(told("a.example"):find("^a.example: .*InvalidParameterValue"))
    end)

    it("are told of the others where SES refuses one", function()
      local emulator, client = started(service)
      -- A question for both, and then the first alone.
      emulator:faults { status = 400, code = "InvalidParameterValue",
                        count = service == "ses" and 2 or 1 }
      local list = assert(ses.mail_from.status(client, { "b.example", "a.example" }))
      assert.same({ "InvalidParameterValue", "PENDING" }, { list[1].err.code, list[2].status })
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

    it("does so for several", function()
      local _, client = started(service)
      local report = assert(ses.mail_from.disable(client, { "a.example", "b.example",
                                                            "c.example" }))
      assert.same({ 1, 1, 1 }, { report.done, report.unchanged, report.refused })
      assert.equal("MAIL FROM domains: done 1, unchanged 1, refused 1\n  a.example: done\n"
        .. "  c.example: refused, SES does not have this identity in this region",
        tostring(report))
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
      ["ses.mail_from.status: the identity must be a string, got number"] =
        function() ses.mail_from.status(client, 5) end,
      ["ses.mail_from.wait: identities: expected one, or a list of them"] =
        function() ses.mail_from.wait(client, { identity = "a.example" }) end,
      ["ses.mail_from.wait: identities[1]: the identity '' is empty"] =
        function() ses.mail_from.wait(client, { "" }) end,
      ["ses.mail_from.disable: identities[2]: the identity 'x' is a single label, and not a domain"
        .. " of yours"] = function() ses.mail_from.disable(client, { "a.example", "x" }) end,
      ["ses.mail_from.status: identities[2]: the identity must be a string, got number"] =
        function() ses.mail_from.status(client, { "a.example", 2 }) end,
    } do
      assert.has_error(call, message)
    end
  end)
end)
