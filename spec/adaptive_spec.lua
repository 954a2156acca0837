local adaptive = require "ses.adaptive"

describe("the cubic curve", function()
  it("falls by three tenths and comes back within two seconds", function()
    assert.near(7, adaptive.throttled_rate(10), 1e-9)
    assert.near(7, adaptive.cubic_rate(10, 0), 1e-9)
    assert.near(10, adaptive.cubic_rate(10, 1.9574338205844317), 1e-9)
    assert.near(13.408697022224185, adaptive.cubic_rate(10, 4), 1e-9)
  end)

  it("never falls while nothing is throttled", function()
    for _, last_max in ipairs { 0, 0.1, 10, 1000 } do
      local last = -math.huge
      for i = 0, 1000 do
        local rate = adaptive.cubic_rate(last_max, i / 50)
        assert.truthy(rate >= last)
        last = rate
      end
    end
  end)
end)

describe("a bucket of tokens", function()
  it("hands out tokens before they are there, in turn", function()
    local bucket = adaptive.bucket()
    bucket:set_rate(0, 2)
    for i = 1, 5 do
      assert.equal(i / 2, bucket:acquire(0, math.huge))
    end
    assert.equal(5, bucket.owed)
    assert.equal(0, bucket.tokens)
    -- what is filled in goes to those who wait
    assert.equal(2, bucket:acquire(1, math.huge))
    assert.equal(0, bucket.tokens)
  end)

  it("takes nothing where the wait would be too long", function()
    local bucket = adaptive.bucket()
    bucket:set_rate(0, 2)
    assert.same({ n = 2, nil, 0.5 }, { n = 2, bucket:acquire(0, 0.4) })
    assert.equal(0.5, bucket:acquire(0, 0.5))
  end)

  it("fills up to a second's worth", function()
    local bucket = adaptive.bucket()
    bucket:set_rate(0, 3)
    for _ = 1, 3 do
      assert.equal(0, bucket:acquire(60, 0))
    end
    assert.near(1 / 3, bucket:acquire(60, 1), 1e-9)
  end)

  it("stands still while the clock does, and when it goes back", function()
    local bucket = adaptive.bucket()
    bucket:set_rate(10, 1)
    assert.equal(0, bucket:acquire(11, 0))
    assert.is_nil((bucket:acquire(11, 0)))
    assert.is_nil((bucket:acquire(5, 0)))
    assert.is_nil((bucket:acquire(11, 0)))
    assert.equal(0, bucket:acquire(12, 0))
  end)
end)

describe("the adaptive limiter", function()
  it("lets everything through until something is throttled", function()
    local limiter = adaptive.new()
    for i = 0, 1000 do
      assert.equal(0, limiter:acquire(1e6 + i / 100))
      limiter:update(1e6 + i / 100, false)
    end
    assert.is_false(limiter.enabled)
  end)

  -- Calls of one after the other to a service that takes ten a second.
  local function run(limiter, seconds)
    local now, allowed, throttled, done = 1e6, 10, 0, 0
    local refilled = now
    while now < 1e6 + seconds do
      now = now + limiter:acquire(now) + 0.001
      allowed = math.min(10, allowed + (now - refilled) * 10)
      refilled = now
      local refused = allowed < 1
      if refused then
        throttled = throttled + 1
      else
        allowed, done = allowed - 1, done + 1
      end
      limiter:update(now, refused)
    end
    return done, throttled
  end

  it("finds the rate that a service allows", function()
    local done, throttled = run(adaptive.new(), 120)
    assert.truthy(done > 0.6 * 1200 and done <= 1211, done)
    assert.truthy(throttled < 0.15 * done, throttled)
  end)

  it("refuses a wait that is too long", function()
    local limiter = adaptive.new()
    limiter:update(100, true)
    assert.is_true(limiter.enabled)
    assert.same({ n = 2, nil, 2 }, { n = 2, limiter:acquire(100, 1) })
    assert.equal(2, limiter:acquire(100))
    assert.equal(4, limiter:acquire(100))
  end)

  it("keeps the rate above a half a second, and below twice what is measured", function()
    local limiter = adaptive.new()
    for i = 1, 100 do
      limiter:update(i, true)
      assert.truthy(limiter.bucket.rate >= 0.5)
    end
    for i = 101, 400 do
      limiter:update(i, false)
      assert.truthy(limiter.bucket.rate <= math.max(2 * limiter.measured, 0.5))
    end
    assert.near(2, limiter.bucket.rate, 1e-9)
  end)
end)
