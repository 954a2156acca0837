-- The tables of the AWS SDKs' adaptive retry mode.

local adaptive = require "ses.adaptive"
local vectors = require "spec.support.vectors"

if not vectors.root then
  describe("the tables of adaptive mode", function()
    it("hold", function()
      pending("SES_VECTORS is not set: the conformance tables of adaptive mode are not run")
    end)
  end)
  return
end

local data = vectors.json("retry/adaptive.json")

local function near(expected, value)
  assert.truthy(math.abs(value - expected) <= 1e-9 * math.max(math.abs(expected), 1e-3),
    ("%.17g is not %.17g"):format(value, expected))
end

describe("the cubic curve", function()
  it("has the rates after a throttling answer", function()
    local case = data.cubic_success_case
    assert.equal(7, #case.steps)
    for _, step in ipairs(case.steps) do
      near(step[2], adaptive.cubic_rate(case.given.last_max_rate,
        step[1] - case.given.last_throttle_time))
    end
  end)

  it("has the rates between throttling answers", function()
    local case = data.cubic_mixed_case
    local last_max, last_throttle = case.given.last_max_rate, case.given.last_throttle_time
    local rate
    assert.equal(8, #case.steps)
    for _, step in ipairs(case.steps) do
      if step[2] then
        rate = adaptive.throttled_rate(rate)
        last_max, last_throttle = rate, step[1]
      else
        rate = adaptive.cubic_rate(last_max, step[1] - last_throttle)
      end
      near(step[3], rate)
    end
  end)

  it("has botocore's own figures", function()
    local case = data.botocore_cubic
    near(10, adaptive.cubic_rate(10, case.starting_k_for_10))
    near(case.error_at_rate_8.new_rate, adaptive.throttled_rate(case.error_at_rate_8.w_max))
    near(8, adaptive.cubic_rate(8, case.error_at_rate_8.k))
  end)
end)

describe("the limiter", function()
  it("measures, and changes its rate, step by step", function()
    local limiter = adaptive.new()
    assert.equal(0, limiter:acquire(data.update_case.given.start_time))
    assert.equal(17, #data.update_case.steps)
    for _, step in ipairs(data.update_case.steps) do
      limiter:update(step[1], step[2])
      near(step[3], limiter.measured)
      near(step[4], limiter.bucket.rate)
    end
  end)

  it("takes no token that is not there", function()
    local limiter = adaptive.new()
    limiter:update(0, true)
    near(1.9, limiter:acquire(0.1))
    near(0.05, limiter.bucket.tokens)
  end)
end)

describe("the bucket", function()
  local cases = {}
  for _, case in ipairs(data.token_bucket) do
    cases[case.name] = case
  end

  it("makes one wait when it is empty", function()
    local case = cases["blocks when capacity reached"]
    local times = case.times
    local bucket = adaptive.bucket(case.min_rate)
    bucket:set_rate(times[1], case.max_rate)
    near(0, bucket:acquire(times[2], 0))
    near(0, bucket.tokens)
    near(times[4] - times[3], bucket:acquire(times[3], 1))
    assert.is_nil((bucket:acquire(times[4], 0)))
    near(0, bucket.tokens)
    near(0, bucket:acquire(times[5], 0))
  end)

  it("has a least rate and holds one token at least", function()
    for _, name in ipairs { "min rate", "capacity at least one" } do
      local case = cases[name]
      local bucket = adaptive.bucket(case.min_rate)
      bucket:set_rate(0, case.set_max_rate or 0.5)
      near(case.expect_max_rate, bucket.rate)
      near(case.expect_max_capacity, bucket.most)
    end
  end)
end)
