--- Applies a plan, one call after another, at the pace of its client.
---
--- Just before identities are changed they are read again: what is right by then
--- is left alone, and what is neither right nor as the plan showed it is refused.
--- So a plan that was interrupted, in whatever way, is applied again or made
--- anew, and no call is made for what is already right.
local concerns = require "ses.mail_from.concern"
local decide = require "ses.mail_from.decide"
local engine = require "ses.batch.engine"
local errors = require "ses.error"
local journals = require "ses.batch.journal"
local options = require "ses.options"
local protect = require "ses.protect"
local settings = require "ses.mail_from.setting"
local tables = require "ses.tables"
local tell = require "ses.mail_from.progress"

local M = {}

local CALLS = tables.set { "create", "repair", "restart", "disable" }

---@class ses.mail_from.Outcome
---@field state "done"|"unchanged"|"refused"|"failed"|"left" done: it was set, or disabled, by this
---  run; unchanged: it was right already; refused: no call was made, for the reason of the plan or
---  because it has changed since; failed: SES refused the call; left: its turn did not come, or it
---  may succeed another time
---@field code string|nil why it is refused, failed or left
---@field message string|nil the same in words
---@field err ses.Error|nil of a call
---@field is_earlier boolean|nil true of what is unchanged because an earlier run did it, or a run
---  that did not learn of it: as the plan knows, or the journal says

---@class ses.mail_from.Applied
---@field changes ses.mail_from.Change[] those of the plan, each with its `outcome`
---@field total integer
---@field done integer with unchanged, refused, failed and left: how many have that outcome
---@field calls integer calls of this run that SES was to change something by
---@field stopped ses.Error|nil why it stopped before its end
local Applied = {}
Applied.__index = Applied
Applied.__name = "ses.mail_from.applied"

local STATES = { "done", "unchanged", "refused", "failed", "left" }

function Applied:__tostring()
  local parts, lines = {}, {}
  for _, state in ipairs(STATES) do
    if self[state] > 0 then
      parts[#parts + 1] = state .. " " .. self[state]
    end
  end
  for _, change in ipairs(self.changes) do
    local outcome = change.outcome
    if outcome.state ~= "unchanged" then
      lines[#lines + 1] = ("\n  %s: %s%s"):format(change.identity, outcome.state,
        outcome.message and ", " .. outcome.message or "")
    end
  end
  return "MAIL FROM domains: " .. (#parts > 0 and table.concat(parts, ", ") or "nothing was wanted")
    .. table.concat(lines) .. (self.stopped and "\n  stopped: " .. tostring(self.stopped) or "")
end

---@class ses.mail_from.ApplyOptions
---@field progress nil|fun(report: ses.mail_from.Applied, change: ses.mail_from.Change):
---  boolean|nil after each change that was tried; false stops it
---@field journal string|nil a file, which is locked while this runs, so that no other process
---  applies the same; it keeps what was done by whom is interrupted
---@field sync boolean|nil true: the journal waits for the disk

local SCHEMA = {
  progress = options.of "function", journal = journals.path_fault, sync = options.of "boolean",
}

local function settle(self, change, outcome)
  local report = self.report
  report[change.outcome.state] = report[change.outcome.state] - 1
  report[outcome.state] = report[outcome.state] + 1
  change.outcome = outcome
end

local function refused(self, change, code, message)
  settle(self, change, { state = "refused", code = code, message = message })
  return { state = "failed", code = code }
end

local CALLED = tables.set { "sent", "sending", "unknown" }

-- Whether an earlier run set it, or may have.
local function was_set(journaled)
  return journaled and journaled.detail ~= "kept" and CALLED[journaled.state] or false
end

-- What takes no call.
local function known(self, change, journaled)
  if change.outcome.state == "unchanged" then
    return { state = "sent" }
  elseif change.action == "keep" then
    settle(self, change, { state = "unchanged", is_earlier = was_set(journaled) or nil })
    return { state = "sent" }
  elseif change.action == "error" then
    settle(self, change, { state = "failed", code = change.code, message = change.reason,
                           err = change.err })
    return { state = "failed", code = change.code }
  elseif not CALLS[change.action] then
    return refused(self, change, change.code, change.reason)
  end
end

local function failed(self, change, concern, err)
  local judged, stops = concern:judge(err)
  settle(self, change, { state = judged.state == "again" and "left" or "failed", code = err.code,
                         message = err.message, err = err })
  return { judged }, stops and err or nil
end

-- The identity, and those that come after it, as many as a question is for.
local function group_of(self, number)
  local changes, group = self.plan.changes, {}
  local most = self.is_alone[changes[number]] and 1
    or settings.PER_QUESTION[self.plan.client.service]
  for i = number, #changes do
    if CALLS[changes[i].action] and changes[i].outcome.state == "left" then
      group[#group + 1] = changes[i]
    end
    if #group == most then
      break
    end
  end
  return group
end

local function identities_of(changes)
  local list = {}
  for i = 1, #changes do
    list[i] = changes[i].identity
  end
  return list
end

-- The settings of the identity and of those that come after it.
local function read(self, number)
  local group = group_of(self, number)
  local found, err = settings.read(self.plan.client, identities_of(group))
  if found then
    self.reading:allow()
    for name, setting in pairs(found) do
      self.fresh[name] = setting
    end
    return found
  end
  local judged, stops = self.reading:judge(err)
  if #group > 1 and not stops and judged.state ~= "again" then
    -- What SES refuses of several may be the fault of one.
    for i = 1, #group do
      self.is_alone[group[i]] = true
    end
    return read(self, number)
  end
  return nil, err
end

local function is_as_planned(change, fresh)
  local planned = change.current
  return fresh.domain == planned.domain and fresh.behavior == planned.behavior
end

local function set(self, change, fresh, max_wait)
  self.report.calls = self.report.calls + 1
  self.tried[change] = true
  local result, err = settings.change(self.plan.client, change.identity, change.mail_from_domain,
    change.behavior or fresh.behavior, max_wait)
  if result then
    self.setting:allow()
    settle(self, change, { state = "done" })
    return { { state = "sent", message_id = "set" } }
  end
  return failed(self, change, self.setting, err)
end

-- Does what one change takes.
local function fire(self, number, max_wait)
  local change = self.plan.changes[number]
  if not self.fresh[change.identity] then
    local found, err = read(self, number)
    if not found then
      return failed(self, change, self.reading, err)
    end
  end
  local fresh = self.fresh[change.identity]
  self.fresh[change.identity] = nil
  local action, _, reason = decide.decide(change, fresh, self.plan.rules)
  if action == "keep" then
    local is_done, is_earlier = self.tried[change], self.plan.tried[change]
    settle(self, change, is_done and { state = "done" }
      or { state = "unchanged", message = reason, is_earlier = is_earlier })
    return { { state = "sent", message_id = (is_done or is_earlier) and "set" or "kept" } }
  elseif action ~= change.action or not is_as_planned(change, fresh) then
    return { refused(self, change, "ChangedSincePlanned",
      "it has changed since the plan was made: make it anew") }
  end
  return set(self, change, fresh, max_wait)
end

-- What the engine of batches asks. SES takes a call a second, so there is nothing
-- to be had from several at a time.
local function job_of(self, opts)
  local plan = self.plan
  local ids = {}
  for i, change in ipairs(plan.changes) do
    ids[i] = ("%s %s %s"):format(change.identity, tostring(change.mail_from_domain),
      tostring(change.behavior))
  end
  return {
    transport = plan.client._context.transport, ids = ids,
    message = "ses.mail_from.plan " .. plan.region,
    groups = engine.one_by_one, prepare = function() end,
    is_closed = function() return not rawget(plan.client, "_context") end,
    known = function(number, journaled) return known(self, plan.changes[number], journaled) end,
    fire = function(numbers, max_wait)
      local verdicts, err = fire(self, numbers[1], max_wait)
      return verdicts, err or tell(opts.progress, "ApplyStopped",
        "progress stopped it; what is left was not changed", self.report, plan.changes[numbers[1]])
    end,
  }
end

local function new_report(plan)
  local report = { changes = plan.changes, total = #plan.changes, done = 0, unchanged = 0,
                   refused = 0, failed = 0, left = 0, calls = 0 }
  for _, change in ipairs(plan.changes) do
    local outcome = change.outcome
    if outcome and outcome.state == "done" then
      change.outcome = { state = "unchanged", is_earlier = true }
    elseif not outcome or outcome.state ~= "unchanged" then
      change.outcome = { state = "left" }
    end
    report[change.outcome.state] = report[change.outcome.state] + 1
  end
  return setmetatable(report, Applied)
end

--- Applies the plan: makes the calls that it named, and none for what is right.
---
--- Applied again, it goes on with what is left or failed, and takes what it did
--- for right without asking. An error that concerns
--- all identities, such as refused credentials, stops it; any other is kept by
--- the identity that it met. What may succeed another time is tried five times.
---@param plan ses.mail_from.Plan
---@param opts ses.mail_from.ApplyOptions|nil
---@return ses.mail_from.Applied|nil
---@return ses.Error|nil err the journal cannot be used, or, AlreadyApplying, the plan is being
---  applied; nothing was changed
function M.apply(plan, opts)
  opts = opts == nil and {} or opts
  local fault = options.fault(opts, SCHEMA)
  if not fault and not rawget(plan.client, "_context") then
    fault = "the client is closed"
  end
  if fault then
    error("plan:apply: " .. fault, 2)
  elseif plan.is_applying then
    return nil, errors.new("config", { code = "AlreadyApplying", message = "the plan is being"
      .. " applied already: wait for that, or make another plan" })
  end
  local self = {
    plan = plan, report = new_report(plan), fresh = {}, tried = {},
    is_alone = {}, -- changes whose identities are read one by one
    reading = concerns.new(plan.client), setting = concerns.new(plan.client),
  }
  plan.is_applying = true
  local ok, batch, err = protect(engine.run, job_of(self, opts),
    { concurrency = 1, journal = opts.journal, sync = opts.sync })
  plan.is_applying = nil
  if not ok then
    error(batch, 0)
  elseif not batch then
    return nil, err
  end
  for change in pairs(self.tried) do
    plan.tried[change] = true
  end
  self.report.stopped = batch.stopped
  return self.report
end

return M
