-- What is common to clients on all transports: a clock that is wrong.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

return function(_, it, given)
  local function patient()
    given.hurry()
    return given.clients { retry = {} }
  end

  local function attempts(result)
    return 1 + result.ResponseMetadata.RetryAttempts
  end

  for _, case in ipairs { { "is behind", 3600 }, { "is ahead", -3600 } } do
    it("that " .. case[1] .. " is set by the service's, once", function()
      given.domain()
      given.control("POST", "clock", { skew = case[2] })
      local v1, v2 = patient()
      assert.equal(2, attempts(ses.check(v1:get_send_quota())))
      assert.equal(1, attempts(ses.check(v1:get_send_quota())))
      -- A send that was refused was not made.
      assert.equal(2, attempts(ses.check(v2:send_email(contract.message("once")))))
      assert.equal(1, attempts(ses.check(v2:send_email(contract.message("again")))))
      assert.same({ "once", "again" }, given.subjects())
    end)
  end

  it("that differs by little is left as it is", function()
    given.control("POST", "clock", { skew = 120 })
    assert.equal(1, attempts(ses.check(patient():get_send_quota())))
  end)

  it("is not blamed for a key that is wrong", function()
    given.control("POST", "clock", { skew = 120 })
    local v1 = given.client("ses", { retry = {}, credentials = {
      access_key_id = contract.PAIR.access_key_id, secret_access_key = "wrong" } })
    assert.equal(1, failed("SignatureDoesNotMatch", "service", v1:get_send_quota()).attempts)
  end)
end
