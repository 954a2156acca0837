--- How values compare.
local document = require "ses.cli.document"
local errors = require "ses.cli.jmespath.errors"
local python = require "ses.cli.python"

local M = {}

--- Whether a condition does not hold with this value: 0 is true.
---@param value any
---@return boolean
function M.is_false(value)
  local kind = document.type(value)
  if kind == "object" then
    return #document.names(value) == 0
  elseif kind == "array" then
    return #value == 0
  end
  return kind == "null" or value == false or value == ""
end

--- Whether two values are the same, in whatever order members are.
---@param left any
---@param right any
---@return boolean
function M.equal(left, right)
  local kind = document.type(left)
  if kind ~= document.type(right) then
    return false
  elseif kind == "number" then
    return document.number(left) == document.number(right)
  elseif kind == "array" then
    for i = 1, math.max(#left, #right) do
      if left[i] == nil or right[i] == nil or not M.equal(left[i], right[i]) then
        return false
      end
    end
    return true
  elseif kind == "object" then
    for _, name in ipairs(document.names(left)) do
      local other = document.get(right, name)
      if other == nil or not M.equal(document.get(left, name), other) then
        return false
      end
    end
    return #document.names(left) == #document.names(right)
  end
  return left == right
end

local ORDERS = {
  ["<"] = function(left, right) return left < right end,
  ["<="] = function(left, right) return left <= right end,
  [">"] = function(left, right) return left > right end,
  [">="] = function(left, right) return left >= right end,
}

local function is_ordered(value)
  return type(value) == "string" or document.number(value) ~= nil
end

--- Compares numbers, or strings by their code points. jmespath.py has strings
--- ordered as well, and refuses to compare them with numbers.
---@param order "<"|"<="|">"|">="
---@param left any
---@param right any
---@return boolean|nil holds nil: values of other types have no order
function M.compare(order, left, right)
  if not is_ordered(left) or not is_ordered(right) then
    return nil
  elseif (type(left) == "string") ~= (type(right) == "string") then
    errors.raise(("'%s' not supported between instances of '%s' and '%s'")
      :format(order, python.type_name(left), python.type_name(right)))
  end
  return ORDERS[order](document.number(left) or left, document.number(right) or right)
end

-- Merges two sorted runs of `from`, which begin at `low` and at `middle`.
local function merge(from, to, low, middle, high)
  local left, right = low, middle
  for i = low, high - 1 do
    if right >= high or left < middle
      and not M.compare("<", from[right].key, from[left].key) then
      to[i], left = from[left], left + 1
    else
      to[i], right = from[right], right + 1
    end
  end
end

--- Sorts; what is equal stays in its order. table.sort does not promise that,
--- and fails where there is NaN.
---@param items any[]
---@param key fun(item: any): any a number or a string, of all items the one or the other
---@return any[] sorted an array of its own
function M.sorted(items, key)
  local from, to = {}, {}
  for i, item in ipairs(items) do
    from[i] = { key = key(item), item = item }
  end
  local width = 1
  while width < #from do
    for low = 1, #from, 2 * width do
      merge(from, to, low, math.min(low + width, #from + 1), math.min(low + 2 * width, #from + 1))
    end
    from, to, width = to, from, 2 * width
  end
  local sorted = document.array()
  for i, entry in ipairs(from) do
    sorted[i] = entry.item
  end
  return sorted
end

return M
