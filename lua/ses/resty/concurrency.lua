--- Things that go on beside one another in nginx: light threads, and semaphores
--- that they wait for.
---
--- Where nginx lets nothing wait, nothing does: what would run beside runs at
--- once, and what would wait goes on.
local clock = require "ses.resty.clock"
local ngx = require "ngx"
local phases = require "ses.resty.phase"
local semaphore = require "ngx.semaphore"

local M = {}

-- What a spawned function raised is the affair of the request that spawned it.
local STRAY = {}

--- Starts a function beside what runs.
---@param fn fun() what it raises the next `all` of the same request tells
function M.spawn(fn)
  local function run()
    local ok, problem = pcall(fn)
    if not ok then
      ngx.ctx[STRAY] = ngx.ctx[STRAY] or { problem = problem }
    end
  end
  if phases.can_wait() then
    ngx.thread.spawn(run)
  else
    run()
  end
end

local function take_stray()
  local stray = ngx.ctx[STRAY]
  if stray then
    ngx.ctx[STRAY] = nil
  end
  return stray
end

--- Calls a function with every number from 1 to n, many at a time.
---
--- Returns when all of them have ended, however they did.
---@param n integer
---@param limit integer how many run at a time
---@param fn fun(i: integer)
---@return table<integer, {problem: any}>|nil faults the calls that raised, by number
---@return {problem: any}|nil stray what a function raised that was spawned beside
function M.all(n, limit, fn)
  local started, faults = 0, nil
  local function work()
    while started < n do
      started = started + 1
      local i = started
      local ok, problem = pcall(fn, i)
      if not ok then
        faults = faults or {}
        faults[i] = { problem = problem }
      end
    end
  end
  if not phases.can_wait() then
    work()
    return faults
  end
  local threads = {}
  for i = 1, math.min(n, limit) do
    threads[i] = ngx.thread.spawn(work)
  end
  for i = 1, #threads do
    ngx.thread.wait(threads[i])
  end
  return faults, take_stray()
end

---@class ses.resty.Cond: ses.Cond
local Cond = {}
Cond.__index = Cond

--- Something that functions wait for until another signals it.
---@return ses.Cond
function M.cond()
  return setmetatable({}, Cond)
end

--- Waits for a signal.
---@param timeout? number seconds; nil: however long it takes
---@return boolean signalled false: the time is over
function Cond:wait(timeout)
  if not phases.can_wait() then
    return false
  end
  -- Of those that are waited for now: a signal does not reach who comes later.
  local signal = self.signal_to_come or assert(semaphore.new())
  self.signal_to_come = signal
  local left = timeout or math.huge
  local ends = clock.now() + left
  while left > 0 do
    -- nginx counts from its cached time, which lags.
    ngx.update_time()
    if signal:wait(clock.milliseconds(left) / 1000) then
      return true
    end
    left = ends - clock.now()
  end
  return false
end

--- Wakes everybody who waits now.
function Cond:signal()
  local signal = self.signal_to_come
  local waiting = signal and -signal:count() or 0
  if waiting > 0 then
    self.signal_to_come = nil
    signal:post(waiting)
  end
end

return M
