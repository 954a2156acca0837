--- Cuts an expression into tokens.
local errors = require "ses.cli.jmespath.errors"
local json = require "ses.cli.json"
local unicode = require "ses.cli.jmespath.unicode"

local M = {}

local SIMPLE = { ["."] = "dot", ["*"] = "star", ["]"] = "rbracket", [","] = "comma",
                 [":"] = "colon", ["@"] = "current", ["("] = "lparen", [")"] = "rparen",
                 ["{"] = "lbrace", ["}"] = "rbrace", ["["] = "lbracket", ["|"] = "pipe",
                 ["&"] = "expref", ["<"] = "lt", [">"] = "gt", ["!"] = "not" }
local PAIRS = { ["[]"] = "flatten", ["[?"] = "filter", ["||"] = "or", ["&&"] = "and",
                ["<="] = "lte", [">="] = "gte", ["!="] = "ne", ["=="] = "eq" }

-- What stands between the delimiter at `start` and the next that no backslash
-- escapes, with all backslashes; and the offset behind that.
local function delimited(text, start)
  local delimiter = text:sub(start, start)
  local at = start + 1
  while true do
    local stop = text:find("[\\" .. delimiter .. "]", at)
    if not stop then
      errors.lexer(text, start, "Unclosed " .. delimiter .. " delimiter")
    elseif text:byte(stop) ~= 92 then
      return text:sub(start + 1, stop - 1), stop + 1
    end
    at = stop + 2
  end
end

local function read_raw_string(text, start)
  local content, stop = delimited(text, start)
  return "literal", content:gsub("\\'", "'"), stop
end

-- JSON; or, as was allowed once, a string of JSON without its quotes.
local function read_literal(text, start)
  local content, stop = delimited(text, start)
  content = content:gsub("\\`", "`")
  local value, message = json.decode(content)
  if value == nil and message ~= json.TOO_DEEP then
    value = json.decode('"' .. content:gsub("^[ \t-\r\28-\31]+", "") .. '"')
  end
  if value == nil then
    errors.lexer(text, start, "Bad token " .. content)
  end
  return "literal", value, stop
end

local function read_quoted_identifier(text, start)
  local content, stop = delimited(text, start)
  content = '"' .. content .. '"'
  local name, message = json.decode(content)
  if name == nil then
    errors.lexer(text, start, message)
  end
  return "quoted_identifier", name, stop
end

-- The value is its text, because a number of Lua's does not hold all digits.
local function read_number(text, start)
  local sign, digits = text:match("^(%-?)(%d+)", start)
  if not sign then
    errors.lexer(text, start, "Unknown token '-'")
  end
  local value = digits:match("^0*(.+)$")
  return "number", value == "0" and value or sign .. value, start + #sign + #digits
end

local DELIMITED = { ["'"] = read_raw_string, ["`"] = read_literal, ['"'] = read_quoted_identifier }

-- The type and the value of the token at `at`, and the offset behind it.
local function read(text, at)
  local char, pair = text:sub(at, at), text:sub(at, at + 1)
  if PAIRS[pair] then
    return PAIRS[pair], pair, at + 2
  elseif SIMPLE[char] then
    return SIMPLE[char], char, at + 1
  elseif DELIMITED[char] then
    return DELIMITED[char](text, at)
  elseif char:find("[%d-]") then
    return read_number(text, at)
  end
  local name = text:match("^[A-Za-z_][A-Za-z0-9_]*", at)
  if name then
    return "unquoted_identifier", name, at + #name
  end
  errors.lexer(text, at, "Unknown token " .. (char == "=" and "'='" or unicode.char(text, at)))
end

--- The tokens; the last is "eof".
---@param text string
---@return {type: string, value: any, at: integer}[] tokens with offsets in bytes, from 1
function M.tokens(text)
  local tokens = {}
  local at = text:find("[^ \t\r\n]")
  while at do
    local kind, value, stop = read(text, at)
    tokens[#tokens + 1] = { type = kind, value = value, at = at }
    at = text:find("[^ \t\r\n]", stop)
  end
  tokens[#tokens + 1] = { type = "eof", value = "", at = #text + 1 }
  return tokens
end

return M
