-- What is common to clients on all transports: calls that are made again.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

local BROKEN = { code = "InternalFailure", status = 500, every = 1 }

return function(_, it, given)
  local function patient(options)
    given.hurry()
    options = options or {}
    options.retry = options.retry or {}
    return given.client("ses", options)
  end

  -- How often a call was repeated that met these faults, each once.
  local function repeated(...)
    given.faults(...)
    local result = ses.check(patient():verify_domain_identity { Domain = "example.com" })
    assert.same({}, given.control("GET", "faults").faults)
    return result.ResponseMetadata.RetryAttempts
  end

  it("come after throttling and a server's errors", function()
    assert.equal(2, repeated({ code = "Throttling", status = 400 },
      { code = "ServiceUnavailable", status = 503 }))
  end)

  it("come of what may have been carried out, where that sends nothing", function()
    assert.equal(1, repeated { drop = "after", reset = true })
    assert.equal(2, repeated({ drop = "after" }, { code = "InternalFailure", status = 500,
                                                  when = "after" }))
  end)

  it("come after answers that are cut short or not the service's", function()
    assert.equal(2, repeated({ truncate = 10 },
      { body = "<html><h1>503</h1><br></html>", status = 503 }))
  end)

  it("never come after a refusal or an answer that nobody can read", function()
    given.faults({ code = "InvalidParameterValue", status = 400 },
      { body = "<html><h1>Welcome</h1><br></html>", status = 200 })
    local v1 = patient()
    assert.equal(1, failed("InvalidParameterValue", "service", v1:get_send_quota()).attempts)
    local _, err = v1:get_send_quota()
    assert.same({ "decode", 1, 200 }, { err.kind, err.attempts, err.status })
    assert.truthy(v1:get_send_quota())
  end)

  it("are as many as the client or the call says, and end with the last error", function()
    given.faults(BROKEN)
    local err = failed("InternalFailure", "service", patient():get_send_quota())
    assert.same({ 3, true, 500 }, { err.attempts, err.retryable, err.status })
    assert.equal(5, failed("InternalFailure", "service",
      patient { retry = { max_attempts = 5 } }:get_send_quota()).attempts)
    assert.equal(2, failed("InternalFailure", "service",
      patient():get_send_quota({}, { retry = { max_attempts = 2 } })).attempts)
    assert.equal(1, failed("InternalFailure", "service",
      patient { retry = { mode = "off" } }:get_send_quota()).attempts)
  end)

  it("wait longer each time, and longer after throttling", function()
    given.faults({ code = "InternalFailure", status = 500, count = 2 },
      { code = "Throttling", status = 400 })
    local delays = {}
    local v1 = patient { retry = { max_attempts = 4 }, hooks = { after = function(attempt)
      delays[#delays + 1] = attempt.retry_in
    end } }
    function given.transport:random() -- luacheck: no self
      return 1 / 16 -- what is divided by it is exact
    end
    given.takes(0.009375 + 0.25, function()
      ses.check(v1:get_send_quota())
    end)
    assert.same({ 0.05 / 16, 0.1 / 16, 4 / 16 }, delays)
  end)

  it("end where the tokens that pay for them do", function()
    given.faults(BROKEN)
    -- A region's tokens are its clients' own.
    local v1, attempts = patient { retry = { max_attempts = 100 }, region = "eu-central-1" }, 0
    for _ = 1, 3 do
      attempts = attempts + failed("InternalFailure", "service", v1:get_send_quota()).attempts
    end
    -- 500 tokens pay for 35 retries at 14 each.
    assert.equal(3 + 35, attempts)
  end)
end
