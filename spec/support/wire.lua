-- Requests taken apart, to be compared by what they mean.

local core = require "ses.core"

local M = {}

local function decoded(text)
  return core.decode_percent((text:gsub("%+", " ")))
end

--- The parameters of a query or a form as "name=value", decoded and sorted; a
--- name without a value has the empty one.
---@param text string
---@return string[]
function M.pairs(text)
  local found = {}
  for parameter in text:gmatch("[^&]+") do
    local name, value = parameter:match("^([^=]*)=?(.*)$")
    found[#found + 1] = decoded(name) .. "=" .. decoded(value)
  end
  table.sort(found)
  return found
end

--- The path and the query of a request target.
---@param target string "/path?query"
---@return string path
---@return string query "" without one
function M.split(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  return path, query
end

--- A Content-Type without its parameters.
---@param value string?
---@return string?
function M.media_type(value)
  return value and value:match("^%s*([^;%s]+)"):lower()
end

--- Headers under lower-case names.
---@param headers table<string, string>
---@return table<string, string>
function M.lower(headers)
  local found = {}
  for name, value in pairs(headers) do found[name:lower()] = value end
  return found
end

return M
