-- What is common to clients on all transports: SES's rates.
--
-- Each case has a region of its own, as limits outlive it.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

return function(_, it, given)
  -- Clients of a region that wait for their turn, and what they waited.
  local function paced(region, rate, more)
    local waited = {}
    local options = {
      region = region, rate = rate,
      hooks = { before = function(attempt) waited[#waited + 1] = attempt.waited end },
    }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    local v1, v2 = given.clients(options)
    return v1, v2, waited
  end

  it("leave a second between calls of an operation, over all clients", function()
    local one, _, waited = paced("eu-west-1", { max_wait = 0.1 })
    local other = given.client("ses", { region = "eu-west-1", rate = {} })
    given.takes(1, function()
      ses.check(other:get_send_quota())
      ses.check(one:list_identities())
      -- Who would wait too long is refused, and reserves nothing.
      for _ = 1, 3 do
        local err = failed("RateLimited", "timeout", one:get_send_quota())
        assert.same({ true, true, 0 }, { err.throttled, err.retryable, err.attempts })
      end
      ses.check(one:get_send_quota({}, { max_wait = 5 }))
    end)
    assert.same({ 2, 0 }, { #waited, waited[1] })
    assert.is_true(waited[2] <= 1, waited[2])
  end)

  it("are of recipients for sends, as the account says", function()
    given.control("POST", "quota", { max_send_rate = 50 })
    local _, v2 = paced("eu-west-3", {})
    ses.check(v2:create_email_identity { EmailIdentity = "example.com" })
    local five = contract.message("five", { Destination = { ToAddresses = {
      "a@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org" } } })
    -- Nobody knows the rate before.
    ses.check(v2:send_email(five))
    ses.check(v2:get_account())
    given.takes(3 * 5 / 50, function()
      for _ = 1, 4 do
        ses.check(v2:send_email(five))
      end
    end)
    assert.equal(5, #given.subjects())
  end)

  it("slow down for a throttling answer", function()
    local _, v2, waited = paced("eu-north-1", { max_send_rate = 10 })
    ses.check(v2:create_email_identity { EmailIdentity = "example.com" })
    given.faults { code = "TooManyRequestsException", status = 429, operation = "SendEmail" }
    -- An interval in which nothing goes, and one that is longer by almost as much.
    given.takes(0.1 + 0.18, function()
      failed("TooManyRequestsException", "service", v2:send_email(contract.message("early")))
      ses.check(v2:send_email(contract.message("late")))
      ses.check(v2:send_email(contract.message("later")))
    end)
    assert.is_true(waited[3] > 0 and waited[4] > 0.1, waited[4])
  end)

  it("are kept by many calls at once", function()
    local _, v2, waited = paced("eu-south-1", { max_send_rate = 100 })
    ses.check(v2:create_email_identity { EmailIdentity = "example.com" })
    given.takes(19 / 100, function()
      given.transport:all(20, 20, function(i)
        ses.check(v2:send_email(contract.message(tostring(i))))
      end)
    end)
    assert.same({ 21, 20 }, { #waited, #given.subjects() })
  end)
end
