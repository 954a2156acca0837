-- What is common to clients on all transports: what sends mail goes out once.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

local STANDARD = { retry = {} }

-- After each of these nobody can know whether the mail was taken. It was. The last is
-- how long an attempt may take.
local IN_DOUBT = {
  { "a reset", "ConnectionClosed", "transport", { drop = "after", reset = true } },
  { "an end of the connection", "ConnectionClosed", "transport", { drop = "after" } },
  { "a part of an answer", "ConnectionClosed", "transport", { truncate = 10 } },
  { "a silence", "AttemptTimeout", "timeout", { delay = 30 }, 0.1 },
  { "an error of the server's", "InternalFailure", "service",
    { code = "InternalFailure", status = 500, when = "after" } },
}

return function(_, it, given)
  -- A mail that each API sends.
  local function send(service, subject, options)
    if service == "sesv2" then
      return given.client(service, options):send_email(contract.message(subject))
    end
    local message = contract.message(subject)
    return given.client(service, options):send_email {
      Source = message.FromEmailAddress, Destination = message.Destination,
      Message = message.Content.Simple,
    }
  end

  for _, case in ipairs(IN_DOUBT) do
    it("are not made again after " .. case[1], function()
      given.domain()
      for i, service in ipairs { "ses", "sesv2" } do
        given.faults(case[4])
        local err = failed(case[2], case[3],
          send(service, service, { retry = {}, timeout = { attempt = case[5] } }))
        assert.same({ true, false, 1 }, { err.ambiguous, err.retryable, err.attempts })
        assert.equal(case[3] ~= "service" and "all" or nil, err.sent)
        assert.equal(service, given.subjects()[i])
        assert.equal(i, #given.subjects())
      end
    end)
  end

  it("are not made again where they were not taken either, as nobody knows", function()
    given.domain()
    given.faults { drop = "before", reset = true }
    local err = failed("ConnectionClosed", "transport", send("sesv2", "lost", STANDARD))
    assert.same({ true, false, 1 }, { err.ambiguous, err.retryable, err.attempts })
    assert.same({}, given.subjects())
  end)

  it("are made again where the service was certainly not to take them", function()
    given.domain()
    given.hurry()
    for i, fault in ipairs {
      { code = "TooManyRequestsException", status = 429 },
      { code = "ThrottlingException", status = 503 },
    } do
      given.faults(fault)
      local result = ses.check(send("sesv2", "again", STANDARD))
      assert.equal(1, result.ResponseMetadata.RetryAttempts)
      assert.equal(i, #given.subjects())
    end
  end)

  it("are what the AWS SDKs make again only where that is asked for", function()
    given.domain()
    given.hurry()
    given.faults { drop = "after", reset = true }
    ses.check(send("sesv2", "twice", { retry = { ambiguous_sends = true } }))
    assert.same({ "twice", "twice" }, given.subjects())
  end)

  it("are not made again for a daily quota", function()
    given.domain()
    given.control("POST", "quota", { max_24_hour_send = 1 })
    ses.check(send("sesv2", "first", STANDARD))
    local err = failed("TooManyRequestsException", "service", send("sesv2", "second", STANDARD))
    assert.same({ false, false, 1 }, { err.retryable, err.ambiguous, err.attempts })
    assert.same({ "first" }, given.subjects())
  end)

  it("leave by the MAIL FROM domain that was set and found", function()
    given.domain()
    local v1, v2 = given.clients()
    ses.check(v1:set_identity_mail_from_domain {
      Identity = "example.com", MailFromDomain = "bounce.example.com" })
    ses.check(v2:send_email(contract.message("pending")))
    given.control("POST", "identities", { identity = "example.com", mail_from_status = "Success" })
    ses.check(v2:send_email(contract.message("found")))
    ses.check(v2:put_email_identity_mail_from_attributes { EmailIdentity = "example.com",
                                                           MailFromDomain = ses.null })
    ses.check(v2:send_email(contract.message("cleared")))
    local domains = {}
    for i, mail in ipairs(given.control("GET", "mailbox").messages) do
      domains[i] = mail.envelope_from:match("@(.*)$")
    end
    assert.equal("bounce.example.com", domains[2])
    assert.equal(domains[1], domains[3])
    assert.truthy(domains[1]:find("amazonses.com", 1, true), domains[1])
  end)
end
