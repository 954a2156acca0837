--- The emulator's two clocks.
---
--- Signatures, the Date header and the end of credentials go by wall time: every
--- client compares them with its own. That clock can be wrong: it may differ from
--- the machine's by a skew. Lifecycles, quotas and limits go by a clock that can
--- be moved, so that 72 hours pass in a test.
local M = {}
M.__index = M

---@class ses.emulator.Clock
---@field offset number seconds that the movable clock is ahead of wall time
---@field skew number seconds that the service's clock is ahead of wall time

--- A clock that reads wall time from a function.
---@param wall fun(): number seconds since the epoch
---@return ses.emulator.Clock
function M.new(wall)
  return setmetatable({ read = wall, offset = 0, skew = 0 }, M)
end

--- Wall time in seconds since the epoch.
---@return number
function M:wall()
  return self.read()
end

--- What the service takes for wall time.
---@param wall number wall time
---@return number
function M:service(wall)
  return wall + self.skew
end

--- The movable clock, in seconds since the epoch.
---@param wall? number the wall time that it stands for; nil: now
---@return number
function M:now(wall)
  return (wall or self.read()) + self.offset
end

--- Moves the movable clock forward.
---@param seconds number 0 or more
function M:advance(seconds)
  self.offset = self.offset + seconds
end

--- Puts both clocks back to wall time.
function M:reset()
  self.offset, self.skew = 0, 0
end

return M
