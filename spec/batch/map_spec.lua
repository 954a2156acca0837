-- ses.batch.map where there is no contract of all transports: spec.support.client.batches
-- has that.

local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local batch = ses.batch

local function new_client()
  return assert(ses.client("sesv2", { transport = ses.emulator.new():transport() }))
end

describe("ses.batch.map", function()
  it("loses nothing when progress yields", function()
    local client = new_client()
    local calls = 0
    local outcomes, err = batch.map(client, { 1, 2, 3 }, {
      progress = function()
        calls = calls + 1
        coroutine.yield()
      end,
    }, function(n) return n end)
    assert.equal(3, calls)
    assert.is_true(ses.is_error(err, "callback"))
    assert.same({ { result = 1 }, { result = 2 }, { result = 3 } }, outcomes)
  end)

  it("works one after another on a transport that cannot do more", function()
    local order = {}
    local client = assert(ses.client("ses", {
      region = "eu-west-1", transport = fake_transport.new() }))
    local outcomes = batch.map(client, { "a", "b" }, { concurrency = 2 }, function(item)
      order[#order + 1] = item
      if item == "a" then
        error("a fails", 0)
      end
      return item
    end)
    assert.same({ "a", "b" }, order)
    assert.equal("a fails", outcomes[1].err.cause)
    assert.equal("b", outcomes[2].result)
  end)

  it("yields where its transport does, and so do batches", function()
    local function sent()
      return fake_transport.json(200, '{"MessageId":"m"}')
    end
    local transport = fake_transport.new { sent(), sent(), sent(), sent() }
    local client = assert(ses.client("sesv2", {
      region = "eu-west-1", transport = transport, rate = false, credentials = {
        access_key_id = "AKIDEXAMPLE",
        secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      },
    }))
    transport.yields = true
    local message = { FromEmailAddress = "a@example.com", Content = {},
                      Destination = { ToAddresses = { "b@example.org" } } }
    local thread = coroutine.create(function()
      local outcomes = batch.map(client, { 1, 2 }, {
        progress = function() transport:sleep(1) end,
      }, function(n)
        local result, err = client:send_email(message)
        if n == 2 then
          error("after the call", 0)
        end
        return result, err
      end)
      local report = ses.check(batch.send(client, { message, message }, {
        progress = function()
          transport:sleep(1)
          error("no progress", 0)
        end,
      }))
      return { outcomes, report }
    end)
    local ok, value
    repeat
      ok, value = coroutine.resume(thread)
      assert.is_true(ok, value)
    until coroutine.status(thread) == "dead"
    assert.equal("m", value[1][1].result.MessageId)
    assert.equal("after the call", value[1][2].err.cause)
    assert.equal(2, value[2].sent)
    assert.equal("no progress", value[2].callback_error)
  end)

  it("does nothing for an empty list", function()
    assert.same({}, (batch.map(new_client(), {}, nil, function() error("called") end)))
  end)

  it("raises for misuse", function()
    local client = new_client()
    local function fails(message, ...)
      local ok, raised = pcall(batch.map, ...)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
    end
    local function noop() end
    fails("expected a client, got nil", nil, {}, nil, noop)
    fails("items: expected a list, got nil", client, nil, nil, noop)
    fails("expected a function after the options, got nil", client, {}, {})
    fails("unknown option 'concurency'; did you mean 'concurrency'?", client, {},
      { concurency = 3 }, noop)
    fails("concurrency: expected a whole number from 1, got 0", client, {},
      { concurrency = 0 }, noop)
    client:close()
    fails("the client is closed", client, {}, nil, noop)
  end)
end)
