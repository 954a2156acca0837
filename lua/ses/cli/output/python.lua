--- Values as Python's str() writes them: in the text and table formats of the AWS
--- CLI, a Python program.
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local unicode = require "ses.cli.output.unicode"

local M = {}

local WORDS = { NaN = "nan", Infinity = "inf", ["-Infinity"] = "-inf" }
local NAMED = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }

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

local function quoted(text)
  local quote = text:find("'", 1, true) and not text:find('"', 1, true) and '"' or "'"
  text = text:gsub("[%c\\" .. quote .. "]", function(char)
    return NAMED[char] or char == quote and "\\" .. quote or ("\\x%02x"):format(char:byte())
  end)
  return quote .. text:gsub("[\194-\244][\128-\191]+", shown) .. quote
end

local function representation(value)
  local kind, parts = document.type(value), {}
  if kind == "string" then
    return quoted(value)
  elseif kind == "array" then
    for i = 1, #value do
      parts[i] = representation(value[i])
    end
    return "[" .. table.concat(parts, ", ") .. "]"
  elseif kind == "object" then
    for i, name in ipairs(document.names(value)) do
      parts[i] = quoted(name) .. ": " .. representation(document.get(value, name))
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return M.str(value)
end

--- A value as text: a string as it is, True, None, 50.0, ['a'].
---@param value any of ses.cli.document
---@return string
function M.str(value)
  local kind = document.type(value)
  if kind == "string" then
    return value
  elseif kind == "number" then
    local text = json.format_number(value)
    return WORDS[text] or text
  elseif kind == "boolean" then
    return value and "True" or "False"
  elseif kind == "null" then
    return "None"
  end
  return representation(value)
end

return M
