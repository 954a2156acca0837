--- Values as Python shows them, for messages.
local document = require "ses.cli.document"
local json = require "ses.cli.json"

local M = {}

local ESCAPES = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quoted(text)
  local quote = "'"
  if text:find("'", 1, true) and not text:find('"', 1, true) then
    quote = '"'
  end
  text = text:gsub("[%z\1-\31\127\\]", function(char)
    return ESCAPES[char] or ("\\x%02x"):format(char:byte())
  end):gsub("\194([\128-\160\173])", function(byte)
    return ("\\x%02x"):format(byte:byte())
  end)
  if quote == "'" then
    text = text:gsub("'", "\\'")
  end
  return quote .. text .. quote
end

local function number(value)
  local text = json.format_number(value)
  return ({ NaN = "nan", Infinity = "inf", ["-Infinity"] = "-inf" })[text] or text
end

local function repr(value)
  local kind, parts = document.type(value), {}
  if kind == "object" then
    for i, name in ipairs(document.names(value)) do
      parts[i] = quoted(name) .. ": " .. repr(document.get(value, name))
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  elseif kind == "array" then
    for i = 1, #value do
      parts[i] = repr(value[i])
    end
    return "[" .. table.concat(parts, ", ") .. "]"
  elseif kind == "string" then
    return quoted(value)
  elseif kind == "number" then
    return number(value)
  elseif kind == "boolean" then
    return value and "True" or "False"
  elseif kind == "null" then
    return "None"
  end
  return "an expression"
end

--- A value in a text: a string as it is.
---@param value any
---@return string
function M.str(value)
  return type(value) == "string" and value or repr(value)
end

--- A list of strings.
---@param list string[]
---@return string
function M.list(list)
  local parts = {}
  for i, text in ipairs(list) do
    parts[i] = quoted(text)
  end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local TYPES = { null = "NoneType", boolean = "bool", string = "str", array = "list",
                object = "dict" }

--- The name of a value's type.
---@param value any
---@return string
function M.type(value)
  local kind = document.type(value)
  if kind == "number" then
    return document.is_double(value) and "float" or "int"
  end
  return TYPES[kind]
end

return M
