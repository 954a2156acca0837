--- Faults on demand: the answers and the silences of a bad day.
local json = require "ses.emulator.json"
local model = require "ses.emulator.model"
local nearest = require "ses.nearest"

local M = {}

local function number_from(least)
  return function(value)
    if type(value) ~= "number" or value ~= value or value < least then
      return "expected a number of at least " .. least
    end
  end
end

local function text(value)
  if type(value) ~= "string" then
    return "expected a string"
  end
end

local SERVICES = { "ses", "sesv2" }

local function service_fault(value)
  if value ~= "ses" and value ~= "sesv2" then
    return "expected 'ses' or 'sesv2', got "
      .. (type(value) == "string" and "'" .. value .. "'" or type(value))
  end
end

-- A fault that names an operation that no service has would never be met.
local function operation_fault(value, fault)
  if type(value) ~= "string" then
    return text(value)
  end
  local services = fault.service and { fault.service } or SERVICES
  local known = {}
  for _, service in ipairs(services) do
    for _, name in ipairs(model.service(service).operations) do
      known[name] = true
    end
  end
  if not known[value] then
    return "no operation of " .. table.concat(services, " or ") .. " is called '" .. value .. "'"
      .. nearest.hint(value, known)
  end
end

local FIELDS = {
  operation = operation_fault, service = service_fault, code = text, message = text, body = text,
  count = number_from(1), status = number_from(200), delay = number_from(0),
  truncate = number_from(0),
  drop = function(value)
    if value ~= "before" and value ~= "after" then
      return "expected 'before' or 'after'"
    end
  end,
}

local ORDER = { "service", "operation", "count", "code", "status", "message", "body", "delay",
                "drop", "truncate" }

local function problem(fault, i)
  local path = "faults[" .. i .. "]"
  if type(fault) ~= "table" or json.is_array(fault) then
    return path .. ": expected a table of the fault's fields"
  end
  for name in pairs(fault) do
    if not FIELDS[name] then
      return path .. ": no field of a fault is called '" .. tostring(name) .. "'"
        .. nearest.hint(name, FIELDS)
    end
  end
  -- The service first: the operation is one of its own.
  for _, name in ipairs(ORDER) do
    local wrong = fault[name] ~= nil and FIELDS[name](fault[name], fault)
    if wrong then
      return path .. "." .. name .. ": " .. wrong
    end
  end
  if not (fault.code or fault.status or fault.delay or fault.drop or fault.truncate
    or fault.body) then
    return path .. ": a fault has one of code, status, delay, drop, truncate and body"
  end
end

--- Reads a list of faults, or one.
---@param given table
---@return table[]|nil faults copies
---@return string|nil message
function M.read(given)
  if type(given) ~= "table" then
    return nil, "faults: expected a list, got " .. type(given)
  end
  local list = (next(given) == nil or given[1] ~= nil) and given or { given }
  local faults = {}
  for i, fault in ipairs(list) do
    local wrong = problem(fault, i)
    if wrong then
      return nil, wrong
    end
    local copy = { count = 1 }
    for name, value in pairs(fault) do
      copy[name] = value
    end
    faults[i] = copy
  end
  return faults
end

--- Takes the next fault that is meant for a call.
---@param faults table[] those that are left; the taken one counts down
---@param service string
---@param operation string
---@return table|nil fault
function M.take(faults, service, operation)
  for i, fault in ipairs(faults) do
    if (not fault.operation or fault.operation == operation)
      and (not fault.service or fault.service == service) then
      fault.count = fault.count - 1
      if fault.count < 1 then
        table.remove(faults, i)
      end
      return fault
    end
  end
end

--- The code and status of the answer that a fault gives, if it gives one.
---@param fault table
---@return {code: string, status: integer, message: string}|nil
function M.answer(fault)
  if not fault.code and not fault.status then
    return nil
  end
  local status = fault.status or 400
  local code = fault.code or (status >= 500 and "InternalFailure" or "BadRequest")
  return { code = code, status = status, message = fault.message or "Fault on demand: " .. code }
end

return M
