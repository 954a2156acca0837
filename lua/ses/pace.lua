--- What an attempt waits for before it is made: SES's rates, and the pace that
--- the adaptive mode of retries has found.
local errors = require "ses.error"
local ratelimit = require "ses.ratelimit"

local M = {}

---@class ses.Rate
---@field limiter table of ses.ratelimit
---@field max_wait number seconds
---@field max_send_rate number|nil recipients a second

-- What shares a limit: an account in a region. The account is known from the
-- credentials alone, which can change.
local function scope_of(context, credentials)
  local scope = context.scope
  -- Nobody knows whose calls those are that are not signed.
  local id = credentials and credentials.access_key_id or ""
  if not scope or scope.access_key_id ~= id then
    scope = {
      access_key_id = id,
      account = ratelimit.account(id),
      service = context.service, region = context.region,
      max_send_rate = context.rate.max_send_rate,
    }
    context.scope = scope
  end
  return scope
end

local function refused(needed, most, message)
  if message then
    return errors.new("config", {
      code = "RateStoreFailed", sent = "none", retryable = true,
      message = "the store of the rate limits fails: " .. message,
    })
  end
  return errors.new("timeout", {
    code = "RateLimited", sent = "none", throttled = true, retryable = true,
    message = ("to keep SES's rates this call would have to wait %.1f s, and it may wait %.1f s"
      .. " (rate.max_wait and timeout.total limit that)"):format(needed, most),
  })
end

-- The pace of the client's calls in adaptive mode; nil in another.
local function adaptive_of(call)
  local context = call.context
  if call.policy.mode ~= "adaptive" then
    return nil
  end
  context.adaptive = context.adaptive or require("ses.adaptive").new()
  return context.adaptive
end

--- How long an attempt must wait for its turn, which is its own from now on.
---@param call ses.Call
---@param credentials table
---@param left number|nil seconds in which the attempt must begin
---@return number|nil wait seconds
---@return ses.Error|nil
function M.reserve(call, credentials, left)
  local context = call.context
  local rate, adaptive = context.rate, adaptive_of(call)
  if not rate and not adaptive then
    return 0
  end
  local now = context.transport:now()
  local most = rate and not call.begins_by and rate.max_wait or math.huge
  most = left and math.min(left, most) or most
  local wait = 0
  if adaptive then
    local needed
    wait, needed = adaptive:acquire(now, most)
    if not wait then
      return nil, refused(needed, most)
    end
  end
  if not rate then
    return wait
  end
  local turn, needed, message = rate.limiter:reserve(call.operation.name, call.params,
    scope_of(context, credentials), now, most)
  if not turn then
    return nil, refused(needed, most, message)
  end
  return math.max(wait, turn)
end

-- What says how many recipients a second the account may send to.
local QUOTAS = {
  GetSendQuota = function(result) return result.MaxSendRate end,
  GetAccount = function(result) return result.SendQuota and result.SendQuota.MaxSendRate end,
}

--- Learns from how an attempt went.
---@param call ses.Call
---@param result table|nil
---@param err ses.Error|nil
function M.learn(call, result, err)
  local context = call.context
  local rate, scope = context.rate, context.scope
  local throttled = err ~= nil and err.throttled
  local adaptive = adaptive_of(call)
  if adaptive then
    adaptive:update(context.transport:now(), throttled)
  end
  if not rate or not scope then
    return
  elseif throttled then
    rate.limiter:throttled(call.operation.name, scope, context.transport:now())
  elseif result and QUOTAS[call.operation.name] then
    rate.limiter:learn(scope, QUOTAS[call.operation.name](result))
  end
end

--- The rate of sending that a client is paced by.
---@param context ses.CallContext
---@return number|nil recipients a second; nil: not known, or sends are not paced
function M.send_rate(context)
  local rate, scope = context.rate, context.scope
  return rate and (rate.max_send_rate or (scope and rate.limiter:rate(scope))) or nil
end

return M
