local core = require "ses.core"
local gcra = require "ses.gcra"
local options = require "ses.options"
local ratelimit = require "ses.ratelimit"

local contract = require "spec.support.store_contract"

local SCOPE = { account = "123456789012", region = "eu-west-1", service = "ses" }

local function scope_with(fields)
  local scope = {}
  for _, given in ipairs { SCOPE, fields } do
    for name, value in pairs(given) do
      scope[name] = value
    end
  end
  return scope
end

describe("the store of a process", function()
  for _, check in ipairs(contract) do
    it(check.name, function()
      check.run(ratelimit.memory())
    end)
  end

  it("forgets keys that say nothing any more", function()
    local store = ratelimit.memory()
    local most = 0
    for i = 1, 10000 do
      local now = i / 10
      store:reserve("k" .. i, 1, 1, now, math.huge)
      if i % 100 == 0 then
        store:slow("s" .. i, 1, now)
      end
      local count = 0
      for _ in pairs(store.states) do
        count = count + 1
      end
      assert.equal(store.count, count)
      most = math.max(most, count)
    end
    -- a key is alive for a second, one that was slowed for thirty
    assert.truthy(most <= 128, most .. " keys")
  end)

  it("forgets no key that is in use", function()
    local store = ratelimit.memory()
    for i = 1, 1000 do
      store:reserve("k" .. i, 1, 10, 0, math.huge)
    end
    for i = 1, 1000 do
      assert.equal(10, store:peek("k" .. i, 0))
    end
    store:slow("slowed", 1, 0)
    for i = 1, 10000 do
      store:reserve("later" .. i, 1, 1, 15, math.huge)
    end
    assert.equal(0.75, gcra.pace(store.states.slowed, 15))
  end)
end)

describe("the interval", function()
  it("is one second for what neither sends nor reads metrics", function()
    local sends = { SendBulkEmail = true, SendBulkTemplatedEmail = true, SendEmail = true,
                    SendRawEmail = true, SendTemplatedEmail = true }
    local count = 0
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.service(service).operations) do
        local expected = name == "BatchGetMetricData" and 1 / 16 or not sends[name] and 1 or nil
        assert.equal(expected, ratelimit.interval(name), name)
        count = count + (sends[name] and 1 or 0)
      end
    end
    assert.equal(6, count)
  end)

  it("and recipients: every operation has one of them at least", function()
    local both = {}
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.service(service).operations) do
        local interval, count = ratelimit.interval(name), ratelimit.recipients(name, {})
        assert.truthy(interval or count, name)
        if interval and count then
          both[#both + 1] = service .. " " .. name
        end
      end
    end
    table.sort(both)
    assert.same({ "ses SendBounce", "ses SendCustomVerificationEmail",
                  "sesv2 SendCustomVerificationEmail" }, both)
  end)
end)

describe("the account of an access key", function()
  -- What ends two published IDs; whole, they would look like keys that leaked.
  for rest, account in pairs {
    QNZGKIQY56JQ7WML = "029608264753", Y34FZKBOKMUTVV7A = "609629065308",
  } do
    it("is " .. account, function()
      assert.equal(account, ratelimit.account("ASIA" .. rest))
      assert.equal(account, ratelimit.account("AKIA" .. rest))
    end)
  end

  -- The first ten characters of a key of an account, and six more.
  local function key_of(prefix, account, rest)
    local bits, text = 2 ^ 49 + account * 2 ^ 9 + 341, ""
    for _ = 1, 10 do
      local digit = bits % 32
      text = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):sub(digit + 1, digit + 1) .. text
      bits = (bits - digit) / 32
    end
    return prefix .. text .. rest
  end

  it("is read of any number of twelve digits", function()
    for _, account in ipairs { 0, 1, 123456789012, 999999999999, 549755813887, 549755813888 } do
      assert.equal(("%012.0f"):format(account),
        ratelimit.account(key_of("AKIA", account, "ABCDEF")))
      assert.equal(ratelimit.account(key_of("AKIA", account, "ABCDEF")),
        ratelimit.account(key_of("ASIA", account, "765432")))
    end
  end)

  it("is the key's own ID where that does not say it", function()
    for _, id in ipairs {
      "AKIDEXAMPLE", "", "AKIAIOSFODNN7EXAMPLE", -- its first bit is that of an old key
      key_of("AIDA", 123456789012, "ABCDEF"), key_of("AKIA", 123456789012, "ABCDE"),
      key_of("AKIA", 123456789012, "ABCDEFG"), key_of("AKIA", 123456789012, "ABCDE1"),
      key_of("AKIA", 123456789012, "ABCDEF"):lower(), key_of("AKIA", 1e12, "ABCDEF"),
      key_of("AKIA", 2 ^ 40 - 1, "ABCDEF"),
    } do
      assert.equal(id, ratelimit.account(id))
    end
  end)
end)

describe("a limiter", function()
  local limiter

  before_each(function()
    limiter = ratelimit.new(ratelimit.memory())
  end)

  local function reserve(operation, params, scope, now, most)
    return limiter:reserve(operation, params, scope or SCOPE, now or 0, most or math.huge)
  end

  it("makes calls of an operation a second apart", function()
    for i = 0, 4 do
      assert.equal(i, reserve "GetSendQuota")
    end
    assert.equal(0, reserve "ListIdentities")
    assert.equal(0, reserve("BatchGetMetricData"))
    assert.equal(1 / 16, reserve("BatchGetMetricData"))
  end)

  it("keeps accounts, regions and services apart", function()
    reserve "CreateTemplate"
    for _, fields in ipairs { { account = "210987654321" }, { region = "us-east-1" },
                              { service = "sesv2" } } do
      assert.equal(0, reserve("CreateTemplate", nil, scope_with(fields)))
    end
    assert.equal(1, reserve "CreateTemplate")
  end)

  it("lets sends go while no rate is known", function()
    for _ = 1, 100 do
      assert.equal(0, reserve("SendEmail", {}, SCOPE, 0, 0))
    end
    assert.is_nil(limiter:rate(SCOPE))
  end)

  it("paces sends by their recipients at the rate that it learnt", function()
    assert.is_true(limiter:learn(SCOPE, 10))
    assert.equal(10, limiter:rate(SCOPE))
    local three = { Destination = { ToAddresses = { "a", "b" }, CcAddresses = { "c" } } }
    assert.equal(0, reserve("SendEmail", three))
    assert.near(0.3, reserve("SendRawEmail", {}), 1e-9)
    assert.near(0.4, reserve("SendEmail", three, scope_with { service = "sesv2" }), 1e-9)
    assert.equal(0, reserve("SendEmail", three, scope_with { region = "us-east-1" }))
  end)

  it("goes by the rate of the options before that which it learnt", function()
    limiter:learn(SCOPE, 1000)
    local scope = scope_with { max_send_rate = 2 }
    assert.equal(2, limiter:rate(scope))
    assert.equal(0, reserve("SendEmail", {}, scope))
    assert.equal(0.5, reserve("SendEmail", {}, scope))
  end)

  it("learns nothing from what is no rate", function()
    for _, value in ipairs { 0, -1, 1 / 0, 0 / 0, "14", false, {} } do
      assert.is_nil((limiter:learn(SCOPE, value)))
    end
    assert.is_nil((limiter:learn(SCOPE, nil)))
    assert.is_nil(limiter:rate(SCOPE))
  end)

  it("refuses what would wait too long, and reserves nothing", function()
    reserve "GetSendQuota"
    reserve "GetSendQuota"
    for _ = 1, 3 do
      assert.same({ n = 2, nil, 2 },
        { n = 2, reserve("GetSendQuota", nil, SCOPE, 0, 1.5) })
    end
    assert.equal(2, reserve("GetSendQuota", nil, SCOPE, 0, 2))
  end)

  describe("of what takes a call and a recipient", function()
    local scope = scope_with { max_send_rate = 1 / 4 }

    it("waits for the later of both", function()
      assert.equal(0, reserve("SendBounce", {}, scope))
      assert.equal(4, reserve("SendBounce", {}, scope))
      assert.equal(8, reserve("SendEmail", {}, scope))
      local fast = scope_with { max_send_rate = 4, region = "us-east-1" }
      assert.equal(0, reserve("SendCustomVerificationEmail", {}, fast))
      assert.equal(1, reserve("SendCustomVerificationEmail", {}, fast))
      assert.equal(0.5, reserve("SendEmail", {}, fast))
    end)

    it("reserves no call where the rate of sending refuses", function()
      reserve("SendEmail", {}, scope)
      assert.same({ n = 2, nil, 4 }, { n = 2, reserve("SendBounce", {}, scope, 0, 2) })
      assert.equal(0, limiter.store:peek("call 123456789012 eu-west-1 ses SendBounce", 0))
      assert.equal(4, reserve("SendEmail", {}, scope))
    end)

    it("reserves no recipient where the call is refused", function()
      local fast = scope_with { max_send_rate = 100 }
      for _ = 1, 5 do
        reserve("SendBounce", {}, fast)
      end
      local _, would = reserve("SendBounce", {}, fast, 0, 2)
      assert.equal(5, would)
      assert.near(0.05, reserve("SendEmail", {}, fast), 1e-9)
    end)

    it("waits for the call alone while no rate is known", function()
      assert.equal(0, reserve("SendBounce", {}))
      assert.equal(1, reserve("SendBounce", {}))
    end)
  end)

  describe("after a throttling answer", function()
    it("slows down the operation that got it", function()
      assert.is_true(limiter:throttled("GetSendQuota", SCOPE, 10))
      assert.equal(1, reserve("GetSendQuota", nil, SCOPE, 10))
      assert.equal(3, reserve("GetSendQuota", nil, SCOPE, 10))
      assert.equal(0, reserve("ListIdentities", nil, SCOPE, 10))
    end)

    it("slows down all sends, where it knows a rate", function()
      assert.is_true(limiter:throttled("SendEmail", SCOPE, 10))
      assert.equal(0, reserve("SendEmail", {}, SCOPE, 10))
      limiter:learn(SCOPE, 2)
      assert.is_true(limiter:throttled("SendEmail", SCOPE, 10))
      assert.equal(0.5, reserve("SendRawEmail", {}, SCOPE, 10))
      assert.equal(1.5, reserve("SendEmail", {}, SCOPE, 10))
    end)

    it("slows down both limits, where it may be either", function()
      local scope = scope_with { max_send_rate = 2 }
      limiter:throttled("SendBounce", scope, 10)
      assert.equal(0.5, reserve("SendEmail", {}, scope, 10))
      assert.equal(1.5, reserve("SendBounce", {}, scope, 10))
      assert.equal(3, limiter.store:peek("call 123456789012 eu-west-1 ses SendBounce", 10))
    end)
  end)

  describe("over a store that fails", function()
    local broken = {}
    for _, method in ipairs { "reserve", "peek" } do
      broken[method] = function()
        return nil, math.huge, "no memory"
      end
    end
    for _, method in ipairs { "slow", "get", "set" } do
      broken[method] = function()
        return nil, "no memory"
      end
    end

    it("refuses, and says why", function()
      limiter = ratelimit.new(broken)
      local fixed = scope_with { max_send_rate = 5 }
      for _, case in ipairs {
        { "GetSendQuota", SCOPE }, { "SendEmail", SCOPE }, { "SendBounce", SCOPE },
        { "GetSendQuota", fixed }, { "SendEmail", fixed }, { "SendBounce", fixed },
      } do
        assert.same({ n = 3, nil, math.huge, "no memory" },
          { n = 3, reserve(case[1], {}, case[2], 0, math.huge) })
      end
      for _, operation in ipairs { "GetSendQuota", "SendEmail", "SendBounce" } do
        assert.same({ n = 2, nil, "no memory" },
          { n = 2, limiter:throttled(operation, SCOPE, 0) })
        assert.same({ n = 2, nil, "no memory" },
          { n = 2, limiter:throttled(operation, fixed, 0) })
      end
      assert.same({ n = 2, nil, "no memory" }, { n = 2, limiter:learn(SCOPE, 5) })
    end)
  end)
end)

describe("the option rate", function()
  local function fault(value)
    return (options.fault({ rate = value }, { rate = ratelimit.fault }))
  end

  it("may be any of these", function()
    for _, value in ipairs {
      false, {}, { max_wait = 0 }, { max_wait = math.huge }, { max_send_rate = 0.5 },
      { store = ratelimit.memory() },
    } do
      assert.is_nil(fault(value))
    end
  end)

  for _, case in ipairs {
    { true, "rate: expected false or a table such as {max_wait = 5}, got true" },
    { 14, "rate: expected false or a table such as {max_wait = 5}, got number" },
    { { max_wait = -1 }, "rate.max_wait: expected a number of seconds from 0, got -1" },
    { { max_wait = "5" }, "rate.max_wait: expected a number of seconds from 0, got string" },
    { { max_send_rate = 0 },
      "rate.max_send_rate: expected a number of recipients a second above 0, got 0" },
    { { max_send_rate = 1 / 0 },
      "rate.max_send_rate: expected a number of recipients a second above 0, got inf" },
    { { store = 5 }, "rate.store: expected a store, got number" },
    { { store = { reserve = print, peek = print, slow = print, get = print } },
      "rate.store: it is not a store: it has no method set" },
    { { maxwait = 5 }, "unknown option 'rate.maxwait'; did you mean 'max_wait'?" },
  } do
    it("may not: " .. case[2], function()
      assert.equal(case[2], fault(case[1]))
    end)
  end

  it("takes no number that is none", function()
    assert.truthy(fault { max_wait = 0 / 0 })
    assert.truthy(fault { max_send_rate = 0 / 0 })
  end)
end)
