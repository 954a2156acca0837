-- What hooks and the log are told, and what they can do.

local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local client = scripted.client
local PAIR = scripted.PAIR

local IDENTITY = { Identity = "example.com" }
local done = fake_transport.result("SetIdentityMailFromDomain")
local broken = fake_transport.fault(500, "InternalFailure", "broken")

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
