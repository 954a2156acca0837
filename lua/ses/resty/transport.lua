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
local now, milliseconds = clock.now, clock.milliseconds

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

-- What leaves the socket beside; nil: nothing does.
local function start_writer(socket, head, body)
  local writer = { is_over = false }
  writer.thread = ngx.thread.spawn(function()
    writer.ok = socket:send({ head, body })
    writer.is_over = true
  end)
  return writer
end

-- Whether all was written, which nobody waits for any more.
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

---@class ses.resty.Exchange a request that is under way
---@field route ses.Route
---@field most integer bytes of the answer's body
---@field seconds number|nil until the deadline, at the beginning
---@field is_reused boolean of the connection
---@field has_begun boolean whether an answer has
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
  if reason == "timeout" then
    return failure.too_late(peer, exchange.seconds, sent)
  end
  return failure.closed(peer, sent, exchange.has_begun, exchange.is_reused, reason)
end

-- Writes the request and reads its answer. The connection may be used again
-- where the third result is true.
local function carry(exchange, socket, request, head, body, deadline)
  local reader = readers.new(socket, deadline)
  local writer
  if #body > BESIDE then
    writer = start_writer(socket, head, body)
  else
    local ok, reason = socket:send(body == "" and head or { head, body })
    if not ok then
      return nil, explain(exchange, "ended", reason)
    end
    exchange.has_left = true
  end
  local response, kind, reason = responses.read(reader, request.method, exchange.most)
  if writer then
    exchange.has_left = end_writer(writer)
  end
  if response then
    return response, nil, kind and exchange.has_left
  end
  exchange.has_begun = reader.has_begun
  return nil, explain(exchange, kind, reason)
end

-- Takes a request apart.
---@return ses.Route|nil
---@return string|ses.TransportError target_or_failure
local function find_route(settings, url)
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

-- The seconds in which a connection must be there, and whether there is no more
-- time for anything then.
local function connect_limit(settings, left)
  if left and left < settings.connect_timeout then
    return left, true
  end
  return settings.connect_timeout, false
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
  local left = deadline and deadline - now()
  if left and not (left > 0) then
    return nil, failure.never_begun()
  end
  local route, target = find_route(settings, request.url)
  if not route then
    return nil, target
  end
  local body = request.body or ""
  local head, fault = requests.head(request.method, target, request.headers, body, route)
  if not head then
    return nil, failure.new("InvalidRequest", "none", fault)
  end
  -- nginx counts from its cached time, which lags.
  ngx.update_time()
  local socket, is_reused = connect.open(route, connect_limit(settings, left))
  if not socket then
    return nil, is_reused
  end
  socket:settimeout(milliseconds(left or math.huge))
  local response, problem, is_kept = carry({
    route = route, most = settings.most, seconds = left, is_reused = is_reused,
    has_begun = false, has_left = false,
  }, socket, request, head, body, deadline)
  if not (is_kept and fault and socket:setkeepalive(IDLE * 1000, POOL_SIZE)) then
    socket:close()
  end
  return response, problem
end

--- Why nothing can be sent from here, where that is known before; see
--- ses.Transport.
---@return ses.TransportError|nil
function Transport:obstacle() -- luacheck: no self
  return phases.obstacle()
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
