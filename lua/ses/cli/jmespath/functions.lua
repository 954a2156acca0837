--- The functions of expressions.
local document = require "ses.cli.document"
local errors = require "ses.cli.jmespath.errors"
local json = require "ses.cli.json"
local numbers = require "ses.cli.jmespath.numbers"
local python = require "ses.cli.python"
local unicode = require "ses.cli.jmespath.unicode"
local values = require "ses.cli.jmespath.values"

local M = {}

local null = document.null

local Reference = {}

function Reference.__tostring()
  return "an expression"
end

--- What &expression is as an argument.
---@param evaluate fun(value: any): any
---@return table
function M.reference(evaluate)
  return setmetatable({ evaluate = evaluate }, Reference)
end

local function kind_of(value)
  return getmetatable(value) == Reference and "expref" or document.type(value)
end

--- The values of an object's members, in order.
---@param object table
---@return any[] array
function M.values(object)
  local list = document.array()
  for i, name in ipairs(document.names(object)) do
    list[i] = document.get(object, name)
  end
  return list
end

-- The first item whose key has that order to those of all others; or null.
local function extreme(order, items, key)
  local best, best_key = null, nil
  for _, item in ipairs(items) do
    local item_key = key(item)
    if best_key == nil or values.compare(order, item_key, best_key) then
      best, best_key = item, item_key
    end
  end
  return best
end

local function itself(value)
  return value
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then
      return true
    end
  end
  return false
end

-- The key of an item, by an expression that has to find one of these types.
local function key_of(name, reference, types)
  return function(item)
    local key = reference.evaluate(item)
    if not contains(types, kind_of(key)) then
      errors.type(name, key, kind_of(key), types)
    end
    return key
  end
end

local FUNCTIONS = {}

-- Takes a function in: the types of its arguments, each with "|" between those
-- that are allowed. Of a variadic one the last is those of all that follow, and
-- it gets a list.
local function define(name, types, call, variadic)
  local arguments = {}
  for i, allowed in ipairs(types) do
    arguments[i] = {}
    for kind in allowed:gmatch("[^|]+") do
      table.insert(arguments[i], kind)
    end
  end
  FUNCTIONS[name] = { types = arguments, call = call, variadic = variadic }
end

local ANY = "array|boolean|null|number|object|string"

define("abs", { "number" }, numbers.abs)
define("avg", { "array-number" }, numbers.average)
define("ceil", { "number" }, numbers.ceil)
define("floor", { "number" }, numbers.floor)
define("sum", { "array-number" }, numbers.sum)
define("to_number", { ANY }, function(value)
  local kind = document.type(value)
  return kind == "number" and value or kind == "string" and numbers.parse(value) or null
end)

define("contains", { "array|string", ANY }, function(subject, search)
  if type(subject) == "string" then
    if type(search) ~= "string" then
      errors.type("contains", search, kind_of(search), { "string" })
    end
    return subject:find(search, 1, true) ~= nil
  end
  for _, item in ipairs(subject) do
    if values.equal(item, search) then
      return true
    end
  end
  return false
end)
define("ends_with", { "string", "string" }, function(text, suffix)
  return text:sub(#text - #suffix + 1) == suffix
end)
define("starts_with", { "string", "string" }, function(text, prefix)
  return text:sub(1, #prefix) == prefix
end)
define("join", { "string", "array-string" }, function(separator, list)
  return table.concat(list, separator)
end)
define("length", { "string|array|object" }, function(value)
  if type(value) == "string" then
    return unicode.length(value)
  end
  return document.type(value) == "array" and #value or #document.names(value)
end)
define("reverse", { "array|string" }, function(value)
  local list = type(value) == "string" and unicode.chars(value) or value
  local reversed = document.array()
  for i = #list, 1, -1 do
    reversed[#reversed + 1] = list[i]
  end
  return list == value and reversed or table.concat(reversed)
end)

define("keys", { "object" }, function(object)
  local names = document.array()
  for i, name in ipairs(document.names(object)) do
    names[i] = name
  end
  return names
end)
define("values", { "object" }, M.values)
define("merge", { "object" }, function(objects)
  local merged = document.object()
  for _, object in ipairs(objects) do
    for _, name in ipairs(document.names(object)) do
      document.set(merged, name, document.get(object, name))
    end
  end
  return merged
end, true)

define("map", { "expref", "array" }, function(reference, list)
  local results = document.array()
  for i, item in ipairs(list) do
    results[i] = reference.evaluate(item)
  end
  return results
end)
define("max", { "array-number|array-string" }, function(list)
  return extreme(">", list, itself)
end)
define("min", { "array-number|array-string" }, function(list)
  return extreme("<", list, itself)
end)
define("max_by", { "array", "expref" }, function(list, reference)
  return extreme(">", list, key_of("max_by", reference, { "number", "string" }))
end)
define("min_by", { "array", "expref" }, function(list, reference)
  return extreme("<", list, key_of("min_by", reference, { "number", "string" }))
end)
define("sort", { "array-string|array-number" }, function(list)
  return values.sorted(list, itself)
end)
define("sort_by", { "array", "expref" }, function(list, reference)
  if #list == 0 then
    return list
  end
  -- The first says of what type all have to be.
  local kind = kind_of(reference.evaluate(list[1]))
  if kind ~= "number" and kind ~= "string" then
    errors.type("sort_by", list[1], kind, { "string", "number" })
  end
  return values.sorted(list, key_of("sort_by", reference, { kind }))
end)

define("not_null", { ANY }, function(arguments)
  for _, value in ipairs(arguments) do
    if value ~= null then
      return value
    end
  end
  return null
end, true)
define("to_array", { ANY }, function(value)
  return document.type(value) == "array" and value or document.array { value }
end)
define("to_string", { ANY }, function(value)
  return type(value) == "string" and value or unicode.ascii(json.encode(value))
end)
define("type", { ANY }, document.type)

-- Refuses an argument that is of none of these types.
local function check(name, value, types)
  local kind, item_kinds = kind_of(value), {}
  local allowed = false
  for _, accepted in ipairs(types) do
    local outer, inner = accepted:match("^(%a+)%-?(%a*)$")
    allowed = allowed or outer == kind
    if inner ~= "" then
      item_kinds[#item_kinds + 1] = inner
    end
  end
  if not allowed then
    errors.type(name, value, kind, types)
  elseif #item_kinds == 0 then
    return
  end
  for _, item in ipairs(value) do
    if not contains(item_kinds, document.type(item)) then
      errors.type(name, item, python.type_name(item), types)
    end
    -- Where there is a choice the first item makes it.
    item_kinds = { document.type(item) }
  end
end

--- Calls a function.
---@param name string
---@param arguments any[] values, and references
---@return any value
function M.call(name, arguments)
  local called = FUNCTIONS[name]
  if not called then
    errors.raise("Unknown function: " .. name .. "()")
  end
  local expected = #called.types
  if #arguments < expected or #arguments > expected and not called.variadic then
    errors.arity(name, expected, #arguments, called.variadic)
  end
  for i, argument in ipairs(arguments) do
    check(name, argument, called.types[math.min(i, expected)])
  end
  if called.variadic then
    return called.call(arguments)
  end
  return called.call(arguments[1], arguments[2])
end

return M
