-- What is common to clients on all transports: credentials that are fetched.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"

local ROLE = "arn:aws:iam::123456789012:role/mailer"
local CALLS = 30

return function(_, it, given)
  local function assume_role(more)
    local options = { role_arn = ROLE, source = contract.PAIR }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    return ses.credentials.assume_role(options)
  end

  local function calls()
    return given.control("GET", "credentials").calls
  end

  -- First calls, all at once.
  local function at_once(client)
    local under_way, most, results = 0, 0, {}
    local faults = given.transport:all(CALLS, CALLS, function(i)
      under_way = under_way + 1
      most = math.max(most, under_way)
      results[i] = ses.check(client:get_send_quota())
      under_way = under_way - 1
    end)
    assert.is_nil(faults and select(2, next(faults)).problem)
    assert.same({ CALLS, CALLS }, { #results, most })
  end

  it("of a role are assumed once for many calls, also of two APIs", function()
    given.faults { service = "sts", operation = "AssumeRole", delay = 0.2 }
    local provider = assume_role()
    at_once(given.client("ses", { credentials = provider }))
    ses.check(given.client("sesv2", { credentials = provider }):get_account())
    assert.same({ sts = { AssumeRole = 1 } }, calls())
  end)

  it("of an instance are asked for once for many calls", function()
    given.faults { service = "imds", operation = "PutToken", delay = 0.2 }
    at_once(given.client("ses", {
      credentials = ses.credentials.imds { endpoint = given.url, timeout = 5 } }))
    assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 } }, calls())
  end)

  it("of a role may come by another role", function()
    local v1 = given.client("ses", { credentials = assume_role {
      role_arn = "arn:aws:iam::123456789012:role/second", source = assume_role() } })
    ses.check(v1:get_send_quota())
    assert.same({ sts = { AssumeRole = 2 } }, calls())
  end)

  it("are fetched anew where the service takes them for expired", function()
    given.control("POST", "credentials", { lifetime = 700 })
    local v1, v2 = given.clients { retry = {}, credentials = assume_role() }
    ses.check(v1:get_send_quota())
    ses.check(v2:get_account())
    assert.same({ sts = { AssumeRole = 1 } }, calls())
    given.hurry()
    -- Whoever hears of it within a second of a fetch has what others have fetched.
    local now = given.transport.now
    function given.transport:now()
      return now(self) + 1
    end
    given.control("POST", "clock", { skew = 800 })
    assert.equal(1, ses.check(v2:get_account()).ResponseMetadata.RetryAttempts)
    assert.same({ sts = { AssumeRole = 2 } }, calls())
  end)

  it("that are refused are an error of the call, which nobody was sent", function()
    given.domain()
    given.control("POST", "credentials", { roles = { [ROLE] = { external_id = "x-1" } } })
    local v2 = given.client("sesv2", { credentials = assume_role() })
    local err = failed("AssumeRoleFailed", "credentials", v2:send_email(contract.message("never")))
    assert.same({ 0, "SendEmail", "AccessDenied" }, { err.attempts, err.operation, err.cause.code })
    ses.check(given.client("sesv2", { credentials = assume_role { external_id = "x-1" } })
      :send_email(contract.message("allowed")))
    assert.same({ "allowed" }, given.subjects())
  end)

  it("take no longer than the call has", function()
    given.faults { service = "sts", operation = "AssumeRole", delay = 30 }
    local v1 = given.client("ses", { credentials = assume_role() })
    given.takes(0.3, function()
      local _, err = v1:get_send_quota({}, { timeout = { total = 0.3 } })
      assert.same({ "credentials", 0 }, { err.kind, err.attempts })
    end)
    ses.check(v1:get_send_quota())
  end)

  it("may come from a function that waits", function()
    local fetched = 0
    local v1 = given.client("ses", { credentials = ses.credentials.refreshing(function()
      fetched = fetched + 1
      given.transport:sleep(0.05)
      return { access_key_id = contract.PAIR.access_key_id,
               secret_access_key = contract.PAIR.secret_access_key,
               expires = given.transport:time() + 3600 }
    end) })
    at_once(v1)
    assert.equal(1, fetched)
  end)
end
