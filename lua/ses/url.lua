--- URLs that are given by users: of endpoints, of proxies, of metadata services.
local M = {}

local DEFAULT_PORTS = { http = 80, https = 443 }

local function split_port(authority)
  if authority:sub(1, 1) == "[" then
    local host, rest = authority:match("^(%[[%x:.]+%])(.*)$")
    if not host then
      return nil, "the IPv6 address is not well formed"
    end
    return host, rest
  end
  local host, rest = authority:match("^([^:]*)(.*)$")
  if host == "" then
    return nil, "it has no host"
  end
  if host:find("[^A-Za-z0-9._-]") then
    return nil, "the host has a character that no host name has"
  end
  return host, rest
end

local function port_of(text)
  if text == "" then
    return nil
  end
  local digits = text:match("^:(%d+)$")
  local port = digits and #digits <= 5 and tonumber(digits, 10)
  if not port or port < 1 or port > 65535 then
    return nil, "the port is not a number from 1 to 65535"
  end
  return port
end

local function check_path(path)
  if path:find("[^A-Za-z0-9%-._~!$&'()*+,;=:@/%%]") then
    return "the path has a character that must be percent-encoded"
  end
  if path:gsub("%%%x%x", ""):find("%", 1, true) then
    return "the path has a '%' that no two hexadecimal digits follow"
  end
  for segment in path:gmatch("[^/]+") do
    if segment == "." or segment == ".." then
      return "the path has a segment '" .. segment .. "'"
    end
  end
  return nil
end

---@class ses.Endpoint
---@field origin string "https://email.eu-west-1.amazonaws.com"
---@field host string the Host header: with the port where it is not the default
---@field path string the base path, without a slash at its end
---@field root string|nil the base path as it was given, where requests to "/" go
---@field url string origin and path
---@field signing_region string|nil see ses.endpoint
---@field region_set string|nil see ses.endpoint

--- Reads an endpoint URL.
---@param url string "http://localhost:4579", "https://[::1]:8443/base"
---@return ses.Endpoint|nil
---@return string|nil fault what is wrong with it
function M.parse(url)
  -- A URL in an error message must neither break lines nor show a password.
  if url:find("[%c%s]") then
    return nil, "it has white space or a control character"
  end
  local scheme, rest = url:match("^(%a[%a%d+.-]*)://(.*)$")
  scheme = scheme and scheme:lower()
  if not DEFAULT_PORTS[scheme] then
    return nil, "it does not begin with http:// or https://"
  end
  if rest:find("[?#]") then
    return nil, "it has a query or a fragment"
  end
  local authority, path = rest:match("^([^/]*)(.*)$")
  if authority:find("@", 1, true) then
    return nil, "it has a user name"
  end
  local host, tail = split_port(authority)
  if not host then
    return nil, tail
  end
  local port, fault = port_of(tail)
  fault = fault or check_path(path)
  if fault then
    return nil, fault
  end
  host = host:lower()
  if port and port ~= DEFAULT_PORTS[scheme] then
    host = host .. (":%d"):format(port)
  end
  local root = path ~= "" and path or nil
  path = path:gsub("/+$", "")
  local origin = scheme .. "://" .. host
  return { origin = origin, host = host, path = path, root = root, url = origin .. path }
end

return M
