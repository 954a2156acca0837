local classify = require "ses.classify"
local errors = require "ses.error"
local options = require "ses.options"
local retry = require "ses.retry"

local TRANSIENT = { code = "InternalFailure", status = 500 }
local THROTTLING = { code = "Throttling", status = 400 }

local function failure(fields, effect, ambiguous_sends)
  local copy = {}
  for name, value in pairs(fields) do
    copy[name] = value
  end
  return classify.apply(errors.new(fields.kind or "service", copy), effect or "read",
    ambiguous_sends)
end

describe("a retry policy", function()
  local function summary(given)
    local policy = retry.policy(given)
    return { policy.mode, policy.max_attempts, policy.ambiguous_sends }
  end

  it("has AWS's defaults", function()
    assert.same({ "standard", 3, false }, summary(nil))
    assert.same({ "standard", 3, false }, summary {})
    assert.same({ "standard", 3, false }, summary { mode = "legacy" })
    assert.same({ "adaptive", 3, false }, summary { mode = "adaptive" })
  end)

  it("can be off", function()
    assert.same({ "off", 1, false }, summary { mode = "off" })
    assert.same({ "off", 1, false }, summary { mode = "off", max_attempts = 5 })
    assert.same({ "standard", 1, false }, summary { max_attempts = 1 })
  end)

  it("keeps nothing of the options", function()
    local given = { max_attempts = 7, ambiguous_sends = true }
    local policy = retry.policy(given)
    given.max_attempts, given.ambiguous_sends = 1, nil
    assert.equal(7, policy.max_attempts)
    assert.is_true(policy.ambiguous_sends)
  end)
end)

describe("the option retry", function()
  local function fault(value)
    return (options.fault({ retry = value }, { retry = retry.fault }))
  end

  it("may be any of these", function()
    for _, value in ipairs {
      {}, { mode = "standard" }, { mode = "adaptive", max_attempts = 10 }, { mode = "off" },
      { mode = "legacy" }, { ambiguous_sends = true }, { ambiguous_sends = false },
    } do
      assert.is_nil(fault(value))
    end
  end)

  for _, case in ipairs {
    { 3, 'retry: expected a table such as {mode = "standard", max_attempts = 3}, got number' },
    { { mode = "adaptve" }, "retry.mode: expected 'standard', 'adaptive' or 'off', got 'adaptve';"
      .. " did you mean 'adaptive'?" },
    { { mode = 5 }, "retry.mode: expected 'standard', 'adaptive' or 'off', got number" },
    { { max_attempts = 0 }, "retry.max_attempts: expected a whole number from 1, got 0" },
    { { max_attempts = 2.5 }, "retry.max_attempts: expected a whole number from 1, got 2.5" },
    { { max_attempts = 1 / 0 }, "retry.max_attempts: expected a whole number from 1, got inf" },
    { { max_attempts = "3" }, "retry.max_attempts: expected a whole number from 1, got string" },
    { { ambiguous_sends = 1 }, "retry.ambiguous_sends: expected a boolean, got number" },
    { { max_retries = 1 }, "unknown option 'retry.max_retries'" },
  } do
    it("may not: " .. case[2], function()
      assert.equal(case[2], fault(case[1]))
    end)
  end

  it("takes no number that is none", function()
    assert.truthy(fault { max_attempts = 0 / 0 })
  end)
end)

-- What SES's own rules add: { what fails, its effect, the answer of failed }.
describe("SES's own rules: what is repeated", function()
  local BACKOFF, SLOW = 0.05, 1
  local closed_all = { kind = "transport", code = "ConnectionClosed", sent = "all" }
  local closed_part = { kind = "transport", code = "ConnectionClosed", sent = "part" }
  local closed_none = { kind = "transport", code = "ConnectionClosed", sent = "none" }

  for _, case in ipairs {
    { "a send that got a 5xx", TRANSIENT, "send", "final" },
    { "a change that got a 5xx", TRANSIENT, "change", BACKOFF },
    { "a read that got a 5xx", TRANSIENT, "read", BACKOFF },
    { "a send that is throttled", THROTTLING, "send", SLOW },
    { "a send that is throttled with a 5xx", { code = "Throttling", status = 503 }, "send", SLOW },
    { "a send that is throttled by v2", { code = "TooManyRequestsException", status = 429 },
      "send", SLOW },
    { "a send that left as a whole", closed_all, "send", "final" },
    { "a send that left in part", closed_part, "send", BACKOFF },
    { "a send that did not leave", closed_none, "send", BACKOFF },
    { "a read that left as a whole", closed_all, "read", BACKOFF },
    { "a send without an answer in time",
      { kind = "timeout", code = "AttemptTimeout", sent = "all" }, "send", "final" },
    { "a send that did not connect in time",
      { kind = "timeout", code = "ConnectTimeout", sent = "none" }, "send", BACKOFF },
    { "a send whose answer cannot be read", { kind = "decode", status = 200 }, "send", "final" },
    { "a read after a proxy's 502", { kind = "decode", status = 502 }, "read", BACKOFF },
    { "a daily quota", { code = "Throttling", status = 400,
      message = "Daily message quota exceeded." }, "send", "final" },
    { "a daily quota in v2", { code = "LimitExceededException", status = 400,
      message = "Daily message quota exceeded" }, "send", "final" },
    { "too many resources", { code = "LimitExceededException", status = 400 }, "change", "final" },
    { "too many resources in v1", { code = "LimitExceeded", shape = "LimitExceededException",
      status = 400 }, "change", "final" },
    { "another call that changes the same",
      { code = "ConcurrentModificationException", status = 500 }, "change", BACKOFF },
    { "another call that changes the same, of a send",
      { code = "ConcurrentModificationException", status = 500 }, "send", BACKOFF },
    { "a message that is rejected", { code = "MessageRejected", status = 400 }, "send", "final" },
    { "parameters that are wrong", { kind = "validation" }, "read", "final" },
    { "no credentials", { kind = "credentials" }, "read", "final" },
    { "a certificate that is wrong", { kind = "transport", code = "TLSVerification",
      sent = "none" }, "read", "final" },
  } do
    it(("%s: %s"):format(case[1], tostring(case[4])), function()
      local quota = retry.quota()
      local state = retry.start(retry.policy(), quota)
      local delay, reason = retry.failed(state, failure(case[2], case[3]), nil, 1)
      if case[4] == "final" then
        assert.is_nil(delay)
        assert.equal("final", reason)
        assert.equal(500, quota.left)
      else
        assert.equal(case[4], delay)
        assert.equal(case[4] == SLOW and 495 or 486, quota.left)
      end
    end)
  end

  it("a send that may have been carried out, where the policy allows it", function()
    for _, fields in ipairs { TRANSIENT, closed_all,
                              { kind = "timeout", code = "AttemptTimeout", sent = "all" } } do
      local policy = retry.policy { ambiguous_sends = true }
      local err = failure(fields, "send", policy.ambiguous_sends)
      assert.is_true(err.ambiguous)
      assert.equal(BACKOFF, (retry.failed(retry.start(policy, retry.quota()), err, nil, 1)))
    end
    local daily = failure({ code = "Throttling", message = "Daily message quota exceeded." },
      "send", true)
    assert.is_false(daily.retryable)
  end)
end)

describe("a kept connection that had gone", function()
  local gone = { kind = "transport", code = "ConnectionClosed", sent = "part", stale = true }

  it("is replaced at once, at no cost, once a call", function()
    local quota = retry.quota()
    local state = retry.start(retry.policy(), quota)
    assert.equal(0, (retry.failed(state, failure(gone), nil, 1)))
    assert.equal(500, quota.left)
    assert.equal(0.05, (retry.failed(state, failure(gone), nil, 1)))
    assert.equal(486, quota.left)
    local delay, reason = retry.failed(state, failure(gone), nil, 1)
    assert.is_nil(delay)
    assert.equal("attempts", reason)
  end)

  it("is an attempt", function()
    local state = retry.start(retry.policy { max_attempts = 1 }, retry.quota())
    assert.same({ n = 2, nil, "attempts" },
      { n = 2, retry.failed(state, failure(gone), nil, 1) })
  end)

  it("is replaced though the quota is empty", function()
    local quota = retry.quota()
    quota.left = 0
    assert.equal(0, (retry.failed(retry.start(retry.policy(), quota), failure(gone), nil, 1)))
    assert.equal(0, quota.left)
  end)

  it("ends a send that had left", function()
    local state = retry.start(retry.policy(), retry.quota())
    local err = failure({ kind = "transport", code = "ConnectionClosed", sent = "all",
                          stale = true }, "send")
    assert.same({ n = 2, nil, "final" }, { n = 2, retry.failed(state, err, nil, 1) })
  end)

  it("gives back a token like a call without retries", function()
    local quota = retry.quota()
    quota.left = 100
    local state = retry.start(retry.policy(), quota)
    retry.failed(state, failure(gone), nil, 1)
    retry.succeeded(state, quota)
    assert.equal(101, quota.left)
  end)
end)

describe("the quota", function()
  it("is shared by all calls", function()
    local quota = retry.quota(30)
    local policy = retry.policy { max_attempts = 10 }
    local first, second = retry.start(policy, quota), retry.start(policy, quota)
    assert.truthy(retry.failed(first, failure(TRANSIENT), nil, 1))
    assert.truthy(retry.failed(second, failure(TRANSIENT), nil, 1))
    local delay, reason = retry.failed(first, failure(TRANSIENT), nil, 1)
    assert.is_nil(delay)
    assert.equal("quota", reason)
    assert.equal(2, quota.left)
  end)

  it("never holds more than its capacity", function()
    local quota = retry.quota()
    retry.succeeded(nil, quota)
    assert.equal(500, quota.left)
    quota.left = 498
    local state = retry.start(retry.policy(), quota)
    state.cost = 14
    retry.succeeded(state, quota)
    assert.equal(500, quota.left)
  end)

  it("comes after the number of attempts", function()
    local quota = retry.quota()
    quota.left = 0
    local state = retry.start(retry.policy { mode = "off" }, quota)
    assert.same({ n = 2, nil, "attempts" },
      { n = 2, retry.failed(state, failure(TRANSIENT), nil, 1) })
  end)
end)

describe("the delay", function()
  local function delays(fields, random, hint)
    local state = retry.start(retry.policy { max_attempts = 12 }, retry.quota(1000))
    local found = {}
    for i = 1, 11 do
      found[i] = retry.failed(state, failure(fields), hint, random)
    end
    return found
  end

  it("doubles up to 20 seconds", function()
    assert.same({ 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20 }, delays(TRANSIENT, 1))
    assert.same({ 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20 }, delays(THROTTLING, 1))
  end)

  it("is any part of that", function()
    assert.same({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, delays(THROTTLING, 0))
    assert.same({ 0.25, 0.5, 1, 2, 4, 5, 5, 5, 5, 5, 5 }, delays(THROTTLING, 0.25))
  end)

  for hint, expected in pairs {
    ["1500"] = 1.5, ["0"] = 0.05, ["50"] = 0.05, ["51"] = 0.051, ["10000"] = 5.05,
    ["99999999999999999999999"] = 5.05, ["invalid"] = 0.05, ["-100"] = 0.05, ["1.5"] = 0.05,
    [""] = 0.05, ["0x10"] = 0.05, ["1e3"] = 0.05, ["1000, 2000"] = 0.05, [" 1000"] = 0.05,
  } do
    it(("with the hint '%s' is %g"):format(hint, expected), function()
      assert.equal(expected, delays(TRANSIENT, 1, hint)[1])
    end)
  end
end)

describe("what has been put right", function()
  local expired = { code = "ExpiredTokenException", status = 403 }

  it("is repeated whatever the error says", function()
    local quota = retry.quota()
    local state = retry.start(retry.policy(), quota)
    assert.equal(0.05, (retry.failed(state, failure(expired, "send"), nil, 1, true)))
    assert.equal(486, quota.left)
    assert.same({ n = 2, nil, "final" },
      { n = 2, retry.failed(state, failure(expired, "send"), nil, 1) })
  end)

  it("is an attempt", function()
    local state = retry.start(retry.policy { mode = "off" }, retry.quota())
    assert.same({ n = 2, nil, "attempts" },
      { n = 2, retry.failed(state, failure(expired), nil, 1, true) })
  end)

  it("may be a token that has expired", function()
    assert.is_true(classify.is_expired_token(failure(expired)))
    assert.is_true(classify.is_expired_token(failure { code = "ExpiredToken" }))
    assert.is_true(classify.is_expired_token(failure { code = "X", shape = "ExpiredToken" }))
    for _, fields in ipairs { { code = "RequestExpired" }, {}, TRANSIENT,
                              { kind = "credentials", code = "ExpiredToken" } } do
      assert.is_false(classify.is_expired_token(failure(fields)))
    end
  end)
end)
