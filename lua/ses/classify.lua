--- What a failure means for the caller: may the call be repeated, did the
--- service ask to slow down, is it unknown whether the request was carried out.
---
--- The codes are those of the AWS SDKs' standard retry mode, with SES's own
--- exceptions: see THROTTLING and is_daily_quota.
local M = {}

local function set(names)
  local result = {}
  for _, name in ipairs(names) do
    result[name] = true
  end
  return result
end

-- LimitExceededException is on the SDKs' list and not on this one: SES answers
-- it when there are too many resources of a kind, which waiting does not cure.
local THROTTLING = set {
  "BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
  "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
  "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
}

local TRANSIENT = set {
  "IDPCommunicationError", "InternalError", "RequestTimeout", "RequestTimeoutException",
}

local TRANSIENT_STATUS = { [500] = true, [502] = true, [503] = true, [504] = true }

-- Errors of the server's that say in so many words that nothing was done:
-- another call was changing the same resource.
local NOT_DONE = set { "ConcurrentModificationException" }

-- Failures of a transport that the next attempt would meet again.
local PERMANENT = set {
  "CABundle", "Forked", "InvalidRequest", "ResponseTooLarge", "TLSVerification",
  "UnsupportedProtocol",
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

--- What it means that a call was carried out: "read", nothing; "send", that
--- somebody got mail; "change", anything else.
---@param operation string
---@param params? table the call's parameters
---@return "read"|"change"|"send"
function M.effect(operation, params)
  if SENDS[operation] then
    return "send"
  end
  for i = 1, #READS do
    if operation:find(READS[i]) then
      return "read"
    end
  end
  -- An address gets a mail that asks its owner to confirm it; a domain does not.
  local identity = operation == "CreateEmailIdentity" and params
    and rawget(params, "EmailIdentity")
  return type(identity) == "string" and identity:find("@", 1, true) and "send" or "change"
end

-- The quota of 24 hours comes with a throttling code, and cannot clear in
-- seconds.
local function is_daily_quota(err)
  return err.message ~= nil and err.message:lower():find("daily message quota", 1, true) ~= nil
end

-- Each says of an error whether the same call can succeed a moment later,
-- whether calls come too fast, and whether a call that has an effect may have
-- had it.
local judges = {}

function judges.service(err)
  local listed = THROTTLING[err.code] or THROTTLING[err.shape] or false
  local throttled = listed and not is_daily_quota(err)
  local transient = TRANSIENT[err.code] or TRANSIENT[err.shape]
    or TRANSIENT_STATUS[err.status] or false
  local refused = listed or NOT_DONE[err.code] or NOT_DONE[err.shape] or false
  return throttled or (transient and not listed), throttled,
    (err.status or 0) >= 500 and not refused
end

function judges.transport(err)
  return not PERMANENT[err.code], false, err.sent == "all"
end

judges.timeout = judges.transport

-- An answer came and could not be read. What it would have said follows from
-- its status alone.
function judges.decode(err)
  local status = err.status or 0
  return TRANSIENT_STATUS[status] or false, false, status < 300 or status >= 500
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
---@return table err
function M.apply(err, effect)
  local retryable, throttled, ambiguous = false, false, false
  local judge = judges[err.kind]
  if judge then
    retryable, throttled, ambiguous = judge(err)
  end
  err.throttled = throttled
  err.ambiguous = ambiguous and effect ~= "read"
  err.retryable = retryable and not (err.ambiguous and effect == "send")
  return err
end

return M
