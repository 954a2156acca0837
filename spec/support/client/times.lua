-- What is common to clients on all transports: how long calls may take.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

return function(_, it, given)
  it("limit an attempt, and another may come", function()
    given.hurry()
    given.faults { delay = 30 }
    local v1 = given.client("ses", { retry = {}, timeout = { attempt = 0.3 } })
    given.takes(0.3, function()
      assert.equal(1, ses.check(v1:get_send_quota()).ResponseMetadata.RetryAttempts)
    end)
  end)

  it("of an attempt may be the call's own, and leave a change in doubt", function()
    given.faults { delay = 30, every = 1 }
    local v1 = given.client("ses")
    local options = { timeout = { attempt = 0.1 } }
    local err = failed("AttemptTimeout", "timeout", v1:get_send_quota({}, options))
    assert.same({ "all", false, true }, { err.sent, err.ambiguous, err.retryable })
    err = failed("AttemptTimeout", "timeout",
      v1:verify_domain_identity({ Domain = "example.com" }, options))
    assert.same({ "all", true, true }, { err.sent, err.ambiguous, err.retryable })
    assert.equal("example.com", given.control("GET", "identities").identities[1].name)
  end)

  it("limit a call, its attempts and its pauses", function()
    given.faults { delay = 30, every = 1 }
    local v1 = given.client("ses", { retry = { max_attempts = 10 },
                                     timeout = { attempt = 0.1, total = 0.25 } })
    given.hurry()
    given.takes(0.25, function()
      local err = failed("AttemptTimeout", "timeout", v1:get_send_quota())
      assert.is_true(err.attempts == 2 or err.attempts == 3, err.attempts)
    end)
    given.faults { code = "Throttling", status = 400, every = 1 }
    function given.transport:random() -- luacheck: no self
      return 0.9
    end
    -- It would be 0.9 s until the next.
    assert.equal(1, failed("Throttling", "service", v1:get_send_quota()).attempts)
  end)

  it("limit the silence of a server", function()
    given.faults { delay = 30 }
    local v1 = given.client("ses", { timeout = { idle = 0.2 } })
    local err = failed("AttemptTimeout", "timeout", v1:get_send_quota())
    assert.truthy(err.message:find("nothing came from or went to", 1, true), err.message)
  end)

  it("limit what a call waits before its last attempt begins", function()
    given.faults { code = "Throttling", status = 400, count = 2 }
    local v1 = given.client("ses", { retry = {} })
    function given.transport:random() -- luacheck: no self
      return 0.1
    end
    assert.equal(1, failed("Throttling", "service",
      v1:get_send_quota({}, { max_wait = 0.05 })).attempts)
    assert.equal(1, ses.check(v1:get_send_quota({}, { max_wait = 5 }))
      .ResponseMetadata.RetryAttempts)
  end)
end
