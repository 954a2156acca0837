--- The client's rate limiter of AWS's adaptive retry mode: after the first
--- throttling answer it measures how fast calls are answered, and lets them go at
--- a rate that falls with every throttling answer and grows back along a cubic
--- curve (CUBIC, RFC 9438).
---
--- It reserves: what acquire answers is how long to wait, and the token is taken.
--- Nothing here sleeps or reads a clock: `now` is in seconds of a clock that only
--- goes forward.
local M = {}

local BETA = 0.7 -- what is left of a rate after a throttling answer
local SCALE = 0.4
local SMOOTHING = 0.8 -- the weight of the newest measurement
local BUCKETS = 2 -- a second, in which answers are counted
local MOST = 2 -- a new rate, in measured ones
local LEAST_RATE = 0.5
local LEAST_CAPACITY = 1

--- The rate after a throttling answer.
---@param rate number calls a second
---@return number
function M.throttled_rate(rate)
  return rate * BETA
end

--- The rate some time after the last throttling answer: it comes near the rate
--- at which that came, stays there for a while, and goes beyond.
---@param last_max number calls a second, when the throttling answer came
---@param elapsed number seconds since then
---@return number
function M.cubic_rate(last_max, elapsed)
  local plateau = (last_max * (1 - BETA) / SCALE) ^ (1 / 3)
  return SCALE * (elapsed - plateau) ^ 3 + last_max
end

---@class ses.TokenBucket
---@field rate number tokens a second
---@field most number how many it holds
---@field tokens number how many there are; never negative
---@field owed number tokens that were handed out before they were there
local Bucket = {}
Bucket.__index = Bucket

--- A bucket of tokens, empty and holding one at most.
---@param least_rate? number tokens a second; LEAST_RATE
---@return ses.TokenBucket
function M.bucket(least_rate)
  return setmetatable({
    least_rate = least_rate or LEAST_RATE, rate = 0, most = LEAST_CAPACITY, tokens = 0, owed = 0,
  }, Bucket)
end

local function refill(self, now)
  local elapsed = self.filled_at and now - self.filled_at or 0
  if elapsed > 0 then
    local tokens = self.tokens + elapsed * self.rate
    local paid = math.min(self.owed, tokens)
    self.owed = self.owed - paid
    self.tokens = math.min(tokens - paid, self.most)
  end
  self.filled_at = math.max(now, self.filled_at or now)
end

--- Changes the rate; what was filled in before stays.
---@param now number
---@param rate number tokens a second
function Bucket:set_rate(now, rate)
  refill(self, now)
  self.rate = math.max(rate, self.least_rate)
  self.most = math.max(rate, LEAST_CAPACITY)
  self.tokens = math.min(self.tokens, self.most)
end

--- Takes a token, or one that is still to come.
---@param now number
---@param most number seconds that one can wait for it
---@return number|nil wait seconds, 0 or more; nil: nothing was taken
---@return number|nil wait what it would have been
function Bucket:acquire(now, most)
  refill(self, now)
  local missing = self.owed + 1 - self.tokens
  if missing <= 0 then
    self.tokens = self.tokens - 1
    return 0
  end
  local wait = missing / self.rate
  if wait > most then
    return nil, wait
  end
  self.owed = self.owed + 1
  return wait
end

---@class ses.AdaptiveLimiter
---@field enabled boolean a throttling answer has come
---@field measured number answers a second, smoothed
---@field bucket ses.TokenBucket
local Limiter = {}
Limiter.__index = Limiter

--- A limiter for the calls of one client.
---@return ses.AdaptiveLimiter
function M.new()
  return setmetatable({
    enabled = false, measured = 0, count = 0, last_max = 0, bucket = M.bucket(),
  }, Limiter)
end

local function time_bucket(now)
  return math.floor(now * BUCKETS) / BUCKETS
end

-- The clock may begin anywhere.
local function start(self, now)
  if not self.last_bucket then
    self.last_bucket, self.last_throttle = time_bucket(now), now
  end
end

local function measure(self, now)
  self.count = self.count + 1
  local bucket = time_bucket(now)
  if bucket > self.last_bucket then
    local rate = self.count / (bucket - self.last_bucket)
    self.measured = rate * SMOOTHING + self.measured * (1 - SMOOTHING)
    self.count, self.last_bucket = 0, bucket
  end
end

--- Reserves the turn of an attempt; for every attempt, the first included.
---@param now number
---@param most? number seconds that the attempt can wait; any time
---@return number|nil wait seconds, 0 or more; nil: nothing was reserved
---@return number|nil wait what it would have been
function Limiter:acquire(now, most)
  start(self, now)
  if not self.enabled then
    return 0
  end
  return self.bucket:acquire(now, most or math.huge)
end

--- Takes note of the answer to an attempt, or of its failure.
---@param now number
---@param throttled boolean
function Limiter:update(now, throttled)
  start(self, now)
  measure(self, now)
  local rate
  if throttled then
    local used = self.measured
    if self.enabled then
      used = math.min(used, self.bucket.rate)
    end
    self.last_max, self.last_throttle, self.enabled = used, now, true
    rate = M.throttled_rate(used)
  else
    rate = M.cubic_rate(self.last_max, now - self.last_throttle)
  end
  self.bucket:set_rate(now, math.min(rate, MOST * self.measured))
end

return M
