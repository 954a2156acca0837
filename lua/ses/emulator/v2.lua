--- The operations of API v2, in its spelling.
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"
local mail_from = require "ses.emulator.mail_from"
local quota = require "ses.emulator.quota"
local sending = require "ses.emulator.v2_sending"
local templates = require "ses.emulator.v2_templates"

local fault = errors.fault

local IDENTITIES_PER_PAGE = 1000

local M = {}

local function find(ctx, name)
  local identity = identities.find(ctx.region, name)
  if not identity then
    return fault("not_found", "Email identity " .. name .. " does not exist.")
  end
  return identity
end

local function dkim_attributes(identity)
  if identity.type ~= "DOMAIN" then
    return { SigningEnabled = false, Status = "NOT_STARTED",
             SigningAttributesOrigin = "AWS_SES" }
  end
  return {
    SigningEnabled = true, Status = identity.status,
    Tokens = identities.dkim_tokens(identity), SigningAttributesOrigin = "AWS_SES",
    NextSigningKeyLength = "RSA_2048_BIT", CurrentSigningKeyLength = "RSA_2048_BIT",
  }
end

function M.CreateEmailIdentity(ctx, params)
  local name = params.EmailIdentity
  if params.DkimSigningAttributes then
    return fault("not_implemented", "DkimSigningAttributes: the emulator has Easy DKIM with"
      .. " default settings only.")
  elseif params.ConfigurationSetName then
    return errors.no_configuration_set(params.ConfigurationSetName)
  elseif identities.find(ctx.region, name) then
    return fault("exists", "Email identity " .. name .. " already exist.")
  end
  local identity, problem = identities.ensure(ctx.region, name, ctx.new_status)
  if not identity then
    return fault(#ctx.region.order >= identities.LARGEST and "limit" or "invalid", problem)
  end
  identity.tags = params.Tags or {}
  return {
    IdentityType = identity.type, VerifiedForSendingStatus = identity.status == "SUCCESS",
    DkimAttributes = dkim_attributes(identity),
  }
end

function M.GetEmailIdentity(ctx, params)
  local identity, broken = find(ctx, params.EmailIdentity)
  if not identity then
    return nil, broken
  end
  local set = mail_from.read(identity, ctx.now, ctx.looks)
  return {
    IdentityType = identity.type, FeedbackForwardingStatus = identity.forwards,
    VerifiedForSendingStatus = identity.status == "SUCCESS",
    DkimAttributes = dkim_attributes(identity),
    MailFromAttributes = {
      MailFromDomain = set.domain, MailFromDomainStatus = set.status,
      BehaviorOnMxFailure = set.behavior,
    },
    Policies = {}, Tags = identity.tags, VerificationStatus = identity.status,
  }
end

-- By key of a filter: whether an identity fits. A key that is none fits nothing.
local FILTERS = {
  IDENTITY_NAME_CONTAINS = function(identity, text)
    return identity.name:find(text, 1, true) ~= nil
  end,
  IDENTITY_TYPE = function(identity, kind)
    return identity.type == kind
  end,
  VERIFICATION_STATUS = function(identity, status)
    return identity.status == status
  end,
}

local function fits(identity, filter)
  for key, value in pairs(filter) do
    if not FILTERS[key](identity, value) then
      return false
    end
  end
  return true
end

function M.ListEmailIdentities(ctx, params)
  local filter = params.Filter or {}
  for key in pairs(filter) do
    if not FILTERS[key] then
      return fault("invalid", "Invalid filter key: " .. key .. ".")
    end
  end
  local limit = params.PageSize or IDENTITIES_PER_PAGE
  if limit < 0 or limit > IDENTITIES_PER_PAGE then
    return fault("invalid", "PageSize must be from 0 to " .. IDENTITIES_PER_PAGE .. ".")
  end
  local page, token = identities.page(ctx.region, function(identity)
    return fits(identity, filter)
  end, limit == 0 and IDENTITIES_PER_PAGE or limit, params.NextToken)
  if not page then
    return fault("invalid", "Invalid NextToken.")
  end
  local list = {}
  for i, identity in ipairs(page) do
    list[i] = {
      IdentityType = identity.type, IdentityName = identity.name,
      SendingEnabled = identity.status == "SUCCESS", VerificationStatus = identity.status,
    }
  end
  return { EmailIdentities = list, NextToken = token }
end

function M.DeleteEmailIdentity(ctx, params)
  local identity, broken = find(ctx, params.EmailIdentity)
  if not identity then
    return nil, broken
  end
  identities.remove(ctx.region, identity)
  return {}
end

function M.PutEmailIdentityMailFromAttributes(ctx, params)
  local ok, broken = mail_from.set(ctx, params.EmailIdentity, params.MailFromDomain,
                                   params.BehaviorOnMxFailure)
  return ok and {}, broken
end

function M.PutEmailIdentityFeedbackAttributes(ctx, params)
  local identity, broken = find(ctx, params.EmailIdentity)
  if not identity then
    return nil, broken
  end
  identity.forwards = params.EmailForwardingEnabled or false
  return {}
end

function M.GetAccount(ctx)
  return {
    DedicatedIpAutoWarmupEnabled = false, EnforcementStatus = "HEALTHY",
    ProductionAccessEnabled = ctx.limits.production_access,
    SendQuota = {
      Max24HourSend = ctx.limits.max_24_hour_send, MaxSendRate = ctx.limits.max_send_rate,
      SentLast24Hours = quota.sent(ctx.region.quota, ctx.now),
    },
    SendingEnabled = true,
  }
end

for _, operations in ipairs { sending, templates } do
  for name, operation in pairs(operations) do
    M[name] = operation
  end
end

return M
