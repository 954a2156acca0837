--- Values as JSON has them, objects in their order: what the commands read, query
--- and print.
---
--- Strings and booleans are Lua's; bytes that are no text are marked. A number that
--- must be shown with a fraction, whatever Lua it is, is a double; any other is a Lua
--- number. Objects and arrays are told apart where they are empty as well.
local cjson = require "cjson"

local M = {}

--- Stands for null; the same value as ses.null.
M.null = cjson.null

local Array, Object, Double, Bytes = {}, {}, {}, {}

--- Makes a list an array, in place.
---@param list? table
---@return table
function M.array(list)
  return setmetatable(list or {}, Array)
end

--- An empty object.
---@return table
function M.object()
  return setmetatable({ names = {}, values = {} }, Object)
end

--- A number that is shown with a fraction: 50.0.
---@param number number
---@return table
function M.double(number)
  return setmetatable({ number = number }, Double)
end

--- What is no text: a file that fileb:// names, or YAML's !!binary.
---@param bytes string
---@return table
function M.bytes(bytes)
  return setmetatable({ bytes = bytes }, Bytes)
end

--- Sets a member; a new one comes last.
---@param object table
---@param name string
---@param value any
---@return table object
function M.set(object, name, value)
  if object.values[name] == nil then
    object.names[#object.names + 1] = name
  end
  object.values[name] = value
  return object
end

--- Sets a member as it is read: that its name was there before is kept in mind.
---@param object table
---@param name string
---@param value any
---@return table object
function M.add(object, name, value)
  if object.values[name] ~= nil then
    object.repeated = object.repeated or name
  end
  return M.set(object, name, value)
end

--- The first name that was read more than once, if there is one.
---@param object table
---@return string|nil
function M.repeated(object)
  return object.repeated
end

--- A member, or nil.
---@param object table
---@param name string
function M.get(object, name)
  return object.values[name]
end

--- The names of an object's members, in order; not to be changed.
---@param object table
---@return string[]
function M.names(object)
  return object.names
end

--- The names of an object's members, sorted.
---@param object table
---@return string[]
function M.sorted_names(object)
  local names = {}
  for i, name in ipairs(object.names) do
    names[i] = name
  end
  table.sort(names)
  return names
end

--- The number that a number or a double is.
---@param value any
---@return number|nil nil: it is neither
function M.number(value)
  if type(value) == "number" then
    return value
  end
  return getmetatable(value) == Double and value.number or nil
end

--- What kind of value it is.
---@param value any
---@return "object"|"array"|"string"|"number"|"boolean"|"null"|"bytes"
function M.type(value)
  local metatable = getmetatable(value)
  if value == M.null or value == nil then
    return "null"
  elseif metatable == Array then
    return "array"
  elseif metatable == Object then
    return "object"
  elseif metatable == Double then
    return "number"
  elseif metatable == Bytes then
    return "bytes"
  end
  return type(value)
end

--- Whether a value is neither an object nor an array.
---@param value any
---@return boolean
function M.is_scalar(value)
  local metatable = getmetatable(value)
  return metatable ~= Object and metatable ~= Array
end

--- Whether a value is an object without members.
---@param value any
---@return boolean
function M.is_empty_object(value)
  return getmetatable(value) == Object and #value.names == 0
end

--- Whether a number is one that is shown with a fraction.
---@param value any
---@return boolean
function M.is_double(value)
  return getmetatable(value) == Double
end

return M
