--- Faults on demand: the answers and the silences of a bad day.
local bulk_status = require "ses.emulator.bulk_status"
local checks = require "ses.emulator.checks"
local json = require "ses.emulator.json"
local nearest = require "ses.nearest"
local services = require "ses.emulator.services"

local M = {}

local number_from, one_of, whole_from = checks.number_from, checks.one_of, checks.whole_from

local function text(value)
  if type(value) ~= "string" then
    return "expected a string"
  end
end

local service_choice = one_of(services.LIST)

local function service_fault(value)
  local wrong = service_choice(value)
  return wrong and wrong .. ", got "
    .. (type(value) == "string" and "'" .. value .. "'" or type(value))
end

-- A fault that names an operation that no service has would never be met.
local function operation_fault(value, fault)
  if type(value) ~= "string" then
    return text(value)
  end
  local known = {}
  for _, service in ipairs(fault.service and { fault.service } or services.LIST) do
    for _, name in ipairs(services.operations(service)) do
      known[name] = true
    end
  end
  if not known[value] then
    return "no operation of " .. (fault.service or "any service") .. " is called '" .. value .. "'"
      .. nearest.hint(value, known)
  end
end

local BULK = { SendBulkEmail = true, SendBulkTemplatedEmail = true }
local HAVE_BULK = { ses = true, sesv2 = true }

local function entry_status_fault(value, fault)
  local status = bulk_status.read(value)
  if not status or status == "SUCCESS" then
    return "expected one of " .. table.concat(bulk_status.failures(), ", ")
  end
  local other = fault.operation and not BULK[fault.operation] and fault.operation
    or fault.service and not HAVE_BULK[fault.service] and fault.service
  if other then
    return "only SendBulkEmail and SendBulkTemplatedEmail have entries, not " .. other
  end
end

local function boolean(value)
  if type(value) ~= "boolean" then
    return "expected true or false"
  end
end

local FIELDS = {
  operation = operation_fault, service = service_fault, code = text, message = text, body = text,
  count = number_from(1), every = whole_from(1), offset = whole_from(0), status = number_from(200),
  delay = number_from(0), truncate = number_from(0), reset = boolean,
  drop = one_of("unread", "before", "after"), when = one_of("before", "after"),
  entry_status = entry_status_fault,
}

local ORDER = { "service", "operation", "count", "every", "offset", "code", "status", "message",
                "body", "when", "delay", "drop", "reset", "truncate", "entry_status" }

-- Fields that say what happens to a call.
local OF_CALL = { "code", "status", "body", "when", "delay", "drop", "reset", "truncate" }

local IN_BODY = { ses = true, sts = true }

-- Before the body is read there is nothing but a request line and headers, and
-- API v1 and STS name the operation in the body.
local function unread_problem(fault)
  if fault.operation and (not fault.service or IN_BODY[fault.service]) then
    return "operation: with drop = 'unread' only services whose paths name the operation tell it:"
      .. " add service = 'sesv2' or another that is neither 'ses' nor 'sts', or leave operation"
      .. " out"
  end
end

local OF_ANSWER = { "code", "status", "body", "truncate" }

-- What is wrong with a fault whose fields are right by themselves.
local function combination_problem(fault)
  local answers = fault.code or fault.status or fault.body
  for _, name in ipairs(fault.drop and OF_ANSWER or {}) do
    if fault[name] ~= nil then
      return name .. ": a fault with drop has no answer"
    end
  end
  if fault.offset and not fault.every then
    return "offset: only a fault with every has an offset"
  elseif fault.when and not answers then
    return "when: only a fault with code, status or body has a when"
  elseif fault.reset and not fault.drop then
    return "reset: only a fault with drop has a reset"
  elseif fault.drop == "unread" then
    return unread_problem(fault)
  elseif fault.entry_status then
    for _, name in ipairs(OF_CALL) do
      if fault[name] ~= nil then
        return name .. ": a fault with entry_status leaves the call itself alone"
      end
    end
  end
end

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
    or fault.body or fault.entry_status) then
    return path .. ": a fault has one of code, status, delay, drop, truncate, body and entry_status"
  end
  local wrong = combination_problem(fault)
  return wrong and path .. "." .. wrong
end

local function copy(fault)
  local result = {}
  for name, value in pairs(fault) do
    result[name] = value
  end
  return result
end

---@class ses.emulator.PlannedFault
---@field fault table as it was given
---@field stage "unread"|"call"|"entry" when it is met
---@field left number how often it may still be met
---@field seen integer how many calls matched it, where it has every
---@field due integer how many of them it has yet to meet

local function plan(given)
  local fault = copy(given)
  if not fault.every then
    fault.count = fault.count or 1
  end
  return {
    fault = fault, left = fault.count or math.huge, seen = 0, due = 0,
    stage = fault.drop == "unread" and "unread" or fault.entry_status and "entry" or "call",
  }
end

--- Reads a list of faults, or one.
---@param given table
---@return ses.emulator.PlannedFault[]|nil
---@return string|nil message
function M.read(given)
  if type(given) ~= "table" then
    return nil, "faults: expected a list, got " .. type(given)
  end
  local list = (next(given) == nil or given[1] ~= nil) and given or { given }
  local planned = {}
  for i, fault in ipairs(list) do
    local wrong = problem(fault, i)
    if wrong then
      return nil, wrong
    end
    planned[i] = plan(fault)
  end
  return planned
end

--- The faults that are left, as they would be given.
---@param planned ses.emulator.PlannedFault[]
---@return table[]
function M.left(planned)
  local list = {}
  for i, one in ipairs(planned) do
    list[i] = copy(one.fault)
    list[i].count = one.left < math.huge and one.left or nil
  end
  return list
end

local function matches(fault, service, operation)
  return (not fault.operation or fault.operation == operation)
    and (not fault.service or fault.service == service)
end

-- Whether it is a fault's turn, now that it has seen one more call.
local function is_due(one)
  local every = one.fault.every
  if not every then
    return true
  end
  one.seen = one.seen + 1
  local counted = one.seen - (one.fault.offset or 0)
  if counted > 0 and counted % every == 0 then
    one.due = one.due + 1
  end
  return one.due > 0
end

--- Takes the fault that a call meets: the first of the list whose turn it is.
---
--- Every fault that matches counts the call. One whose turn comes while another
--- is met has it at the next call instead, so that rates add up.
---@param planned ses.emulator.PlannedFault[] a fault that was met often enough leaves
---@param stage "unread"|"call"|"entry"
---@param service string
---@param operation string|nil nil: it is not known yet
---@return table|nil fault
function M.take(planned, stage, service, operation)
  local met, at
  for i, one in ipairs(planned) do
    if one.stage == stage and matches(one.fault, service, operation) and is_due(one)
      and not met then
      met, at = one, i
    end
  end
  if not met then
    return nil
  end
  met.left = met.left - 1
  met.due = math.max(met.due - 1, 0)
  if met.left < 1 then
    table.remove(planned, at)
  end
  return met.fault
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
