--- Coroutines that wait together: what makes calls of a script concurrent.
---
--- A task is a coroutine that this scheduler started. Tasks alone are ever
--- suspended: code in a coroutine of the user's, or in none, must wait by other
--- means, which `in_task` tells.
---
--- What the tasks wait for is a poller's affair, a table with
---   now()          seconds of a clock that only goes forward;
---   poll(seconds)  waits until something that is under way ends, and wakes its
---                  task, but no longer than that; nil: however long it takes;
---   is_busy()      whether anything is under way.
local threads = require "ses.thread"
local timers = require "ses.transport.timers"

local M = {}

---@class ses.Scheduler
local Scheduler = {}
Scheduler.__index = Scheduler

-- What a task yields when it is suspended here, and nobody else does.
local SUSPENDED = {}

-- What a timer or a condition wakes: a task, or nobody where what waits does so
-- outside every task. Once, whichever of the two comes first.
---@class ses.Waiter
---@field task table|nil
---@field is_woken boolean
---@field is_signalled boolean

---@class ses.Poller
---@field now fun(): number
---@field poll fun(seconds: number|nil)
---@field is_busy fun(): boolean

--- A scheduler without tasks.
---@param poller ses.Poller
---@return ses.Scheduler
function M.new(poller)
  return setmetatable({
    poller = poller,
    tasks = setmetatable({}, { __mode = "k" }),
    timers = timers.new(),
    ready = {}, first = 1, last = 0,
  }, Scheduler)
end

--- The task that runs, if this is called in one.
---@return table|nil
function Scheduler:in_task()
  local thread = threads.current()
  return thread and self.tasks[thread]
end

--- Lets a suspended task go on, with what `suspend` is to return.
---@param task table
function Scheduler:wake(task, first, second)
  task.first, task.second = first, second
  self.last = self.last + 1
  self.ready[self.last] = task
end

--- Suspends the task that runs until it is woken.
---@return any first
---@return any second what it was woken with
function Scheduler:suspend() -- luacheck: ignore 212
  return coroutine.yield(SUSPENDED)
end

--- Suspends the task that runs for some time.
---@param task table
---@param seconds number
function Scheduler:sleep(task, seconds)
  self.timers:add(self.poller.now() + seconds, { task = task })
  self:suspend()
end

-- Lets what waits go on, unless something did already.
local function rouse(self, waiter)
  if waiter.is_woken then
    return false
  end
  waiter.is_woken = true
  if waiter.task then
    self:wake(waiter.task)
  end
  return true
end

local function start(self, fn, on_end)
  local task = { thread = coroutine.create(fn), on_end = on_end }
  self.tasks[task.thread] = task
  self:wake(task)
end

local function over(self, task, ok, problem)
  self.tasks[task.thread] = nil
  task.on_end(ok, problem)
end

-- A coroutine that yields for reasons of its own would never be resumed.
local function settle(self, task, ok, yielded)
  if coroutine.status(task.thread) == "dead" then
    over(self, task, ok, yielded)
  elseif yielded ~= SUSPENDED then
    over(self, task, false, "it yielded outside of any call of this library, and nobody would"
      .. " resume it")
  end
end

local function run_ready(self)
  while self.first <= self.last do
    local task = self.ready[self.first]
    self.ready[self.first] = nil
    self.first = self.first + 1
    local first, second = task.first, task.second
    task.first, task.second = nil, nil
    settle(self, task, coroutine.resume(task.thread, first, second))
  end
  self.first, self.last = 1, 0
end

local function ring(self)
  local now = self.poller.now()
  local waiter = self.timers:take(now)
  while waiter do
    rouse(self, waiter)
    waiter = self.timers:take(now)
  end
end

-- Runs tasks until is_over says so, or nothing is left that could change that.
local function drive(self, is_over)
  while true do
    run_ready(self)
    if is_over() then
      return true
    end
    local due = self.timers:next_due()
    if not due and not self.poller.is_busy() then
      return false
    end
    self.poller.poll(due and math.max(0, due - self.poller.now()))
    ring(self)
  end
end

--- Starts a task. It runs while this scheduler is driven: whenever something
--- outside every task waits for tasks.
---@param fn fun() what it raises is nobody's outcome: see the results of `all`, and Cond:wait
function Scheduler:spawn(fn)
  start(self, fn, function(ok, problem)
    if not ok then
      self.stray = self.stray or { problem = problem }
    end
  end)
end

local function take_stray(self)
  local stray = self.stray
  self.stray = nil
  return stray
end

--- Calls a function with every number from 1 to n, each in a task.
---
--- Returns when all of them have ended, however they did.
---@param n integer
---@param limit integer how many run at a time
---@param fn fun(i: integer)
---@return table<integer, {problem: any}>|nil faults the calls that raised, by number
---@return {problem: any}|nil stray what a task raised that was spawned beside
function Scheduler:all(n, limit, fn)
  local waiting = self:in_task()
  local started, running, faults = 0, 0, nil
  local start_worker

  local function work(worker)
    return function()
      while started < n do
        started = started + 1
        worker.number = started
        fn(started)
      end
    end
  end

  local function on_end(worker)
    return function(ok, problem)
      running = running - 1
      if not ok then
        faults = faults or {}
        faults[worker.number] = { problem = problem }
      end
      if started < n then
        start_worker()
      elseif running == 0 and waiting then
        self:wake(waiting)
      end
    end
  end

  function start_worker()
    local worker = {}
    running = running + 1
    start(self, work(worker), on_end(worker))
  end

  for _ = 1, math.min(n, limit) do
    start_worker()
  end
  if running > 0 and waiting then
    self:suspend()
  elseif running > 0 and not drive(self, function() return running == 0 end) then
    error("ses: every task waits for another", 0)
  end
  return faults, not waiting and take_stray(self) or nil
end

---@class ses.Cond
local Cond = {}
Cond.__index = Cond

--- Something that tasks wait for until another signals it.
---@return ses.Cond
function Scheduler:cond()
  return setmetatable({ scheduler = self, waiters = {} }, Cond)
end

local function remove(list, value)
  for i = 1, #list do
    if list[i] == value then
      table.remove(list, i)
      return
    end
  end
end

--- Waits for a signal. Outside every task the tasks are driven meanwhile, and
--- what a spawned one raises is raised here.
---@param timeout? number seconds; nil: however long it takes
---@return boolean signalled false: the time is over, or nothing is left that could signal
function Cond:wait(timeout)
  local scheduler = self.scheduler
  local waiter = { task = scheduler:in_task() }
  local timer = timeout and scheduler.timers:add(scheduler.poller.now() + timeout, waiter)
  self.waiters[#self.waiters + 1] = waiter
  if waiter.task then
    scheduler:suspend()
  else
    drive(scheduler, function() return waiter.is_woken or scheduler.stray end)
  end
  if timer then
    scheduler.timers:cancel(timer)
  end
  if not waiter.is_signalled then
    remove(self.waiters, waiter)
  end
  local stray = not waiter.task and take_stray(scheduler)
  if stray then
    error(stray.problem, 0)
  end
  return waiter.is_signalled or false
end

--- Wakes everybody who waits now.
function Cond:signal()
  local waiters = self.waiters
  self.waiters = {}
  for i = 1, #waiters do
    waiters[i].is_signalled = rouse(self.scheduler, waiters[i])
  end
end

--- Gives transports that keep a scheduler in `scheduler` the verbs of those that
--- can do several things at once; see ses.Transport.
---@param transport table a class
function M.equip(transport)
  function transport:all(n, limit, fn)
    return self.scheduler:all(n, limit, fn)
  end

  function transport:spawn(fn)
    self.scheduler:spawn(fn)
  end

  function transport:cond()
    return self.scheduler:cond()
  end
end

return M
