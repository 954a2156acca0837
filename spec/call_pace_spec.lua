-- What a call waits for before its requests.

local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local client = scripted.client

local IDENTITY = { Identity = "example.com" }
local MESSAGE = {
  FromEmailAddress = "shop@example.com",
  Destination = { ToAddresses = { "customer@example.org" } },
  Content = { Simple = { Subject = { Data = "Hi" }, Body = { Text = { Data = "Hello" } } } },
}

local done = fake_transport.result("SetIdentityMailFromDomain")
local throttling = fake_transport.fault(400, "Throttling", "Rate exceeded")
local sent = fake_transport.json(200, '{"MessageId":"m-1"}')

describe("a call with a limit to its waiting", function()
  it("begins no attempt after it", function()
    local v1, transport = client("ses", { throttling, done })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY, { max_wait = 0.4 })
    assert.equal("Throttling", err.code)
    assert.equal(1, #transport.sent)
    transport.answers = { throttling, done }
    assert(v1:set_identity_mail_from_domain(IDENTITY, { max_wait = 0.6 }))
  end)
end)

describe("pacing", function()
  it("leaves a second between calls of an operation, over all clients of a transport", function()
    local transport = fake_transport.new { done, done, done }
    local options = { rate = {}, transport = transport }
    local one, two = client("ses", nil, options), client("ses", nil, options)
    assert(one:set_identity_mail_from_domain(IDENTITY))
    assert.equal(1000, transport.clock)
    assert(two:set_identity_mail_from_domain(IDENTITY))
    assert.equal(1001, transport.clock)
    assert(one:set_identity_mail_from_domain(IDENTITY))
    assert.equal(1002, transport.clock)
  end)

  it("fails rather than wait too long, and reserves nothing then", function()
    local transport = fake_transport.new { done, done }
    local v1 = client("ses", nil, { rate = { max_wait = 0.5 }, transport = transport })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.is_true(ses.is_error(err, "timeout", "RateLimited"))
    assert.is_true(err.throttled)
    assert.equal(0, err.attempts)
    assert.equal(1, #transport.sent)
    assert.truthy(err.message:find("would have to wait 1.0 s, and it may wait 0.5 s", 1, true))
    transport:sleep(0.6)
    assert(v1:set_identity_mail_from_domain(IDENTITY))
  end)

  it("keeps to the call's total", function()
    local transport = fake_transport.new { done }
    local v1 = client("ses", nil, { rate = {}, transport = transport })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local _, err = v1:set_identity_mail_from_domain(IDENTITY, { timeout = { total = 0.3 } })
    assert.is_true(ses.is_error(err, "timeout", "RateLimited"))
  end)

  it("of sends is by recipients, at the rate that the account says it has", function()
    local transport = fake_transport.new {
      sent, sent,
      fake_transport.json(200, '{"SendQuota":{"MaxSendRate":10}}'), sent, sent,
    }
    local v2 = client("sesv2", nil, { rate = {}, transport = transport })
    assert(v2:send_email(MESSAGE))
    assert(v2:send_email(MESSAGE))
    assert.equal(1000, transport.clock)
    assert(v2:get_account())
    local to_five = {
      FromEmailAddress = MESSAGE.FromEmailAddress, Content = MESSAGE.Content,
      Destination = { ToAddresses = { "a@example.org", "b@example.org", "c@example.org" },
                      CcAddresses = { "d@example.org" }, BccAddresses = { "e@example.org" } },
    }
    assert(v2:send_email(to_five))
    assert.equal(1000, transport.clock)
    assert(v2:send_email(MESSAGE))
    assert.is_true(math.abs(transport.clock - 1000.5) < 1e-9, transport.clock)
  end)

  it("slows down when the service says so", function()
    local transport = fake_transport.new { throttling, done, done }
    local v1 = client("ses", nil, { rate = {}, transport = transport, retry = { mode = "off" } })
    assert.is_nil((v1:set_identity_mail_from_domain(IDENTITY)))
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local first = transport.clock
    assert.is_true(first > 1000)
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.is_true(transport.clock - first > 1.5, transport.clock - first)
  end)

  it("uses a store of the user's, and says what it says", function()
    local transport = fake_transport.new {}
    local v1 = client("ses", nil, { transport = transport, rate = { store = {
      reserve = function() return nil, math.huge, "no memory in the dictionary" end,
      peek = function() return 0 end, slow = function() return true end,
      get = function() end, set = function() return true end,
    } } })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.is_true(ses.is_error(err, "config", "RateStoreFailed"))
    assert.truthy(err.message:find("no memory in the dictionary", 1, true))
    assert.equal(0, #transport.sent)
  end)

  it("adapts where the retry mode says so", function()
    local transport = fake_transport.new { throttling, done, done, done, done }
    local v1 = client("ses", nil, { transport = transport, retry = { mode = "adaptive" } })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local after_throttling = transport.clock
    for _ = 1, 3 do
      assert(v1:set_identity_mail_from_domain(IDENTITY))
    end
    assert.is_true(transport.clock > after_throttling)
  end)
end)

describe("adaptive mode", function()
  it("keeps to the time that a call may wait", function()
    local answers = { throttling }
    for i = 2, 40 do
      answers[i] = done
    end
    local v1, transport = client("ses", answers, {
      retry = { mode = "adaptive" }, rate = { max_wait = 0.1 },
    })
    v1:set_identity_mail_from_domain(IDENTITY)
    local refused, longest = 0, 0
    for _ = 1, 8 do
      local before = transport.clock
      local _, err = v1:set_identity_mail_from_domain(IDENTITY, { max_wait = 0.1 })
      longest = math.max(longest, transport.clock - before)
      refused = refused + (ses.is_error(err, "timeout", "RateLimited") and 1 or 0)
    end
    assert.is_true(refused > 0)
    assert.is_true(longest <= 0.1 + 1e-9, longest)
  end)
end)
