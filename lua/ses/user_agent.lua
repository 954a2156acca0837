--- The User-Agent header, in the form that AWS's SDKs agreed on (version 2.1).
local version = require "ses.version"

local M = {}

local SYSTEMS = { Linux = "linux", OSX = "macos", Windows = "windows" }

-- Only LuaJIT knows the system it runs on.
local function platform()
  local jit = rawget(_G, "jit")
  local system = jit and SYSTEMS[jit.os] or "other"
  local text = "os/" .. system .. " lang/lua#" .. _VERSION:match("%d+%.%d+")
  if jit then
    text = text .. " md/luajit#" .. jit.version:match("%d%S*")
  end
  return text
end

--- What is wrong with the option `user_agent_extra`.
---@param extra any
---@return string|nil fault
function M.fault(extra)
  if type(extra) ~= "string" then
    return "expected a string, got " .. type(extra)
  elseif extra == "" or extra:find("[^ -~]") then
    return "expected printable ASCII, on one line"
  end
  return nil
end

--- The header's value for a service.
---@param service string
---@param extra string|nil what the application adds, such as "shop/2.4"
---@return string
function M.new(service, extra)
  local text = ("lua-ses/%s ua/2.1 %s api/%s"):format(version, platform(), service)
  return extra and (text .. " " .. extra) or text
end

return M
