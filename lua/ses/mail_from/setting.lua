--- The MAIL FROM setting of identities: read and changed by either API, told in
--- API v2's spelling.
local errors = require "ses.error"
local tables = require "ses.tables"

local M = {}

--- Identities that one question is for.
M.PER_QUESTION = { ses = 100, sesv2 = 1 }

-- A call waits for its turn as long as that takes.
local PATIENT = { max_wait = math.huge, timeout = { total = math.huge } }

local TO_V1 = { USE_DEFAULT_VALUE = "UseDefaultValue", REJECT_MESSAGE = "RejectMessage" }

---@class ses.mail_from.Setting
---@field is_known boolean whether SES has the identity, in the client's region
---@field verification string|nil of the identity: "SUCCESS", "PENDING" ...
---@field domain string|nil its MAIL FROM domain, in lower case
---@field status "NOT_SET"|"PENDING"|"SUCCESS"|"FAILED"|"TEMPORARY_FAILURE"
---@field behavior "USE_DEFAULT_VALUE"|"REJECT_MESSAGE"|nil without its MX record
---@field identity string|nil of a list: whose it is
---@field err ses.Error|nil why SES did not tell; there is nothing else then
local Setting = {}
Setting.__index = Setting
Setting.__name = "ses.mail_from.setting"

function Setting:__tostring()
  local identity = self.identity and self.identity .. ": " or ""
  if self.err then
    return identity .. tostring(self.err)
  elseif not self.is_known then
    return identity .. "SES does not have this identity in this region"
  end
  local verification = self.verification ~= "SUCCESS"
    and "; the identity is not verified (" .. (self.verification or "NOT_SET") .. ")" or ""
  if not self.domain then
    return identity .. "no MAIL FROM domain" .. verification
  end
  return ("%sMAIL FROM domain %s, %s, without its MX record %s%s"):format(identity, self.domain,
    self.status, self.behavior, verification)
end

local function upper(word)
  if not word or word == "" then
    return nil
  end
  return (word:gsub("(%l)(%u)", "%1_%2"):upper())
end

--- A setting, which prints what there is to say of it.
---@param fields table
---@return ses.mail_from.Setting
function M.new(fields)
  return setmetatable(fields, Setting)
end

--- A setting, by the members that an API has for it. What is not set is an absent
--- member, or an empty one.
---@param verification string|nil the identity's
---@param found table
---@param behavior string|nil
---@return ses.mail_from.Setting
function M.of(verification, found, behavior)
  local domain = found.MailFromDomain
  local is_set = domain ~= nil and domain ~= ""
  return M.new {
    is_known = true, verification = upper(verification),
    domain = is_set and domain:lower() or nil,
    status = is_set and upper(found.MailFromDomainStatus) or "NOT_SET",
    behavior = upper(behavior) or "USE_DEFAULT_VALUE",
  }
end

--- The setting of an identity that SES does not have.
---@return ses.mail_from.Setting
function M.unknown()
  return M.new { is_known = false, status = "NOT_SET" }
end

--- A setting, by API v2's answer about its identity.
---@param answer table
---@return ses.mail_from.Setting
function M.of_identity(answer)
  local found = answer.MailFromAttributes or {}
  local verification = answer.VerificationStatus
    or (answer.VerifiedForSendingStatus and "SUCCESS" or "PENDING")
  return M.of(verification, found, found.BehaviorOnMxFailure)
end

-- What GetIdentityMailFromDomainAttributes says of an identity that there is not
-- is not known; that the other answer leaves it out is documented.
local function from_v1(client, names, opts)
  local params = { Identities = names }
  local identities, err = client:call("GetIdentityVerificationAttributes", params, opts)
  if not identities then
    return nil, err
  end
  local domains
  domains, err = client:call("GetIdentityMailFromDomainAttributes", params, opts)
  if not domains then
    return nil, err
  end
  local settings = {}
  for i = 1, #names do
    local identity = (identities.VerificationAttributes or {})[names[i]]
    local found = (domains.MailFromDomainAttributes or {})[names[i]] or {}
    settings[names[i]] = identity
      and M.of(identity.VerificationStatus, found, found.BehaviorOnMXFailure) or M.unknown()
  end
  return settings
end

local function from_v2(client, names, opts)
  local answer, err = client:call("GetEmailIdentity", { EmailIdentity = names[1] }, opts)
  if answer then
    return { [names[1]] = M.of_identity(answer) }
  elseif errors.is_error(err, "service", "NotFound") then
    return { [names[1]] = M.unknown() }
  end
  return nil, err
end

--- The identities of one question.
---@param client table
---@param names string[]
---@param first integer the number of its first
---@return string[]
function M.group(client, names, first)
  return tables.from(names, first, first + M.PER_QUESTION[client.service] - 1)
end

--- Reads settings.
---@param client table a client of either API
---@param names string[] identities as SES has them, as many as a question is for at most
---@param opts table|nil of the calls; nil: they wait for their turns as long as that takes
---@return table<string, ses.mail_from.Setting>|nil settings of each
---@return ses.Error|nil
function M.read(client, names, opts)
  if client.service == "ses" then
    return from_v1(client, names, opts or PATIENT)
  end
  return from_v2(client, names, opts or PATIENT)
end

--- Changes a setting.
---@param client table a client of either API
---@param name string the identity
---@param domain string|false the MAIL FROM domain; false: none
---@param behavior string|nil in API v2's spelling; not of use without a domain
---@param max_wait number seconds that the call may wait for its turn
---@return table|nil
---@return ses.Error|nil
function M.change(client, name, domain, behavior, max_wait)
  local opts = tables.merged(PATIENT, { max_wait = max_wait })
  domain = domain or nil
  behavior = domain and behavior
  if client.service == "ses" then
    return client:call("SetIdentityMailFromDomain", {
      Identity = name, MailFromDomain = domain, BehaviorOnMXFailure = TO_V1[behavior],
    }, opts)
  end
  return client:call("PutEmailIdentityMailFromAttributes", {
    EmailIdentity = name, MailFromDomain = domain, BehaviorOnMxFailure = behavior,
  }, opts)
end

return M
