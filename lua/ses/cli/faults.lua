--- What the AWS CLI says of parameters that are refused.
local brief = require "ses.cli.brief"
local document = require "ses.cli.document"
local model = require "ses.model"
local python = require "ses.cli.python"
local secret = require "ses.cli.secret"

local M = {}

local TYPES = {
  structure = "<class 'dict'>", map = "<class 'dict'>", list = "<class 'list'>, <class 'tuple'>",
  string = "<class 'str'>", blob = "<class 'bytes'>, <class 'bytearray'>, file-like object",
  boolean = "<class 'bool'>", integer = "<class 'int'>", long = "<class 'int'>",
  double = "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
  timestamp = "<class 'datetime.datetime'>, timestamp-string",
}

-- Where among its siblings a member stands, as it was given.
local function position(report, object, name)
  local positions = report.positions[object]
  if not positions then
    positions = {}
    for i, known in ipairs(document.names(object)) do
      positions[known] = i
    end
    report.positions[object] = positions
  end
  return positions[name] or 0
end

local function index_of(list, name)
  for i, item in ipairs(list) do
    if item.name == name then
      return i, item
    end
  end
end

-- A place in the parameters is its shape, its value, its name as botocore writes it,
-- and what it is sorted by: at each level first what is wrong with the value itself,
-- then what is missing, what is unknown, and then the members as they were given.
local ITSELF, MISSING, UNKNOWN, WITHIN = 0, 1, 2, 3

local function descend(report, place, step)
  local shape, value = place.shape, place.value
  local at, item, below, name
  if type(step) == "number" then
    at, item, below, name = step, value[step], shape.member, ("[%d]"):format(step - 1)
  else
    at, item = position(report, value, step), document.get(value, step)
    below = shape.value or select(2, index_of(shape.members, step))
    name = "." .. step
  end
  place.order[#place.order + 1] = WITHIN
  place.order[#place.order + 1] = at
  return { shape = model.shape(report.service, below.shape), value = item,
           name = place.name .. name, order = place.order }
end

-- Where a fault is: the value that is wrong, or the one that a member is missing in,
-- or is one too many in.
local function place_of(report, fault)
  local place = { shape = report.input, value = report.document, name = "", order = {} }
  local inside = fault.rule == "required" or fault.rule == "unknown"
  for i = 1, #fault.steps - (inside and 1 or 0) do
    place = descend(report, place, fault.steps[i])
  end
  local name = fault.steps[#fault.steps]
  local order = place.order
  if fault.rule == "required" then
    order[#order + 1], order[#order + 2] = MISSING, index_of(place.shape.members, name)
  elseif fault.rule == "unknown" then
    order[#order + 1], order[#order + 2] = UNKNOWN, position(report, place.value, name)
  else
    order[#order + 1] = ITSELF
  end
  return place
end

local function called(place)
  return place.name == "" and "input" or (place.name:gsub("^%.", ""))
end

local function names_of(shape, separator)
  local names = {}
  for i, member in ipairs(shape.members) do
    names[i] = member.name
  end
  return table.concat(names, separator)
end

-- With "..", for string.format of Lua 5.1 ends a text at a NUL.
local texts = {}

function texts.required(place, fault)
  return "Missing required parameter in " .. called(place) .. ': "' .. fault.steps[#fault.steps]
    .. '"'
end

function texts.unknown(place, fault)
  return "Unknown parameter in " .. called(place) .. ': "' .. fault.steps[#fault.steps]
    .. '", must be one of: ' .. names_of(place.shape, ", ")
end

function texts.type(place, _, report)
  local shown = secret.within(report.service, place.shape.name)
    and "(not shown: it may hold a secret)" or brief(place.value)
  return "Invalid type for parameter " .. called(place) .. ", value: " .. shown .. ", type: "
    .. python.type(place.value) .. ", valid types: " .. TYPES[place.shape.type]
end

function texts.min(place, fault)
  if document.number(place.value) then
    return ("Invalid value for parameter %s, value: %s, valid min value: %d"):format(
      called(place), python.str(place.value), place.shape.min)
  end
  return ("Invalid length for parameter %s, value: %s, valid min length: %d"):format(
    called(place), fault.got, place.shape.min)
end

function texts.union(place, fault)
  local form = fault.got == "0"
    and "Must set one of the following keys for tagged unionstructure %s: %s."
    or "Invalid number of parameters set for tagged union structure %s. Can only set one of the "
      .. "following keys: %s."
  return form:format(called(place), names_of(place.shape, ". "))
end

-- What botocore lets pass, and the service would not.
local function other(place, fault)
  local before = fault.path == "" and "params" or fault.path
  return "Invalid value for parameter " .. called(place) .. ": " .. fault.message:sub(#before + 3)
end

local function goes_before(one, two)
  for i, rank in ipairs(one.order) do
    if rank ~= two.order[i] then
      return rank < (two.order[i] or 0)
    end
  end
  return #one.order < #two.order or #one.order == #two.order and one.at < two.at
end

--- What the AWS CLI says of an error of kind "validation", in its order.
---@param details table[] of the error
---@param service string
---@param operation string
---@param values table the document that the parameters were made from; see
---  ses.cli.parameters
---@return string several lines
function M.text(details, service, operation, values)
  local input = model.operation(service, operation).input
  local report = { service = service, document = values, positions = {},
                   input = input and model.shape(service, input) or { members = {} } }
  local found = {}
  for i, fault in ipairs(details) do
    local place = place_of(report, fault)
    found[i] = { order = place.order, at = i,
                 text = (texts[fault.rule] or other)(place, fault, report) }
  end
  table.sort(found, goes_before)
  local lines = { "Parameter validation failed:" }
  for i, item in ipairs(found) do
    lines[i + 1] = item.text
  end
  return table.concat(lines, "\n")
end

return M
