--- What a failure means for the caller: may the call be repeated, did the
--- service ask to slow down, is it unknown whether the request was carried out.
---
--- AWS's generic rules come first, as the standard retry mode of its SDKs has
--- had them since November 2026; then SES's own, where they differ: DEVIATIONS,
--- and what apply says of sends.
local tables = require "ses.tables"

local M = {}

local set = tables.set

local THROTTLING = set {
  "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
  "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
  "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
  "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
}

local TRANSIENT = set {
  "IDPCommunicationError", "InternalError", "RequestTimeout", "RequestTimeoutException",
}

local TRANSIENT_STATUS = { [500] = true, [502] = true, [503] = true, [504] = true }

--- What AWS's SDKs take a failure for, whatever the service. A code goes before
--- a status: what is throttled with a 503 is throttled.
---@param code string|nil
---@param status integer|nil HTTP status, where an answer came
---@param is_io_error boolean|nil there was no answer
---@return "throttling"|"transient"|nil class nil: not to be repeated
function M.generic(code, status, is_io_error)
  if THROTTLING[code] then
    return "throttling"
  elseif TRANSIENT[code] or TRANSIENT_STATUS[status] or is_io_error then
    return "transient"
  end
  return nil
end

--- Whether an answer says that the quota of 24 hours is used up.
---@param err table an error of ses.error
---@return boolean
function M.is_daily_quota(err)
  return type(err.message) == "string"
    and err.message:lower():find("daily message quota", 1, true) ~= nil
end

local function has_code(code)
  return function(err)
    return err.code == code or err.shape == code
  end
end

-- Where SES's answers mean something else than AWS's generic rules say. The
-- first that applies counts. `class` is what M.generic should have said; all of
-- them say in so many words that nothing was done.
local DEVIATIONS = {
  -- The quota of 24 hours comes with a throttling code, and cannot clear in
  -- seconds.
  { applies = M.is_daily_quota, class = nil },
  -- There are too many resources of a kind, which waiting does not cure.
  { applies = has_code("LimitExceededException"), class = nil },
  -- Another call was changing the same resource. It comes with HTTP 500.
  { applies = has_code("ConcurrentModificationException"), class = "transient" },
}

-- Failures of a transport that the next attempt would meet again.
local PERMANENT = set {
  "CABundle", "Forked", "InvalidRequest", "ResponseTooLarge", "TLSVerification",
  "UnsupportedProtocol", "WrongPhase",
}

-- Operations that put mail into somebody's mailbox. SES has no idempotency
-- token, so repeating one that may have been carried out can deliver it twice.
local SENDS = set {
  "CreateDeliverabilityTestReport", "SendBounce", "SendBulkEmail", "SendBulkTemplatedEmail",
  "SendCustomVerificationEmail", "SendEmail", "SendRawEmail", "SendTemplatedEmail",
  "VerifyEmailAddress", "VerifyEmailIdentity",
}

-- How the names of the operations begin that change nothing.
local READS = { "^Get%u", "^List%u", "^Describe%u", "^BatchGet%u", "^TestRender%u" }

local effects = {}

local function effect_of(operation)
  if SENDS[operation] then
    return "send"
  end
  for i = 1, #READS do
    if operation:find(READS[i]) then
      return "read"
    end
  end
  return "change"
end

--- What it means that a call was carried out: "read", nothing; "send", that
--- somebody got mail; "change", anything else.
---@param operation string
---@param params? table the call's parameters
---@return "read"|"change"|"send"
function M.effect(operation, params)
  local effect = effects[operation]
  if not effect then
    effect = effect_of(operation)
    effects[operation] = effect
  end
  -- An address gets a mail that asks its owner to confirm it; a domain does not.
  local identity = operation == "CreateEmailIdentity" and params
    and rawget(params, "EmailIdentity")
  return type(identity) == "string" and identity:find("@", 1, true) and "send" or effect
end

-- The lists mix codes on the wire with names of the model, and v1 has both.
local function generic(err)
  local class = M.generic(err.code, err.status)
  return class ~= "throttling" and M.generic(err.shape, err.status) or class
end

-- Each says of an error whether the same call can succeed a moment later,
-- whether calls come too fast, and whether a call that has an effect may have
-- had it.
local judges = {}

function judges.service(err)
  for i = 1, #DEVIATIONS do
    if DEVIATIONS[i].applies(err) then
      return DEVIATIONS[i].class ~= nil, false, false
    end
  end
  local class = generic(err)
  return class ~= nil, class == "throttling",
    (err.status or 0) >= 500 and class ~= "throttling"
end

function judges.transport(err)
  return not PERMANENT[err.code], false, err.sent == "all"
end

judges.timeout = judges.transport

-- An answer came and could not be read. What it would have said follows from
-- its status alone.
function judges.decode(err)
  local status = err.status or 0
  return M.generic(nil, status) ~= nil, false, status < 300 or status >= 500
end

--- Sets the retryable, throttled and ambiguous of an error, in place.
---
--- `ambiguous`: the call may have been carried out. What only reads never is.
--- `retryable`: the same call can succeed a moment later, and repeating it
--- cannot deliver mail twice; for what sends no mail that is what the AWS SDKs
--- would repeat, ambiguous or not. `throttled`: the service said that calls
--- come too fast.
---@param err table an error of ses.error
---@param effect "read"|"change"|"send" M.effect of the call
---@param ambiguous_sends boolean|nil judge a send as the AWS SDKs do: as if mail did no harm twice
---@return table err
function M.apply(err, effect, ambiguous_sends)
  local retryable, throttled, ambiguous = false, false, false
  local judge = judges[err.kind]
  if judge then
    retryable, throttled, ambiguous = judge(err)
  end
  err.throttled = throttled
  err.ambiguous = ambiguous and effect ~= "read"
  err.retryable = retryable
    and (ambiguous_sends == true or not (err.ambiguous and effect == "send"))
  return err
end

-- RequestExpired is about the clock, and new credentials do not cure it.
local EXPIRED_TOKEN = set { "ExpiredToken", "ExpiredTokenException" }

--- Whether an answer says that the session token is no longer valid, so that
--- the same call may succeed with new credentials.
---@param err table an error of ses.error
---@return boolean
function M.is_expired_token(err)
  return err.kind == "service"
    and (EXPIRED_TOKEN[err.code] or EXPIRED_TOKEN[err.shape] or false)
end

local MISMATCH = set { "InvalidSignatureException", "SignatureDoesNotMatch" }

--- Whether an answer says that the signature is not that of the access key.
---@param err table an error of ses.error, or its fields
---@return boolean
function M.is_mismatch(err)
  return MISMATCH[err.code] or MISMATCH[err.shape] or false
end

return M
