-- The core inside finalizers, in coroutines, near the end of the stack and of
-- the state.

local core = require "ses.core"
local interpreter = require "spec.support.interpreter"
local jobs = require "spec.support.core_jobs"
local shell = require "spec.support.shell"

local function storm(action)
  return (shell.run(interpreter .. " spec/support/storm.lua " .. action .. "; echo $?"))
end

describe("the core", function()
  local wanted = jobs.outcomes()

  it("is not confused by a finalizer that uses it", function()
    assert.equal("0 wrong, often\n0\n", storm "jobs")
  end)

  it("survives a finalizer that changes the params", function()
    assert.equal("survived\n0\n", storm "change")
  end)

  it("may be used by finalizers of a state that closes", function()
    assert.equal("closing\n0\n", storm "close")
  end)

  it("works in coroutines that take turns", function()
    local threads, wrong = {}, {}
    for i = 1, 50 do
      threads[i] = coroutine.wrap(function()
        for _ = 1, 4 do
          local n = i % #jobs.list + 1
          if jobs.dump(jobs.list[n]()) ~= wanted[n] then wrong[#wrong + 1] = n end
          coroutine.yield()
          pcall(core.encode, core.handle("ses", "SendEmail"), 5)
          pcall(core.sign)
        end
        return true
      end)
    end
    for _ = 1, 5 do
      for i = 1, #threads do threads[i]() end
    end
    assert.same({}, wrong)
  end)

  it("raises, and does no more, where the stack ends", function()
    local wrong = 0
    local function deep()
      for i = 1, #jobs.list do
        if jobs.dump(jobs.list[i]()) ~= wanted[i] then wrong = wrong + 1 end
      end
      return 1 + deep()
    end
    -- Only near the end: every level would take long.
    local function descend(n, to)
      if n == to then return deep() end
      return 1 + descend(n + 1, to)
    end
    local last = 0
    local function measure(n)
      last = n
      return 1 + measure(n + 1)
    end
    assert.is_false(pcall(measure, 1))
    assert.is_false(pcall(descend, 1, math.max(1, last - 60)))
    assert.equal(0, wrong)
    assert.same(wanted, jobs.outcomes())
  end)

  it("goes on after an error was raised in it", function()
    for _ = 1, 20 do
      for _, raise in ipairs {
        function() core.sign({ method = "GET" }, {}, "r", "s", nil, 0) end,
        function() core.sigv4 { headers = { 1 } } end,
        function() core.presign({}, {}, "r", "s", {}, 0, 60) end,
        function() core.encode(core.handle("ses", "SendEmail"), nil) end,
        function() core.decode(core.handle("ses", "SendEmail"), 200, {}, {}) end,
      } do
        assert.is_false(pcall(raise))
      end
      assert.same(wanted, jobs.outcomes())
    end
  end)
end)
