--- The transport for nginx: its own sockets, which let a worker serve others
--- while one request waits.
---
---     lua_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
---     lua_ssl_verify_depth 5;
---     resolver 127.0.0.53;
---     lua_socket_log_errors off;   # failures are the caller's, as errors
---
--- Connections are kept by the worker, in pools of their own for each origin,
--- proxy and kind of verification. None is used again unless exactly one whole
--- response came over it, and nothing behind it.
---
--- nginx lets code wait in its phases rewrite, access and content, in timers and
--- where TLS begins. Elsewhere nothing blocks: `send` says which phase it is,
--- `sleep` and conditions return at once.
local clock = require "ses.resty.clock"
local concurrency = require "ses.resty.concurrency"
local connect = require "ses.resty.connect"
local core = require "ses.core"
local failure = require "ses.resty.failure"
local ngx = require "ngx"
local origins = require "ses.resty.origin"
local phases = require "ses.resty.phase"
local process = require "ses.resty.process"
local readers = require "ses.resty.reader"
local requests = require "ses.resty.request"
local responses = require "ses.resty.response"
local routes = require "ses.resty.route"

local M = {}

local find, match = string.find, string.match
local now = clock.now

-- How long an idle connection is kept, and how many of them to one peer.
local IDLE = 60
local POOL_SIZE = 256

-- What is longer goes out beside the reading of the answer, which may come, and
-- be a refusal, before all of it has left.
local BESIDE = 64 * 1024

-- All but what is visible in ASCII, without # and \.
local UNSAFE = '[^%]!"$-[^-~]'

local DEFAULTS = {}

---@class ses.resty.Transport: ses.Transport
local Transport = {}
Transport.__index = Transport
Transport.__name = "ses.resty.transport"

-- All of these tell time by one clock, and are of one worker.
Transport.group = {}

-- Somebody waits for most requests of a server, and not for a minute.
Transport.max_wait = 5

-- Writes beside what runs.
local function start_writer(socket, parts)
  local writer = { is_over = false }
  writer.thread = ngx.thread.spawn(function()
    local reason
    writer.ok, reason = socket:send(parts)
    writer.ended_at = reason ~= "timeout" and now() or nil
    writer.is_over = true
  end)
  return writer
end

-- Whether all was written; nobody waits for the rest.
local function end_writer(writer)
  if writer.is_over then
    ngx.thread.wait(writer.thread)
    return writer.ok ~= nil
  end
  ngx.thread.kill(writer.thread)
  return false
end

local HEAD_LIMIT = ("has more than %d bytes of headers, or more than %d headers"):format(
  responses.MOST_HEAD_BYTES, responses.MOST_FIELDS)

---@class ses.Exchange: ses.Reader a request that is under way, and its answer
---@field route ses.Route
---@field most integer bytes of the answer's body
---@field seconds number|nil until the deadline, at the beginning
---@field is_reused boolean of the connection
---@field has_left boolean whether all of the request was written

local function explain(exchange, kind, reason)
  local peer = exchange.route.peer
  if kind == "malformed" then
    return failure.bad_response(peer, reason)
  elseif kind == "head" then
    return failure.too_large(peer, HEAD_LIMIT)
  elseif kind == "body" then
    return failure.too_large(peer, ("is longer than max_response_bytes, %.0f"):format(
      exchange.most))
  end
  -- Somebody who answers early can have acted on a part of it.
  local sent = (exchange.has_left or exchange.has_begun) and "all" or "part"
  if reason == "silent" then
    return failure.silent(peer, exchange.idle, sent)
  elseif reason == "timeout" then
    return failure.too_late(peer, exchange.seconds, sent)
  end
  return failure.closed(peer, sent, exchange.has_begun, exchange.is_reused, reason)
end

-- Writes a request and reads its answer. The connection may be used again where
-- the second result is true.
local function carry(exchange, request, parts)
  local socket = exchange.socket
  local body = request.body
  local writer
  if body and #body > BESIDE then
    writer = start_writer(socket, parts)
    exchange.writer = writer
  else
    local ok, reason = socket:send(parts)
    if not ok then
      if reason == "timeout" and (not exchange.seconds or exchange.idle < exchange.seconds) then
        reason = "silent"
      end
      return nil, explain(exchange, "ended", reason)
    end
    exchange.has_left = true
  end
  local response, kind, reason = responses.read(exchange, request.method, exchange.most)
  if writer then
    exchange.has_left = end_writer(writer)
  end
  if response then
    return response, kind and exchange.has_left
  end
  return nil, explain(exchange, kind, reason)
end

-- Takes a URL apart.
---@return ses.Route|nil
---@return string|ses.TransportError target_or_failure
local function read_url(settings, url)
  local first, target = match(url, "^(%a+://[^/?]*)(.*)$")
  local route, problem = routes.find(settings, first or "")
  if not route then
    return nil, problem
  elseif find(target, UNSAFE) then
    return nil, failure.new("InvalidRequest", "none", origins.fault(url))
  elseif not find(target, "^/") then
    target = "/" .. target
  end
  return route, route.prefix .. target
end

-- Where a request goes, and what it asks for there.
---@return ses.Route|nil
---@return string|ses.TransportError target_or_failure
local function find_route(settings, url)
  if settings.last_url == url then
    return settings.last_route, settings.last_target
  end
  local route, target = read_url(settings, url)
  if route then
    settings.last_url, settings.last_route, settings.last_target = url, route, target
  end
  return route, target
end

--- Sends a request and waits for its response.
---@param request ses.TransportRequest
---@param deadline number|nil on self:now(); past it the request is given up
---@return ses.TransportResponse|nil
---@return ses.TransportError|nil
function Transport:send(request, deadline)
  if self.is_closed then
    error("the transport is closed", 0)
  end
  requests.check(request)
  local settings = routes.settings(request.connection or DEFAULTS)
  local obstacle = phases.obstacle()
  if obstacle then
    return nil, obstacle
  end
  local started = now()
  local left = deadline and deadline - started
  if left and not (left > 0) then
    return nil, failure.never_begun()
  end
  local route, target = find_route(settings, request.url)
  if not route then
    return nil, target
  end
  local parts, keep =
    requests.format(request.method, target, request.headers, request.body or "", route)
  if not parts then
    return nil, failure.new("InvalidRequest", "none", keep)
  end
  -- nginx counts from its cached time, which lags.
  ngx.update_time()
  local socket, is_reused = connect.open(route, started, settings.connect_timeout, left,
    settings.idle)
  if not socket then
    return nil, is_reused
  end
  local exchange = readers.new {
    socket = socket, deadline = deadline, idle = settings.idle, is_timed = is_reused, buffer = "",
    at = 1, has_begun = false, route = route, most = settings.most, seconds = left,
    is_reused = is_reused, has_left = false,
  }
  if not is_reused and not exchange:set_time() then
    socket:close()
    return nil, failure.too_late(route.peer, left, "none")
  end
  local response, problem = carry(exchange, request, parts)
  if not (response and problem and keep and socket:setkeepalive(IDLE * 1000, POOL_SIZE)) then
    socket:close()
  end
  return response, not response and problem or nil
end

--- Why nothing can be sent from here, where that is known before; see
--- ses.Transport.
---@return ses.TransportError|nil
function Transport:obstacle() -- luacheck: no self
  return phases.obstacle()
end

--- Why nothing can ever be sent to an origin in that way; see ses.Transport.
---@param origin string
---@param connection ses.Connection
---@return ses.TransportError|nil
function Transport:fault(origin, connection) -- luacheck: no self
  local _, problem = routes.find(routes.settings(connection), origin)
  return problem
end

--- Suspends the running code for some time; where nginx does not allow that it
--- returns at once.
---@param seconds number
function Transport:sleep(seconds) -- luacheck: no self
  if phases.can_wait() then
    clock.sleep(seconds)
  end
end

--- Runs a program, and suspends the running code until it has ended.
---@param argv string[] see ses.Transport
---@param options? {deadline: number|nil, max_output: integer|nil}
---@return ses.RunResult|nil
---@return ses.RunError|nil
function Transport:run(argv, options) -- luacheck: no self
  local obstacle = phases.obstacle()
  if obstacle then
    return nil, { kind = "process", code = "NotStarted", message = obstacle.message }
  end
  return process.run(argv, options)
end

--- A clock that only goes forward, the same in all workers.
---@return number seconds
function Transport:now() -- luacheck: no self
  return now()
end

--- The time of day.
---@return number seconds since the epoch, with a fraction
function Transport:time() -- luacheck: no self
  return clock.time()
end

--- A random number, from the operating system.
---@return number uniform in [0, 1)
function Transport:random() -- luacheck: no self
  local a, b, c, d, e, f = core.random(6):byte(1, 6)
  return (((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f) / 2 ^ 48
end

--- See ses.Transport.
function Transport:all(n, limit, fn) -- luacheck: no self
  return concurrency.all(n, limit, fn)
end

--- See ses.Transport.
function Transport:spawn(fn) -- luacheck: no self
  concurrency.spawn(fn)
end

--- See ses.Transport.
function Transport:cond() -- luacheck: no self
  return concurrency.cond()
end

--- Whether it can send: it is open.
---@return boolean
function Transport:usable()
  return not self.is_closed
end

--- Sends nothing any more. What is under way is its request's, and ends with it;
--- idle connections are the worker's, and end by themselves.
function Transport:close()
  self.is_closed = true
end

--- A transport for the worker that asks for it, or for those to come.
---@return ses.resty.Transport
function M.new()
  return setmetatable({ is_closed = false }, Transport)
end

return M
