--- One call a second of every operation that does not send.
local M = {}

local INTERVAL = 1

-- A client that keeps exactly one call a second must not be refused because
-- one of its requests took a little less time to arrive than the one before.
local JITTER = 0.05

--- Takes a call, if it may be made.
---@param region table
---@param operation string the bucket: every operation has its own
---@param now number seconds of the movable clock
---@return boolean
function M.take(region, operation, now)
  local due = region.due[operation]
  if due and now < due - JITTER then
    return false
  end
  region.due[operation] = math.max(due or now, now) + INTERVAL
  return true
end

return M
