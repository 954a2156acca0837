--- The operations of API v1, in its spelling.
local attributes = require "ses.emulator.v1_attributes"
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"
local mail_from = require "ses.emulator.mail_from"
local notifications = require "ses.emulator.v1_notifications"
local quota = require "ses.emulator.quota"
local receipt_rules = require "ses.emulator.v1_receipt_rules"
local sending = require "ses.emulator.v1_sending"
local templates = require "ses.emulator.v1_templates"

local fault = errors.fault

local IDENTITIES_PER_PAGE = 1000

local STATUS = {
  PENDING = "Pending", SUCCESS = "Success", FAILED = "Failed",
  TEMPORARY_FAILURE = "TemporaryFailure", NOT_STARTED = "NotStarted",
}
local TYPE = { EmailAddress = "EMAIL_ADDRESS", Domain = "DOMAIN" }
local BEHAVIOR = { USE_DEFAULT_VALUE = "UseDefaultValue", REJECT_MESSAGE = "RejectMessage" }
local BEHAVIOR_V2 = { UseDefaultValue = "USE_DEFAULT_VALUE", RejectMessage = "REJECT_MESSAGE" }

local M = {}

local function ensure(ctx, name, wanted)
  local identity, problem = identities.ensure(ctx.region, name, ctx.new_status, wanted)
  if not identity then
    return fault("invalid", problem)
  end
  return identity
end

function M.VerifyDomainIdentity(ctx, params)
  local identity, broken = ensure(ctx, params.Domain, "DOMAIN")
  return identity and { VerificationToken = identity.token }, broken
end

function M.VerifyDomainDkim(ctx, params)
  local identity, broken = ensure(ctx, params.Domain, "DOMAIN")
  return identity and { DkimTokens = identities.dkim_tokens(identity) }, broken
end

function M.VerifyEmailIdentity(ctx, params)
  local identity, broken = ensure(ctx, params.EmailAddress, "EMAIL_ADDRESS")
  return identity and {}, broken
end

M.VerifyEmailAddress = M.VerifyEmailIdentity

function M.ListIdentities(ctx, params)
  local wanted, limit = TYPE[params.IdentityType], params.MaxItems or IDENTITIES_PER_PAGE
  if limit < 1 or limit > IDENTITIES_PER_PAGE then
    return fault("invalid", "MaxItems must be from 1 to " .. IDENTITIES_PER_PAGE .. ".")
  end
  local page, token = identities.page(ctx.region, function(identity)
    return not wanted or identity.type == wanted
  end, limit, params.NextToken)
  if not page then
    return fault("invalid", "Invalid NextToken.")
  end
  local names = {}
  for i, identity in ipairs(page) do
    names[i] = identity.name
  end
  return { Identities = names, NextToken = token }
end

function M.ListVerifiedEmailAddresses(ctx)
  local names = {}
  for _, identity in ipairs(ctx.region.order) do
    if identity.type == "EMAIL_ADDRESS" and identity.status == "SUCCESS" then
      names[#names + 1] = identity.name
    end
  end
  return { VerifiedEmailAddresses = names }
end

function M.DeleteIdentity(ctx, params)
  local identity = identities.find(ctx.region, params.Identity)
  if identity then
    identities.remove(ctx.region, identity)
  end
  return {}
end

function M.DeleteVerifiedEmailAddress(ctx, params)
  return M.DeleteIdentity(ctx, { Identity = params.EmailAddress })
end

function M.GetIdentityVerificationAttributes(ctx, params)
  local found, broken = attributes(ctx, params, function(identity)
    return {
      VerificationStatus = STATUS[identity.status],
      VerificationToken = identity.type == "DOMAIN" and identity.token or nil,
    }
  end)
  return found and { VerificationAttributes = found }, broken
end

function M.GetIdentityDkimAttributes(ctx, params)
  local found, broken = attributes(ctx, params, function(identity)
    local is_domain = identity.type == "DOMAIN"
    return {
      DkimEnabled = is_domain, DkimTokens = is_domain and identities.dkim_tokens(identity) or nil,
      DkimVerificationStatus = is_domain and STATUS[identity.status] or "NotStarted",
    }
  end)
  return found and { DkimAttributes = found }, broken
end

function M.SetIdentityMailFromDomain(ctx, params)
  local ok, broken = mail_from.set(ctx, params.Identity, params.MailFromDomain,
                                   BEHAVIOR_V2[params.BehaviorOnMXFailure])
  return ok and {}, broken
end

function M.GetIdentityMailFromDomainAttributes(ctx, params)
  local found, broken = attributes(ctx, params, function(identity)
    local set = mail_from.read(identity, ctx.now, ctx.looks)
    return {
      MailFromDomain = set.domain, MailFromDomainStatus = STATUS[set.status],
      BehaviorOnMXFailure = BEHAVIOR[set.behavior],
    }
  end, function(list)
    mail_from.prepare(list, ctx.now, ctx.looks)
  end)
  return found and { MailFromDomainAttributes = found }, broken
end

function M.GetSendQuota(ctx)
  return {
    Max24HourSend = ctx.limits.max_24_hour_send, MaxSendRate = ctx.limits.max_send_rate,
    SentLast24Hours = quota.sent(ctx.region.quota, ctx.now),
  }
end

function M.GetSendStatistics(ctx)
  local points = {}
  for i, quarter in ipairs(quota.statistics(ctx.region.quota)) do
    points[i] = { Timestamp = quarter.start, DeliveryAttempts = quarter.attempts, Bounces = 0,
                  Complaints = 0, Rejects = 0 }
  end
  return { SendDataPoints = points }
end

for _, operations in ipairs { notifications, receipt_rules, sending, templates } do
  for name, operation in pairs(operations) do
    M[name] = operation
  end
end

return M
