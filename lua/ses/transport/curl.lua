--- The transport for scripts: libcurl, blocking.
---
--- One of these keeps its connections open and uses them again, never follows a
--- redirect, and never sends a request twice. Proxies come from the connection
--- alone, not from the environment, and this machine and the link-local
--- services that hand out credentials are reached directly.
local curl = require "ses.curl"

local M = {}

local now = curl.now

---@class ses.transport.Curl: ses.Transport
local Curl = {}
Curl.__index = Curl
Curl.__name = "ses.transport.curl"

local DEFAULTS = {}

--- Sends a request and waits for its response.
---@param request ses.TransportRequest
---@param deadline number|nil on self:now(); past it the request is given up
---@return ses.TransportResponse|nil
---@return ses.TransportError|nil
function Curl:send(request, deadline)
  local connection = request.connection or DEFAULTS
  local settings = self.settings[connection]
  if not settings then
    settings = self.multi:settings(connection)
    self.settings[connection] = settings
  end
  local left
  if deadline then
    left = deadline - now()
    if not (left > 0) then
      return nil, {
        kind = "timeout", code = "AttemptTimeout", sent = "none",
        message = "the deadline had passed before the request could be sent",
      }
    end
  end
  return self.multi:perform(settings, request.method, request.url, request.headers, request.body,
    left)
end

--- Blocks for some time.
---@param seconds number
function Curl:sleep(seconds) -- luacheck: no self
  curl.sleep(seconds)
end

--- A clock that only goes forward.
---@return number seconds
function Curl:now() -- luacheck: no self
  return now()
end

--- The time of day.
---@return number seconds since the epoch, with a fraction
function Curl:time() -- luacheck: no self
  return curl.time()
end

--- A random number from the operating system.
---@return number uniform in [0, 1)
function Curl:random() -- luacheck: no self
  return curl.random()
end

--- Whether it can send: it is open, and of this process, not of its parent.
---@return boolean
function Curl:usable()
  return self.multi:usable()
end

--- Closes all connections. Idempotent.
function Curl:close()
  self.multi:close()
end

Curl.__close = Curl.close

--- A transport of its own, with no connection open yet.
---@return ses.transport.Curl
function M.new()
  return setmetatable({
    multi = curl.new(),
    -- what C makes of a connection, which is never changed
    settings = setmetatable({}, { __mode = "k" }),
  }, Curl)
end

return M
