-- How a call is made again, and when it is not.

local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local client = scripted.client
local PAIR = scripted.PAIR

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
