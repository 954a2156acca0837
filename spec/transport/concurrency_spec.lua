-- Several things at once: the emulator's transport, and what the libcurl one adds
-- to the contract of transports.

local emulators = require "ses.emulator"
local http_server = require "spec.support.http_server"
local curl = require "ses.transport.curl"
local tasks = require "spec.support.contract.tasks"

describe("the emulator's transport", function()
  tasks(describe, it, { transport = emulators.new():transport() })
end)

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
