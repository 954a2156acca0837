--- Sends the entries of a batch, each at most once, and accounts for all.
local errors = require "ses.error"
local journals = require "ses.batch.journal"
local map = require "ses.batch.map"
local protect = require "ses.protect"

local M = {}

local CONCURRENCY = 4
local ROUNDS = 5
local LONGEST_PAUSE = 20

---@class ses.BatchJob
---@field transport ses.Transport
---@field ids string[] one for each entry
---@field message any what all entries share, for the journal
---@field groups fun(numbers: integer[]): integer[][] entries that go in one call
---@field is_closed fun(): boolean nothing can be sent any more
---@field prepare fun(left: number) what comes before the first call; in seconds, the batch's time
---@field known nil|fun(number: integer, journaled: {state: string, detail: string|nil}|nil):
---  ses.Verdict|nil what becomes of an entry without a call, whatever a journal says; nil: it is
---  queued
---@field fire fun(numbers: integer[], max_wait: number): ses.Verdict[], ses.Error|nil sends them;
---  the error stops the batch

---@class ses.BatchOptions
---@field concurrency integer|nil calls at a time; nil: 4
---@field rounds integer|nil how often an entry that was not accepted is tried; nil: 5
---@field deadline number|nil seconds after which nothing further is sent
---@field progress nil|fun(report: ses.BatchReport) after every call
---@field journal string|nil the file that makes the batch resumable
---@field sync boolean|nil true: the journal waits for the disk
---@field unknown "hold"|"resend"|"drop"|nil what to do with entries that may have been sent, when
---  a batch is resumed; nil: hold

---@class ses.BatchEntry
---@field id string
---@field state "queued"|"sent"|"failed"|"unknown" unknown: it may have been sent
---@field message_id string|nil
---@field code string|nil why it was not sent, or is unknown
---@field err ses.Error|nil in this run
---@field dropped boolean|nil it is unknown, and given up

---@class ses.BatchReport
---@field entries ses.BatchEntry[] in the order they were given
---@field total integer
---@field sent integer with queued, failed and unknown: how many are in each state
---@field stopped ses.Error|nil why the batch stopped before its end
---@field callback_error any what `progress` raised; it is not called again then

--- The groups of a job that calls for each entry.
---@param numbers integer[]
---@return integer[][]
function M.one_by_one(numbers)
  local groups = {}
  for i = 1, #numbers do
    groups[i] = { numbers[i] }
  end
  return groups
end

local function move(self, number, state)
  local entry, report = self.entries[number], self.report
  report[entry.state] = report[entry.state] - 1
  entry.state = state
  report[state] = report[state] + 1
end

local function stop(self, err)
  self.report.stopped = self.report.stopped or err
end

local function apply(self, number, verdict)
  local entry = self.entries[number]
  move(self, number, verdict.state == "again" and "queued" or verdict.state)
  entry.message_id, entry.code, entry.err = verdict.message_id, verdict.code, verdict.err
end

-- What became of a call's entries, on file.
local function write(self, numbers, verdicts)
  local again, settled = {}, {}
  for i = 1, #numbers do
    local verdict = verdicts[i]
    if verdict.state == "again" then
      again[#again + 1] = numbers[i]
    else
      settled[#settled + 1] = { number = numbers[i], state = verdict.state,
                                detail = verdict.message_id or verdict.code }
    end
  end
  local ok, err = true, nil
  if #settled > 0 then
    ok, err = self.journal:settle(settled)
  end
  if ok and #again > 0 then
    ok, err = self.journal:note("queued", again)
  end
  if not ok then
    stop(self, err)
  end
end

local function settle(self, numbers, verdicts)
  for i = 1, #numbers do
    apply(self, numbers[i], verdicts[i])
  end
  if self.journal then
    write(self, numbers, verdicts)
  end
end

local function tell(self)
  local report = self.report
  if self.progress and report.callback_error == nil then
    local ok, problem = protect(self.progress, report)
    if not ok then
      report.callback_error = problem == nil and "nil" or problem
    end
  end
end

-- In seconds, until the deadline; the batch as a whole is patient.
local function time_left(self)
  return self.ends and math.max(0, self.ends - self.transport:now()) or math.huge
end

local function stop_late(self)
  stop(self, errors.new("timeout", {
    code = "BatchDeadline", sent = "none", retryable = true,
    message = "the batch's time is over; what is still queued was not sent",
  }))
end

local function is_late(self)
  if time_left(self) > 0 then
    return false
  end
  stop_late(self)
  return true
end

-- Whose turn would come after the deadline has nobody behind him whose would
-- not.
local function is_out_of_time(self, verdict)
  return self.ends and verdict.state == "again" and errors.is_error(verdict.err, nil, "RateLimited")
end

-- Whatever is raised may have been raised after the request had left.
local function raised(numbers, problem)
  local err = errors.callback("the call raised an error", problem)
  err.ambiguous = true
  local verdicts = {}
  for i = 1, #numbers do
    verdicts[i] = { state = "unknown", code = err.code, err = err }
  end
  return verdicts, err
end

local function set_under_way(self, numbers, is_under_way)
  self.firing[numbers] = is_under_way or nil
  self.under_way = self.under_way + (is_under_way and 1 or -1)
end

local function send_group(self, numbers)
  -- As many requests as tasks, and this task makes none: one of them was lost,
  -- and lose_group will say so.
  local has_lost = self.under_way >= self.concurrency
  if self.report.stopped or has_lost or is_late(self) then
    return
  elseif self.job.is_closed() then
    return stop(self, errors.new("callback", {
      code = "ClientClosed", message = "the client was closed; what is still queued was not sent",
    }))
  end
  if self.journal then
    local noted, err = self.journal:note("sending", numbers)
    if not noted then
      return stop(self, err)
    end
  end
  set_under_way(self, numbers, true)
  local ok, verdicts, stopping = protect(self.job.fire, numbers, time_left(self))
  set_under_way(self, numbers, false)
  if not ok then
    verdicts, stopping = raised(numbers, verdicts)
  end
  if stopping then
    stop(self, stopping)
  end
  if is_out_of_time(self, verdicts[1]) then
    stop_late(self)
  end
  settle(self, numbers, verdicts)
  tell(self)
end

-- A group whose task was lost: something in it yielded to nobody. If that was
-- while its request was made, the request may have left.
local function lose_group(self, numbers, problem)
  local verdicts, err = raised(numbers, problem)
  stop(self, err)
  if self.firing[numbers] then
    set_under_way(self, numbers, false)
    settle(self, numbers, verdicts)
  end
end

local function queued(self)
  local numbers = {}
  for i = 1, #self.entries do
    if self.entries[i].state == "queued" then
      numbers[#numbers + 1] = i
    end
  end
  return numbers
end

local function send_all(self, rounds)
  local transport = self.transport
  self.job.prepare(time_left(self))
  for round = 1, rounds do
    local numbers = queued(self)
    if #numbers == 0 or self.report.stopped then
      return
    elseif round > 1 then
      transport:sleep(transport:random() * math.min(LONGEST_PAUSE, 2 ^ (round - 2)))
    end
    local groups = self.job.groups(numbers)
    local faults, stray = map.each(transport, #groups, self.concurrency, function(i)
      send_group(self, groups[i])
    end)
    for i = 1, faults and #groups or 0 do
      if faults[i] then
        lose_group(self, groups[i], faults[i].problem)
      end
    end
    if stray and self.report.callback_error == nil then
      self.report.callback_error = stray.problem
    end
  end
end

-- Takes over what the job knows, which goes before what a journal says.
local function take_over(self, states)
  for i = 1, #self.entries do
    local verdict = self.job.known(i, states[i])
    if verdict then
      apply(self, i, verdict)
    end
  end
  return true
end

-- Takes over what a journal says of an earlier run.
local function resume(self, states, policy)
  local given_up = {}
  for i = 1, #self.entries do
    local known, entry = states[i], self.entries[i]
    local state = known and known.state
    local in_doubt = state == "sending" or state == "unknown"
    if state == "sent" then
      move(self, i, "sent")
      entry.message_id = known.detail
    elseif state == "failed" then
      move(self, i, "failed")
      entry.code = known.detail
    elseif state == "dropped" or (in_doubt and policy ~= "resend") then
      move(self, i, "unknown")
      entry.code = known.detail
      entry.dropped = state == "dropped" or policy == "drop" or nil
      if in_doubt and policy == "drop" then
        given_up[#given_up + 1] = i
      end
    end
  end
  if #given_up > 0 then
    return self.journal:note("dropped", given_up)
  end
  return true
end

local function open_journal(self, job, opts)
  local journal, states = journals.open(opts.journal, journals.fingerprint(job.message, job.ids),
    #job.ids, opts.sync)
  if not journal then
    return nil, states
  end
  self.journal = journal
  local ok, err
  if job.known then
    ok = take_over(self, states)
  else
    ok, err = resume(self, states, opts.unknown or "hold")
  end
  if not ok then
    journal:close()
    return nil, err
  end
  return true
end

--- Runs a batch.
---@param job ses.BatchJob
---@param opts ses.BatchOptions checked before
---@return ses.BatchReport|nil
---@return ses.Error|nil err the journal cannot be used; nothing was sent
function M.run(job, opts)
  local entries = {}
  for i = 1, #job.ids do
    entries[i] = { id = job.ids[i], state = "queued" }
  end
  local self = {
    job = job, transport = job.transport, entries = entries, progress = opts.progress,
    concurrency = opts.concurrency or CONCURRENCY,
    firing = {}, under_way = 0, -- the groups whose requests are being made, and how many
    ends = opts.deadline and job.transport:now() + opts.deadline,
    report = { entries = entries, total = #entries, queued = #entries, sent = 0, failed = 0,
               unknown = 0 },
  }
  if opts.journal then
    local ok, err = open_journal(self, job, opts)
    if not ok then
      return nil, err
    end
  elseif job.known then
    take_over(self, {})
  end
  -- Whatever happens, the lock of the journal ends, and what was sent is told.
  local ok, problem = protect(send_all, self, opts.rounds or ROUNDS)
  if self.journal then
    self.journal:close()
  end
  if not ok then
    stop(self, errors.callback("something raised an error beside the calls", problem))
  end
  return self.report
end

return M
