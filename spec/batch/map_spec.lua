local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local batch = ses.batch

-- An emulator whose answers take a second of its own clock each.
local function slow_client(count)
  local emulator = ses.emulator.new { throttle = false }
  emulator:faults { delay = 1, count = count or 1000 }
  local transport = emulator:transport()
  return assert(ses.client("sesv2", { transport = transport, rate = false })), transport
end

describe("ses.batch.map", function()
  it("makes calls side by side, and keeps the order", function()
    local client, transport = slow_client()
    local started = transport:now()
    local names = {}
    for i = 1, 20 do
      names[i] = ("d%d.example.com"):format(i)
    end
    local outcomes = batch.map(client, names, { concurrency = 10 }, function(name, i)
      assert.equal(names[i], name)
      return client:create_email_identity { EmailIdentity = name }
    end)
    assert.equal(20, #outcomes)
    for i = 1, 20 do
      assert.equal("DOMAIN", outcomes[i].result.IdentityType)
      assert.is_nil(outcomes[i].err)
    end
    local took = transport:now() - started
    assert.is_true(took >= 2 and took < 5, took)
  end)

  it("gives each item its own error", function()
    local client = slow_client()
    local raised = { "mine" }
    local outcomes = batch.map(client, { "a.example.com", "raise", "unknown", "yield" }, nil,
      function(name)
        if name == "raise" then
          error(raised, 0)
        elseif name == "yield" then
          coroutine.yield()
        elseif name == "unknown" then
          return client:get_email_identity { EmailIdentity = "unknown.example.com" }
        end
        return client:create_email_identity { EmailIdentity = name }
      end)
    assert.truthy(outcomes[1].result)
    assert.is_true(ses.is_error(outcomes[2].err, "callback", "CallbackError"))
    assert.equal(raised, outcomes[2].err.cause)
    assert.is_true(ses.is_error(outcomes[3].err, "service", "NotFound"))
    assert.is_true(ses.is_error(outcomes[4].err, "callback"))
    assert.truthy(tostring(outcomes[4].err):find("yielded outside of any call", 1, true))
  end)

  it("tells of progress, in the order of ending", function()
    local client, transport = slow_client()
    local seen = {}
    local outcomes, err = batch.map(client, { 3, 1, 2 }, {
      progress = function(done, total, i, outcome)
        seen[#seen + 1] = { done, total, i, outcome.result }
      end,
    }, function(seconds)
      transport:sleep(seconds)
      return seconds * 10
    end)
    assert.is_nil(err)
    assert.same({ { 1, 3, 2, 10 }, { 2, 3, 3, 20 }, { 3, 3, 1, 30 } }, seen)
    assert.equal(30, outcomes[1].result)
  end)

  it("loses nothing when progress yields", function()
    local client = slow_client()
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

  it("loses nothing when progress raises", function()
    local client = slow_client()
    local calls = 0
    local outcomes, err = batch.map(client, { 1, 2, 3 }, {
      progress = function()
        calls = calls + 1
        error("no progress", 0)
      end,
    }, function(n) return n end)
    assert.equal(1, calls)
    assert.is_true(ses.is_error(err, "callback"))
    assert.equal("no progress", err.cause)
    assert.same({ { result = 1 }, { result = 2 }, { result = 3 } }, outcomes)
  end)

  it("loses nothing to what was spawned beside", function()
    local client, transport = slow_client()
    local raised = { "stray" }
    transport:spawn(function()
      transport:sleep(1)
      error(raised, 0)
    end)
    local outcomes, err = batch.map(client, { 1, 2, 3 }, { concurrency = 1 }, function(n)
      transport:sleep(1)
      return n
    end)
    assert.same({ { result = 1 }, { result = 2 }, { result = 3 } }, outcomes)
    assert.is_true(ses.is_error(err, "callback"))
    assert.equal(raised, err.cause)
    assert.is_nil(select(2, batch.map(client, { 1 }, nil, function(n) return n end)))
  end)

  it("begins no item after its deadline", function()
    local client, transport = slow_client()
    local begun = 0
    local outcomes = batch.map(client, { 1, 2, 3, 4, 5 }, { concurrency = 1, deadline = 2.5 },
      function(n)
        begun = begun + 1
        transport:sleep(1)
        return n
      end)
    assert.equal(3, begun)
    assert.equal(3, outcomes[3].result)
    assert.is_true(ses.is_error(outcomes[4].err, "timeout", "BatchDeadline"))
    assert.equal("none", outcomes[5].err.sent)
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
    assert.same({}, (batch.map(slow_client(), {}, nil, function() error("called") end)))
  end)

  it("raises for misuse", function()
    local client = slow_client()
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
