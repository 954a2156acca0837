--- Tables made of tables.
local M = {}

--- A set of the items of a list.
---@generic T
---@param list T[]
---@return table<T, true>
function M.set(list)
  local result = {}
  for _, item in ipairs(list) do
    result[item] = true
  end
  return result
end

--- The items of lists, one list after another.
---@generic T
---@param ... T[]
---@return T[]
function M.joined(...)
  local result = {}
  for i = 1, select("#", ...) do
    for _, item in ipairs((select(i, ...))) do
      result[#result + 1] = item
    end
  end
  return result
end

--- The items of a list from one on.
---@generic T
---@param list T[]
---@param first integer
---@param last integer|nil that of the last one, if there are so many; nil: to the end
---@return T[]
function M.from(list, first, last)
  local result = {}
  for i = first, math.min(last or #list, #list) do
    result[#result + 1] = list[i]
  end
  return result
end

--- What a table has, and of another what it does not replace.
---@param default table
---@param given table
---@return table
function M.merged(default, given)
  local result = {}
  for name, value in pairs(default) do
    result[name] = value
  end
  for name, value in pairs(given) do
    result[name] = value
  end
  return result
end

--- A copy of a table, for what is its caller's to change.
---@param given table
---@return table
function M.copy(given)
  return M.merged(given, {})
end

--- A copy of a table and of all tables in it.
---@param given table
---@param made table|nil for its own use: the copies there are
---@return table
function M.deep_copy(given, made)
  made = made or {}
  local copy = made[given]
  if copy then
    return copy
  end
  copy = {}
  made[given] = copy
  for name, value in next, given do
    copy[name] = type(value) == "table" and M.deep_copy(value, made) or value
  end
  return copy
end

return M
