--- What a value can be, and what an option is, in a few words.
local model = require "ses.model"

local M = {}

local NOUNS = {
  string = "string", integer = "integer", long = "integer", double = "number", list = "list",
  map = "map", boolean = "true or false", timestamp = "time", blob = "bytes in base64",
  structure = "structure",
}
local UNITS = { string = "character", list = "item", map = "entry" }
local PLURALS = { character = "characters", item = "items", entry = "entries" }

local KINDS = {
  addresses = "one or more addresses", content = "text of the message",
  input = "the parameters as %s: text, or file://PATH",
  paging = "of results that come in pages", skeleton = "input (the default), yaml-input or output",
}

local function counted(number, unit)
  return number .. (unit and " " .. (number == 1 and unit or PLURALS[unit]) or "")
end

local function range(shape)
  local low, high, unit = shape.min, shape.max, UNITS[shape.type]
  if low == 0 and unit then
    low = nil
  end
  if low and low == high then
    return " of " .. counted(low, unit)
  elseif low and high then
    return (unit and " of " or " from ") .. low .. " to " .. counted(high, unit)
  elseif low then
    return " of at least " .. counted(low, unit)
  elseif high then
    return " of at most " .. counted(high, unit)
  end
  return ""
end

--- What a value of a shape can be: "string of 1 to 64 characters",
--- "one of Reject, Send", "list of at most 50 items; item: string".
---@param service string
---@param name string of the shape
---@return string
function M.of(service, name)
  local shape = model.shape(service, name)
  if shape.enum then
    return "one of " .. table.concat(shape.enum, ", ")
  end
  local text = NOUNS[shape.type] .. range(shape)
  if shape.union then
    return text .. " with one member"
  elseif shape.type == "list" then
    return text .. "; item: " .. M.of(service, shape.member.shape)
  elseif shape.type == "map" then
    return text .. "; key: " .. M.of(service, shape.key.shape) .. "; value: "
      .. M.of(service, shape.value.shape)
  end
  return text
end

--- What an option of an operation takes.
---@param service string
---@param option ses.cli.OperationOption
---@return string
function M.option(service, option)
  if option.kind == "input" then
    return KINDS.input:format(option.option:find("json", 1, true) and "JSON" or "YAML")
  elseif option.negates then
    return "the opposite of " .. option.negates
  end
  return KINDS[option.kind] or M.of(service, option.shape)
end

return M
