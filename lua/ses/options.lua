--- Tables of options, checked against what an option may be.
local nearest = require "ses.nearest"

local M = {}

-- `%s` stops at a NUL byte on PUC 5.1, and a value may be anything at all.
local function quote(value)
  if type(value) == "string" then
    return "'" .. value .. "'"
  end
  return tostring(value)
end

--- A number of seconds: more than 0; math.huge means no limit.
function M.seconds(value)
  if type(value) == "number" and value > 0 then
    return nil
  end
  return "expected a number of seconds above 0, got "
    .. (type(value) == "number" and tostring(value) or type(value))
end

--- A number of seconds that may be 0; math.huge means no limit.
function M.seconds_from_0(value)
  if type(value) == "number" and value >= 0 then
    return nil
  end
  return "expected a number of seconds from 0, got "
    .. (type(value) == "number" and tostring(value) or type(value))
end

--- A whole number from 1.
function M.whole_number(value)
  if type(value) == "number" and value >= 1 and value < math.huge and value % 1 == 0 then
    return nil
  end
  return "expected a whole number from 1, got "
    .. (type(value) == "number" and tostring(value) or type(value))
end

--- A check that a value is of one Lua type.
---@param expected string what type() must say
---@return fun(value: any): string|nil
function M.of(expected)
  return function(value)
    if type(value) ~= expected then
      return "expected a " .. expected .. ", got " .. type(value)
    end
  end
end

--- A check of a table of options inside an option.
---@param schema table<string, fun(value: any, path: string): string|nil, string|nil>
---@param where? string the clause that says where options of this kind are set
---@param example? string how such a table is written
function M.table(schema, where, example)
  return function(value, path)
    if type(value) ~= "table" and example then
      return "expected a table such as " .. example .. ", got " .. type(value)
    end
    return M.fault(value, schema, path, where)
  end
end

local function did_you_mean(name, schema, elsewhere)
  local meant = elsewhere and elsewhere[name]
  return meant and ("; did you mean '" .. meant .. "'?") or nearest.hint(name, schema)
end

--- What is wrong with a table of options.
---
--- A check in the schema gets the value and its path and returns what is wrong
--- with it, or nil; a table's check returns the path as well.
---@param given any
---@param schema table<string, fun(value: any, path: string): string|nil, boolean|nil>
---@param path? string the option that holds this table; nil: the outermost one
---@param where? string what to add to the message about an unknown name
---@param elsewhere? table<string, string> names of other tools: what they are called here
---@return string|nil fault a message for the caller; nil: nothing is wrong
---@return boolean|nil complete the message already names the option
function M.fault(given, schema, path, where, elsewhere)
  local prefix = path and (path .. ".") or ""
  if type(given) ~= "table" then
    return (path or "options") .. ": expected a table, got " .. type(given), true
  end
  -- Which of several faults is told must not depend on the order of a table.
  local names = {}
  for name in pairs(given) do
    if schema[name] == nil then
      return "unknown option " .. quote(type(name) == "string" and prefix .. name or name)
        .. did_you_mean(name, schema, elsewhere) .. (where and (" (" .. where .. ")") or ""), true
    end
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local fault, complete = schema[name](given[name], prefix .. name)
    if fault then
      return complete and fault or (prefix .. name .. ": " .. fault), true
    end
  end
  return nil
end

return M
