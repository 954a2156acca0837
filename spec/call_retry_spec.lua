-- What a call does beside its requests: it repeats, it waits, it tells.

local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local PAIR = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}

local IDENTITY = { Identity = "example.com" }
local MESSAGE = {
  FromEmailAddress = "shop@example.com",
  Destination = { ToAddresses = { "customer@example.org" } },
  Content = { Simple = { Subject = { Data = "Hi" }, Body = { Text = { Data = "Hello" } } } },
}

local done = fake_transport.result("SetIdentityMailFromDomain")
local throttling = fake_transport.fault(400, "Throttling", "Rate exceeded")
local broken = fake_transport.fault(500, "InternalFailure", "broken")
local sent = fake_transport.json(200, '{"MessageId":"m-1"}')

local function client(service, answers, options)
  local given = { region = "eu-west-1", credentials = PAIR, rate = false,
    transport = fake_transport.new(answers) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), given.transport
end

describe("a call that fails", function()
  it("is made again, signed anew, and says how often", function()
    local v1, transport = client("ses", { broken, throttling, done })
    local started = transport.clock
    local result = assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal(3, #transport.sent)
    assert.equal(2, result.ResponseMetadata.RetryAttempts)
    -- Half of 50 ms, and half of a second doubled once: the fake's random is 0.5.
    assert.is_true(math.abs(transport.clock - started - 0.025 - 1) < 1e-9, transport.clock)
    local first, last = transport.sent[1].headers, transport.sent[3].headers
    assert.equal("attempt=1; max=3", first["amz-sdk-request"])
    assert.equal("attempt=3; max=3", last["amz-sdk-request"])
    assert.equal(first["amz-sdk-invocation-id"], last["amz-sdk-invocation-id"])
    assert.truthy(first["amz-sdk-invocation-id"]:find(
      "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"))
    assert.is_nil(first.Authorization:find("amz-sdk", 1, true))
  end)

  it("has another id than the next call", function()
    local v1, transport = client("ses", { done, done })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.are_not.equal(transport.sent[1].headers["amz-sdk-invocation-id"],
      transport.sent[2].headers["amz-sdk-invocation-id"])
  end)

  it("ends with its last error after three attempts", function()
    local v1 = client("ses", { broken, broken, throttling })
    local result, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.is_nil(result)
    assert.equal("Throttling", err.code)
    assert.equal(3, err.attempts)
    assert.truthy(tostring(err):find("after 3 attempts", 1, true))
    -- The first two may have been carried out.
    assert.is_true(err.ambiguous)
  end)

  it("is made once where the client or the call says so", function()
    for _, options in ipairs { { mode = "off" }, { max_attempts = 1 } } do
      local v1, transport = client("ses", { broken }, { retry = options })
      assert.is_nil((v1:set_identity_mail_from_domain(IDENTITY)))
      assert.equal(1, #transport.sent)
      v1, transport = client("ses", { broken })
      assert.is_nil((v1:set_identity_mail_from_domain(IDENTITY, { retry = options })))
      assert.equal(1, #transport.sent)
    end
  end)

  it("has its own number of attempts where it names one", function()
    local v1, transport = client("ses", { broken, broken, broken, broken, done })
    assert(v1:set_identity_mail_from_domain(IDENTITY, { retry = { max_attempts = 5 } }))
    assert.equal(5, #transport.sent)
    assert.equal("attempt=5; max=5", transport.sent[5].headers["amz-sdk-request"])
  end)

  it("waits as long as the service asks it to", function()
    local asking = { status = 503, body = broken.body,
                     headers = { ["content-type"] = "text/xml", ["x-amz-retry-after"] = "1500" } }
    local v1, transport = client("ses", { asking, done })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal(1001.5, transport.clock)
  end)

  it("keeps to its total, and does not sleep past it", function()
    local v1, transport = client("ses", { throttling })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY, { timeout = { total = 0.4 } })
    assert.equal("Throttling", err.code)
    assert.equal(1000, transport.clock)
    assert.equal(1, err.attempts)
  end)

  it("shares its tokens with all clients of the service and region", function()
    local answers = {}
    for i = 1, 120 do
      answers[i] = broken
    end
    local transport = fake_transport.new(answers)
    local options = { transport = transport }
    local calls, quota_used = 0, 0
    while #transport.answers >= 3 do
      local v1 = client("ses", nil, options)
      local before = #transport.sent
      v1:set_identity_mail_from_domain(IDENTITY)
      calls = calls + 1
      if #transport.sent - before == 1 then
        quota_used = quota_used + 1
      end
    end
    -- 500 tokens pay for 35 retries at 14 each.
    assert.equal(35, #transport.sent - calls)
    assert.is_true(quota_used > 0)
    local other = client("ses", nil, { transport = transport, region = "us-east-1" })
    transport.answers = { broken, done }
    assert(other:set_identity_mail_from_domain(IDENTITY))
  end)
end)

describe("a send", function()
  it("that may have been carried out is not made again", function()
    for _, answer in ipairs {
      fake_transport.json(500, "{}", "InternalFailure"),
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" },
      { kind = "timeout", code = "AttemptTimeout", message = "late", sent = "all", stale = true },
    } do
      local v2, transport = client("sesv2", { answer })
      local result, err = v2:send_email(MESSAGE)
      assert.is_nil(result)
      assert.is_true(err.ambiguous)
      assert.is_false(err.retryable)
      assert.equal(1, #transport.sent)
    end
  end)

  it("that was certainly not accepted is", function()
    for _, answer in ipairs {
      fake_transport.json(429, '{"message":"Maximum sending rate exceeded."}',
        "TooManyRequestsException"),
      { kind = "transport", code = "ConnectionRefused", message = "no", sent = "none" },
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "part" },
    } do
      local v2, transport = client("sesv2", { answer, sent })
      assert.equal("m-1", ses.check(v2:send_email(MESSAGE)).MessageId)
      assert.equal(2, #transport.sent)
    end
  end)

  it("is what the AWS SDKs repeat only where that is asked for", function()
    local v2, transport = client("sesv2",
      { fake_transport.json(500, "{}", "InternalFailure"), sent },
      { retry = { ambiguous_sends = true } })
    assert(v2:send_email(MESSAGE))
    assert.equal(2, #transport.sent)
  end)

  it("is not repeated for a daily quota", function()
    local v2, transport = client("sesv2", { fake_transport.json(429,
      '{"message":"Daily message quota exceeded."}', "TooManyRequestsException") })
    local _, err = v2:send_email(MESSAGE)
    assert.is_false(err.retryable)
    assert.equal(1, #transport.sent)
  end)
end)

describe("a transport that says what nobody knows", function()
  it("counts as one that sent all", function()
    for _, word in ipairs { "body", "ALL", 5 } do
      local v2, transport = client("sesv2",
        { { kind = "transport", code = "Odd", message = "odd", sent = word } })
      local _, err = v2:send_email(MESSAGE)
      assert.equal("all", err.sent)
      assert.is_true(err.ambiguous)
      assert.equal(1, #transport.sent)
    end
  end)
end)

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

describe("a kept connection that had gone", function()
  it("is replaced at once", function()
    local v1, transport = client("ses", {
      { kind = "transport", code = "ConnectionClosed", message = "gone", sent = "all",
        stale = true }, done,
    })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal(2, #transport.sent)
    assert.equal(1000, transport.clock)
  end)
end)

describe("a clock that is wrong", function()
  local refused = {
    status = 403, body = throttling.body:gsub("Throttling", "SignatureDoesNotMatch"):gsub(
      "Rate exceeded", "Signature expired"),
    headers = { ["content-type"] = "text/xml", date = "Sun, 30 Aug 2015 12:46:40 GMT" },
  }

  it("is set by the service's", function()
    local v1, transport = client("ses", { refused, done, done })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal("20150830T123600Z", transport.sent[1].headers["X-Amz-Date"])
    assert.equal("20150830T124640Z", transport.sent[2].headers["X-Amz-Date"])
    -- It stays so for the calls to come.
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal("20150830T124640Z", transport.sent[3].headers["X-Amz-Date"])
  end)

  it("is set once in a call", function()
    local v1, transport = client("ses", { refused, {
      status = 403, body = refused.body,
      headers = { ["content-type"] = "text/xml", date = "Sun, 30 Aug 2015 14:00:00 GMT" },
    } })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.equal("SignatureDoesNotMatch", err.code)
    assert.equal(2, #transport.sent)
  end)
end)

describe("credentials that have expired", function()
  local expired = fake_transport.fault(403, "ExpiredToken", "The security token is expired")

  local function providing(list)
    local asked = {}
    return function(refresh)
      asked[#asked + 1] = refresh or false
      local token = list[math.min(#asked, #list)]
      if not token then
        return nil, "no more of them"
      end
      return { access_key_id = "AKIDEXAMPLE", secret_access_key = PAIR.secret_access_key,
               session_token = token }
    end, asked
  end

  it("are asked for once more", function()
    local provider, asked = providing { "old", "new" }
    local v1, transport = client("ses", { expired, done }, { credentials = provider })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal("old", transport.sent[1].headers["X-Amz-Security-Token"])
    assert.equal("new", transport.sent[2].headers["X-Amz-Security-Token"])
    assert.same({ false, true, false }, asked)
  end)

  it("are not tried again where they are the same", function()
    local v1, transport = client("ses", { expired }, { credentials = (providing { "old" }) })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.equal("ExpiredToken", err.code)
    assert.equal(1, #transport.sent)
  end)

  it("are not tried again where there are no others", function()
    local v1, transport = client("ses", { expired }, { credentials = (providing { "old", false }) })
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.equal("ExpiredToken", err.code)
    assert.is_true(ses.is_error(err.cause, "credentials"))
    assert.equal(1, #transport.sent)
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

describe("hooks and the log", function()
  it("lose no outcome where a hook changes what the log is told", function()
    local v1, transport = client("ses", { done }, {
      hooks = { before = function(attempt) attempt.attempt = "first" end },
      log = function() end,
    })
    local result = assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.truthy(result.ResponseMetadata.CallbackError)
    assert.equal(1, #transport.sent)
  end)

  it("are told of every attempt, with its times and without secrets", function()
    local events, lines = {}, {}
    local v1, transport
    v1, transport = client("ses", { broken, function()
      transport:sleep(0.25)
      return done
    end }, {
      hooks = {
        before = function(attempt) events[#events + 1] = { "before", attempt.attempt } end,
        after = function(attempt)
          events[#events + 1] = { "after", attempt.attempt, attempt.status, attempt.duration,
            attempt.retry_in, attempt.err and attempt.err.code, attempt.request_id }
        end,
      },
      log = function(level, message, attempt)
        lines[#lines + 1] = { level, message, attempt.operation }
      end,
    })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.same({
      { "before", 1 },
      { "after", 1, 500, 0, 0.025, "InternalFailure", "request-2" },
      { "before", 2 },
      { "after", 2, 200, 0.25, nil, nil, "request-1" },
    }, events)
    assert.equal("info", lines[1][1])
    assert.truthy(lines[1][2]:find("^ses SetIdentityMailFromDomain: attempt 1 of 3 failed in"))
    assert.truthy(lines[1][2]:find("again in 0.025 s", 1, true))
    assert.equal("debug", lines[2][1])
    for _, line in ipairs(lines) do
      assert.is_nil(line[2]:find(PAIR.secret_access_key, 1, true))
      assert.is_nil(line[2]:find("Signature=", 1, true))
    end
  end)

  it("keep a request from being made where the one before raises", function()
    local v1, transport = client("ses", {}, { hooks = { before = function() error("no", 0) end } })
    local result, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.is_nil(result)
    assert.is_true(ses.is_error(err, "callback", "CallbackError"))
    assert.equal("no", err.cause)
    assert.equal(0, #transport.sent)
    assert.equal(0, err.attempts)
  end)

  it("lose no outcome where they raise afterwards", function()
    local function fail() error("after", 0) end
    local v1 = client("ses", { done, fake_transport.fault(400, "InvalidParameterValue", "no") },
      { hooks = { after = fail }, log = fail })
    local result = assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal("after", result.ResponseMetadata.CallbackError)
    local _, err = v1:set_identity_mail_from_domain(IDENTITY)
    assert.equal("InvalidParameterValue", err.code)
    assert.equal("after", err.callback_error)
  end)
end)
