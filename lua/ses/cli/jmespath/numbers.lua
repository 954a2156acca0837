--- What functions do with numbers: as Python, where an integer stays one until
--- it meets a double.
local document = require "ses.cli.document"
local errors = require "ses.cli.jmespath.errors"

local M = {}

local function is_integer(number)
  return math.type and math.type(number) == "integer"
end

-- An integer of Lua's own wraps around; a double of that size does not.
local function add(left, right)
  local sum = left + right
  if is_integer(sum) and (left < 0) == (right < 0) and (sum < 0) ~= (left < 0) then
    return left + 0.0 + right
  end
  return sum
end

-- The sum, and whether it is a double.
local function total(list)
  local sum, is_double = 0, false
  for _, value in ipairs(list) do
    sum = add(sum, document.number(value))
    is_double = is_double or document.is_double(value)
  end
  return sum, is_double
end

---@param value any
---@return any
function M.abs(value)
  local number = document.number(value)
  if document.is_double(value) then
    return document.double(math.abs(number))
  elseif number >= 0 then
    return value
  end
  -- The least integer has no positive counterpart.
  return -number > 0 and -number or -(number + 0.0)
end

---@param list any[]
---@return any double null: there are none
function M.average(list)
  if #list == 0 then
    return document.null
  end
  return document.double(total(list) / #list)
end

---@param list any[]
---@return any
function M.sum(list)
  local sum, is_double = total(list)
  return is_double and document.double(sum) or sum
end

local function rounded(value, round)
  local number = document.number(value)
  if number ~= number then
    errors.raise "cannot convert float NaN to integer"
  elseif number == math.huge or number == -math.huge then
    errors.raise "cannot convert float infinity to integer"
  end
  return round(number)
end

---@param value any
---@return number
function M.ceil(value)
  return rounded(value, math.ceil)
end

---@param value any
---@return number
function M.floor(value)
  return rounded(value, math.floor)
end

local NAMED = { inf = math.huge, infinity = math.huge, nan = 0 / 0 }

--- The number that a text is to Python's int and float, which take more than
--- JSON has: blanks around it, a sign, underscores between digits, and what is
--- no number of JSON's at all.
---@param text string
---@return any|nil
function M.parse(text)
  local sign, body = text:match("^[%s\28-\31]*([+-]?)(.-)[%s\28-\31]*$")
  sign = sign == "-" and -1 or 1
  if NAMED[body:lower()] then
    return document.double(sign * NAMED[body:lower()])
  end
  local padded = "." .. body .. "."
  if padded:find("%D_") or padded:find("_%D") then
    return nil
  end
  body = body:gsub("_", "")
  if body:find("^%d+$") then
    return sign * tonumber(body)
  end
  local digits, exponent = body:match("^([%d.]+)(.*)$")
  if digits and (digits:find("^%d+%.?%d*$") or digits:find("^%.%d+$"))
    and (exponent == "" or exponent:find("^[eE][+-]?%d+$")) then
    return document.double(sign * tonumber(body))
  end
end

return M
