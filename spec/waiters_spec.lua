-- Waiters on a clock that stands still between the calls. The contract of clients has more
-- of them: spec.support.client.waiters.

local after = require "spec.support.after"
local emulated = require "spec.support.emulated"
local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local NAME = "example.com"

local SERVICES = {
  ses = { params = { Identities = { NAME } }, client = 1 },
  sesv2 = { params = { EmailIdentity = NAME }, client = 2 },
}

for service, how in pairs(SERVICES) do
  describe("a waiter of " .. service, function()
    local emulator, client, other

    local function start()
      local v1, v2
      emulator, v1, v2 = emulated.new { verify = "manual" }
      client = service == "ses" and v1 or v2
      other = v2
    end

    it("asks again when the delay is over, and not before", function()
      start()
      local times = {}
      local create = after(4, function()
        assert(other:create_email_identity { EmailIdentity = NAME })
        emulator:verify(NAME)
      end)
      assert(client:wait("identity_exists", how.params, {
        timeout = 300, delay = 60, progress = function(_, elapsed)
          times[#times + 1] = elapsed
          create()
        end,
      }))
      assert.same({ 0, 60, 120, 180, 240 }, times)
    end)

    it("sees an identity verified", function()
      start()
      assert(other:create_email_identity { EmailIdentity = NAME })
      local verify = after(2, function() emulator:verify(NAME) end)
      assert(client:wait("identity_verified", how.params, { progress = verify }))
    end)

    it("sees DKIM verified", function()
      start()
      assert(other:create_email_identity { EmailIdentity = NAME })
      local verify = after(2, function() emulator:verify(NAME) end)
      assert(client:wait("dkim_verified", how.params, { progress = verify }))
    end)

    it("ends at its limit, with a last look", function()
      start()
      local polls = 0
      local started = emulator.clock:now()
      local _, err = client:wait("identity_exists", how.params, {
        timeout = 10, delay = 4, progress = function() polls = polls + 1 end,
      })
      assert.is_true(ses.is_error(err, "timeout", "WaitTimeout"))
      assert.equal(10, emulator.clock:now() - started)
      assert.equal(4, polls)
    end)
  end)
end

describe("a waiter", function()
  it("of several identities waits for all of them", function()
    local emulator, v1 = emulated.new { verify = "manual" }
    for _, name in ipairs { "a.example.com", "b.example.com" } do
      assert(v1:verify_domain_identity { Domain = name })
    end
    emulator:verify("a.example.com")
    local verify = after(3, function() emulator:verify("b.example.com") end)
    local seen = 0
    assert(v1:wait("identity_verified", { Identities = { "b.example.com", "a.example.com" } }, {
      progress = function(states)
        seen = seen + 1
        assert.equal("a.example.com", states[1].identity)
        verify()
      end,
    }))
    assert.equal(4, seen)
  end)

  local function answering(answers, service)
    return scripted.once(service or "sesv2", answers)
  end

  local verified = fake_transport.json(200, '{"DkimAttributes":{"Status":"SUCCESS"}}')

  it("survives throttling and a broken connection, and nothing that will not pass", function()
    local v2 = answering {
      fake_transport.json(429, "{}", "TooManyRequestsException"),
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" }, verified,
    }
    assert(v2:wait("dkim_verified", { EmailIdentity = NAME }))
    v2 = answering { fake_transport.json(403, "{}", "AccessDeniedException") }
    local _, err = v2:wait("dkim_verified", { EmailIdentity = NAME })
    assert.equal("AccessDeniedException", err.code)
  end)

  it("knows DKIM's own states", function()
    for state, code in pairs { FAILED = "DkimFailed", NOT_STARTED = "DkimNotStarted" } do
      local v2 = answering { fake_transport.json(200,
        ('{"DkimAttributes":{"Status":"%s"}}'):format(state)) }
      local _, err = v2:wait("dkim_verified", { EmailIdentity = NAME })
      assert.equal(code, err.code)
    end
    local v2 = answering { fake_transport.json(200, "{}") }
    local _, err = v2:wait("dkim_verified", { EmailIdentity = NAME })
    assert.equal("DkimNotStarted", err.code)
  end)

  -- What API v1 answers of a MAIL FROM domain.
  local function mail_from(status)
    return fake_transport.result("GetIdentityMailFromDomainAttributes",
      "<MailFromDomainAttributes><entry><key>" .. NAME .. "</key><value><MailFromDomainStatus>"
        .. status .. "</MailFromDomainStatus></value></entry></MailFromDomainAttributes>")
  end

  it("takes an empty status for none, and names as DNS does", function()
    local v1, transport = answering({ mail_from "" }, "ses")
    local _, err = v1:wait("mail_from_verified", { Identities = { NAME } })
    assert.is_true(ses.is_error(err, "service", "MailFromDomainNotSet"), tostring(err))
    assert.equal(1, #transport.sent)
    v1 = answering({ mail_from "Success" }, "ses")
    assert(v1:wait("mail_from_verified", { Identities = { "Example.COM" } }))
  end)

  it("keeps its limit where no answer comes", function()
    local v2, transport
    local function hang(_, deadline)
      transport.clock = deadline
      return nil, { kind = "timeout", code = "AttemptTimeout", message = "none", sent = "all" }
    end
    v2, transport = answering { hang, hang }
    local _, err = v2:wait("dkim_verified", { EmailIdentity = NAME }, { timeout = 30 })
    assert.is_true(ses.is_error(err, "timeout", "WaitTimeout"), tostring(err))
    assert.equal(1030, transport.clock)
    assert.equal("AttemptTimeout", err.cause.code)
    assert.truthy(err.message:find("no state was ever read; the last question met: none", 1, true))
    -- The last question is asked at the limit, and has five seconds.
    v2, transport = answering {
      fake_transport.json(200, '{"DkimAttributes":{"Status":"PENDING"}}'), hang,
    }
    _, err = v2:wait("dkim_verified", { EmailIdentity = NAME }, { timeout = 1 })
    assert.truthy(err.message:find("example.com is PENDING", 1, true), err.message)
    assert.equal(1006, transport.clock)
  end)

  it("asks for what it was given, whatever becomes of that", function()
    local v1, transport = answering({ mail_from "Pending", mail_from "Success" }, "ses")
    local params = { Identities = { NAME } }
    assert(v1:wait("mail_from_verified", params, {
      progress = function() params.Identities[1] = "example.org" end,
    }))
    assert.truthy(transport.sent[2].body:find("Identities.member.1=example.com", 1, true))
  end)

  it("yields where its transport does", function()
    local v2, transport = answering {
      fake_transport.json(200, '{"DkimAttributes":{"Status":"PENDING"}}'), verified,
    }
    transport.yields = true
    local thread = coroutine.create(function()
      return v2:wait("dkim_verified", { EmailIdentity = NAME }, {
        progress = function() transport:sleep(1) end,
      })
    end)
    local ok, result
    repeat
      ok, result = coroutine.resume(thread)
      assert.is_true(ok, result)
    until coroutine.status(thread) == "dead"
    assert.equal("SUCCESS", result.DkimAttributes.Status)
  end)

  it("raises for misuse, at the line that did it", function()
    local _, v1, v2 = emulated.new()
    local function fails(message, fn)
      local ok, raised = pcall(fn)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
      assert.truthy(raised:find("waiters_spec.lua:", 1, true), raised)
    end
    fails("no waiter is called 'mailfrom_verified'; did you mean 'mail_from_verified'?",
      function() v1:wait("mailfrom_verified", {}) end)
    fails("expected {Identities = a list with one at least}",
      function() v1:wait("mail_from_verified", { EmailIdentity = NAME }) end)
    fails("expected {EmailIdentity = a string}",
      function() v2:wait("mail_from_verified", { Identities = { NAME } }) end)
    fails("Identities[1]: expected a string, got number",
      function() v1:wait("mail_from_verified", { Identities = { 5 } }) end)
    fails("timeout: expected a number of seconds above 0", function()
      v2:wait("mail_from_verified", { EmailIdentity = NAME }, { timeout = 0 })
    end)
    fails("wait: the client is closed", function()
      v1:wait("IdentityExists", { Identities = { NAME } }, { progress = function()
        v1:close()
      end })
    end)
  end)
end)
