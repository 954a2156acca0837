-- Tasks, what they wait for, and what they must not be disturbed by.

local protect = require "ses.protect"
local schedulers = require "ses.transport.scheduler"

-- A scheduler on a clock that moves only when everybody waits. Deliveries are
-- what is under way: they end at a time and wake a task.
local function fixture()
  local clock, deliveries, polls = 0, {}, {}
  local scheduler
  scheduler = schedulers.new {
    now = function() return clock end,
    is_busy = function() return #deliveries > 0 end,
    poll = function(seconds)
      polls[#polls + 1] = seconds or "for ever"
      local ended
      for i, delivery in ipairs(deliveries) do
        if not seconds or delivery.at <= clock + seconds then
          ended = i
          break
        end
      end
      if not ended then
        clock = clock + seconds
        return
      end
      local delivery = table.remove(deliveries, ended)
      clock = math.max(clock, delivery.at)
      scheduler:wake(delivery.task, delivery.value, delivery.second)
    end,
  }
  local self = { scheduler = scheduler, polls = polls }
  function self.now() return clock end
  function self.fetch(seconds, value, second)
    local task = assert(scheduler:in_task())
    deliveries[#deliveries + 1] = { at = clock + seconds, task = task, value = value,
                                    second = second }
    table.sort(deliveries, function(a, b) return a.at < b.at end)
    return scheduler:suspend()
  end
  function self.sleep(seconds)
    scheduler:sleep(assert(scheduler:in_task()), seconds)
  end
  return self
end

describe("all", function()
  it("calls with every number, and lets them wait together", function()
    local world, order = fixture(), {}
    local faults = world.scheduler:all(5, 5, function(i)
      world.sleep(6 - i)
      order[#order + 1] = i
    end)
    assert.is_nil(faults)
    assert.same({ 5, 4, 3, 2, 1 }, order)
    assert.equal(5, world.now())
  end)

  it("runs at most so many at a time", function()
    local world, running, most, calls = fixture(), 0, 0, 0
    world.scheduler:all(20, 3, function()
      running, calls = running + 1, calls + 1
      most = math.max(most, running)
      world.sleep(1)
      running = running - 1
    end)
    assert.equal(3, most)
    assert.equal(20, calls)
    assert.equal(7, world.now())
  end)

  it("returns what a task was woken with", function()
    local world, got = fixture(), {}
    world.scheduler:all(2, 2, function(i)
      got[i] = { world.fetch(i, nil, "failure " .. i) }
    end)
    assert.equal("failure 1", got[1][2])
    assert.equal("failure 2", got[2][2])
  end)

  it("does nothing for no number", function()
    local world = fixture()
    assert.is_nil(world.scheduler:all(0, 4, function() error("called") end))
  end)

  it("returns what was raised, by number, and loses nobody else", function()
    local world, done, raised = fixture(), {}, {}
    local faults = world.scheduler:all(6, 2, function(i)
      world.sleep(1)
      if i % 2 == 0 then
        error(raised, 0)
      end
      done[#done + 1] = i
    end)
    assert.same({ 1, 3, 5 }, done)
    assert.equal(raised, faults[2].problem)
    assert.equal(raised, faults[4].problem)
    assert.equal(raised, faults[6].problem)
    assert.is_nil(faults[1])
  end)

  it("ends a call that yields to nobody", function()
    local world, done = fixture(), {}
    local faults = world.scheduler:all(3, 1, function(i)
      if i == 2 then
        coroutine.yield("to whom?")
      end
      done[#done + 1] = i
    end)
    assert.same({ 1, 3 }, done)
    assert.truthy(faults[2].problem:find("yielded outside of any call", 1, true))
  end)

  it("works in a task of its own", function()
    local world, order = fixture(), {}
    world.scheduler:all(2, 2, function(i)
      world.scheduler:all(2, 2, function(j)
        world.sleep(i + j)
        order[#order + 1] = i .. j
      end)
      order[#order + 1] = i
    end)
    -- 12 and 21 end together; which is first is the order of their start.
    assert.same({ "11", "12", "21", 1, "22", 2 }, order)
    assert.equal(4, world.now())
  end)

  it("works in a coroutine of the user's, inside a task and outside", function()
    local world, order = fixture(), {}
    local function in_coroutine(fn)
      local thread = coroutine.create(fn)
      assert(coroutine.resume(thread))
      assert.equal("dead", coroutine.status(thread))
    end
    in_coroutine(function()
      world.scheduler:all(2, 2, function(i)
        in_coroutine(function()
          assert.is_nil(world.scheduler:in_task())
          world.scheduler:all(1, 1, function()
            world.sleep(1)
            order[#order + 1] = i
          end)
        end)
      end)
    end)
    assert.equal(2, #order)
  end)

  it("suspends a task through protect", function()
    local world, got = fixture(), {}
    world.scheduler:all(2, 2, function(i)
      local ok, problem = protect(function()
        protect(function() got[i] = world.fetch(3 - i, "answer " .. i) end)
        error("after " .. i, 0)
      end)
      got[i + 2] = { ok, problem }
    end)
    assert.same({ "answer 1", "answer 2", { false, "after 1" }, { false, "after 2" } }, got)
  end)

  it("raises where every task waits for another", function()
    local world = fixture()
    local cond = world.scheduler:cond()
    assert.has_error(function()
      world.scheduler:all(2, 2, function() cond:wait() end)
    end, "ses: every task waits for another")
  end)

  it("polls without a limit where there is no timer, and not where nothing is under way", function()
    local world = fixture()
    world.scheduler:all(1, 1, function() world.fetch(7, true) end)
    assert.same({ "for ever" }, world.polls)
  end)
end)

describe("spawn", function()
  it("runs while something else waits", function()
    local world, ran = fixture(), {}
    world.scheduler:spawn(function()
      world.sleep(1)
      ran[#ran + 1] = "spawned"
    end)
    assert.same({}, ran)
    world.scheduler:all(1, 1, function()
      world.sleep(2)
      ran[#ran + 1] = "call"
    end)
    assert.same({ "spawned", "call" }, ran)
  end)

  it("raises where the scheduler is driven", function()
    local world = fixture()
    world.scheduler:spawn(function() error("broken", 0) end)
    assert.has_error(function()
      world.scheduler:cond():wait(1)
    end, "broken")
  end)
end)

describe("a condition", function()
  it("wakes everybody who waits, once", function()
    local world, got = fixture(), {}
    local cond = world.scheduler:cond()
    world.scheduler:all(3, 3, function(i)
      if i == 3 then
        world.sleep(2)
        cond:signal()
        cond:signal()
      else
        got[i] = cond:wait(i == 1 and 10 or nil)
        world.sleep(1)
      end
    end)
    assert.same({ true, true }, got)
    assert.equal(3, world.now())
  end)

  it("forgets a signal that nobody waited for", function()
    local world = fixture()
    local cond = world.scheduler:cond()
    cond:signal()
    assert.is_false(cond:wait(1))
    assert.equal(1, world.now())
  end)

  it("ends at its time", function()
    local world, got = fixture(), nil
    local cond = world.scheduler:cond()
    world.scheduler:all(1, 1, function() got = cond:wait(5) end)
    assert.is_false(got)
    assert.equal(5, world.now())
  end)

  it("is woken once where the time and the signal come together", function()
    local world, got, after = fixture(), nil, nil
    local cond = world.scheduler:cond()
    world.scheduler:all(2, 2, function(i)
      if i == 1 then
        world.sleep(5)
        cond:signal()
      else
        got = cond:wait(5)
        world.sleep(3)
        after = world.now()
      end
    end)
    assert.is_boolean(got)
    assert.equal(8, after)
  end)

  it("drives the tasks where the main program waits", function()
    local world = fixture()
    local cond = world.scheduler:cond()
    world.scheduler:spawn(function()
      world.sleep(4)
      cond:signal()
    end)
    assert.is_true(cond:wait())
    assert.equal(4, world.now())
    assert.is_false(cond:wait())
  end)
end)
