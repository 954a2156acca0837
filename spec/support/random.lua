-- Random numbers that are the same on every Lua, from a seed.

local M = {}

local Random = {}
Random.__index = Random

--- An integer from low to high.
---@param low integer
---@param high integer
---@return integer
function Random:int(low, high)
  -- Park and Miller's generator; its products are exact in a double.
  self.state = self.state * 16807 % 2147483647
  return low + math.floor(self.state / 2147483647 * (high - low + 1))
end

--- One of a list.
---@generic T
---@param list T[]
---@return T
function Random:pick(list)
  return list[self:int(1, #list)]
end

--- Several of a list, one after the other.
---@param list string[]
---@param least integer how many at least
---@param most integer
---@return string
function Random:text(list, least, most)
  local parts = {}
  for i = 1, self:int(least, most) do parts[i] = self:pick(list) end
  return table.concat(parts)
end

---@param seed integer above 0
---@return table random
function M.new(seed)
  return setmetatable({ state = seed }, Random)
end

return M
