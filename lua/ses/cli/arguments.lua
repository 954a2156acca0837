--- Options and positional arguments of a command.
local nearest = require "ses.nearest"

local M = {}

local readers, expected = {}, {}

function readers.string(text)
  return text
end

expected.port = "a port from 0 to 65535"

function readers.port(text)
  local port = text:find("^%d+$") and tonumber(text, 10)
  return port and port <= 65535 and port or nil
end

expected.number = "a number"

function readers.number(text)
  return text:find("^%-?%d+%.?%d*$") and tonumber(text) or nil
end

expected.server = "the IP address of a name server, with a port or without, such as"
  .. " 127.0.0.1:5353 or [::1]:5353"

function readers.server(text)
  return require("ses.name_server").read(text) and text or nil
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
    return nil, "--" .. name .. ": expected " .. expected[kind] .. ", got '" .. text .. "'"
  end
  return value, not inline
end

--- The clause that a message about an unknown option ends with.
---@param name string without its dashes
---@param kinds table<string, any> the options that exist
---@return string "; did you mean '--port'?", or "" where nothing is near
function M.hint(name, kinds)
  local found = nearest.find(name, kinds)
  return found and "; did you mean '--" .. found .. "'?" or ""
end

--- Reads arguments: --name value, --name=value, --flag; -h is --help; the rest is
--- positional.
---@param arguments string[]
---@param kinds table<string, string> option -> "string", "port", "number", "server" or "flag"
---@return table|nil options by name; nil: wrong usage
---@return string[]|string positional arguments, or what is wrong
function M.parse(arguments, kinds)
  local options, positional, i = {}, {}, 1
  while arguments[i] do
    local argument = arguments[i] == "-h" and "--help" or arguments[i]
    local name, inline = argument:match("^%-%-([^=]+)=?(.*)$")
    if not name and argument:find("^%-%a") then
      return nil, "no option is called " .. argument
    elseif not name then
      positional[#positional + 1] = argument
    elseif not kinds[name] then
      return nil, "no option is called --" .. name .. M.hint(name, kinds)
    else
      inline = argument:find("=", 1, true) and inline or nil
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
