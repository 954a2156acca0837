--- What can become of a destination of a bulk call, and how each API says it.
local M = {}

-- { API v1, API v2 }
local SPELLINGS = {
  { "Success", "SUCCESS" },
  { "MessageRejected", "MESSAGE_REJECTED" },
  { "MailFromDomainNotVerified", "MAIL_FROM_DOMAIN_NOT_VERIFIED" },
  { "ConfigurationSetDoesNotExist", "CONFIGURATION_SET_NOT_FOUND" },
  { "TemplateDoesNotExist", "TEMPLATE_NOT_FOUND" },
  { "AccountSuspended", "ACCOUNT_SUSPENDED" },
  { "AccountThrottled", "ACCOUNT_THROTTLED" },
  { "AccountDailyQuotaExceeded", "ACCOUNT_DAILY_QUOTA_EXCEEDED" },
  { "InvalidSendingPoolName", "INVALID_SENDING_POOL_NAME" },
  { "AccountSendingPaused", "ACCOUNT_SENDING_PAUSED" },
  { "ConfigurationSetSendingPaused", "CONFIGURATION_SET_SENDING_PAUSED" },
  { "InvalidParameterValue", "INVALID_PARAMETER" },
  { "TransientFailure", "TRANSIENT_FAILURE" },
  { "Failed", "FAILED" },
}

-- What a fault of ses.emulator.errors makes of a destination.
local OF_KIND = {
  rejected = "MESSAGE_REJECTED", mail_from = "MAIL_FROM_DOMAIN_NOT_VERIFIED",
  no_configuration_set = "CONFIGURATION_SET_NOT_FOUND", no_template = "TEMPLATE_NOT_FOUND",
  throttled = "ACCOUNT_THROTTLED", daily_quota = "ACCOUNT_DAILY_QUOTA_EXCEEDED",
  daily_limit = "ACCOUNT_DAILY_QUOTA_EXCEEDED", invalid = "INVALID_PARAMETER",
}

local by_name, v1_of = {}, {}

for _, spelling in ipairs(SPELLINGS) do
  by_name[spelling[1]], by_name[spelling[2]] = spelling[2], spelling[2]
  v1_of[spelling[2]] = spelling[1]
end

--- A status in API v2's spelling, from either API's.
---@param text any
---@return string|nil
function M.read(text)
  return by_name[text]
end

--- A status in an API's spelling.
---@param api string "ses" or "sesv2"
---@param status string in API v2's
---@return string
function M.spell(api, status)
  return api == "ses" and v1_of[status] or status
end

--- The status that a fault gives a destination.
---@param kind string|nil of the fault
---@return string status in API v2's spelling
function M.of(kind)
  return OF_KIND[kind] or "FAILED"
end

--- The names of all statuses but success, in both spellings.
---@return string[]
function M.failures()
  local list = {}
  for i = 2, #SPELLINGS do
    list[#list + 1], list[#list + 2] = SPELLINGS[i][1], SPELLINGS[i][2]
  end
  return list
end

return M
