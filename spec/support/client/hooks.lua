-- What is common to clients on all transports: hooks and the log.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

return function(_, it, given)
  it("and the log are told of every attempt, with its times and without secrets", function()
    local events, lines, told = {}, {}, {}
    given.faults({ code = "InternalFailure", status = 500 }, { delay = 0.1 })
    given.hurry()
    local v1 = given.client("ses", {
      retry = {},
      hooks = {
        before = function(attempt) events[#events + 1] = { "before", attempt.attempt } end,
        after = function(attempt)
          events[#events + 1] = { "after", attempt.attempt, attempt.status, attempt.retry_in,
            attempt.err and attempt.err.code, attempt.request_id ~= nil, attempt.duration >= 0,
            attempt.duration >= 0.1 - given.ROUNDED }
        end,
      },
      log = function(level, message, attempt)
        lines[#lines + 1] = message
        told[#told + 1] = { level, attempt.operation, attempt.url }
      end,
    })
    ses.check(v1:get_send_quota())
    assert.same({
      { "before", 1 }, { "after", 1, 500, 0, "InternalFailure", true, true, false },
      { "before", 2 }, { "after", 2, 200, nil, nil, true, true, true },
    }, events)
    local url = given.url .. "/"
    assert.same({ { "info", "GetSendQuota", url }, { "debug", "GetSendQuota", url } }, told)
    assert.truthy(lines[1]:find("^ses GetSendQuota: attempt 1 of 3 failed in"), lines[1])
    for _, line in ipairs(lines) do
      assert.is_nil(line:find(contract.PAIR.secret_access_key, 1, true))
      assert.is_nil(line:find("Signature=", 1, true))
    end
  end)

  it("may wait, and make calls of their own", function()
    given.domain()
    local v1 = given.client("ses")
    local function look()
      given.transport:sleep(0.01)
      ses.check(v1:get_send_quota())
    end
    local v2 = given.client("sesv2", { hooks = { before = look, after = look }, log = look })
    local results = {}
    given.transport:all(5, 5, function(i)
      results[i] = ses.check(v2:send_email(contract.message(tostring(i))))
    end)
    assert.same({ 5, 5 }, { #results, #given.subjects() })
  end)

  it("keep a request from being made where the one before raises", function()
    given.domain()
    local v2 = given.client("sesv2", { hooks = { before = function() error("no", 0) end } })
    local err = failed("CallbackError", "callback", v2:send_email(contract.message("never")))
    assert.same({ "no", 0 }, { err.cause, err.attempts })
    assert.same({}, given.subjects())
  end)

  it("lose no outcome where they raise afterwards", function()
    given.domain()
    local function fail() error("after", 0) end
    local v2 = given.client("sesv2", { hooks = { after = fail }, log = fail })
    local result = ses.check(v2:send_email(contract.message("sent")))
    assert.equal("after", result.ResponseMetadata.CallbackError)
    local err = failed("NotFoundException", "service", v2:get_email_identity {
      EmailIdentity = "nobody.example" })
    assert.equal("after", err.callback_error)
    assert.same({ "sent" }, given.subjects())
  end)
end
