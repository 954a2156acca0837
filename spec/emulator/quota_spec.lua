local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local HOUR = 3600

local emulator, v1, v2

local function start(options)
  options.throttle = options.throttle ~= false
  emulator, v1, v2 = emulated.new(options)
  check(v1:verify_domain_identity { Domain = "example.com" })
end

local function recipients(count)
  local list = {}
  for i = 1, count do
    list[i] = "r" .. i .. "@example.com"
  end
  return list
end

local CONTENT = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } }

local function send(count)
  return v1:send_email { Source = "a@example.com", Message = CONTENT,
                         Destination = { ToAddresses = recipients(count or 1) } }
end

local function send_v2(count)
  return v2:send_email { FromEmailAddress = "a@example.com", Content = { Simple = CONTENT },
                         Destination = { ToAddresses = recipients(count or 1) } }
end

local function refused(code, message, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.equal(message, err.message)
end

describe("the quota of 24 hours", function()
  local DAILY = "Daily message quota exceeded."

  before_each(function()
    start { throttle = false, quota = { max_24_hour_send = 10 } }
  end)

  it("counts recipients", function()
    check(send(4))
    check(send_v2(6))
    refused("Throttling", DAILY, send(1))
    refused("TooManyRequestsException", DAILY, send_v2(1))
    assert.equal(10, check(v1:get_send_quota {}).SentLast24Hours)
  end)

  it("takes a message whole or not at all", function()
    check(send(9))
    refused("Throttling", DAILY, send(2))
    check(send(1))
  end)

  it("is that of the last 24 hours", function()
    check(send(6))
    emulator:advance(HOUR)
    check(send(4))
    emulator:advance(23 * HOUR - 1)
    refused("Throttling", DAILY, send(1))
    emulator:advance(1)
    assert.equal(4, check(v1:get_send_quota {}).SentLast24Hours)
    check(send(6))
    refused("Throttling", DAILY, send(1))
  end)

  it("may be told in another way by API v2", function()
    start { throttle = false, quota = { max_24_hour_send = 1 },
            assume = { v2_daily_quota = "LimitExceededException" } }
    check(send())
    refused("LimitExceededException", DAILY, send_v2())
    refused("Throttling", DAILY, send())
  end)

  it("may be without limit", function()
    start { throttle = false, quota = { max_24_hour_send = -1 } }
    for _ = 1, 20 do
      check(send(50))
    end
    assert.equal(1000, check(v2:get_account {}).SendQuota.SentLast24Hours)
  end)

  it("is each region's own", function()
    check(send(10))
    local elsewhere = check(ses.client("ses", { transport = emulator:transport(),
                                                region = "eu-west-1" }))
    assert.equal(0, check(elsewhere:get_send_quota {}).SentLast24Hours)
  end)
end)

describe("the send rate", function()
  local RATE = "Maximum sending rate exceeded."

  it("is a second's worth at once, and then as many a second", function()
    start { quota = { max_send_rate = 3 } }
    check(send())
    check(send_v2(2))
    refused("Throttling", RATE, send())
    refused("TooManyRequestsException", RATE, send_v2())
    emulator:advance(0.34)
    check(send())
    refused("Throttling", RATE, send())
    emulator:advance(1)
    check(send(3))
    refused("Throttling", RATE, send())
  end)

  it("makes up for a message with many recipients afterwards", function()
    start { quota = { max_send_rate = 10 } }
    check(send(50))
    emulator:advance(4)
    refused("Throttling", RATE, send())
    emulator:advance(0.1)
    check(send())
  end)

  it("does not count what was refused", function()
    start { quota = { max_send_rate = 1 } }
    check(send())
    for _ = 1, 10 do
      refused("Throttling", RATE, send())
    end
    emulator:advance(1)
    check(send())
    assert.equal(2, #emulator:mailbox())
  end)
end)

describe("one call a second", function()
  before_each(function()
    start {}
  end)

  it("is each operation's own", function()
    check(v1:list_identities {})
    check(v1:get_send_quota {})
    refused("Throttling", "Rate exceeded", v1:list_identities {})
    refused("Throttling", "Rate exceeded", v1:get_send_quota {})
    check(v2:get_account {})
    refused("TooManyRequestsException", "Rate exceeded", v2:get_account {})
  end)

  it("comes back after a second", function()
    check(v1:list_identities {})
    emulator:advance(0.9)
    refused("Throttling", "Rate exceeded", v1:list_identities {})
    emulator:advance(0.1)
    check(v1:list_identities {})
  end)

  it("is kept by a client that waits a second each time", function()
    for _ = 1, 10 do
      check(v1:list_identities {})
      emulator:advance(1)
    end
  end)

  it("is no limit for sending", function()
    for _ = 1, 14 do
      check(send())
    end
  end)

  it("is not used up by what fails validation", function()
    for _ = 1, 3 do
      local _, err = v1:list_identities { IdentityType = "X" }
      assert.equal("ValidationError", err.code)
    end
    check(v1:list_identities {})
  end)

  it("can be turned off, with the send rate", function()
    start { throttle = false, quota = { max_send_rate = 1 } }
    for _ = 1, 5 do
      check(v1:list_identities {})
      check(send())
    end
  end)
end)

describe("an account", function()
  it("with production access has 50,000 a day and 14 a second", function()
    start {}
    local quota = check(v1:get_send_quota {})
    quota.ResponseMetadata = nil
    assert.same({ Max24HourSend = 50000, MaxSendRate = 14, SentLast24Hours = 0 }, quota)
    local account = check(v2:get_account {})
    assert.is_true(account.ProductionAccessEnabled)
    assert.is_true(account.SendingEnabled)
    assert.same(quota, account.SendQuota)
  end)

  it("without it has 200 a day and one a second", function()
    start { production_access = false }
    local account = check(v2:get_account {})
    assert.is_false(account.ProductionAccessEnabled)
    assert.same({ Max24HourSend = 200, MaxSendRate = 1, SentLast24Hours = 0 }, account.SendQuota)
  end)

  it("has statistics by quarters of an hour", function()
    start { throttle = false }
    check(send(5))
    check(send())
    emulator:advance(900)
    check(send())
    assert.same({
      { Timestamp = emulated.TIME, DeliveryAttempts = 2, Bounces = 0, Complaints = 0, Rejects = 0 },
      { Timestamp = emulated.TIME + 900, DeliveryAttempts = 1, Bounces = 0, Complaints = 0,
        Rejects = 0 },
    }, check(v1:get_send_statistics {}).SendDataPoints)
    emulator:advance(15 * 24 * HOUR)
    check(send())
    assert.equal(1, #check(v1:get_send_statistics {}).SendDataPoints)
  end)
end)
