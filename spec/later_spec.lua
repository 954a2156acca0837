-- client:later where there is no nginx; spec/nginx has the rest.

local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

-- What a misuse raises; it must point into this file.
local function raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  local text = message:match("spec/later_spec%.lua:%d+: (.*)$")
  assert.truthy(text, message)
  return text
end

describe("client:later without nginx", function()
  it("says that there is none, and makes no call", function()
    local v1, transport = scripted.client("ses", {})
    local ok, err = v1:later("GetSendQuota")
    assert.is_nil(ok)
    assert.is_true(ses.is_error(err, "config", "NotInNginx"))
    assert.equal("ses GetSendQuota", err.service .. " " .. err.operation)
    assert.equal(0, #transport.sent)
    assert.same({ queued = 0, running = 0, done = 0, failed = 0, handed_back = 0, dropped = 0 },
      v1:later_stats())
  end)

  it("checks the parameters first", function()
    local v1 = scripted.client("ses", {})
    local ok, err = v1:later("SetIdentityMailFromDomain", { Identity = 5, Domain = "x" })
    assert.is_nil(ok)
    assert.is_true(ses.is_error(err, "validation", "ParamValidation"))
    assert.equal("ses SetIdentityMailFromDomain", err.service .. " " .. err.operation)
    assert.equal(2, #err.details)
  end)

  it("raises on misuse, at the caller's line", function()
    local v1 = scripted.client("ses", {})
    for message, call in pairs {
      ["ses has no operation 'GetSendQuote'; did you mean 'GetSendQuota'?"] = function()
        return v1:later("GetSendQuote"), nil
      end,
      ["ses has no operation 'nil'"] = function() return v1:later(), nil end,
      ["later: expected a table of parameters, got string"] = function()
        return v1:later("GetSendQuota", "x"), nil
      end,
      ["later: expected a function to call back, got table"] = function()
        return v1:later("GetSendQuota", {}, {}), nil
      end,
      ["later: call it with a colon: client:later(...)"] = function()
        return v1.later("GetSendQuota"), nil
      end,
      ["later_stats: call it with a colon: client:later_stats(...)"] = function()
        return v1.later_stats(), nil
      end,
    } do
      assert.equal(message, raised(call))
    end
    v1:close()
    assert.equal("later: the client is closed", raised(function()
      return v1:later("GetSendQuota"), nil
    end))
  end)

  for message, value in pairs {
    ["later: expected a table such as {queue_size = 1000}, got number"] = 5,
    ["later.queue_size: expected a whole number from 1, got 0"] = { queue_size = 0 },
    ["later.concurrency: expected a whole number from 1, got 1.5"] = { concurrency = 1.5 },
    ["later.exit_timeout: expected a number of seconds from 0, got -1"] = { exit_timeout = -1 },
    ["later.on_exit: expected a function, got table"] = { on_exit = {} },
    ["unknown option 'later.queue'"] = { queue = 5 },
  } do
    it("raises of its options: " .. message, function()
      local said = raised(function()
        return ses.client("ses", { transport = fake_transport.new(), later = value }), nil
      end)
      assert.equal("ses.client: " .. message, said:sub(1, #message + 12))
    end)
  end
end)
