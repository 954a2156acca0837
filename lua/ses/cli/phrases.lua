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
  input = "the parameters as %s: text, file://PATH or fileb://PATH",
  skeleton = "input (the default), yaml-input or output",
}

--- The options of every command, by ses.cli.globals' names of them.
---@type table<string, string>
M.GLOBALS = {
  ["--debug"] = "tell on standard error what is done",
  ["--endpoint-url"] = "the URL of another endpoint",
  ["--no-verify-ssl"] = "do not verify the server's certificate",
  ["--no-paginate"] = "fetch one page only",
  ["--output"] = "the format of the result",
  ["--query"] = "a JMESPath expression: what to show of the result",
  ["--profile"] = "of AWS's configuration files",
  ["--region"] = "such as eu-west-1",
  ["--version"] = "print the version",
  ["--color"] = "whether tables have colours",
  ["--no-sign-request"] = "send without a signature, and without credentials",
  ["--ca-bundle"] = "a file of certificates to trust",
  ["--cli-read-timeout"] = "seconds without a byte from the server; 0: no limit",
  ["--cli-connect-timeout"] = "seconds until a connection; 0: no limit",
  ["--cli-binary-format"] = "how bytes are given",
  ["--no-cli-pager"] = "use no pager: there is none",
  ["--cli-auto-prompt"] = "refused: sesctl does not prompt for parameters",
  ["--no-cli-auto-prompt"] = "do not prompt for parameters, as always",
  ["--cli-error-format"] = "the format of errors",
  ["--help"] = "tell how the command is used", ["-h"] = "the same",
}

local PAGING = {
  starting_token = "the NextToken that an earlier, shorter list ended with",
  page_size = "how many items each request asks for; the list is as long",
  max_items = "how many items to show; NextToken is where to go on",
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

-- The members of a structure, or of those in a list.
local function members_of(service, name)
  local shape = model.shape(service, name)
  if shape.type == "list" then
    shape = model.shape(service, shape.member.shape)
  end
  local members = {}
  for i, member in ipairs(shape.type == "structure" and shape.members or {}) do
    members[i] = member.name
  end
  return members[1] and ": " .. table.concat(members, ", ") or ""
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
  elseif option.kind == "paging" then
    return PAGING[option.member]
  end
  return KINDS[option.kind] or M.of(service, option.shape) .. members_of(service, option.shape)
end

return M
