--- The origin of a URL (RFC 6454): scheme, host and port; and that of a proxy.
local M = {}

---@class ses.Origin
---@field is_secure boolean https
---@field host string an IPv6 address without brackets
---@field authority string as in the URL
---@field port integer
---@field shown string "host:port": there is no user, path or query in it

local DEFAULT_PORTS = { http = 80, https = 443 }
local MOST_HOST_BYTES = 255

-- libcurl's, for proxies whose URL has none.
local PROXY_PORT = 1080

--- Why bytes cannot be part of a URL; nil: they can.
---@param text string
---@return string|nil
function M.fault(text)
  if text:find("[^!-~]") then
    return "the URL has a byte that must be percent-encoded"
  elseif text:find("#", 1, true) then
    return "the URL has a fragment"
  elseif text:find("\\", 1, true) then
    return "the URL has a backslash"
  end
  return nil
end

local function split_host(authority)
  if authority:sub(1, 1) == "[" then
    local host, rest = authority:match("^%[([%w:.%%%-_~]+)%](.*)$")
    if not host then
      return nil, "the URL's host is not an IPv6 address in brackets"
    end
    return host, rest
  end
  local host, rest = authority:match("^([%w.%-_~]+)(.*)$")
  if not host or not rest:find("^$") and not rest:find("^:") then
    return nil, "the URL's host is empty or has a character that is not allowed there"
  end
  return host, rest
end

local function read_port(rest, default)
  if rest == "" then
    return default
  elseif rest:sub(1, 1) ~= ":" then
    return nil, "the URL's port does not follow its host"
  elseif rest:find("[^%d]", 2) then
    return nil, "the URL's port is not a number"
  end
  local port = #rest <= 6 and tonumber(rest:sub(2), 10)
  if not port or port < 1 or port > 65535 then
    return nil, "the URL's port is not between 1 and 65535"
  end
  return port
end

local function read(scheme, authority, default)
  if authority:find("@", 1, true) then
    return nil, "the URL has a user or password before its host"
  end
  local host, rest = split_host(authority)
  if not host then
    return nil, rest
  elseif #host > MOST_HOST_BYTES then
    return nil, "the URL's host is longer than 255 bytes"
  end
  local port, fault = read_port(rest, default)
  if not port then
    return nil, fault
  end
  local form = authority:sub(1, 1) == "[" and "[%s]:%d" or "%s:%d"
  return {
    is_secure = scheme == "https", host = host, authority = authority, port = port,
    shown = form:format(host, port),
  }
end

--- Reads the beginning of a URL, up to its path.
---@param text string "https://email.eu-west-1.amazonaws.com"
---@return ses.Origin|nil
---@return string|nil fault
function M.read(text)
  local scheme, authority = text:match("^(%a+)://(.*)$")
  scheme = scheme:lower()
  local fault = M.fault(text)
  if fault then
    return nil, fault
  end
  return read(scheme, authority, DEFAULT_PORTS[scheme])
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

--- Reads the URL of a proxy. What is wrong with it is said without repeating it:
--- it may have a password.
---@param url string "http://user:password@proxy.example:3128"
---@return ses.Origin|nil
---@return string fault_or_user "user:password", or ""
function M.read_proxy(url)
  local scheme, rest = url:match("^([^:/]*)://(.*)$")
  if scheme and scheme:lower() ~= "http" then
    return nil, "the proxy is not an http URL, which is what this transport can use"
  end
  rest = (rest or url):gsub("[/?#]*$", "")
  -- A password may have any byte: what follows the last @ is the host.
  local user, authority = rest:match("^(.*)@([^@]*)$")
  local proxy, fault = read("http", authority or rest, PROXY_PORT)
  if not proxy then
    return nil, "the proxy cannot be used: " .. fault:gsub("^the URL", "its URL")
  end
  return proxy, user and unescape(user) or ""
end

return M
