--- How much a region may send: a quota of 24 hours and a rate. Both count
--- recipients.
local errors = require "ses.emulator.errors"

local M = {}

local DAY = 24 * 3600
local JITTER = 0.05

-- The quarters of an hour that GetSendStatistics reports, and for how long.
local QUARTER = 900
local STATISTICS_AGE = 14 * DAY

--- The state of a region's quota.
---@return table
function M.new()
  return { sent = 0, first = 1, last = 0, log = {}, busy_until = 0, quarters = {} }
end

local function forget(state, now)
  local entry = state.log[state.first]
  while entry and entry.second <= now - DAY do
    state.sent = state.sent - entry.count
    state.log[state.first] = nil
    state.first = state.first + 1
    entry = state.log[state.first]
  end
end

--- How many recipients the last 24 hours had.
---@param state table
---@param now number seconds of the movable clock
---@return integer
function M.sent(state, now)
  forget(state, now)
  return state.sent
end

local function note_quarter(state, now)
  local start = math.floor(now / QUARTER) * QUARTER
  if not state.quarters[start] then
    for old in pairs(state.quarters) do
      if old < start - STATISTICS_AGE then
        state.quarters[old] = nil
      end
    end
  end
  state.quarters[start] = (state.quarters[start] or 0) + 1
end

local function note(state, recipients, now)
  local second = math.floor(now)
  local entry = state.log[state.last]
  if not entry or entry.second ~= second then
    state.last = state.last + 1
    entry = { second = second, count = 0 }
    state.log[state.last] = entry
  end
  entry.count = entry.count + recipients
  state.sent = state.sent + recipients
  note_quarter(state, now)
end

--- Takes recipients of both the quota and the rate, if they may be sent to.
---@param ctx ses.emulator.Context
---@param recipients integer
---@return true|nil
---@return ses.emulator.Fault|nil
function M.take(ctx, recipients)
  local state, limits, now = ctx.region.quota, ctx.limits, ctx.now
  local most, rate = limits.max_24_hour_send, limits.max_send_rate
  if most ~= -1 and M.sent(state, now) + recipients > most then
    local limit = ctx.api == "sesv2" and ctx.assume.v2_daily_quota == "LimitExceededException"
    return errors.fault(limit and "daily_limit" or "daily_quota", "Daily message quota exceeded.")
  end
  if limits.throttle then
    -- A second's worth may come at once. A message with more recipients than
    -- that waits until nothing is owed.
    local owed = math.max(0, state.busy_until - now) * rate
    if owed + math.min(recipients, rate) > rate + JITTER then
      return errors.fault("throttled", "Maximum sending rate exceeded.")
    end
    state.busy_until = math.max(state.busy_until, now) + recipients / rate
  end
  note(state, recipients, now)
  return true
end

--- The quarters of an hour in which something was sent, oldest first.
---@param state table
---@return {start: integer, attempts: integer}[]
function M.statistics(state)
  local list = {}
  for start, attempts in pairs(state.quarters) do
    list[#list + 1] = { start = start, attempts = attempts }
  end
  table.sort(list, function(a, b)
    return a.start < b.start
  end)
  return list
end

return M
