--- The calls that one client makes later in one worker, and the timer that makes
--- them.
---
--- What a timer of nginx allocates is freed when it ends, so that one makes no more
--- than some calls and starts the next. The calls that it has under way then go
--- on in it, beside those of the next.
local call = require "ses.call"
local clock = require "ses.resty.clock"
local errors = require "ses.error"
local ngx = require "ngx"
local protect = require "ses.protect"
local semaphore = require "ngx.semaphore"
local tables = require "ses.tables"

local M = {}

local QUEUE_SIZE, CONCURRENCY, EXIT_TIMEOUT = 1000, 8, 5

local JOBS_PER_TIMER = 200

-- Seconds: a timer that did not run by then never will, for nginx drops those
-- that are more than lua_max_running_timers.
local STUCK = 5

-- Seconds between looks at whether the worker is to end, while calls wait.
local POLL = 0.25
local LONG = 60

local NO_PARAMETERS = {}

---@class ses.LaterQueue
local Queue = {}
Queue.__index = Queue

-- Those of this worker that somebody still has.
local queues = setmetatable({}, { __mode = "k" })

--- An empty queue.
---@param context ses.CallContext
---@return ses.LaterQueue
function M.new(context)
  local given = context.later or NO_PARAMETERS
  local self = setmetatable({
    context = context, on_exit = given.on_exit,
    queue_size = given.queue_size or QUEUE_SIZE, concurrency = given.concurrency or CONCURRENCY,
    exit_timeout = given.exit_timeout or EXIT_TIMEOUT,
    jobs = {}, first = 1, last = 0, unsent = {}, changed = assert(semaphore.new()),
    counts = { running = 0, done = 0, failed = 0, handed_back = 0, dropped = 0 },
  }, Queue)
  queues[self] = true
  return self
end

-- What nobody is there to be returned to goes to the client's log, or to nginx's.
local function tell(self, level, message, operation, err)
  local context = self.context
  local ok, problem = false, nil
  if context.log then
    ok, problem = protect(context.log, level, message, {
      service = context.service, region = context.region, operation = operation, err = err,
    })
  end
  if not ok then
    ngx.log(level == "error" and ngx.ERR or ngx.WARN, "ses: ", message, problem ~= nil
      and "; and the client's log raised an error: " .. errors.in_words(problem) or "")
  end
end

local function waiting(self)
  return self.last - self.first + 1
end

local function take(self)
  local job = self.jobs[self.first]
  self.jobs[self.first] = nil
  self.first = self.first + 1
  self.is_full = false
  return job
end

local function wake(self)
  if self.changed:count() < 0 then
    self.changed:post(1)
  end
end

-- From when nginx wants the worker to end, the calls have so many seconds to begin.
---@return number|nil seconds that are left; nil: the worker stays
local function time_left(self)
  if not self.exit_ends and ngx.worker.exiting() then
    self.exit_ends = clock.now() + self.exit_timeout
  end
  return self.exit_ends and self.exit_ends - clock.now()
end

-- Hands all that waits to the user's function.
local function hand_back(self)
  local jobs = self.unsent
  self.unsent = {}
  while waiting(self) > 0 do
    jobs[#jobs + 1] = take(self)
  end
  if #jobs == 0 then
    return
  end
  local given = {}
  for i, job in ipairs(jobs) do
    given[i] = { operation = job.operation.name, params = job.params }
  end
  local ok, problem = false, nil
  if self.on_exit then
    ok, problem = protect(self.on_exit, given)
  end
  local name = ok and "handed_back" or "dropped"
  self.counts[name] = self.counts[name] + #jobs
  if not ok then
    tell(self, "error", ("%d calls that were to be made later are lost with their worker, %s")
      :format(#jobs, self.on_exit and "for later.on_exit raised an error: "
      .. errors.in_words(problem) or "for the client has no later.on_exit"))
  end
end

local function report(self, job, result, err)
  local name = job.operation.name
  if job.callback then
    local ok, problem = protect(job.callback, result, err)
    if not ok then
      tell(self, "error", "the callback of a later " .. name .. " raised an error: "
        .. errors.in_words(problem), name, err)
    end
  elseif err then
    tell(self, "warn", "a later call failed: " .. tostring(err), name, err)
  end
end

-- A call that only waited, for its turn at SES's rates.
local function has_not_begun(err)
  return err.code == "RateLimited" and err.attempts == 0
end

local function perform(self, job)
  local counts, left = self.counts, time_left(self)
  local ok, result, err = protect(call.run, self.context, job.operation, job.params,
    left and { max_wait = math.max(left, 0) })
  if not ok then
    result, err = nil, errors.callback("the call raised an error", result)
  end
  counts.running = counts.running - 1
  if err and time_left(self) and has_not_begun(err) then
    self.unsent[#self.unsent + 1] = job
  else
    counts[err and "failed" or "done"] = counts[err and "failed" or "done"] + 1
    report(self, job, result, err)
  end
  wake(self)
end

-- Begins what may begin, until there is nothing to do or enough was begun.
local function work(self)
  local counts, begun = self.counts, 0
  while true do
    local left = time_left(self)
    if left and left <= 0 then
      hand_back(self)
    end
    while waiting(self) > 0 and counts.running < self.concurrency and begun < JOBS_PER_TIMER do
      begun = begun + 1
      counts.running = counts.running + 1
      ngx.thread.spawn(perform, self, take(self))
    end
    if counts.running == 0 and waiting(self) == 0 then
      return hand_back(self)
    elseif begun == JOBS_PER_TIMER then
      return
    end
    self.changed:wait(waiting(self) > 0 and POLL or LONG)
  end
end

local start

local function run(_, self, timer)
  -- It may come late, when another has been started in its place.
  if self.timer ~= timer then
    return
  end
  self.has_begun = true
  repeat
    local ok, problem = protect(work, self)
    if not ok then
      tell(self, "error", "calls that were to be made later are put off: "
        .. errors.in_words(problem))
    end
    self.timer, self.has_begun = nil, nil
    local is_idle = self.counts.running == 0 and waiting(self) == 0 and #self.unsent == 0
    -- Where there cannot be another timer, this one goes on.
  until is_idle or start(self)
end

-- Sees to it that a timer is there for what waits.
---@return true|nil
---@return string|nil reason
function start(self)
  local now = clock.now()
  if self.timer and (self.has_begun or now - self.started_at < STUCK) then
    return true
  end
  local timer = {}
  local called, ok, reason = pcall(ngx.timer.at, 0, run, self, timer)
  if not called or not ok then
    return nil, called and reason or errors.in_words(ok)
  end
  self.timer, self.has_begun, self.started_at = timer, nil, now
  return true
end

local function refuse(self, operation, code, message)
  self.counts.dropped = self.counts.dropped + 1
  local err = errors.new("queue", { code = code, message = message, sent = "none",
    retryable = true })
  -- A full queue would fill the log as well.
  if not self.is_full then
    self.is_full = code == "QueueFull"
    tell(self, "warn", ("a call that was to be made later is dropped (%d so far): %s")
      :format(self.counts.dropped, message), operation.name, err)
  end
  return nil, err
end

--- Queues a call.
---@param operation {name: string, handle: userdata}
---@param params table|nil valid
---@param callback function|nil
---@return true|nil
---@return ses.Error|nil
function Queue:add(operation, params, callback)
  local left = time_left(self)
  if left and left <= 0 then
    return refuse(self, operation, "WorkerExiting", "the worker of nginx is about to end")
  elseif waiting(self) >= self.queue_size then
    return refuse(self, operation, "QueueFull",
      ("%d calls wait already (later.queue_size limits that)"):format(waiting(self)))
  end
  local ok, reason = start(self)
  if not ok then
    return refuse(self, operation, "NoTimer", "nginx starts no timer: " .. reason)
  end
  self.last = self.last + 1
  self.jobs[self.last] = {
    operation = operation, params = params and tables.deep_copy(params) or NO_PARAMETERS,
    callback = callback,
  }
  wake(self)
  return true
end

--- See ses.LaterStats.
---@return table<string, integer> its own
function Queue:stats()
  self.counts.queued = waiting(self) + #self.unsent
  return self.counts
end

--- Hands back what waits in all queues; for the end of a worker.
function M.exit()
  for queue in pairs(queues) do
    queue.exit_ends = queue.exit_ends or clock.now()
    local running = queue.counts.running
    if running > 0 then
      tell(queue, "error", ("%d later calls were under way when their worker ended, and may have"
        .. " been carried out"):format(running))
    end
    hand_back(queue)
  end
end

return M
