--- Bodies of API v2: JSON by the shapes of the model.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local json = require "ses.emulator.json"
local model = require "ses.model"
local names = require "ses.names"
local scalar = require "ses.emulator.scalar"

local M = {}

local function describe(value)
  if type(value) == "table" then
    return json.is_array(value) and "a list" or "a structure"
  end
  return value == json.null and "null" or "a " .. type(value)
end

local function unexpected(path, shape, value)
  return errors.fault("malformed", (path == "" and "The body" or path) .. ": expected a"
    .. (shape.type == "integer" and "n " or " ") .. shape.type .. ", got " .. describe(value))
end

local simple = {}

function simple.string(value)
  return type(value) == "string" and value or nil
end

function simple.blob(value)
  return type(value) == "string" and core.decode_base64(value) or nil
end

function simple.boolean(value)
  if type(value) == "boolean" then
    return value
  end
end

function simple.integer(value, kind)
  return type(value) == "number" and scalar.integer(value, kind) or nil
end

simple.long = simple.integer

function simple.double(value)
  return type(value) == "number" and value or nil
end

function simple.timestamp(value)
  if type(value) == "string" then
    return core.parse_time(value, "iso8601")
  end
  return simple.double(value)
end

local readers = {}

local function read(service, shape_name, value, path)
  local shape = model.shape(service, shape_name)
  if scalar.is_simple(shape.type) then
    local result = simple[shape.type](value, shape.type)
    if result == nil then
      return unexpected(path, shape, value)
    end
    return result
  elseif type(value) ~= "table" or json.is_array(value) ~= (shape.type == "list") then
    return unexpected(path, shape, value)
  end
  return readers[shape.type](service, shape, value, path)
end

function readers.list(service, shape, value, path)
  local list = {}
  for i, item in ipairs(value) do
    local result, fault = read(service, shape.member.shape, item, path .. "[" .. i .. "]")
    if result == nil then
      return nil, fault
    end
    list[i] = result
  end
  return list
end

function readers.map(service, shape, value, path)
  local map = {}
  for key, item in pairs(value) do
    local result, fault = read(service, shape.value.shape, item, path .. "." .. key)
    if result == nil then
      return nil, fault
    end
    map[key] = result
  end
  return map
end

function readers.structure(service, shape, value, path)
  local structure = {}
  for _, member in ipairs(shape.members) do
    local item = value[member.wire]
    if member.location == "body" and item ~= nil and item ~= json.null then
      local at = path == "" and member.wire or path .. "." .. member.wire
      local result, fault = read(service, member.shape, item, at)
      if result == nil then
        return nil, fault
      end
      structure[member.name] = result
    end
  end
  return structure
end

--- The parameters of an operation that travel in the body.
---@param service string
---@param shape_name string the operation's input
---@param body string
---@return table|nil params
---@return ses.emulator.Fault|nil
function M.read(service, shape_name, body)
  if not body:find("%S") then
    return {}
  end
  local value, message = json.decode(body)
  if value == nil then
    return errors.fault("malformed", "The body is not JSON: " .. message)
  end
  return read(service, shape_name, value, "")
end

local write

local writers = {}

function writers.list(service, shape, value)
  local out = {}
  for i, item in ipairs(value) do
    out[i] = write(service, shape.member.shape, item)
  end
  return "[" .. table.concat(out, ",") .. "]"
end

function writers.map(service, shape, value)
  local out = {}
  for key, item in pairs(value) do
    out[#out + 1] = json.quote(key) .. ":" .. write(service, shape.value.shape, item)
  end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

function writers.structure(service, shape, value)
  local out = {}
  for _, member in ipairs(shape.members) do
    local item = value[member.name]
    if item ~= nil and member.location == "body" then
      out[#out + 1] = json.quote(member.wire) .. ":" .. write(service, member.shape, item)
    end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

function writers.string(_, _, value)
  return json.quote(value)
end

function writers.blob(_, _, value)
  return json.quote(core.encode_base64(value))
end

function writers.boolean(_, _, value)
  return tostring(value)
end

function writers.double(_, _, value)
  return json.number(value)
end

writers.integer, writers.long, writers.timestamp = writers.double, writers.double, writers.double

function write(service, shape_name, value)
  local shape = model.shape(service, shape_name)
  return writers[shape.type](service, shape, value)
end

--- The body of an operation's answer.
---@param service string
---@param shape_name string|nil the operation's output
---@param result table
---@return string
function M.write(service, shape_name, result)
  return shape_name and write(service, shape_name, result) or "{}"
end

--- The body of an answer to a request that failed.
---@param message string
---@return string
function M.error(message)
  return '{"message":' .. json.quote(message) .. "}"
end

--- The same as OAuth 2.0 has it: InvalidGrantException is invalid_grant.
---@param code string
---@param message string
---@return string
function M.oauth_error(code, message)
  return '{"error":' .. json.quote(names.snake((code:gsub("Exception$", ""))))
    .. ',"error_description":' .. json.quote(message) .. "}"
end

return M
