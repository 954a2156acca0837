--- The way to a peer: where nginx connects to, what it says there first, and the
--- name of the pool in which its connections wait for the next request.
local address = require "ses.resty.address"
local core = require "ses.core"
local failure = require "ses.resty.failure"
local ngx = require "ngx"
local origins = require "ses.resty.origin"

local M = {}

-- A client has one endpoint, or a few.
local MOST_ROUTES = 64

---@class ses.Route
---@field peer string "host:port", for messages
---@field first string likewise, what is connected to: the peer, or "the proxy host:port"
---@field proxy string|nil the proxy's "host:port"
---@field host string for nginx's connect
---@field port integer
---@field options table for nginx's connect: the name of the pool
---@field needs_resolver boolean
---@field tunnel string|nil what opens the way through a proxy
---@field is_secure boolean
---@field name string the host
---@field server_name string|nil what the certificate must be for
---@field verify boolean
---@field prefix string what the request's target begins with, for a proxy
---@field host_line string
---@field proxy_line string|nil the user of the proxy

---@class ses.RouteSettings what is needed of a connection
---@field connect_timeout number
---@field idle number seconds; math.huge: no limit
---@field most integer bytes of a response's body
---@field verify boolean
---@field ca_bundle string|nil
---@field proxy string|nil
---@field routes table<string, ses.Route> by the beginning of a URL
---@field count integer of routes
---@field last_url string|nil the one that was asked for last ...
---@field last_route ses.Route|nil ... where it led ...
---@field last_target string|nil ... and to what there

local function typed(connection, name, expected)
  local value = rawget(connection, name)
  if value ~= nil and type(value) ~= expected then
    error(("connection.%s: expected a %s, got a %s"):format(name, expected, type(value)), 0)
  end
  return value
end

local function number_of(connection, name, default)
  local value = typed(connection, name, "number") or default
  if not (value >= 0) then
    error(("connection.%s: expected a number from 0 up"):format(name), 0)
  end
  return value
end

local function text_of(connection, name)
  local value = typed(connection, name, "string")
  if value and value:find("\0", 1, true) then
    error(("connection.%s: it has a NUL byte"):format(name), 0)
  end
  return value
end

local function read_settings(connection)
  local proxy, idle = text_of(connection, "proxy"), number_of(connection, "idle_timeout", 0)
  return {
    idle = idle > 0 and idle or math.huge,
    connect_timeout = number_of(connection, "connect_timeout", 5),
    most = number_of(connection, "max_response_bytes", 16 * 1024 * 1024),
    verify = typed(connection, "verify", "boolean") ~= false,
    ca_bundle = text_of(connection, "ca_bundle"),
    proxy = proxy ~= "" and proxy or nil,
    routes = {}, count = 0,
  }
end

local settings_of = setmetatable({}, { __mode = "k" })

--- What a connection says, which is never changed. Raises where it is not one.
---@param connection ses.Connection
---@return ses.RouteSettings
function M.settings(connection)
  local settings = settings_of[connection]
  if not settings then
    settings = read_settings(connection)
    settings_of[connection] = settings
  end
  return settings
end

-- Whoever may not share connections differs in the name of the pool. A password
-- must not be in it: nginx writes it into its log of debugging.
local function pool_name(route, origin, proxy)
  return table.concat({
    "ses", origin.is_secure and "https" or "http", origin.shown:lower(),
    "sni=" .. (route.server_name or ""), "verify=" .. tostring(route.verify),
    "proxy=" .. (proxy and core.sha256(proxy) or ""),
  }, " ")
end

local function host_line(origin)
  local default = origin.is_secure and 443 or 80
  return "\r\nHost: "
    .. (origin.port == default and origin.shown:gsub(":%d+$", "") or origin.shown)
end

local function authorization(user)
  return user ~= "" and "\r\nProxy-Authorization: Basic " .. ngx.encode_base64(user) or nil
end

-- What a request says to a proxy: http in so many words, https through a tunnel.
local function set_proxy(route, origin, proxy, user)
  route.first, route.proxy = "the proxy " .. proxy.shown, proxy.shown
  local line = authorization(user)
  if origin.is_secure then
    route.tunnel = ("CONNECT %s HTTP/1.1\r\nHost: %s%s\r\n\r\n"):format(origin.shown, origin.shown,
      line or "")
  else
    route.prefix, route.proxy_line = "http://" .. origin.authority, line
  end
end

-- TLS has no names that are addresses; but without one nginx would not compare
-- the certificate with anything.
local function server_name(origin, verify)
  if origin.is_secure and (verify or not address.is_address(origin.host)) then
    return (origin.host:gsub("%.$", ""))
  end
  return nil
end

---@return ses.Route|nil
---@return ses.TransportError|nil
local function new_route(settings, text)
  local origin, fault = origins.read(text)
  local proxy, first, user
  if origin and settings.proxy and not address.is_local(origin.host) then
    proxy = settings.proxy
    first, user = origins.read_proxy(proxy)
    fault = not first and user or nil
  end
  if fault then
    return nil, failure.new("InvalidRequest", "none", fault)
  elseif origin.is_secure and settings.verify and settings.ca_bundle then
    return nil, failure.no_ca_bundle()
  end
  local literal = address.literal((first or origin).host)
  local route = {
    peer = origin.shown, first = origin.shown,
    host = literal or (first or origin).host, port = (first or origin).port,
    needs_resolver = not literal,
    is_secure = origin.is_secure, name = origin.host, verify = settings.verify,
    server_name = server_name(origin, settings.verify),
    prefix = "", host_line = host_line(origin),
  }
  if first then
    set_proxy(route, origin, first, user)
  end
  route.options = { pool = pool_name(route, origin, proxy) }
  return route
end

--- The way to where a URL leads.
---@param settings ses.RouteSettings
---@param text string the URL up to its path
---@return ses.Route|nil
---@return ses.TransportError|nil
function M.find(settings, text)
  local route = settings.routes[text]
  if route then
    return route
  elseif not text:find("^[Hh][Tt][Tt][Pp][Ss]?://") then
    return nil, failure.new("UnsupportedProtocol", "none",
      "the URL does not begin with https:// or http://")
  end
  local reason
  route, reason = new_route(settings, text)
  if not route then
    return nil, reason
  end
  if settings.count >= MOST_ROUTES then
    settings.routes, settings.count = {}, 0
  end
  settings.routes[text] = route
  settings.count = settings.count + 1
  return route
end

return M
