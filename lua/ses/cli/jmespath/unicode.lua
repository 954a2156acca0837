--- Strings as code points. A byte that is no part of UTF-8 counts as one.
local M = {}

-- The offset behind the code point at `at`.
local function behind(text, at)
  local lead = text:byte(at)
  local count = lead < 0xC2 and 1 or lead < 0xE0 and 2 or lead < 0xF0 and 3 or lead < 0xF5 and 4
    or 1
  for i = at + 1, at + count - 1 do
    local byte = text:byte(i)
    if not byte or byte < 0x80 or byte > 0xBF then
      return at + 1
    end
  end
  return at + count
end

--- The code points, each a string.
---@param text string
---@return string[]
function M.chars(text)
  local chars, at = {}, 1
  while at <= #text do
    local stop = behind(text, at)
    chars[#chars + 1] = text:sub(at, stop - 1)
    at = stop
  end
  return chars
end

--- How many code points there are.
---@param text string
---@return integer
function M.length(text)
  return #M.chars(text)
end

--- The code point at an offset in bytes.
---@param text string
---@param at integer
---@return string
function M.char(text, at)
  return text:sub(at, behind(text, at) - 1)
end

local function code_of(char)
  local lead = char:byte()
  if lead < 0x80 then
    return lead
  elseif #char == 1 then
    -- Python takes such a byte for a lone surrogate.
    return 0xDC00 + lead
  end
  local code = lead % 2 ^ (7 - #char)
  for i = 2, #char do
    code = code * 64 + char:byte(i) % 64
  end
  return code
end

local function escaped(char)
  local code = code_of(char)
  if code < 0x10000 then
    return ("\\u%04x"):format(code)
  end
  code = code - 0x10000
  return ("\\u%04x\\u%04x"):format(0xD800 + math.floor(code / 1024), 0xDC00 + code % 1024)
end

--- Writes what is not printable ASCII as escapes of JSON.
---@param json string
---@return string
function M.ascii(json)
  return (json:gsub("[\127-\255]+", function(run)
    local chars = M.chars(run)
    for i, char in ipairs(chars) do
      chars[i] = escaped(char)
    end
    return table.concat(chars)
  end))
end

return M
