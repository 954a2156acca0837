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

-- Whatever an answer of API v1 has of some identities, and of the MAIL FROM domains
-- that matter as identities of their own.
local function with_senders(list, found)
  local names, seen, senders = {}, {}, {}
  local function add(name)
    if name and not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
  end
  for _, one in ipairs(list) do
    local sender = one.wanted
      or settings.of(nil, of(found, "MailFromDomainAttributes", one.name) or {}).domain
    senders[one.name] = sender
    add(one.name)
    add(sender)
  end
  return { Identities = names }, senders
end

-- The states of identities, by their names: half as many as a question is for.
local function from_v1(client, list)
  local names, states = {}, {}
  for i, one in ipairs(list) do
    names[i] = one.name
  end
  local found, err = client:get_identity_mail_from_domain_attributes { Identities = names }
  if not found then
    return nil, err
  end
  local params, senders = with_senders(list, found)
  local verified
  verified, err = client:get_identity_verification_attributes(params)
  if not verified then
    return nil, err
  end
  -- A policy may allow less than all of these; the rest can be said without it.
  local notified = client:get_identity_notification_attributes(params)
  local function forwards(name)
    return (of(notified, "NotificationAttributes", name) or {}).ForwardingEnabled
  end
  for _, name in ipairs(names) do
    local known, sender = of(verified, "VerificationAttributes", name), senders[name]
    local set = of(found, "MailFromDomainAttributes", name) or {}
    local state = settings.unknown()
    if known then
      state = settings.of(known.VerificationStatus, set, set.BehaviorOnMXFailure)
      state.forwards = forwards(name)
      state.sender = sender and of(verified, "VerificationAttributes", sender)
        and { forwards = forwards(sender) } or nil
    end
    states[name] = state
  end
  return states
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

--- Identities that M.prepare takes.
M.MOST = 50

---@class ses.mail_from.Asked
---@field name string the identity, as SES has it
---@field wanted string|nil the MAIL FROM domain that matters; nil: the one that SES has

--- Reads those of several identities at once, where the API can do that, for the
--- checks of each. What SES refuses is left to these.
---@param client table a client of either API
---@param list ses.mail_from.Asked[] M.MOST at most
---@param kept table what the checks share
function M.prepare(client, list, kept)
  local states = client.service == "ses" and list[1] and from_v1(client, list)
  kept.states = {}
  for _, one in ipairs(states and list or {}) do
    kept.states[one.name] = { wanted = one.wanted, state = states[one.name] }
  end
end

--- Reads it.
---@param client table a client of either API
---@param name string the identity, as SES has it
---@param wanted string|nil the MAIL FROM domain that matters; nil: the one that SES has
---@param kept table what earlier checks, or M.prepare, have read
---@return ses.mail_from.State|nil
---@return ses.Error|nil
function M.read(client, name, wanted, kept)
  local prepared = (kept.states or {})[name]
  if prepared and prepared.wanted == wanted then
    return prepared.state
  elseif client.service ~= "ses" then
    return from_v2(client, name, wanted)
  end
  local states, err = from_v1(client, { { name = name, wanted = wanted } })
  return states and states[name], err
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
