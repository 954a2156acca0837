-- What all transports that can do several things at once have in common, and
-- what the libcurl one adds.

local emulators = require "ses.emulator"
local http_server = require "spec.support.http_server"
local curl = require "ses.transport.curl"

-- Each makes a transport, and a function that sends with it and takes a while.
local KINDS = {}

KINDS["the libcurl transport"] = function()
  local server = http_server.start()
  local transport = curl.new()
  return transport, function(seconds)
    return transport:send({ method = "GET", url = (server:url("stall")), headers = {} },
      transport:now() + seconds)
  end, function()
    transport:close()
    server:stop()
  end
end

KINDS["the emulator's transport"] = function()
  local emulator = emulators.new()
  local transport = emulator:transport()
  return transport, function(seconds)
    emulator:faults { delay = 3600 }
    local request = { method = "GET", url = "http://127.0.0.1:4579/v2/email/account",
                      headers = {} }
    return transport:send(request, transport:now() + seconds)
  end, function() end
end

for name, make in pairs(KINDS) do
  describe(name, function()
    local transport, stall, finish

    setup(function()
      transport, stall, finish = make()
    end)

    teardown(function()
      finish()
    end)

    it("lets tasks sleep at the same time", function()
      local started, order = transport:now(), {}
      assert.is_nil(transport:all(4, 4, function(i)
        transport:sleep(0.2 - 0.04 * i)
        order[#order + 1] = i
      end))
      assert.same({ 4, 3, 2, 1 }, order)
      -- One after another they would sleep for 0.4 s.
      local took = transport:now() - started
      assert.is_true(took >= 0.148, took)
    end)

    it("limits how many run", function()
      local running, most = 0, 0
      transport:all(12, 4, function()
        running = running + 1
        most = math.max(most, running)
        transport:sleep(0.01)
        running = running - 1
      end)
      assert.equal(4, most)
    end)

    it("says what was raised", function()
      local faults = transport:all(3, 3, function(i)
        transport:sleep(0.01)
        if i == 2 then
          error({ "mine" }, 0)
        end
      end)
      assert.same({ [2] = { problem = { "mine" } } }, faults)
    end)

    it("has conditions", function()
      local cond, got = transport:cond(), nil
      transport:all(2, 2, function(i)
        if i == 1 then
          got = cond:wait(60)
        else
          transport:sleep(0.02)
          cond:signal()
        end
      end)
      assert.is_true(got)
      assert.is_false(cond:wait(0.01))
    end)

    it("runs what was spawned beside", function()
      local order = {}
      transport:spawn(function()
        transport:sleep(0.01)
        order[#order + 1] = "spawned"
      end)
      transport:all(1, 1, function()
        transport:sleep(0.05)
        order[#order + 1] = "call"
      end)
      assert.same({ "spawned", "call" }, order)
    end)

    it("never suspends a coroutine of somebody else's", function()
      local ran = false
      transport:all(1, 1, function()
        local mine = coroutine.create(function()
          transport:sleep(0.01)
          ran = true
        end)
        assert.is_true(coroutine.resume(mine))
        assert.equal("dead", coroutine.status(mine))
      end)
      assert.is_true(ran)
    end)

    if name == "the libcurl transport" then
      it("keeps the deadline of each request", function()
        local codes = {}
        local started = transport:now()
        transport:all(3, 3, function(i)
          local _, failure = stall(0.05 * i)
          codes[i] = failure.code
        end)
        assert.same({ "AttemptTimeout", "AttemptTimeout", "AttemptTimeout" }, codes)
        assert.is_true(transport:now() - started >= 0.148) -- libcurl rounds
      end)
    end
  end)
end

describe("the libcurl transport", function()
  local server

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  local function get(transport, url)
    return transport:send({ method = "GET", url = url, headers = {} }, transport:now() + 60)
  end

  it("has requests of many tasks under way at once", function()
    local transport = curl.new()
    local keys, codes = {}, {}
    local seen = 0
    -- None of them is ever answered; all have come before the first gives up.
    -- Who looks must wait with the others, not block them.
    local control = server.control
    server.control = transport
    local faults = transport:all(9, 9, function(i)
      if i < 9 then
        local url, key = server:url("stall")
        keys[i] = key
        local _, failure = transport:send({ method = "GET", url = url, headers = {} },
          transport:now() + 2)
        codes[i] = failure.code
        return
      end
      for k = 1, 8 do
        server:await(keys[k], "complete")
        seen = seen + 1
      end
      assert.same({}, codes)
    end)
    server.control = control
    assert.same(nil, faults)
    assert.equal(8, seen)
    assert.equal(8, #codes)
    for k = 1, 8 do
      assert.equal("AttemptTimeout", codes[k])
    end
    transport:close()
  end)

  it("lets a coroutine of the user's block while others are under way", function()
    local transport = curl.new()
    local statuses = {}
    transport:all(3, 3, function(i)
      local function fetch()
        statuses[i] = assert(get(transport, (server:url("ok")))).status
      end
      if i == 2 then
        local thread = coroutine.create(fetch)
        assert(coroutine.resume(thread))
        assert.equal("dead", coroutine.status(thread))
      else
        fetch()
      end
    end)
    assert.same({ 200, 200, 200 }, statuses)
    transport:close()
  end)

  it("ends what is under way when it is closed", function()
    local transport = curl.new()
    local failure
    transport:all(2, 2, function(i)
      if i == 1 then
        failure = select(2, get(transport, (server:url("stall"))))
      else
        transport:sleep(0.02)
        transport:close()
      end
    end)
    assert.equal("ConnectionClosed", failure.code)
    assert.equal("all", failure.sent)
  end)
end)
