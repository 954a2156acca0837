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

--- Whether a call puts mail into somebody's mailbox.
---@param operation string
---@param params? table the call's parameters
---@return boolean
function M.is_send(operation, params)
  if SENDS[operation] then
    return true
  end
  -- An address gets a mail that asks its owner to confirm it; a domain does not.
  if operation == "CreateEmailIdentity" then
    local identity = params and rawget(params, "EmailIdentity")
    return type(identity) == "string" and identity:find("@", 1, true) ~= nil
  end
  return false
end

-- The quota of 24 hours comes with a throttling code, and cannot clear in
-- seconds.
local function is_daily_quota(err)
  return err.message ~= nil and err.message:lower():find("daily message quota", 1, true) ~= nil
end

local judges = {}

function judges.service(err, send)
  local listed = THROTTLING[err.code] or THROTTLING[err.shape] or false
  local throttled = listed and not is_daily_quota(err)
  local transient = TRANSIENT[err.code] or TRANSIENT[err.shape]
    or TRANSIENT_STATUS[err.status] or false
  local ambiguous = send and not listed and (err.status or 0) >= 500
  return throttled or (transient and not listed and not ambiguous), throttled, ambiguous
end

function judges.transport(err, send)
  local ambiguous = err.sent == "all"
  return not PERMANENT[err.code] and not (send and ambiguous), false, ambiguous
end

judges.timeout = judges.transport

-- An answer came and could not be read. What it would have said follows from
-- its status alone.
function judges.decode(err, send)
  local status = err.status or 0
  local ambiguous = status < 300 or (send and status >= 500)
  return (TRANSIENT_STATUS[status] or false) and not ambiguous, false, ambiguous
end

--- Sets the retryable, throttled and ambiguous of an error, in place.
---
--- `retryable`: the same call can succeed a moment later, and repeating it
--- cannot do it twice. `throttled`: the service said that calls come too fast.
--- `ambiguous`: the request may have been carried out.
---@param err table an error of ses.error
---@param send boolean M.is_send of the call
---@return table err
function M.apply(err, send)
  local judge = judges[err.kind]
  if judge then
    err.retryable, err.throttled, err.ambiguous = judge(err, send)
  else
    err.retryable, err.throttled, err.ambiguous = false, false, false
  end
  return err
end

return M
