--- What Python, which the AWS CLI is written in, makes of values: str(), repr(),
--- int(), round() and the names of types, as they stand in the messages of the AWS CLI.
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local unicode = require "ses.cli.output.unicode"

local M = {}

local FLOATS = { NaN = "nan", Infinity = "inf", ["-Infinity"] = "-inf" }
local NAMED = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }

-- White space beyond ASCII, by how many bytes it takes.
local SPACES = {
  [2] = { ["\194\133"] = true, ["\194\160"] = true },
  [3] = { ["\225\154\128"] = true, ["\226\128\168"] = true, ["\226\128\169"] = true,
          ["\226\128\175"] = true, ["\226\129\159"] = true, ["\227\128\128"] = true },
}
for last = 128, 138 do
  SPACES[3]["\226\128" .. string.char(last)] = true
end

--- How many bytes of white space there are at an end of a text.
---@param text string
---@param first integer offset of the first byte to look at
---@param last integer offset of the last one
---@param from_end boolean
---@return integer 0: none
local function space(text, first, last, from_end)
  if text:find("^[\t-\r\28-\32]", from_end and last or first) then
    return 1
  end
  for size, spaces in pairs(SPACES) do
    local char = from_end and text:sub(last - size + 1, last) or text:sub(first, first + size - 1)
    if spaces[char] and last - first + 1 >= size then
      return size
    end
  end
  return 0
end

--- A text without the white space at its end.
---@param text string
---@return string
function M.rstrip(text)
  local last = #text
  while last > 0 do
    local size = space(text, 1, last, true)
    if size == 0 then
      break
    end
    last = last - size
  end
  return text:sub(1, last)
end

--- A text without the white space at its ends.
---@param text string
---@return string
function M.strip(text)
  local first = 1
  while first <= #text do
    local size = space(text, first, #text, false)
    if size == 0 then
      break
    end
    first = first + size
  end
  return M.rstrip(text:sub(first))
end

--- The integer that a text is; nil: it is none.
---@param text string
---@return number|nil
function M.int(text)
  local sign, digits = M.strip(text):match("^([-+]?)(%d[%d_]*)$")
  if not digits or digits:find("__", 1, true) or digits:sub(-1) == "_" then
    return nil
  end
  return tonumber((sign == "-" and "-" or "") .. digits:gsub("_", ""))
end

local function hex(char)
  return NAMED[char] or ("\\x%02x"):format(char:byte())
end

-- Blanks other than the space, marks of format and what is private: Python shows
-- their numbers. From, to, from, to ...
local UNPRINTABLE = {
  0x80, 0xA0, 0xAD, 0xAD, 0x600, 0x605, 0x61C, 0x61C, 0x6DD, 0x6DD, 0x70F, 0x70F, 0x890, 0x891,
  0x8E2, 0x8E2, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200F, 0x2028, 0x202F, 0x205F, 0x2064,
  0x2066, 0x206F, 0x3000, 0x3000, 0xE000, 0xF8FF, 0xFEFF, 0xFEFF, 0xFFF9, 0xFFFB, 0x110BD,
  0x110BD, 0x110CD, 0x110CD, 0x13430, 0x1343F, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0001,
  0xE0001, 0xE0020, 0xE007F, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFD,
}

local function is_printable(code)
  for i = 1, #UNPRINTABLE, 2 do
    if code <= UNPRINTABLE[i + 1] then
      return code < UNPRINTABLE[i]
    end
  end
  return true
end

local function shown(char)
  local code = unicode.code_point(char)
  if is_printable(code) then
    return char
  end
  return (code <= 0xFF and "\\x%02x" or code <= 0xFFFF and "\\u%04x" or "\\U%08x"):format(code)
end

local function quote_of(text)
  return text:find("'", 1, true) and not text:find('"', 1, true) and '"' or "'"
end

--- repr() of a text.
---@param text string
---@return string
function M.repr(text)
  local quote = quote_of(text)
  text = text:gsub("[%c\\" .. quote .. "]", function(char)
    return char == quote and "\\" .. quote or hex(char)
  end)
  return quote .. text:gsub("[\194-\244][\128-\191]+", shown) .. quote
end

--- What int() says of a text that is no integer.
---@param text string
---@return string
function M.int_fault(text)
  return "invalid literal for int() with base 10: " .. M.repr(text)
end

local function repr_bytes(bytes)
  local quote = quote_of(bytes)
  return "b" .. quote .. bytes:gsub("[%c\\\128-\255" .. quote .. "]", function(char)
    return char == quote and "\\" .. quote or hex(char)
  end) .. quote
end

local function repr(value)
  local kind, parts = document.type(value), {}
  if kind == "string" then
    return M.repr(value)
  elseif kind == "array" then
    for i = 1, #value do
      parts[i] = repr(value[i])
    end
    return "[" .. table.concat(parts, ", ") .. "]"
  elseif kind == "object" then
    for i, name in ipairs(document.names(value)) do
      parts[i] = M.repr(name) .. ": " .. repr(document.get(value, name))
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return M.str(value)
end

--- str() of a value: a text as it is, True, None, 50.0, ['a'].
---@param value any of ses.cli.document; of anything else, what tostring makes of it
---@return string
function M.str(value)
  local kind = document.type(value)
  if kind == "string" then
    return value
  elseif kind == "number" then
    local text = json.format_number(value)
    return FLOATS[text] or text
  elseif kind == "boolean" then
    return value and "True" or "False"
  elseif kind == "null" then
    return "None"
  elseif kind == "bytes" then
    return repr_bytes(value.bytes)
  elseif kind == "array" or kind == "object" then
    return repr(value)
  end
  return tostring(value)
end

--- str() of a list of texts.
---@param list string[]
---@return string
function M.list(list)
  local parts = {}
  for i, text in ipairs(list) do
    parts[i] = M.repr(text)
  end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local TYPES = {
  string = "str", array = "list", object = "dict", boolean = "bool", null = "NoneType",
  bytes = "bytes",
}

--- The name of a value's type: "str".
---@param value any of ses.cli.document
---@return string
function M.type_name(value)
  return TYPES[document.type(value)] or document.is_double(value) and "float" or "int"
end

--- str(type()) of a value: "<class 'str'>".
---@param value any of ses.cli.document
---@return string
function M.type(value)
  return "<class '" .. M.type_name(value) .. "'>"
end

--- round(): half of an odd number goes to the even one.
---@param number number
---@return number
function M.round(number)
  local floor = math.floor(number)
  local rest = number - floor
  return (rest > 0.5 or rest == 0.5 and floor % 2 == 1) and floor + 1 or floor
end

return M
