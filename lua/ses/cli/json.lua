--- JSON as the AWS CLI, a Python program, reads and writes it.
local document = require "ses.cli.document"

local M = {}

local MAX_DEPTH = 512

local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r",
                  t = "\t" }
-- Python reads, as it writes, also what is no number of JSON's.
local LITERALS = { ["true"] = true, ["false"] = false, null = document.null,
                   NaN = document.double(0 / 0), Infinity = document.double(math.huge) }

--- The message where a text is nested too deeply, whatever comes behind.
M.TOO_DEEP = "nested too deeply"

-- The messages are Python's, and so are the places that they point to.
local function fail(at, message)
  error({ offset = at, message = message }, 0)
end

local function skip_space(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function utf8_char(code)
  local char, floor = string.char, math.floor
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xC0 + floor(code / 64), 0x80 + code % 64)
  elseif code < 0x10000 then
    return char(0xE0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
  end
  return char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64,
    0x80 + floor(code / 64) % 64, 0x80 + code % 64)
end

-- Reads the escape whose backslash is at `at`. A lone surrogate is no character,
-- and what stands for it here is U+FFFD.
local function read_escape(text, at)
  local letter = text:sub(at + 1, at + 1)
  if ESCAPES[letter] then
    return ESCAPES[letter], at + 2
  end
  local digits = text:match("^u(%x%x%x%x)", at + 1)
  if letter == "u" and (not digits or #text < at + 6) then
    fail(at + 1, "Invalid \\uXXXX escape")
  elseif not digits then
    fail(at, "Invalid \\escape")
  end
  local code = tonumber(digits, 16)
  if code < 0xD800 or code > 0xDFFF then
    return utf8_char(code), at + 6
  end
  local low = code <= 0xDBFF and text:match("^\\u([dD][c-fC-F]%x%x)", at + 6)
  if not low then
    return "\239\191\189", at + 6
  end
  return utf8_char(0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00), at + 12
end

local function read_string(text, start)
  local parts, at = {}, start + 1
  while true do
    local stop = text:find('["\\%c]', at)
    if not stop then
      fail(start, "Unterminated string starting at")
    end
    parts[#parts + 1] = text:sub(at, stop - 1)
    local found = text:byte(stop)
    if found == 34 then
      return table.concat(parts), stop + 1
    elseif found == 92 and stop == #text then
      fail(start, "Unterminated string starting at")
    elseif found == 92 then
      parts[#parts + 1], at = read_escape(text, stop)
    elseif found == 127 then
      parts[#parts + 1], at = "\127", stop + 1
    else
      fail(stop, "Invalid control character at")
    end
  end
end

-- A number with a fraction or an exponent is a double, as it is in Python.
local function read_number(text, at)
  if text:find("^%-Infinity", at) then
    return document.double(-math.huge), at + #"-Infinity"
  end
  local whole = text:match("^%-?[1-9]%d*", at) or text:match("^%-?0", at)
  if not whole then
    fail(at, "Expecting value")
  end
  local rest = text:match("^%.%d+", at + #whole) or ""
  rest = rest .. (text:match("^[eE][+-]?%d+", at + #whole + #rest) or "")
  local number = tonumber(whole .. rest)
  return rest == "" and number or document.double(number), at + #whole + #rest
end

local read_value

-- Reads what stands between brackets: calls item(at) for each item, which
-- returns the offset after it.
local function read_items(text, at, close, item)
  at = skip_space(text, at + 1)
  if text:sub(at, at) == close then
    return at + 1
  end
  while true do
    at = skip_space(text, item(at))
    local mark = text:sub(at, at)
    if mark == close then
      return at + 1
    elseif mark ~= "," then
      fail(at, "Expecting ',' delimiter")
    end
    at = skip_space(text, at + 1)
  end
end

local function read_array(text, start, depth)
  local array = document.array()
  local stop = read_items(text, start, "]", function(at)
    array[#array + 1], at = read_value(text, at, depth)
    return at
  end)
  return array, stop
end

local function read_object(text, start, depth)
  local object = document.object()
  local stop = read_items(text, start, "}", function(at)
    if text:sub(at, at) ~= '"' then
      fail(at, "Expecting property name enclosed in double quotes")
    end
    local name, colon = read_string(text, at)
    colon = skip_space(text, colon)
    if text:sub(colon, colon) ~= ":" then
      fail(colon, "Expecting ':' delimiter")
    end
    local value, after = read_value(text, skip_space(text, colon + 1), depth)
    document.add(object, name, value)
    return after
  end)
  return object, stop
end

function read_value(text, at, depth)
  local first = text:sub(at, at)
  if first == '"' then
    return read_string(text, at)
  elseif first == "{" or first == "[" then
    if depth == MAX_DEPTH then
      fail(at, M.TOO_DEEP)
    end
    return (first == "{" and read_object or read_array)(text, at, depth + 1)
  end
  for word, value in pairs(LITERALS) do
    if text:sub(at, at + #word - 1) == word then
      return value, at + #word
    end
  end
  return read_number(text, at)
end

local function length(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end

--- What Python says of a text that json.decode refused.
---@param text string
---@param message string
---@param offset integer
---@return string "Expecting value: line 1 column 2 (char 1)"
function M.fault(text, message, offset)
  local before, line, start = text:sub(1, offset - 1), 1, 1
  for after in before:gmatch("\n()") do
    line, start = line + 1, after
  end
  return ("%s: line %d column %d (char %d)"):format(message, line,
    length(before:sub(start)) + 1, length(before))
end

--- Reads a text. Of members with one name the last counts; document.repeated tells it.
---@param text string
---@return any value nil on error; null is document.null
---@return string|nil message
---@return integer|nil offset of the fault, from 1
function M.decode(text)
  local ok, value = pcall(function()
    local result, stop = read_value(text, skip_space(text, 1), 0)
    stop = skip_space(text, stop)
    if stop <= #text then
      fail(stop, "Extra data")
    end
    return result
  end)
  if ok then
    return value
  elseif type(value) ~= "table" then
    error(value, 0)
  end
  return nil, value.message, value.offset
end

local NAMED = { ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
                ['"'] = '\\"', ["\\"] = "\\\\" }

local function quoted(text)
  return '"' .. text:gsub('[%z\1-\31"\\]', function(char)
    return NAMED[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

-- The fewest digits that are the same number, and the exponent of the first.
local function shortest(number)
  for precision = 0, 16 do
    local text = ("%." .. precision .. "e"):format(number)
    if tonumber(text) == number then
      local digits, exponent = text:match("^(.-)e([+-]%d+)$")
      return (digits:gsub("%.", "")), tonumber(exponent)
    end
  end
end

--- A double as Python writes it: 50.0, 1e-05, 1e+16.
---@param number number
---@return string
function M.format_double(number)
  if number ~= number then
    return "NaN"
  elseif number == math.huge or number == -math.huge then
    return number > 0 and "Infinity" or "-Infinity"
  elseif number == 0 then
    return 1 / number < 0 and "-0.0" or "0.0"
  end
  local sign = number < 0 and "-" or ""
  local digits, exponent = shortest(math.abs(number))
  if exponent < -4 or exponent >= 16 then
    local fraction = #digits > 1 and "." .. digits:sub(2) or ""
    return ("%s%s%se%s%02d"):format(sign, digits:sub(1, 1), fraction, exponent < 0 and "-" or "+",
      math.abs(exponent))
  elseif exponent < 0 then
    return sign .. "0." .. ("0"):rep(-exponent - 1) .. digits
  end
  digits = digits .. ("0"):rep(exponent + 2 - #digits)
  return sign .. digits:sub(1, exponent + 1) .. "." .. digits:sub(exponent + 2)
end

--- A number or a double as Python writes it.
---@param value number|table
---@return string
function M.format_number(value)
  if document.is_double(value) then
    return M.format_double(value.number)
  end
  -- An integer of Lua's own has more digits than a double keeps.
  if math.type and math.type(value) == "integer" then
    return ("%d"):format(value)
  end
  return value == 0 and "0" or ("%.0f"):format(value)
end

local write

-- Writes what stands between brackets, each item on a line of its own where
-- there is an indent.
local function write_items(out, open, close, count, indent, depth, item)
  if count == 0 then
    out[#out + 1] = open .. close
    return
  end
  local line = indent and "\n" .. (" "):rep(indent * (depth + 1)) or ""
  out[#out + 1] = open
  for i = 1, count do
    out[#out + 1] = (i > 1 and "," or "") .. line
    item(i)
  end
  out[#out + 1] = (indent and "\n" .. (" "):rep(indent * depth) or "") .. close
end

function write(out, value, indent, depth)
  local kind = document.type(value)
  if kind == "object" then
    local names = document.names(value)
    write_items(out, "{", "}", #names, indent, depth, function(i)
      out[#out + 1] = quoted(names[i]) .. (indent and ": " or ":")
      write(out, document.get(value, names[i]), indent, depth + 1)
    end)
  elseif kind == "array" then
    write_items(out, "[", "]", #value, indent, depth, function(i)
      write(out, value[i], indent, depth + 1)
    end)
  elseif kind == "string" then
    out[#out + 1] = quoted(value)
  elseif kind == "number" then
    out[#out + 1] = M.format_number(value)
  else
    out[#out + 1] = kind == "null" and "null" or tostring(value)
  end
end

--- Writes a value: characters beyond ASCII as they are.
---@param value any of ses.cli.document
---@param indent? integer spaces for each level; nil: all on one line, without blanks
---@return string
function M.encode(value, indent)
  local out = {}
  write(out, value, indent, 0)
  return table.concat(out)
end

return M
