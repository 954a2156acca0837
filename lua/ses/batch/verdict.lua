--- What an answer means for the entries of a batch: they were sent, they failed
--- for good, they wait again, nobody knows; and whether the others may go on.
local classify = require "ses.classify"
local errors = require "ses.error"
local tables = require "ses.tables"

local M = {}

local set = tables.set

---@class ses.Verdict
---@field state "sent"|"failed"|"unknown"|"again"
---@field message_id string|nil
---@field code string|nil why it is not sent
---@field err ses.Error|nil

-- Of one entry of SendBulkEmail. All that are in neither list are final.
local AGAIN = set { "TRANSIENT_FAILURE", "ACCOUNT_THROTTLED" }
local STOPS = set {
  "ACCOUNT_DAILY_QUOTA_EXCEEDED", "ACCOUNT_SENDING_PAUSED", "ACCOUNT_SUSPENDED",
  "CONFIGURATION_SET_SENDING_PAUSED",
}

-- Of a whole call: what the next call would meet as well.
local STOPPING = set {
  -- of the account
  "AccountSendingPaused", "AccountSuspended", "ConfigurationSetSendingPaused", "SendingPaused",
  -- of its credentials
  "AccessDenied", "ExpiredToken", "IncompleteSignature", "InvalidClientTokenId",
  "InvalidSignature", "MissingAuthenticationToken", "SignatureDoesNotMatch",
  "UnrecognizedClient",
}
local STOPPING_KINDS = { config = true, callback = true }

local function is_stopping(err)
  local code = type(err.code) == "string" and err.code:gsub("Exception$", "")
  -- Credentials that cannot be had just now may be had at the next round.
  return STOPPING_KINDS[err.kind] or (err.kind == "credentials" and not err.retryable)
    or STOPPING[code] or classify.is_daily_quota(err) or false
end

--- What an error of a call means for every entry in it.
---@param err ses.Error
---@return ses.Verdict
---@return boolean stops the whole batch must stop
function M.of_error(err)
  local verdict = { code = err.code, err = err, state = "failed" }
  if err.ambiguous then
    verdict.state = "unknown"
    return verdict, is_stopping(err)
  elseif is_stopping(err) then
    verdict.state = "again"
    return verdict, true
  elseif err.retryable or err.throttled then
    verdict.state = "again"
  end
  return verdict, false
end

--- What the result of one entry of SendBulkEmail means.
---@param result {Status: string|nil, MessageId: string|nil, Error: string|nil}|nil
---@return ses.Verdict
---@return boolean stops the whole batch must stop
function M.of_entry(result)
  local status = result and result.Status
  if status == "SUCCESS" then
    return { state = "sent", message_id = result.MessageId }, false
  end
  local err = errors.new("service", {
    service = "sesv2", operation = "SendBulkEmail", attempts = 1,
    code = status or "NoResult",
    message = result and result.Error or "the answer says nothing of this entry",
    throttled = status == "ACCOUNT_THROTTLED", retryable = AGAIN[status] or false,
    ambiguous = status == nil,
  })
  local verdict = { code = err.code, err = err, state = "failed" }
  if status == nil then
    verdict.state = "unknown"
  elseif AGAIN[status] or STOPS[status] then
    verdict.state = "again"
  end
  return verdict, STOPS[status] or false
end

return M
