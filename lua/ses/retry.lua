--- Whether a failed call is made again, and after how long.
---
--- The rules are those of the standard retry mode that the AWS SDKs have had by
--- default since November 2026, on top of what ses.classify says of an error.
--- SES's own: a kept connection that had gone is replaced at once, and what may
--- deliver mail twice is not repeated (see ses.classify).
---
---     local state = retry.start(policy, quota)
---     -- after every attempt that failed:
---     local delay, reason = retry.failed(state, err, hint, random)
---     -- after the one that did not:
---     retry.succeeded(state, quota)
local nearest = require "ses.nearest"
local options = require "ses.options"

local M = {}

local CAPACITY = 500
local GIVEN_BACK = 1 -- tokens, for a call that needed none

-- By the class of a failure. Times in seconds, costs in tokens.
local DEFAULTS = {
  max_attempts = 3,
  base = 0.05,
  cost = 14,
  throttling_base = 1,
  throttling_cost = 5,
  max_backoff = 20,
  hint_margin = 5,
}

local MODES = { standard = "standard", adaptive = "adaptive", off = "off", legacy = "standard" }

---@class ses.RetryQuota tokens for retries, shared by the clients of a service and region
---@field left number
---@field capacity number

--- A quota that is full.
---@param capacity? number tokens; 500
---@return ses.RetryQuota
function M.quota(capacity)
  capacity = capacity or CAPACITY
  return { left = capacity, capacity = capacity }
end

---@class ses.RetryOptions
---@field mode string|nil "standard"; "adaptive", which paces calls after a throttling answer as
---  well; "off"; "legacy" is read as "standard"
---@field max_attempts integer|nil 3; 1: never repeat a call
---@field ambiguous_sends boolean|nil true: repeat what sends mail though it may have been carried
---  out, as the AWS SDKs do

---@class ses.RetryPolicy
---@field mode "standard"|"adaptive"|"off"
---@field max_attempts integer
---@field ambiguous_sends boolean
---@field base number seconds: the first backoff, at most, after a transient failure
---@field cost number tokens of a retry after a transient failure
---@field throttling_base number seconds: the same after a throttling answer
---@field throttling_cost number tokens
---@field max_backoff number seconds
---@field hint_margin number seconds that a server's hint may add to a backoff

--- The policy of a client.
---@param given? ses.RetryOptions checked before; copied, never kept
---@return ses.RetryPolicy
function M.policy(given)
  local policy = {}
  for name, value in pairs(DEFAULTS) do
    policy[name] = value
  end
  given = given or {}
  policy.mode = MODES[given.mode or "standard"]
  policy.max_attempts = policy.mode == "off" and 1 or given.max_attempts or policy.max_attempts
  policy.ambiguous_sends = given.ambiguous_sends == true
  return policy
end

local function mode_fault(mode)
  if type(mode) == "string" and MODES[mode] then
    return nil
  end
  return "expected 'standard', 'adaptive' or 'off', got "
    .. (type(mode) == "string" and "'" .. mode .. "'" .. nearest.hint(mode, MODES) or type(mode))
end

--- What is wrong with the option `retry`.
---@param value any
---@param path string
---@return string|nil fault
---@return boolean|nil complete the message already names the option
M.fault = options.table({
  mode = mode_fault,
  max_attempts = options.whole_number,
  ambiguous_sends = options.of("boolean"),
}, nil, "{mode = \"standard\", max_attempts = 3}")

---@class ses.RetryState of one call
---@field attempts integer attempts that failed

--- The state of a new call.
---@param policy ses.RetryPolicy
---@param quota ses.RetryQuota
---@return ses.RetryState
function M.start(policy, quota)
  return { policy = policy, quota = quota, attempts = 0, backoffs = 0, replaced = false }
end

-- The header's milliseconds, in seconds. What is no whole number is no hint.
local function hint_seconds(hint)
  local digits = type(hint) == "string" and hint:match("^%d+$")
  return digits and tonumber(digits) / 1000
end

local function backoff(state, base, hint, random)
  local policy = state.policy
  local delay = random * math.min(base * 2 ^ state.backoffs, policy.max_backoff)
  state.backoffs = state.backoffs + 1
  local hinted = hint_seconds(hint)
  if hinted then
    return math.min(math.max(hinted, delay), delay + policy.hint_margin)
  end
  return delay
end

--- Says what to do after an attempt that failed.
---@param state ses.RetryState
---@param err ses.Error judged by classify.apply, with the policy's ambiguous_sends; `stale` where
---  a kept connection turned out to be closed
---@param hint string|nil the answer's header x-amz-retry-after: milliseconds
---@param random number in [0, 1)
---@param cured boolean|nil what the error complained of has been put right (the clock, the
---  credentials), so that the call may be repeated whatever the error says
---@return number|nil seconds to wait before the next attempt; nil: there is none
---@return "final"|"attempts"|"quota"|nil reason the error is not one to retry; that was the last
---  attempt; the retries of the service's clients have used up what they share
function M.failed(state, err, hint, random, cured)
  local policy, quota = state.policy, state.quota
  state.attempts = state.attempts + 1
  if not (err.retryable or cured) then
    return nil, "final"
  elseif state.attempts >= policy.max_attempts then
    return nil, "attempts"
  end
  -- A server that closes a second one may close them all.
  if err.stale and err.retryable and not state.replaced then
    state.replaced = true
    return 0
  end
  local cost = err.throttled and policy.throttling_cost or policy.cost
  if cost > quota.left then
    return nil, "quota"
  end
  quota.left = quota.left - cost
  state.cost = cost
  return backoff(state, err.throttled and policy.throttling_base or policy.base, hint, random)
end

--- Gives back what the last retry took, or a token where none took any.
---@param state ses.RetryState|nil nil: no attempt failed
---@param quota ses.RetryQuota
function M.succeeded(state, quota)
  quota.left = math.min(quota.left + (state and state.cost or GIVEN_BACK), quota.capacity)
end

return M
