--- The constraints of the model, checked and told as the service does.
local model = require "ses.model"

local M = {}

local function characters(text)
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

local function decapitalised(name)
  return name:sub(1, 1):lower() .. name:sub(2)
end

local function below(path, name)
  return path == "" and name or path .. "." .. name
end

local function quoted(shape, value)
  if type(value) == "table" then
    return "Value"
  elseif shape.sensitive then
    return "Value '***'"
  end
  return "Value '" .. tostring(value) .. "'"
end

local function sorted(values)
  local copy = {}
  for i, value in ipairs(values) do
    copy[i] = value
  end
  table.sort(copy)
  return "[" .. table.concat(copy, ", ") .. "]"
end

local function contains(values, wanted)
  for _, value in ipairs(values) do
    if value == wanted then
      return true
    end
  end
  return false
end

-- How much of it there is, and of what.
local function size(shape, value)
  if shape.type == "string" then
    return characters(value), "length"
  elseif shape.type == "blob" or shape.type == "list" then
    return #value, "length"
  elseif shape.type == "map" then
    local count = 0
    for _ in pairs(value) do
      count = count + 1
    end
    return count, "length"
  elseif type(value) == "number" then
    return value, "value"
  end
end

-- The model's patterns of names and codes, and what they are in Lua.
local PATTERNS = {
  ["[\\w]*"] = "^[A-Za-z0-9_]*$",
  ["[\\d]*"] = "^[0-9]*$",
  ["[\\w+=,.@-]*"] = "^[A-Za-z0-9_+=,.@-]*$",
  ["[\\w+=,.@:\\/-]*"] = "^[A-Za-z0-9_+=,.@:/-]*$",
  ["[\\w+=/:,.@-]*"] = "^[A-Za-z0-9_+=/:,.@-]*$",
}

local function constraint(shape, value)
  if shape.enum and not contains(shape.enum, value) then
    return "Member must satisfy enum value set: " .. sorted(shape.enum)
  end
  local amount, what = size(shape, value)
  if amount and shape.min and amount < shape.min then
    return "Member must have " .. what .. " greater than or equal to " .. shape.min
  elseif amount and shape.max and amount > shape.max then
    return "Member must have " .. what .. " less than or equal to " .. shape.max
  end
  local pattern = PATTERNS[shape.pattern]
  if pattern and not value:find(pattern) then
    return "Member must satisfy regular expression pattern: " .. shape.pattern
  end
end

local check

local function check_members(faults, service, shape, value, path)
  for _, member in ipairs(shape.members) do
    local item, at = value[member.name], below(path, decapitalised(member.name))
    if item ~= nil then
      check(faults, service, member.shape, item, at)
    elseif member.required then
      faults[#faults + 1] = "Value null at '" .. at
        .. "' failed to satisfy constraint: Member must not be null"
    end
  end
end

function check(faults, service, shape_name, value, path)
  local shape = model.shape(service, shape_name)
  local broken = constraint(shape, value)
  if broken then
    faults[#faults + 1] = quoted(shape, value) .. " at '" .. path
      .. "' failed to satisfy constraint: " .. broken
  end
  if shape.type == "structure" then
    check_members(faults, service, shape, value, path)
  elseif shape.type == "list" then
    for i, item in ipairs(value) do
      check(faults, service, shape.member.shape, item, below(path, i .. ".member"))
    end
  elseif shape.type == "map" then
    for key, item in pairs(value) do
      check(faults, service, shape.value.shape, item, below(path, key .. ".member"))
    end
  end
end

--- The text of the error that broken constraints give.
---@param faults string[]
---@return string
function M.message(faults)
  return #faults .. " validation error" .. (#faults == 1 and "" or "s") .. " detected: "
    .. table.concat(faults, "; ")
end

--- What is wrong with the parameters of an operation.
---@param service string
---@param shape_name string the operation's input
---@param params table
---@return string|nil message nil: nothing
function M.check(service, shape_name, params)
  local faults = {}
  check(faults, service, shape_name, params, "")
  return #faults > 0 and M.message(faults) or nil
end

return M
