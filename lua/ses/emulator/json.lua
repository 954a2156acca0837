--- JSON texts, read so that [] and {} stay apart, and written.
local cjson = require "cjson"
local core = require "ses.core"

local M = {}

-- Settings of its own: the application's decoder stays as it is.
local reader = cjson.new()
reader.decode_max_depth(64)
reader.decode_invalid_numbers(false)

local Array = {}

--- JSON's null.
M.null = cjson.null

--- Marks a table as an array, an empty one too.
---@param list table
---@return table list
function M.array(list)
  return setmetatable(list, Array)
end

-- lua-cjson reads [] and {} as the same empty table. [[null]] stands for []:
-- no value of the service is a list that holds nothing but null.
local function mark_empty_arrays(text)
  local out, from, at = {}, 1, 1
  while true do
    local i = text:find('["[]', at)
    if not i then
      break
    elseif text:byte(i) == 34 then
      at = i + 1
      local stop = text:find('["\\]', at)
      while stop and text:byte(stop) == 92 do
        stop = text:find('["\\]', stop + 2)
      end
      at = (stop or #text) + 1
    else
      local close = text:match("^%[%s*()%]", i)
      if close then
        out[#out + 1] = text:sub(from, i - 1) .. "[[null]]"
        from = close + 1
      end
      at = (close or i) + 1
    end
  end
  out[#out + 1] = text:sub(from)
  return table.concat(out)
end

local function unmark(value)
  if type(value) ~= "table" then
    return value
  end
  local first = value[1]
  if #value == 1 and type(first) == "table" and first[1] == cjson.null and #first == 1 then
    return M.array {}
  end
  for key, item in pairs(value) do
    value[key] = unmark(item)
  end
  return first ~= nil and M.array(value) or value
end

--- Reads a text. Arrays are marked, null is cjson.null.
---@param text string
---@return any value nil: not JSON
---@return string|nil message
function M.decode(text)
  if not core.valid_utf8(text) then
    return nil, "not valid UTF-8"
  end
  local ok, value = pcall(reader.decode, mark_empty_arrays(text))
  if not ok then
    return nil, tostring(value)
  end
  return unmark(value)
end

--- Whether a table is an array.
---@param value any
---@return boolean
function M.is_array(value)
  return getmetatable(value) == Array
end

local REPLACEMENT = "\239\191\189"
local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(char)
  return ESCAPES[char] or ("\\u%04x"):format(char:byte())
end

--- A text as a JSON string; bytes that are not UTF-8 become U+FFFD.
---@param text string
---@return string
function M.quote(text)
  if not core.valid_utf8(text) then
    text = text:gsub("[\128-\255]", REPLACEMENT)
  end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

--- A number as JSON: without a fraction where it has none.
---@param value number
---@return string
function M.number(value)
  return (value == math.floor(value) and "%.0f" or "%.14g"):format(value)
end

local write

local function write_list(list, break_)
  local out = {}
  for i, item in ipairs(list) do
    out[i] = write(item, break_ .. "  ")
  end
  return out
end

local function write_members(structure, break_)
  local names, out = {}, {}
  for name in pairs(structure) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    out[i] = M.quote(name) .. ": " .. write(structure[name], break_ .. "  ")
  end
  return out
end

function write(value, break_)
  local kind = type(value)
  if kind == "string" then
    return M.quote(value)
  elseif kind == "number" then
    return M.number(value)
  elseif kind ~= "table" then
    return tostring(value)
  end
  local array = M.is_array(value)
  local out = (array and write_list or write_members)(value, break_)
  local left, right = array and "[" or "{", array and "]" or "}"
  if #out == 0 then
    return left .. right
  end
  return left .. break_ .. "  " .. table.concat(out, "," .. break_ .. "  ") .. break_ .. right
end

--- Writes a value for people: indented, members in the order of their names.
---@param value any arrays marked, see M.array
---@return string
function M.encode(value)
  return write(value, "\n")
end

return M
