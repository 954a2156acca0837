-- What is common to all transports that speak HTTP: several things go on at once.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(_, it, given)
  local function stall(seconds)
    local transport = given.transport
    return transport:send({ method = "GET", url = (given.server:url("stall")), headers = {} },
      transport:now() + seconds)
  end

  it("keeps the deadline of each request", function()
    local transport, codes = given.transport, {}
    local started = transport:now()
    assert.is_nil(transport:all(3, 3, function(i)
      local _, failure = stall(0.05 * i)
      codes[i] = failure.code
    end))
    assert.same({ "AttemptTimeout", "AttemptTimeout", "AttemptTimeout" }, codes)
    assert.is_true(transport:now() - started >= 0.148) -- libraries round
  end)

  it("has requests of many tasks under way at once", function()
    local transport, statuses = given.transport, {}
    -- None of them is answered before all have come.
    local url = given.server:url("gather?count=16")
    assert.is_nil(transport:all(16, 16, function(i)
      statuses[i] = assert(transport:send({ method = "GET", url = url, headers = {} },
        transport:now() + 60)).status
    end))
    assert.equal(16, #statuses)
  end)

  it("lets a coroutine of the user's send while others are under way", function()
    local transport, statuses = given.transport, {}
    assert.is_nil(transport:all(3, 3, function(i)
      local function fetch()
        statuses[i] = assert(transport:send({
          method = "GET", url = (given.server:url("ok")), headers = {},
        }, transport:now() + 60)).status
      end
      if i == 2 then
        local thread = coroutine.create(fetch)
        assert(coroutine.resume(thread))
        assert.equal("dead", coroutine.status(thread))
      else
        fetch()
      end
    end))
    assert.same({ 200, 200, 200 }, statuses)
  end)
end
