--- Rows of a JSON file: a list of identities or of rows, or a map from an identity to
--- its MAIL FROM domain or to a row.
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local members = require "ses.cli.mail_from.members"
local printable = require "ses.printable"

local M = {}

local KINDS = { array = "a list", number = "a number", object = "an object", string = "a string",
                null = "null" }

local function in_words(value)
  return KINDS[document.type(value)] or tostring(value)
end

-- Whether a value says nothing.
local function is_null(value)
  return document.type(value) == "null"
end

-- By member: what is wrong with a value that says something.
local FAULTS = {
  identity = function(value)
    return type(value) ~= "string" and "expected a string, got " .. in_words(value)
  end,
  mail_from_domain = function(value)
    return type(value) ~= "string" and value ~= false
      and "expected a string, or false for none, got " .. in_words(value)
  end,
}
FAULTS.behavior = FAULTS.identity

-- The row that an object is.
local function row_of(object, report)
  local row, repeated = {}, document.repeated(object)
  if repeated then
    report(("the member %s is there twice"):format(printable(repeated, 80)))
  end
  for _, name in ipairs(document.names(object)) do
    local value, fault = document.get(object, name), members.fault("member", name)
    if fault then
      report(fault)
    elseif not is_null(value) then
      fault = FAULTS[name](value)
      if fault then
        report(name .. ": " .. fault)
      else
        row[name] = value
      end
    end
  end
  return row
end

local function of_item(value, report)
  if type(value) == "string" then
    return { identity = value }
  elseif document.type(value) ~= "object" then
    report("expected an identity, or an object, got " .. in_words(value))
    return {}
  end
  local row = row_of(value, report)
  if is_null(document.get(value, "identity")) then
    report("it names no identity")
  end
  return row
end

local function of_member(identity, value, report)
  local row
  if document.type(value) == "object" then
    row = row_of(value, report)
    if document.get(value, "identity") ~= nil then
      report("identity: the name of the member is the identity")
    end
  else
    local fault = not is_null(value) and FAULTS.mail_from_domain(value)
    row = {}
    if fault then
      report(fault)
    elseif not is_null(value) then
      row.mail_from_domain = value
    end
  end
  row.identity = identity
  return row
end

local function read_list(list, add)
  for i = 1, #list do
    add("item " .. i, function(report)
      return of_item(list[i], report)
    end)
  end
end

local function read_map(map, add, faults)
  if type(document.get(map, "identity")) == "string" then
    faults[#faults + 1] = "it is one row alone: put it in a list, [{\"identity\": ...}]"
    return
  end
  for _, name in ipairs(document.names(map)) do
    add(("the member '%s'"):format(printable(name, 80)), function(report)
      return of_member(name, document.get(map, name), report)
    end)
  end
end

--- Reads a text that begins as a list or an object does.
---@param text string
---@return ses.cli.mail_from.Input
---@return string[] faults
function M.read(text)
  local input, faults = { rows = {}, labels = {} }, {}
  local value, message, offset = json.decode(text)
  if message then
    return input, { json.fault(text, message, offset) }
  end
  local is_list = document.type(value) == "array"
  local repeated = not is_list and document.repeated(value)
  if repeated then
    faults[1] = ("the member '%s' is there twice"):format(printable(repeated, 80))
  end
  local read = is_list and read_list or read_map
  local function add(label, convert)
    input.labels[#input.labels + 1] = label
    input.rows[#input.rows + 1] = convert(function(fault)
      faults[#faults + 1] = label .. ": " .. fault
    end)
  end
  read(value, add, faults)
  return input, faults
end

return M
