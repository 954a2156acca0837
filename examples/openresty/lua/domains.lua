--- The domains of customers: identities of SES, and nothing else. What a customer
--- asked for is in an identity's tags, so that no database could disagree with SES.
---
--- What goes wrong is a table {status, message, retry_after}, for a page.
local cjson = require "cjson"
local mailer = require "mailer"
local ses = require "ses"

local M = {}

local client = mailer.client

-- SES answers one question of a kind a second, and each page asks every few.
local recent = ngx.shared.domains
local RECENT = 3

local PENDING, SUCCESS, FAILED = "PENDING", "SUCCESS", "FAILED"

---@class domains.State
---@field domain string
---@field owner string|nil
---@field dkim string PENDING, SUCCESS, FAILED, TEMPORARY_FAILURE or NOT_STARTED
---@field tokens string[] of the DKIM records
---@field zone string|nil where these lead
---@field mail_from string|nil the MAIL FROM domain that is set, or is to be set
---@field is_set boolean whether it is set
---@field mail_from_status string likewise
---@field behavior string|nil REJECT_MESSAGE or USE_DEFAULT_VALUE

local function tag(key, value)
  return { Key = key, Value = value }
end

local function state_of(domain, identity)
  local tags = {}
  for _, each in ipairs(identity.Tags or {}) do
    tags[each.Key] = each.Value
  end
  local dkim, mail_from = identity.DkimAttributes or {}, identity.MailFromAttributes or {}
  local is_set = (mail_from.MailFromDomain or "") ~= ""
  return {
    domain = domain, owner = tags.customer, dkim = identity.VerificationStatus or PENDING,
    tokens = dkim.Tokens or {}, zone = dkim.SigningHostedZone, is_set = is_set,
    mail_from = is_set and mail_from.MailFromDomain or tags["mail-from"],
    mail_from_status = is_set and mail_from.MailFromDomainStatus or "NOT_STARTED",
    behavior = is_set and mail_from.BehaviorOnMxFailure or tags["mx-failure"],
  }
end

-- What SES says of a domain now; without an error: it does not know it.
local function look(domain)
  local identity, err = client:get_email_identity { EmailIdentity = domain }
  if not identity then
    return nil, not ses.is_error(err, "service", "NotFound") and err or nil
  end
  local state = state_of(domain, identity)
  recent:set(domain, cjson.encode(state), RECENT)
  return state
end

local function set_mail_from(state, mail_from, behavior)
  recent:delete(state.domain)
  local result, err = client:put_email_identity_mail_from_attributes {
    EmailIdentity = state.domain, MailFromDomain = mail_from, BehaviorOnMxFailure = behavior,
  }
  if not result then
    return mailer.problem(err)
  end
  state.mail_from, state.is_set, state.mail_from_status = mail_from, true, PENDING
end

-- Until SES has found the DKIM records, it may refuse a MAIL FROM domain.
local function finish(state)
  if state.dkim == SUCCESS and state.mail_from and not state.is_set then
    return set_mail_from(state, state.mail_from, state.behavior)
  end
end

--- A customer's domain.
---@param customer string|nil
---@param domain string
---@return domains.State|nil
---@return table|nil problem
function M.read(customer, domain)
  local state, err
  local text = recent:get(domain)
  if text then
    state = cjson.decode(text)
  else
    state, err = look(domain)
  end
  if err then
    return nil, mailer.problem(err)
  elseif not state or not customer or state.owner ~= customer then
    return nil, { status = 404, message = domain .. " is not signed up by you." }
  end
  local problem = finish(state)
  return not problem and state or nil, problem
end

-- SES looks no longer for the records of an identity that failed: only a new one
-- begins anew. No mail depends on it.
local function forget(state)
  recent:delete(state.domain)
  local result, err = client:delete_email_identity { EmailIdentity = state.domain }
  return (result or ses.is_error(err, "service", "NotFound")) and true, err
end

-- The identity, which is new unless there is one.
local function create(customer, domain, mail_from, behavior)
  local created, err = client:create_email_identity {
    EmailIdentity = domain,
    Tags = { tag("customer", customer), tag("mail-from", mail_from), tag("mx-failure", behavior) },
  }
  if not created and not ses.is_error(err, "service", "AlreadyExists") then
    return nil, err
  end
  return look(domain)
end

-- Likewise; new as well if SES has given up on the one that there is.
local function ensure(customer, domain, mail_from, behavior)
  local state, err = create(customer, domain, mail_from, behavior)
  if state and state.owner == customer and state.dkim == FAILED then
    local ok
    ok, err = forget(state)
    state = nil
    if ok then
      state, err = create(customer, domain, mail_from, behavior)
    end
  end
  return state, err
end

--- Signs a domain up for a customer, or does what is missing of that.
---@param customer string
---@param domain string
---@param mail_from string
---@param behavior string
---@return table|nil problem
function M.sign_up(customer, domain, mail_from, behavior)
  local state, err = ensure(customer, domain, mail_from, behavior)
  if err then
    return mailer.problem(err)
  elseif not state then
    return { status = 503, retry_after = 5, message = "Amazon SES does not know " .. domain
      .. " yet. Please try again in 5 seconds." }
  elseif state.owner ~= customer then
    return { status = 409, message = domain .. " is in use already. If it is yours, write to us." }
  end
  local is_same = state.mail_from == mail_from and state.behavior == behavior
  if state.dkim == SUCCESS then
    if not (is_same and state.is_set) or state.mail_from_status == FAILED then
      return set_mail_from(state, mail_from, behavior)
    end
  elseif not is_same then
    return { status = 409, message = domain .. " was signed up with the MAIL FROM domain "
      .. tostring(state.mail_from) .. " and another choice can be made once Amazon SES has found"
      .. " its DKIM records." }
  end
end

--- How far it is, both together.
---@param state domains.State
---@return "PENDING"|"SUCCESS"|"FAILED"
function M.progress(state)
  if state.dkim == FAILED or state.mail_from_status == FAILED then
    return FAILED
  end
  return state.dkim == SUCCESS and state.mail_from_status == SUCCESS and SUCCESS or PENDING
end

-- What a MAIL FROM domain needs.
local function mail_from_records(name)
  local records = ses.check(ses.mail_from.records(name, client.region))
  return { records.mx, records.spf }
end

--- The DNS records that the customer must publish.
---@param state domains.State
---@return {type: string, name: string, value: string}[]
function M.records(state)
  local records = state.mail_from and mail_from_records(state.mail_from) or {}
  for _, token in ipairs(state.tokens) do
    records[#records + 1] = {
      type = "CNAME", name = token .. "._domainkey." .. state.domain,
      value = token .. "." .. (state.zone or "dkim.amazonses.com"),
    }
  end
  return records
end

return M
