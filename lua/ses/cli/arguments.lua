--- Options and positional arguments of a command.
local nearest = require "ses.nearest"

local M = {}

local readers = {}

function readers.string(text)
  return text
end

function readers.integer(text)
  return text:find("^%d+$") and #text <= 15 and tonumber(text, 10) or nil
end

function readers.number(text)
  return text:find("^%-?%d+%.?%d*$") and tonumber(text) or nil
end

-- The value of an option, and whether it took the next argument.
local function value_of(name, kind, inline, following)
  if kind == "flag" then
    if inline then
      return nil, "--" .. name .. " takes no value"
    end
    return true, false
  end
  local text = inline or following
  if not text then
    return nil, "--" .. name .. " needs a value"
  end
  local value = readers[kind](text)
  if value == nil then
    return nil, "--" .. name .. ": expected a" .. (kind == "integer" and "n " or " ") .. kind
      .. ", got '" .. text .. "'"
  end
  return value, not inline
end

--- Reads arguments: --name value, --name=value, --flag; the rest is positional.
---@param arguments string[]
---@param kinds table<string, string> option -> "string", "integer", "number" or "flag"
---@return table|nil options by name; nil: wrong usage
---@return string[]|string positional arguments, or what is wrong
function M.parse(arguments, kinds)
  local options, positional, i = {}, {}, 1
  while arguments[i] do
    local name, inline = arguments[i]:match("^%-%-([^=]+)=?(.*)$")
    if not name then
      positional[#positional + 1] = arguments[i]
    elseif not kinds[name] then
      return nil, "no option is called --" .. name .. nearest.hint(name, kinds)
    else
      inline = arguments[i]:find("=", 1, true) and inline or nil
      local value, took = value_of(name, kinds[name], inline, arguments[i + 1])
      if value == nil then
        return nil, took
      end
      options[name] = value
      i = i + (took and 1 or 0)
    end
    i = i + 1
  end
  return options, positional
end

return M
