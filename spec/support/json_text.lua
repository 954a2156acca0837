-- JSON as text: lists and objects apart, numbers in full, members sorted.

local M = {}

local LIST = {}

--- Marks a table as a list, even an empty one.
---@param t table
---@return table t
function M.list(t)
  return setmetatable(t, LIST)
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return escapes[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local function number(n)
  assert(n == n and n ~= 1 / 0 and n ~= -1 / 0, "JSON has no such number")
  if n == math.floor(n) and math.abs(n) < 2 ^ 53 then return ("%.0f"):format(n) end
  return ("%.17g"):format(n)
end

--- Writes a value; tables that are not lists are objects.
---@param value any
---@return string
function M.encode(value)
  local kind = type(value)
  if kind == "string" then return quoted(value) end
  if kind == "number" then return number(value) end
  if kind ~= "table" then return tostring(value) end
  local parts = {}
  if getmetatable(value) == LIST then
    for i, item in ipairs(value) do parts[i] = M.encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, item in pairs(value) do
    parts[#parts + 1] = quoted(name) .. ":" .. M.encode(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

return M
