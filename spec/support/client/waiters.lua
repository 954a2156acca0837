-- What is common to clients on all transports: waiting for states of identities.
--
-- See spec.support.client_contract.

local after = require "spec.support.after"
local assert = require "luassert"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

local NAME = "example.com"

local PARAMS = { ses = { Identities = { NAME } }, sesv2 = { EmailIdentity = NAME } }

-- In seconds.
local DELAY = 0.02

return function(describe, it, given)
  for _, service in ipairs { "ses", "sesv2" } do
    local params = PARAMS[service]
    describe("of " .. service, function()
      local function wait(name, progress, more)
        local options = { delay = DELAY, timeout = 5, progress = progress }
        for option, value in pairs(more or {}) do
          options[option] = value
        end
        return given.client(service):wait(name, params, options)
      end

      local function with_mail_from()
        given.domain()
        ses.check(given.client("sesv2"):put_email_identity_mail_from_attributes {
          EmailIdentity = NAME, MailFromDomain = "bounce." .. NAME })
      end

      local function set_status(status)
        given.control("POST", "identities", { identity = NAME, mail_from_status = status })
      end

      it("see a MAIL FROM domain verified", function()
        with_mail_from()
        local states, times = {}, {}
        local set = after(3, function() set_status("Success") end)
        given.takes(3 * DELAY, function()
          assert.truthy(assert(wait("mail_from_verified", function(list, elapsed)
            states[#states + 1] = { list[1].identity, list[1].state }
            times[#times + 1] = elapsed
            set()
          end)).ResponseMetadata)
        end)
        assert.same({ { NAME, "PENDING" }, { NAME, "PENDING" }, { NAME, "PENDING" },
                      { NAME, "SUCCESS" } }, states)
        for i, elapsed in ipairs(times) do
          assert.is_true(elapsed >= (i - 1) * DELAY - given.ROUNDED, elapsed)
        end
      end)

      it("go on while the failure is a passing one", function()
        with_mail_from()
        set_status("TemporaryFailure")
        assert(wait("MailFromVerified", after(2, function() set_status("Success") end)))
      end)

      it("stop when SES has given up", function()
        with_mail_from()
        local polls = 0
        local err = failed("MailFromDomainFailed", "service", wait("mail_from_verified", function()
          polls = polls + 1
          if polls == 2 then
            given.control("POST", "clock", { advance = 73 * 3600 })
          end
          return polls < 10
          -- In process it is the clock of the waiter as well.
        end, { timeout = 80 * 3600 }))
        assert.same({ { identity = NAME, state = "FAILED" } }, err.details)
        assert.truthy(tostring(err):find("set the MAIL FROM domain again", 1, true))
      end)

      it("stop where there is no MAIL FROM domain", function()
        given.domain()
        failed("MailFromDomainNotSet", "service", wait("mail_from_verified"))
      end)

      it("stop where there is no such identity", function()
        for _, name in ipairs { "mail_from_verified", "identity_verified", "dkim_verified" } do
          local err = failed("IdentityNotFound", "service", wait(name))
          assert.same({ { identity = NAME, state = "NOT_FOUND" } }, err.details)
          assert.equal(service == "sesv2", ses.is_error(err.cause, "service", "NotFound"))
        end
      end)

      it("wait for an identity that is not there yet", function()
        assert(wait("IdentityExists", after(3, given.domain)))
      end)

      it("see an identity and its DKIM verified", function()
        given.domain()
        assert(wait("identity_verified"))
        assert(wait("dkim_verified"))
      end)

      it("end at their limit, with a last look", function()
        local polls, last, err = 0, nil, nil
        given.takes(0.2, function()
          err = failed("WaitTimeout", "timeout", wait("identity_exists", function(_, elapsed)
            polls, last = polls + 1, elapsed
          end, { timeout = 0.2, delay = 0.08 }))
        end)
        assert.is_true(polls >= 2 and polls <= 4, polls)
        assert.is_true(last >= 0.2 - given.ROUNDED, last)
        assert.truthy(err.message:find("0.2 seconds were not enough: example.com is NOT_FOUND", 1,
          true), err.message)
      end)

      it("stop where progress says so, or raises", function()
        with_mail_from()
        failed("WaitStopped", "callback", wait("mail_from_verified", function() return false end))
        local err = failed("CallbackError", "callback",
          wait("mail_from_verified", function() error("broken", 0) end))
        assert.equal("broken", err.cause)
      end)

      it("survive what passes", function()
        given.domain()
        given.faults({ code = service == "ses" and "Throttling" or "TooManyRequestsException",
                       status = service == "ses" and 400 or 429 },
          { drop = "before", reset = true }, { code = "InternalFailure", status = 500 })
        assert(wait("identity_verified"))
        given.faults { code = "AccessDenied", status = 403 }
        failed("AccessDenied", "service", wait("identity_verified"))
      end)
    end)
  end
end
