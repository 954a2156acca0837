--- Tables that forget their oldest, so that requests without end fill no memory.
local M = {}

local MOST = 10000

--- The order in which names come into a table.
---@return table
function M.new()
  return { first = 1, last = 0 }
end

--- Puts a value under a name that is new. Of ten thousand and one, the oldest
--- leaves.
---@param values table
---@param order table see M.new
---@param name string
---@param value any
function M.put(values, order, name, value)
  values[name] = value
  order.last = order.last + 1
  order[order.last] = name
  if order.last - order.first >= MOST then
    values[order[order.first]] = nil
    order[order.first] = nil
    order.first = order.first + 1
  end
end

return M
