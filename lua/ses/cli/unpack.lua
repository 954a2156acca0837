--- The words of an option as a value, by the option's shape.
local document = require "ses.cli.document"
local model = require "ses.model"
local paramfile = require "ses.cli.paramfile"
local refusal = require "ses.cli.refusal"
local secret = require "ses.cli.secret"

local M = {}

local COMPLEX = { structure = true, map = true, list = true }

--- What an option was given, or the contents of the file that it names.
---@param option ses.cli.OperationOption
---@param given any of ses.cli.argparse
---@return any value a text, bytes, an array of texts, a number or a boolean
function M.load(option, given)
  local only = given
  if type(given) == "table" and #given == 1 then
    only = given[1]
  end
  local contents, message = paramfile.load(only)
  if message then
    refusal.param(option.option, message)
  end
  return contents or type(given) == "table" and document.array(given) or given
end

local function opening(text)
  return require("ses.cli.python").strip(text):sub(1, 1)
end

-- Refuses a text with a message that shows it; with a brief one where it may hold a
-- secret.
local function refuse(at, message, brief)
  if secret.within(at.service, at.option.shape) then
    message = brief .. " (the text is not shown: it may hold a secret)"
  end
  refusal.param(at.option.option, message)
end

local function read_json(at, text)
  local json = require "ses.cli.json"
  local value, message, offset = json.decode(text)
  if value == nil then
    local brief = "Invalid JSON: " .. json.fault(text, message, offset)
    refuse(at, brief .. "\nJSON received: " .. text, brief)
  end
  return value
end

-- What the functions of ses.cli.shorthand return, unless it is a message.
local function taken(at, value, message, kind, brief)
  if value == nil and kind == "syntax" then
    refuse(at, message, brief)
  elseif value == nil then
    refusal.general(message)
  end
  return value
end

local function read_shorthand(at, value)
  if document.type(value) == "bytes" then
    refusal.param(at.option.option, "fileb:// gives bytes, and this parameter takes text:"
      .. " within shorthand, Member@=fileb://PATH is a member's bytes")
  end
  local shorthand = require "ses.cli.shorthand"
  local parsed
  if type(value) == "string" then
    parsed = taken(at, shorthand.parse(value))
    if at.shape.type == "list" then
      return parsed
    end
  else
    parsed = document.array()
    for i = 1, #value do
      parsed[i] = taken(at, shorthand.parse(value[i]))
    end
  end
  return taken(at, shorthand.coerce(parsed, at.service, at.option.shape))
end

local function is_complex(service, shape)
  return COMPLEX[shape.type]
    and (shape.type ~= "list" or COMPLEX[model.shape(service, shape.member.shape).type])
end

local function read_structure(at, text)
  if opening(text) ~= "{" then
    refuse(at, "Invalid JSON:\n" .. text, "Invalid JSON")
  end
  return read_json(at, text)
end

local function read_list(at, value)
  local text = type(value) == "string" and value or #value == 1 and value[1]
  if text and opening(text) == "[" then
    return read_json(at, text)
  elseif type(value) == "string" then
    refusal.param(at.option.option, "Invalid JSON: a file for this parameter holds a JSON array")
  elseif not is_complex(at.service, at.shape) then
    return value
  end
  local list = document.array()
  for i = 1, #value do
    list[i] = read_structure(at, value[i])
  end
  return list
end

local function read_integer(value)
  if type(value) ~= "string" then
    return value
  end
  local python = require "ses.cli.python"
  return python.int(value) or refusal.general(python.int_fault(value))
end

--- The value of an option for a member.
---@param service string
---@param option ses.cli.OperationOption
---@param given any of ses.cli.argparse
---@return any value of ses.cli.document; raises a refusal
function M.value(service, option, given)
  local value = M.load(option, given)
  local shape = model.shape(service, option.shape)
  local at = { service = service, option = option, shape = shape }
  if is_complex(service, shape) then
    local first = type(value) == "table" and value[1] or value
    local mark = type(first) == "string" and opening(first)
    if mark ~= "[" and mark ~= "{" then
      return read_shorthand(at, value)
    end
  end
  if document.type(value) == "bytes" then
    return value
  elseif shape.type == "list" then
    return read_list(at, value)
  elseif COMPLEX[shape.type] then
    return read_structure(at, value)
  elseif shape.type == "integer" or shape.type == "long" then
    return read_integer(value)
  end
  return value
end

return M
