--- The transport for scripts: libcurl.
---
--- Calls block, but those in tasks of its own (see `all`), which are suspended
--- while others go on.
---
--- One of these keeps its connections open and uses them again, never follows a
--- redirect, and never sends a request twice. Proxies come from the connection
--- alone, not from the environment, and this machine and the link-local
--- services that hand out credentials are reached directly.
local curl = require "ses.curl"
local run = require "ses.transport.run"
local schedulers = require "ses.transport.scheduler"

local M = {}

local now = curl.now

---@class ses.transport.Curl: ses.Transport
local Curl = {}
Curl.__index = Curl
Curl.__name = "ses.transport.curl"

local DEFAULTS = {}

schedulers.equip(Curl)

-- All of these tell time by one clock, and are of one process.
Curl.group = {}

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
  local task = self.scheduler:in_task()
  if not task then
    return self.multi:perform(settings, request.method, request.url, request.headers,
      request.body, left)
  end
  local id, failure = self.multi:start(settings, request.method, request.url, request.headers,
    request.body, left)
  if not id then
    return nil, failure
  end
  self.waiting[id] = task
  return self.scheduler:suspend()
end

--- Waits for some time: a task is suspended, anything else blocks.
---@param seconds number
function Curl:sleep(seconds)
  local task = self.scheduler:in_task()
  if task then
    return self.scheduler:sleep(task, seconds)
  end
  curl.sleep(seconds)
end

--- Runs a program: a task is suspended until it ends, anything else blocks.
---@param argv string[] see ses.Transport
---@param options? {deadline: number|nil, max_output: integer|nil}
---@return ses.RunResult|nil
---@return ses.RunError|nil
function Curl:run(argv, options)
  return run(self, argv, options)
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

--- Closes all connections, and ends what is under way. Idempotent.
function Curl:close()
  self.multi:close()
  local waiting = self.waiting
  self.waiting = {}
  for _, task in pairs(waiting) do
    self.scheduler:wake(task, nil, {
      kind = "transport", code = "ConnectionClosed", sent = "all",
      message = "the transport was closed while the request was under way",
    })
  end
end

Curl.__close = Curl.close

local function new_poller(self)
  local multi = self.multi

  local function is_busy()
    return next(self.waiting) ~= nil
  end

  local function poll(seconds)
    if not is_busy() then
      return curl.sleep(seconds)
    end
    multi:step(seconds or math.huge)
    local id, response, failure = multi:take()
    while id do
      local task = self.waiting[id]
      self.waiting[id] = nil
      self.scheduler:wake(task, response, failure)
      id, response, failure = multi:take()
    end
  end

  return { now = now, is_busy = is_busy, poll = poll }
end

--- A transport of its own, with no connection open yet.
---@return ses.transport.Curl
function M.new()
  local self = setmetatable({
    multi = curl.new(),
    -- what C makes of a connection, which is never changed
    settings = setmetatable({}, { __mode = "k" }),
    -- the tasks of the transfers that are under way, by their numbers
    waiting = {},
  }, Curl)
  self.scheduler = schedulers.new(new_poller(self))
  return self
end

return M
