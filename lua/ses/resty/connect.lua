--- Connections of nginx's to a peer: one that waits in its pool, or a new one, by
--- a proxy and with TLS where the route says so.
local clock = require "ses.resty.clock"
local failure = require "ses.resty.failure"
local handshake = require "ses.resty.handshake"
local ngx = require "ngx"
local readers = require "ses.resty.reader"
local responses = require "ses.resty.response"
local semaphore = require "ngx.semaphore"

local M = {}

local tcp = ngx.socket.tcp
local now, milliseconds = clock.now, clock.milliseconds

-- nginx's resolver has a time limit of its own, which is a long one, and not the
-- socket's. So whoever may have to wait for it does so in a light thread.
local function connect_by_name(socket, route, seconds)
  local ended
  local is_over = false
  local thread = ngx.thread.spawn(function()
    local ok, reason = socket:connect(route.host, route.port, route.options)
    is_over = true
    if ended then
      ended:post(1)
    end
    return ok, reason
  end)
  if not is_over then
    ended = semaphore.new()
    ended:wait(milliseconds(seconds) / 1000)
  end
  if not is_over then
    ngx.thread.kill(thread)
    return nil, "timeout"
  end
  local _, ok, reason = ngx.thread.wait(thread)
  return ok, reason
end

-- Through the proxy to the peer.
---@return boolean|nil
---@return string|nil reason nil: see the failure
---@return ses.TransportError|nil
local function open_tunnel(socket, route, ends)
  socket:settimeout(milliseconds(ends - now()))
  local ok, reason = socket:send(route.tunnel)
  if not ok then
    return nil, reason
  end
  local reader = readers.new {
    socket = socket, deadline = ends, idle = math.huge, is_timed = false,
  }
  local status, kind, detail = responses.read_connect(reader)
  if not status and kind == "ended" then
    return nil, detail
  elseif not status then
    return nil, nil, failure.no_tunnel(route.proxy, route.peer, "its answer "
      .. (detail or "is too long"))
  elseif status >= 300 then
    return nil, nil, failure.no_tunnel(route.proxy, route.peer, "HTTP status " .. status)
  end
  return true
end

local function late(route, seconds, is_deadline)
  if is_deadline then
    return failure.too_late(route.peer, seconds, "none")
  end
  return failure.not_connected(route.first, seconds)
end

-- What a new connection needs before it can carry a request.
---@return boolean|nil
---@return ses.TransportError|nil
local function prepare(socket, route, ends)
  socket:setoption("tcp-nodelay", true)
  socket:setoption("keepalive", true)
  if route.tunnel then
    local ok, reason, problem = open_tunnel(socket, route, ends)
    if not ok then
      return nil, problem or reason ~= "timeout"
        and failure.no_tunnel(route.proxy, route.peer, reason) or nil
    end
  end
  if route.is_secure then
    socket:settimeout(milliseconds(ends - now()))
    local ok, reason = handshake.begin(socket, route.server_name, route.verify)
    if not ok then
      return nil, reason ~= "timeout" and failure.no_tls(route.peer, route.name, reason) or nil
    end
  end
  return true
end

--- A connection that can carry a request.
---@param route ses.Route
---@param started number when this began, on ses.resty.clock
---@param seconds number that it may take
---@param left number|nil seconds that there are for the whole request
---@param idle number seconds that nothing may move when it is under way
---@return table|nil socket
---@return ses.TransportError|boolean is_reused whether it carried another request before
function M.open(route, started, seconds, left, idle)
  local is_deadline = left ~= nil and left < seconds
  seconds = is_deadline and left or seconds
  local socket = tcp()
  -- Writing and reading begin with this, where connecting takes no time.
  local pause = milliseconds(math.min(left or math.huge, idle))
  socket:settimeouts(milliseconds(seconds), pause, pause)
  local ok, reason
  if route.needs_resolver then
    ok, reason = connect_by_name(socket, route, seconds)
  else
    ok, reason = socket:connect(route.host, route.port, route.options)
  end
  if not ok then
    return nil, reason == "timeout" and late(route, seconds, is_deadline)
      or failure.no_connection(route.first, reason)
  elseif socket:getreusedtimes() > 0 then
    return socket, true
  end
  local problem
  ok, problem = prepare(socket, route, started + seconds)
  if not ok then
    socket:close()
    return nil, problem or late(route, seconds, is_deadline)
  end
  return socket, false
end

return M
