--- Values of the model's simple types, from text and to text.
local core = require "ses.core"

local M = {}

-- Integers are integers where Lua has them.
local to_integer = rawget(math, "tointeger") or function(number)
  return number == math.floor(number) and number or nil
end

local LARGEST = { integer = 2147483647, long = 9007199254740992 }

--- A number as an integer of the type; nil where it is none.
---@param number number
---@param kind string "integer" or "long"
---@return number|nil
function M.integer(number, kind)
  if number ~= number or number < -LARGEST[kind] - 1 or number > LARGEST[kind] then
    return nil
  end
  return to_integer(number)
end

local readers = {}

function readers.string(text)
  return text
end

function readers.blob(text)
  return core.decode_base64(text)
end

function readers.boolean(text)
  if text == "true" or text == "false" then
    return text == "true"
  end
end

function readers.integer(text, kind)
  -- Within 18 digits tonumber is exact enough for the range check.
  if #text > 18 or not text:find("^[+-]?%d+$") then
    return nil
  end
  return M.integer(tonumber(text, 10), kind)
end

readers.long = readers.integer

function readers.double(text)
  return text:find("^[+-]?[%d.]+[eE]?[+-]?%d*$") and tonumber(text) or nil
end

function readers.timestamp(text)
  return core.parse_time(text, "iso8601") or readers.double(text)
end

--- Reads a value of a simple type.
---@param kind string the type of the shape
---@param text string
---@return any value nil: the text is none of the type
function M.read(kind, text)
  return readers[kind](text, kind)
end

local writers = {}

writers.string = tostring
writers.boolean = tostring
writers.blob = core.encode_base64

function writers.integer(value)
  return ("%.0f"):format(value)
end

writers.long = writers.integer

function writers.double(value)
  return value == math.floor(value) and ("%.1f"):format(value) or ("%.14g"):format(value)
end

function writers.timestamp(value)
  return core.format_time(value, "iso8601")
end

--- Writes a value of a simple type, as XML has it.
---@param kind string
---@param value any
---@return string
function M.write(kind, value)
  return writers[kind](value)
end

--- Whether a type is simple: neither structure, list nor map.
---@param kind string
---@return boolean
function M.is_simple(kind)
  return readers[kind] ~= nil
end

return M
