-- What is common to all transports that can do several things at once, whether or
-- not they speak HTTP.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(_, it, given)
  it("lets tasks sleep at the same time", function()
    local started, order = given.transport:now(), {}
    assert.is_nil(given.transport:all(4, 4, function(i)
      given.transport:sleep(0.2 - 0.04 * i)
      order[#order + 1] = i
    end))
    assert.same({ 4, 3, 2, 1 }, order)
    -- One after another they would sleep for 0.4 s.
    local took = given.transport:now() - started
    assert.is_true(took >= 0.148, took)
  end)

  it("limits how many run", function()
    local running, most = 0, 0
    given.transport:all(12, 4, function()
      running = running + 1
      most = math.max(most, running)
      given.transport:sleep(0.01)
      running = running - 1
    end)
    assert.equal(4, most)
  end)

  it("says what was raised", function()
    local faults = given.transport:all(3, 3, function(i)
      given.transport:sleep(0.01)
      if i == 2 then
        error({ "mine" }, 0)
      end
    end)
    assert.same({ [2] = { problem = { "mine" } } }, faults)
  end)

  it("has conditions", function()
    local cond, got = given.transport:cond(), nil
    given.transport:all(2, 2, function(i)
      if i == 1 then
        got = cond:wait(60)
      else
        given.transport:sleep(0.02)
        cond:signal()
      end
    end)
    assert.is_true(got)
    assert.is_false(cond:wait(0.01))
  end)

  it("runs what was spawned beside", function()
    local order = {}
    given.transport:spawn(function()
      given.transport:sleep(0.01)
      order[#order + 1] = "spawned"
    end)
    given.transport:all(1, 1, function()
      given.transport:sleep(0.05)
      order[#order + 1] = "call"
    end)
    assert.same({ "spawned", "call" }, order)
  end)

  it("never suspends a coroutine of somebody else's", function()
    local ran = false
    given.transport:all(1, 1, function()
      local mine = coroutine.create(function()
        given.transport:sleep(0.01)
        ran = true
      end)
      assert.is_true(coroutine.resume(mine))
      assert.equal("dead", coroutine.status(mine))
    end)
    assert.is_true(ran)
  end)
end
