-- The AWS SDKs' retry rules as they have been since November 2026, with AWS's
-- generic classification: what SES does otherwise is not their business.

local classify = require "ses.classify"
local errors = require "ses.error"
local retry = require "ses.retry"
local skew = require "ses.skew"
local vectors = require "spec.support.vectors"

if not vectors.root then
  describe("the tables of retries", function()
    it("hold", function()
      pending("SES_VECTORS is not set: the conformance tables of retries are not run")
    end)
  end)
  return
end

-- JSON's null as nil.
local function plain(value)
  if value == vectors.null then
    return nil
  end
  return value
end

local function near(expected, value)
  assert.truthy(math.abs(value - expected) <= 1e-9 * math.max(math.abs(expected), 1),
    ("%.17g is not %.17g"):format(value, expected))
end

-- An error with what AWS's rules alone say of it.
local function judged(code, status, is_io_error)
  local class = classify.generic(code, status, is_io_error)
  return errors.new(is_io_error and "transport" or "service", {
    code = code, status = status, retryable = class ~= nil, throttled = class == "throttling",
  })
end

local OUTCOMES = { attempts = "max_attempts_exceeded", quota = "retry_quota_exceeded",
                   final = "fail_request" }

local function check_step(step, state)
  local response, expected = step.response, step.expected
  if response.status_code == 200 then
    retry.succeeded(state, state.quota)
    return "success"
  end
  local headers = response.headers or {}
  local delay, reason = retry.failed(state, judged(response.error_code, response.status_code),
    headers["x-amz-retry-after"], 1)
  if delay then
    near(expected.delay_ms, delay * 1000)
    return "retry_request"
  end
  return OUTCOMES[reason]
end

local function check_case(case)
  local given = case.given
  local policy = retry.policy { max_attempts = given.max_attempts }
  if given.max_backoff_ms then
    policy.max_backoff = given.max_backoff_ms / 1000
  end
  local quota = retry.quota()
  quota.left = given.initial_retry_tokens or quota.left
  local state = retry.start(policy, quota)
  for i, step in ipairs(case.steps) do
    local outcome = check_step(step, state)
    assert.equal(step.expected.outcome, outcome, "step " .. i)
    assert.equal(step.expected.retry_quota, quota.left, "step " .. i)
    if outcome == "success" then
      state = retry.start(policy, quota)
    end
  end
end

describe("retries", function()
  local data = vectors.json("retry/standard-2.1.json")
  local cases, steps = 0, 0
  for _, case in ipairs(data.cases) do
    local service = case.given.service
    if not service or service == "ses" then
      cases, steps = cases + 1, steps + #case.steps
      it(case.name, function()
        check_case(case)
      end)
    end
  end

  it("have fourteen cases that concern SES, of 38 steps", function()
    assert.same({ 14, 38 }, { cases, steps })
  end)

  it("have the constants of the rules", function()
    local constants, policy = data.constants, retry.policy()
    assert.same({
      constants.max_attempts, constants.bucket_capacity, constants.retry_cost,
      constants.throttling_retry_cost, constants.base_non_throttling_ms,
      constants.base_throttling_ms, constants.max_backoff_ms,
    }, {
      policy.max_attempts, retry.quota().left, policy.cost, policy.throttling_cost,
      policy.base * 1000, policy.throttling_base * 1000, policy.max_backoff * 1000,
    })
  end)

  it("wait as the table says", function()
    local policy = retry.policy { max_attempts = #data.backoff_table_rand1_seconds + 1 }
    local state = retry.start(policy, retry.quota(1000))
    for _, seconds in ipairs(data.backoff_table_rand1_seconds) do
      near(seconds, (retry.failed(state, judged(nil, 500), nil, 1)))
    end
  end)
end)

describe("classification", function()
  local data = vectors.json("retry/classification.json")

  local function class_of(case)
    return case.throttling and "throttling" or case.retryable and "transient" or nil
  end

  for _, case in ipairs(data.cases) do
    local code, status = plain(case.code), plain(case.status)
    it(("of %s %s"):format(tostring(status or case.io), tostring(code)), function()
      assert.equal(class_of(case), classify.generic(code, status, case.io ~= nil))
    end)
  end

  it("has every code on the lists", function()
    for _, code in ipairs(data.throttling_codes) do
      assert.equal("throttling", classify.generic(code, 400))
    end
    for _, code in ipairs(data.transient_codes) do
      assert.equal("transient", classify.generic(code, 400))
    end
    for _, status in ipairs(data.transient_status) do
      assert.equal("transient", classify.generic(nil, status))
    end
    assert.equal("transient", classify.generic("IDPCommunicationError", 400))
  end)

  local rule = data.clock_skew
  for _, case in ipairs(rule.cases) do
    local seconds = plain(case.skew_s)
    it(("of %s with a skew of %s"):format(case.code, tostring(seconds)), function()
      local err = errors.new("service", { code = case.code, status = 403 })
      assert.equal(case.retryable, skew.should_correct(err, seconds))
    end)
  end

  it("of clock skew has AWS's threshold and codes", function()
    for _, code in ipairs(rule.codes) do
      local err = errors.new("service", { code = code, status = 403 })
      assert.is_true(skew.should_correct(err, rule.threshold_seconds + 0.001))
      assert.is_false(skew.should_correct(err, rule.threshold_seconds))
    end
    for _, code in ipairs(rule.removed_codes) do
      local err = errors.new("service", { code = code, status = 403 })
      assert.is_false(skew.should_correct(err, 2 * rule.threshold_seconds))
    end
  end)
end)
