--- The arithmetic of the rate limiter, for every store: GCRA, the generic cell
--- rate algorithm, in a form that reserves.
---
--- A state is a table of numbers. `tat` is the theoretical arrival time: when
--- the next call goes out, if that lies ahead. `pace` is the share of the full
--- rate that calls had at the time `since`, when the service last said that
--- they came too fast; from there it rises in a straight line. Times are in
--- seconds of one clock that only goes forward, intervals are seconds per unit.
local M = {}

--- The least share of the full rate.
M.SLOWEST = 1 / 16

--- Seconds from the last throttling answer to the full rate.
M.RECOVERY = 30

--- Seconds in which any number of throttling answers count as one: calls that
--- were in flight together are refused together.
M.SLOW_EVERY = 1

---@class ses.RateState
---@field tat number
---@field pace number in (0, 1]
---@field since number

--- The state of a key that nothing was asked of.
---@param now number
---@return ses.RateState
function M.new(now)
  return { tat = now, pace = 1, since = now - M.RECOVERY }
end

--- The share of the full rate at a time.
---@param state ses.RateState
---@param now number
---@return number in (0, 1]
function M.pace(state, now)
  local progress = math.min(math.max((now - state.since) / M.RECOVERY, 0), 1)
  return state.pace + (1 - state.pace) * progress
end

--- How long a call would wait.
---@param state ses.RateState
---@param now number
---@return number seconds, 0 or more
function M.wait(state, now)
  return math.max(state.tat - now, 0)
end

--- Reserves the next slot, if it is not too far off.
---@param state ses.RateState changed in place, where something is reserved
---@param interval number seconds per unit at the full rate
---@param count number units that the call takes
---@param now number
---@param most number seconds
---@return number|nil wait seconds, 0 or more; nil: it would be more than most
---@return number|nil wait what it would be
function M.reserve(state, interval, count, now, most)
  local wait = M.wait(state, now)
  if wait > most then
    return nil, wait
  end
  state.tat = math.max(state.tat, now) + count * interval / M.pace(state, now)
  return wait
end

--- Slows down after a throttling answer, and lets nothing through for one
--- interval.
---@param state ses.RateState changed in place
---@param interval number seconds per unit at the full rate
---@param now number
function M.slow(state, interval, now)
  if now - state.since < M.SLOW_EVERY then
    return
  end
  state.pace = math.max(M.pace(state, now) / 2, M.SLOWEST)
  state.since = now
  state.tat = math.max(state.tat, now + interval)
end

--- How long a state still differs from a new one.
---@param state ses.RateState
---@param now number
---@return number seconds; 0 or less: it can be forgotten
function M.lifetime(state, now)
  return math.max(state.tat, state.since + M.RECOVERY) - now
end

return M
