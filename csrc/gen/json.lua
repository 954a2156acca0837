--- A JSON reader that keeps the order of an object's members.
--
-- Validation, skeletons and printed results follow the order in which a model
-- lists its members, so a reader that hands out plain tables is not enough.
-- It is strict: RFC 8259, no duplicate names, no lone surrogates.

local M = {}

local byte, char, find, sub = string.byte, string.char, string.find, string.sub
local concat, floor = table.concat, math.floor

--- How deep arrays and objects may nest.
M.max_depth = 128

--- Stands for JSON's null.
M.null = setmetatable({}, { __tostring = function() return "null" end })

-- The names of each object in order, apart from the object itself so that no
-- member name is taken.
local names_of = setmetatable({}, { __mode = "k" })

--- The member names of an object in the order of the text.
---@param object table an object that `decode` returned
---@return string[] names not to be changed; nil for an array
function M.names(object)
  return names_of[object]
end

--- Whether a decoded value is an object (an array is not).
---@param value any
---@return boolean
function M.is_object(value)
  return names_of[value] ~= nil
end

--- Walks an object in the order of the text.
---@param object table an object that `decode` returned
---@return fun(): string?, any
function M.each(object)
  local names, i = names_of[object], 0
  return function()
    i = i + 1
    local name = names[i]
    if name ~= nil then return name, object[name] end
  end
end

--- An object made by hand, ordered as given.
---@param ... any name, value, name, value ...
---@return table object
function M.object(...)
  local object, names = {}, {}
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    names[#names + 1] = name
    object[name] = value
  end
  names_of[object] = names
  return object
end

local function fail(at, message)
  error({ offset = at, message = message }, 0)
end

local function skip_space(text, at)
  return find(text, "[^ \t\r\n]", at) or #text + 1
end

local function utf8_char(code)
  if code < 0x80 then return char(code) end
  local low = 0x80 + code % 0x40
  code = floor(code / 0x40)
  if code < 0x20 then return char(0xC0 + code, low) end
  local middle = 0x80 + code % 0x40
  code = floor(code / 0x40)
  if code < 0x10 then return char(0xE0 + code, middle, low) end
  return char(0xF0 + floor(code / 0x40), 0x80 + code % 0x40, middle, low)
end

local escapes = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function hex4(text, at)
  local digits = text:match("^%x%x%x%x", at)
  if not digits then fail(at, "expected four hexadecimal digits") end
  return tonumber(digits, 16)
end

-- Reads the escape whose backslash is at `at`: its text and what follows.
local function read_escape(text, at)
  local letter = sub(text, at + 1, at + 1)
  if escapes[letter] then return escapes[letter], at + 2 end
  if letter ~= "u" then fail(at, "invalid escape") end
  local code = hex4(text, at + 2)
  if code < 0xD800 or code > 0xDFFF then return utf8_char(code), at + 6 end
  if code > 0xDBFF or sub(text, at + 6, at + 7) ~= "\\u" then
    fail(at, "unpaired surrogate")
  end
  local low = hex4(text, at + 8)
  if low < 0xDC00 or low > 0xDFFF then fail(at, "unpaired surrogate") end
  return utf8_char(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00), at + 12
end

-- Reads the string whose opening quote is at `start`.
local function read_string(text, start)
  local parts, at = {}, start + 1
  while true do
    local stop = find(text, '["\\%c]', at)
    if not stop then fail(start, "unterminated string") end
    parts[#parts + 1] = sub(text, at, stop - 1)
    local found = byte(text, stop)
    if found == 34 then return concat(parts), stop + 1 end
    if found == 127 then
      parts[#parts + 1], at = "\127", stop + 1
    elseif found == 92 then
      parts[#parts + 1], at = read_escape(text, stop)
    else
      fail(stop, "control character in a string")
    end
  end
end

local function read_number(text, at)
  local int = text:match("^%-?%d+", at)
  if not int or find(int, "^%-?0%d") then fail(at, "invalid value") end
  local stop = at + #int
  local fraction = text:match("^%.%d*", stop) or ""
  if fraction == "." then fail(stop, "expected a digit") end
  stop = stop + #fraction
  local exponent = text:match("^[eE][+-]?%d*", stop) or ""
  if exponent ~= "" and not find(exponent, "%d$") then
    fail(stop, "expected a digit")
  end
  return tonumber(int .. fraction .. exponent), stop + #exponent
end

local literals = { ["true"] = true, ["false"] = false, null = M.null }

local read_value

-- Reads what stands between brackets: calls `item(at)` for each item, which
-- returns the offset after it.
local function read_items(text, at, close, item)
  at = skip_space(text, at + 1)
  if sub(text, at, at) == close then return at + 1 end
  while true do
    at = skip_space(text, item(at))
    local mark = sub(text, at, at)
    if mark == close then return at + 1 end
    if mark ~= "," then fail(at, "expected ',' or '" .. close .. "'") end
    at = skip_space(text, at + 1)
  end
end

local function read_array(text, start, depth)
  local array = {}
  local stop = read_items(text, start, "]", function(at)
    array[#array + 1], at = read_value(text, at, depth)
    return at
  end)
  return array, stop
end

local function read_object(text, start, depth)
  local object, names = {}, {}
  local stop = read_items(text, start, "}", function(at)
    if sub(text, at, at) ~= '"' then fail(at, "expected a member name") end
    local name, colon = read_string(text, at)
    if object[name] ~= nil then fail(at, "duplicate member '" .. name .. "'") end
    colon = skip_space(text, colon)
    if sub(text, colon, colon) ~= ":" then fail(colon, "expected ':'") end
    object[name], at = read_value(text, skip_space(text, colon + 1), depth)
    names[#names + 1] = name
    return at
  end)
  names_of[object] = names
  return object, stop
end

function read_value(text, at, depth)
  local first = sub(text, at, at)
  if first == '"' then return read_string(text, at) end
  if first == "{" or first == "[" then
    if depth == M.max_depth then fail(at, "nested too deeply") end
    if first == "{" then return read_object(text, at, depth + 1) end
    return read_array(text, at, depth + 1)
  end
  local word = text:match("^%a+", at)
  if word then
    if literals[word] == nil then fail(at, "invalid value") end
    return literals[word], at + #word
  end
  if first == "" then fail(at, "unexpected end") end
  return read_number(text, at)
end

--- Reads one JSON text.
--
-- Objects remember the order of their members (see `names`, `each`); null is
-- `M.null`; numbers are whatever `tonumber` makes of them.
---@param text string
---@return any value nil on error
---@return string? message with the 1-based offset of the fault
function M.decode(text)
  local ok, value = pcall(function()
    local result, stop = read_value(text, skip_space(text, 1), 0)
    stop = skip_space(text, stop)
    if stop <= #text then fail(stop, "unexpected text after the value") end
    return result
  end)
  if ok then return value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, ("offset %d: %s"):format(value.offset, value.message)
end

return M
