--- Checks of values that a test hands to the emulator: what is wrong with one,
--- or nil.
local M = {}

--- A number.
---@param least number
---@return fun(value: any): string|nil
function M.number_from(least)
  return function(value)
    if type(value) ~= "number" or value ~= value or value < least then
      return "expected a number of at least " .. least
    end
  end
end

--- A whole number.
---@param least integer
---@return fun(value: any): string|nil
function M.whole_from(least)
  return function(value)
    if type(value) ~= "number" or value < least or value ~= math.floor(value)
      or value == math.huge then
      return "expected a whole number of at least " .. least
    end
  end
end

--- One of several texts.
---@param first string|string[] one of them, or a list of all
---@param ... string the others
---@return fun(value: any): string|nil
function M.one_of(first, ...)
  local choices = type(first) == "table" and first or { first, ... }
  return function(value)
    for _, choice in ipairs(choices) do
      if value == choice then
        return nil
      end
    end
    return "expected '" .. table.concat(choices, "', '", 1, #choices - 1) .. "' or '"
      .. choices[#choices] .. "'"
  end
end

return M
