--- What SES reports of an identity, by either API, in API v2's spelling.
local errors = require "ses.error"
local settings = require "ses.mail_from.setting"

local M = {}

---@class ses.mail_from.State: ses.mail_from.Setting
---@field forwards boolean|nil whether feedback is forwarded by mail; nil: that is not known
---@field sender {forwards: boolean|nil}|nil the MAIL FROM domain as an identity of its own, which
---  mail can be sent from; nil: it is none

-- The attributes of one identity in an answer of API v1.
local function of(answer, map, name)
  return ((answer or {})[map] or {})[name]
end

local function from_v1(client, name, wanted)
  local answer, err = client:get_identity_mail_from_domain_attributes { Identities = { name } }
  if not answer then
    return nil, err
  end
  local found = of(answer, "MailFromDomainAttributes", name) or {}
  local sender = wanted or settings.of(nil, found).domain
  local params = { Identities = { name, sender } }
  answer, err = client:get_identity_verification_attributes(params)
  if not answer then
    return nil, err
  end
  local known = of(answer, "VerificationAttributes", name)
  if not known then
    return settings.unknown()
  end
  local state = settings.of(known.VerificationStatus, found, found.BehaviorOnMXFailure)
  local is_sender = sender and of(answer, "VerificationAttributes", sender) ~= nil
  -- A policy may allow less than all of these; the rest can be said without it.
  answer = client:get_identity_notification_attributes(params)
  state.forwards = (of(answer, "NotificationAttributes", name) or {}).ForwardingEnabled
  state.sender = is_sender and {
    forwards = (of(answer, "NotificationAttributes", sender) or {}).ForwardingEnabled,
  } or nil
  return state
end

-- The MAIL FROM domain as an identity of its own. It is seldom one, and a second
-- GetEmailIdentity would wait for the first.
local function sender_of(client, name)
  local page = client:list_email_identities {
    Filter = { IDENTITY_NAME_CONTAINS = name }, PageSize = 1000,
  }
  for _, identity in ipairs(page and page.EmailIdentities or {}) do
    if identity.IdentityName == name then
      local found = client:get_email_identity { EmailIdentity = name }
      return { forwards = found and found.FeedbackForwardingStatus }
    end
  end
end

local function from_v2(client, name, wanted)
  local answer, err = client:get_email_identity { EmailIdentity = name }
  if not answer then
    if errors.is_error(err, "service", "NotFound") then
      return settings.unknown()
    end
    return nil, err
  end
  local state = settings.of_identity(answer)
  state.forwards = answer.FeedbackForwardingStatus
  local sender = wanted or state.domain
  state.sender = sender and sender_of(client, sender) or nil
  return state
end

--- Reads it.
---@param client table a client of either API
---@param name string the identity, as SES has it
---@param wanted string|nil the MAIL FROM domain that matters; nil: the one that SES has
---@return ses.mail_from.State|nil
---@return ses.Error|nil
function M.read(client, name, wanted)
  local from = client.service == "ses" and from_v1 or from_v2
  return from(client, name, wanted)
end

-- What is to be said of each status, once DNS was looked at.
local STATUS = {}

function STATUS.PENDING(case)
  case:add("info", "Pending", "SES looks for the MX record of " .. case.domain .. ", for 72 hours"
    .. " after it was set", not case.has_mx and "publish it" or "wait",
    case:without_mx())
end

function STATUS.FAILED(case)
  case:add("error", "Failed", "SES did not find the MX record of " .. case.domain .. " in 72 hours,"
    .. " and has stopped looking", (not case.has_mx and "publish it, and then set" or "set")
    .. " the MAIL FROM domain again, which starts it anew", case:without_mx(), case:record("mx"))
end

function STATUS.TEMPORARY_FAILURE(case)
  if not case.has_mx then
    case:add("error", "TemporaryFailure", "SES does not find the MX record of " .. case.domain
      .. " any more", "publish it within 72 hours, after which SES stops looking",
      case:without_mx(), case:record("mx"))
  else
    case:add("warning", "TemporaryFailure", "SES did not find the MX record of " .. case.domain
      .. " when it last looked, and DNS has it now", "wait: SES looks again, for 72 hours",
      case:without_mx())
  end
end

--- Adds what there is to say of an identity, before DNS is looked at.
---@param case ses.mail_from.Case
---@param wanted string|nil the MAIL FROM domain that it should have
function M.judge_identity(case, wanted)
  local state, name = case.state, case.identity.name
  if not state.is_known then
    local parent = case.identity.is_address and case.identity.domain
    return case:add("error", "IdentityNotFound", ("SES has no identity %s in the region %s"):format(
      name, case.region), "create it, and have it verified"
        .. (parent and ", or look at " .. parent or ""), parent and "until then it sends with what"
        .. " is set for its domain" or "until then SES sends nothing for it")
  elseif state.verification ~= "SUCCESS" then
    case:add("error", "IdentityNotVerified", ("SES has not verified %s (%s)"):format(name,
      state.verification or "NOT_SET"), "publish what its verification needs",
      "until then SES neither sends for it nor takes a MAIL FROM domain for it")
  end
  if state.status == "NOT_SET" then
    case:add("error", "NotConfigured", "SES has no MAIL FROM domain for " .. name
      .. (case.identity.is_address and ", and a verified address does not take its domain's" or ""),
      wanted and "set it to " .. wanted or "set one", "until then mail goes out with a MAIL FROM"
        .. " domain of amazonses.com")
  elseif wanted and state.domain ~= wanted then
    case:add("error", "OtherMailFromDomain", ("SES has the MAIL FROM domain %s for %s, and not %s")
      :format(state.domain, name, wanted), "set it to " .. wanted,
      ("until then mail goes out with %s, if that is verified"):format(state.domain))
  end
end

--- Adds what there is to say of the status, after DNS was looked at.
---@param case ses.mail_from.Case
function M.judge_status(case)
  local state = case.state
  local judge = STATUS[state.status]
  -- The status is that of the domain that SES has.
  if judge and not case:other() then
    judge(case)
  end
end

return M
