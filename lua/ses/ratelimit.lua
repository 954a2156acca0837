--- Keeps calls within the account's limits: says how long one must wait, and
--- reserves its turn, so that nobody asks twice.
---
--- SES takes one call a second of most operations, for each account and region,
--- and sends to so many recipients a second. A rate of sending is known where
--- the option `rate.max_send_rate` says it or an answer did (see learn); before
--- that, sends do not wait.
---
--- Nothing here sleeps or reads a clock: `now` is in seconds of a clock that only
--- goes forward, the same for all that share a store.
---
--- What is reserved lives in a store. One is an object with these methods, each
--- of them atomic, none of which may yield:
---
--- * `store:reserve(key, interval, count, now, most)`: reserves the next slot of
---   a key, `count * interval` seconds long at the full pace. It answers how many
---   seconds to wait for the slot; or, where that is more than `most`, reserves
---   nothing and answers `nil` and the seconds.
--- * `store:peek(key, now)`: the seconds that reserve would answer.
--- * `store:slow(key, interval, now)`: the service said that calls come too fast.
--- * `store:get(key)`, `store:set(key, number)`: a number that was learnt, or nil.
---
--- The arithmetic of the first three is in ses.gcra. A store that fails refuses:
--- reserve and peek answer `nil`, `math.huge` and a message, the others `nil` and
--- a message.
local access_key = require "ses.access_key"
local gcra = require "ses.gcra"
local options = require "ses.options"
local recipients = require "ses.recipients"

local M = {}

-- Limited by recipients alone.
local SENDS = {
  SendBulkEmail = true, SendBulkTemplatedEmail = true, SendEmail = true, SendRawEmail = true,
  SendTemplatedEmail = true,
}

-- Seconds between two calls, where that is not one.
local INTERVALS = { BatchGetMetricData = 1 / 16 }

--- How far apart the calls of an operation are.
---@param operation string
---@return number|nil seconds nil: only the rate of sending limits it
function M.interval(operation)
  if SENDS[operation] then
    return nil
  end
  return INTERVALS[operation] or 1
end

--- How many recipients a call takes of the account's rate of sending.
---@param operation string
---@param params any the call's parameters, in whatever state
---@return integer|nil count 1 or more; nil: the operation does not count as sending
M.recipients = recipients.count

--- What stands for an account: its number where the key's ID says it, so that
--- all of its keys share the limits, temporary ones too; else the ID.
---@param access_key_id string
---@return string
function M.account(access_key_id)
  return access_key.account(access_key_id) or access_key_id
end

-- The store of one process.
local Memory = {}
Memory.__index = Memory

-- Below this many keys nothing is gained by looking for old ones.
local FEW = 64

--- A store for one process.
---@return ses.RateStore
function M.memory()
  return setmetatable({ states = {}, count = 0, sweep_at = FEW, numbers = {} }, Memory)
end

-- Drops what says nothing any more. The next time is when there are twice as
-- many keys, so that it costs little by key.
local function sweep(self, now)
  for key, state in pairs(self.states) do
    if gcra.lifetime(state, now) <= 0 then
      self.states[key] = nil
      self.count = self.count - 1
    end
  end
  self.sweep_at = math.max(FEW, 2 * self.count)
end

local function state_of(self, key, now)
  local state = self.states[key]
  if not state then
    if self.count >= self.sweep_at then
      sweep(self, now)
    end
    state = gcra.new(now)
    self.states[key] = state
    self.count = self.count + 1
  end
  return state
end

function Memory:reserve(key, interval, count, now, most)
  return gcra.reserve(state_of(self, key, now), interval, count, now, most)
end

function Memory:peek(key, now)
  local state = self.states[key]
  return state and gcra.wait(state, now) or 0
end

function Memory:slow(key, interval, now)
  gcra.slow(state_of(self, key, now), interval, now)
  return true
end

function Memory:get(key)
  return self.numbers[key]
end

function Memory:set(key, number)
  self.numbers[key] = number
  return true
end

---@class ses.RateScope whose limits a call comes under
---@field account string see M.account
---@field region string
---@field service string "ses" or "sesv2"
---@field max_send_rate number|nil recipients a second, where an option says it

---@class ses.RateLimiter
---@field store ses.RateStore
local Limiter = {}
Limiter.__index = Limiter

--- A limiter over a store.
---@param store ses.RateStore
---@return ses.RateLimiter
function M.new(store)
  return setmetatable({ store = store }, Limiter)
end

-- Both services send at one rate; their operations of one name are not the
-- same operation.
local function send_key(scope)
  return "send " .. scope.account .. " " .. scope.region
end

local function call_key(operation, scope)
  return "call " .. scope.account .. " " .. scope.region .. " " .. scope.service .. " " .. operation
end

local function rate_key(scope)
  return "rate " .. scope.account .. " " .. scope.region
end

local function is_rate(value)
  return type(value) == "number" and value > 0 and value < math.huge
end

--- The rate of sending.
---@param scope ses.RateScope
---@return number|nil recipients a second; nil: not known
---@return string|nil message where the store failed
function Limiter:rate(scope)
  if scope.max_send_rate then
    return scope.max_send_rate
  end
  return self.store:get(rate_key(scope))
end

-- Both limits hold. The rate of sending is looked at first, so that no slot is
-- lost where it refuses; if another process takes the last slot in between, one
-- of the operation's slots goes unused.
local function reserve_both(store, key, interval, sending, now, most)
  local wait, refused, message = store:peek(sending.key, now)
  if not wait or wait > most then
    return nil, wait or refused, message
  end
  local first, second
  first, refused, message = store:reserve(key, interval, 1, now, most)
  if not first then
    return nil, refused, message
  end
  second, refused, message =
    store:reserve(sending.key, sending.interval, sending.count, now, most)
  if not second then
    return nil, refused, message
  end
  return math.max(first, second)
end

--- Reserves a call's turn.
---@param operation string
---@param params any
---@param scope ses.RateScope
---@param now number
---@param most number seconds that the call can wait; math.huge: any time
---@return number|nil wait seconds, 0 or more; nil: nothing was reserved
---@return number|nil wait what it would have been; math.huge where the store failed
---@return string|nil message why the store failed
function Limiter:reserve(operation, params, scope, now, most)
  local interval, sending = M.interval(operation), nil
  local count = M.recipients(operation, params)
  if count then
    local rate, message = self:rate(scope)
    if message then
      return nil, math.huge, message
    end
    sending = rate and { key = send_key(scope), interval = 1 / rate, count = count }
  end
  if interval and sending then
    return reserve_both(self.store, call_key(operation, scope), interval, sending, now, most)
  elseif interval then
    return self.store:reserve(call_key(operation, scope), interval, 1, now, most)
  elseif sending then
    return self.store:reserve(sending.key, sending.interval, sending.count, now, most)
  end
  return 0
end

--- Takes note of the account's rate of sending, as GetAccount and GetSendQuota
--- say it. What is no rate is not noted.
---@param scope ses.RateScope
---@param max_send_rate any recipients a second
---@return true|nil
---@return string|nil message
function Limiter:learn(scope, max_send_rate)
  if is_rate(max_send_rate) then
    return self.store:set(rate_key(scope), max_send_rate)
  end
  return nil, "not a rate"
end

--- Takes note of a throttling answer. Of two limits it does not say which.
---@param operation string
---@param scope ses.RateScope
---@param now number
---@return true|nil
---@return string|nil message where the store failed
function Limiter:throttled(operation, scope, now)
  local interval, ok, message = M.interval(operation), true, nil
  if interval then
    ok, message = self.store:slow(call_key(operation, scope), interval, now)
  end
  if not ok or not M.recipients(operation) then
    return ok, message
  end
  local rate
  rate, message = self:rate(scope)
  if rate then
    return self.store:slow(send_key(scope), 1 / rate, now)
  end
  return not message or nil, message
end

local METHODS = { "reserve", "peek", "slow", "get", "set" }

local function store_fault(store)
  if type(store) ~= "table" and type(store) ~= "userdata" then
    return "expected a store, got " .. type(store)
  end
  for _, name in ipairs(METHODS) do
    if type(store[name]) ~= "function" then
      return "it is not a store: it has no method " .. name
    end
  end
end

local function max_send_rate_fault(value)
  if is_rate(value) then
    return nil
  end
  return "expected a number of recipients a second above 0, got "
    .. (type(value) == "number" and tostring(value) or type(value))
end

local table_fault = options.table {
  max_wait = options.seconds_from_0,
  max_send_rate = max_send_rate_fault,
  store = store_fault,
}

--- What is wrong with the option `rate`.
---@param value any
---@param path string
---@return string|nil fault
---@return boolean|nil complete the message already names the option
function M.fault(value, path)
  if value == false then
    return nil
  elseif type(value) ~= "table" then
    return "expected false or a table such as {max_wait = 5}, got "
      .. (value == true and "true" or type(value))
  end
  return table_fault(value, path)
end

return M
