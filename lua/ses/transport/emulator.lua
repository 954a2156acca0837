--- The transport that carries requests to an emulator in the same process.
---
--- Time is the emulator's: sleeping and waiting move its movable clock and
--- take no time at all. So it runs no programs, which take theirs.
local core = require "ses.core"
local schedulers = require "ses.transport.scheduler"

local M = {}

local Transport = {}
Transport.__index = Transport
schedulers.equip(Transport)

--- A transport to an emulator.
---@param emulator ses.Emulator
---@return table
function M.new(emulator)
  local clock = emulator.clock
  return setmetatable({
    emulator = emulator, defaults = emulator:defaults(),
    scheduler = schedulers.new {
      now = function() return clock:now() end,
      -- Nothing is ever under way: tasks wait for a time only.
      is_busy = function() return false end,
      poll = function(seconds) emulator:advance(seconds) end,
    },
  }, Transport)
end

local function failure(kind, code, message, sent)
  return nil, { kind = kind, code = code, message = message, sent = sent }
end

local function lower_names(headers)
  local lowered = {}
  for name, value in pairs(headers) do
    lowered[name:lower()] = value
  end
  return lowered
end

-- A delay that does not fit ends where the deadline is.
local function wait(self, seconds, deadline)
  local left = deadline and deadline - self:now()
  if left and seconds > left then
    self:sleep(math.max(0, left))
    return false
  end
  self:sleep(seconds)
  return true
end

--- Sends a request; see the transports' common contract.
---@param request table {method=, url=, headers=, body=, connection=}
---@param deadline? number on this transport's clock, see now
---@return {status: integer, headers: table, body: string}|nil
---@return table|nil failure {kind=, code=, message=, sent=}
function Transport:send(request, deadline)
  if deadline and deadline <= self:now() then
    return failure("timeout", "AttemptTimeout", "the deadline had passed before the request",
                   "none")
  end
  local response = self.emulator:handle {
    method = request.method, target = request.url:match("^%a+://[^/?]*(.*)$"),
    headers = request.headers, body = request.body,
  }
  -- What reads no body closes the connection while the request is on its way.
  local sent = response.drop == "unread" and "part" or "all"
  if response.delay and not wait(self, response.delay, deadline) then
    return failure("timeout", "AttemptTimeout", "no answer before the deadline", sent)
  elseif response.drop or (response.truncate and response.truncate < #response.body) then
    return failure("transport", "ConnectionClosed",
                   "the emulator closed the connection before the answer was complete", sent)
  end
  local most = request.connection and request.connection.max_response_bytes
  if most and #response.body > most then
    return failure("transport", "ResponseTooLarge",
                   "the answer is longer than " .. most .. " bytes", "all")
  end
  return { status = response.status, headers = lower_names(response.headers),
           body = response.body }
end

--- Moves the emulator's clock forward instead of waiting. In a task the others
--- come first that have less long to wait.
---@param seconds number
function Transport:sleep(seconds)
  local task = self.scheduler:in_task()
  if task then
    return self.scheduler:sleep(task, seconds)
  end
  self.emulator:advance(math.max(0, seconds))
end

--- Seconds on the emulator's movable clock.
---@return number
function Transport:now()
  return self.emulator.clock:now()
end

--- Wall time in seconds since the epoch.
---@return number
function Transport:time()
  return self.emulator.clock:wall()
end

--- A random number from 0 up to but not including 1.
---@return number
function Transport:random() -- luacheck: ignore 212
  local a, b, c = core.random(3):byte(1, 3)
  return (a * 65536 + b * 256 + c) / 16777216
end

--- Nothing to close.
function Transport:close() end -- luacheck: ignore 212

return M
