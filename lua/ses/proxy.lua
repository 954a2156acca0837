--- Which proxy leads to a host, where none was given: what the environment says,
--- as most programs read it.
local url = require "ses.url"

local M = {}

--- What is wrong with the URL of a proxy. What libcurl takes for one is more than
--- is meant here, and what it makes of a slip is a proxy of that name.
---@param text string
---@return string|nil fault without the URL: it may have a password
function M.fault(text)
  if text:find("[%c%s]") then
    return "it has white space or a control character"
  end
  local parsed, reason = url.parse((text:gsub("^(%a+://)[^/@]*@", "%1")))
  if parsed and parsed.path ~= "" then
    return "it has a path"
  end
  return reason
end

-- Whether an entry of no_proxy means a host: the name itself or one below it.
local function means(entry, host, port)
  entry = entry:lower():gsub("^%*?%.", "")
  local name, wanted = entry:match("^(.-):(%d+)$")
  if name and not name:find(":", 1, true) then
    entry = name
    if wanted ~= port then
      return false
    end
  end
  return entry == "*" or entry == host
    or (entry ~= "" and host:sub(-#entry - 1) == "." .. entry)
end

local function is_excluded(list, endpoint)
  local host, port = endpoint.host:match("^(.-):?(%d*)$")
  if endpoint.host:sub(1, 1) == "[" then
    host, port = endpoint.host:match("^%[(.-)%]:?(%d*)$")
  end
  if port == "" then
    port = endpoint.origin:find("^https:") and "443" or "80"
  end
  for entry in list:gmatch("[^,%s]+") do
    if means(entry, host, port) then
      return true
    end
  end
  return false
end

-- The lower-case name first, as everywhere.
local function read(lookup, name)
  local lower = lookup:variable(name)
  if lower then
    return lower, name
  end
  -- A web server's CGI makes HTTP_PROXY of a header that anybody can send.
  if name == "http_proxy" and lookup:variable("REQUEST_METHOD") then
    return nil
  end
  return lookup:variable(name:upper()), name:upper()
end

--- The proxy that the environment names for an endpoint.
---@param lookup ses.Lookup
---@param endpoint ses.Endpoint
---@return string|nil url
---@return string|nil source the variable
function M.of(lookup, endpoint)
  local found, source = read(lookup, endpoint.origin:match("^%a+") .. "_proxy")
  if not found or is_excluded(read(lookup, "no_proxy") or "", endpoint) then
    return nil
  end
  return found:find("://", 1, true) and found or "http://" .. found, source
end

return M
