--- The operations of API v2, in its spelling.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"
local mail_from = require "ses.emulator.mail_from"
local message = require "ses.emulator.message"
local quota = require "ses.emulator.quota"
local sending = require "ses.emulator.sending"

local fault = errors.fault

local IDENTITIES_PER_PAGE = 1000
local LARGEST_MESSAGE = 40 * 1024 * 1024

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

local function no_configuration_set(name)
  return fault("no_configuration_set", "Configuration set <" .. name .. "> does not exist.")
end

function M.CreateEmailIdentity(ctx, params)
  local name = params.EmailIdentity
  if params.DkimSigningAttributes then
    return fault("not_implemented", "DkimSigningAttributes: the emulator has Easy DKIM with"
      .. " default settings only.")
  elseif params.ConfigurationSetName then
    return no_configuration_set(params.ConfigurationSetName)
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
  local set = mail_from.read(identity, ctx.now)
  return {
    IdentityType = identity.type, FeedbackForwardingStatus = true,
    VerifiedForSendingStatus = identity.status == "SUCCESS",
    DkimAttributes = dkim_attributes(identity),
    MailFromAttributes = {
      MailFromDomain = set.domain, MailFromDomainStatus = set.status,
      BehaviorOnMxFailure = set.behavior,
    },
    Policies = {}, Tags = identity.tags, VerificationStatus = identity.status,
  }
end

function M.ListEmailIdentities(ctx, params)
  local limit = params.PageSize or IDENTITIES_PER_PAGE
  if limit < 0 or limit > IDENTITIES_PER_PAGE then
    return fault("invalid", "PageSize must be from 0 to " .. IDENTITIES_PER_PAGE .. ".")
  end
  local page, token = identities.page(ctx.region, function()
    return true
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

-- Members that need a feature that the emulator lacks.
local LACKING = {
  { "FromEmailAddressIdentityArn", "sending authorization" },
  { "FeedbackForwardingEmailAddressIdentityArn", "sending authorization" },
  { "ListManagementOptions", "contact lists" },
  { "EndpointId", "multi-region endpoints" },
  { "TenantName", "tenants" },
}

local function check_members(params)
  for _, lacking in ipairs(LACKING) do
    if params[lacking[1]] then
      return fault("not_implemented", lacking[1] .. ": the emulator has no " .. lacking[2] .. ".")
    end
  end
  if params.ConfigurationSetName then
    return no_configuration_set(params.ConfigurationSetName)
  end
  return true
end

local contents = {}

local function data(content)
  return content and content.Data
end

-- What a list of attachments adds to the message in base64.
local function attached(list)
  local attachments, size = {}, 0
  for i, given in ipairs(list or {}) do
    attachments[i] = { name = given.FileName, type = given.ContentType, data = given.RawContent }
    size = size + #core.encode_base64(given.RawContent or "")
  end
  return attachments, size
end

function contents.Simple(simple)
  local subject, text, html = data(simple.Subject), data(simple.Body.Text), data(simple.Body.Html)
  local attachments, attachments_size = attached(simple.Attachments)
  local headers = {}
  for i, header in ipairs(simple.Headers or {}) do
    headers[i] = { name = header.Name, value = header.Value }
  end
  return {
    to = {}, cc = {}, bcc = {}, subject = subject, text = text, html = html, headers = headers,
    attachments = attachments,
    size = #subject + #(text or "") + #(html or "") + attachments_size,
  }
end

function contents.Raw(raw)
  return message.mail(raw.Data)
end

function contents.Template(template)
  if template.TemplateContent then
    return fault("not_implemented", "TemplateContent: the emulator renders no templates.")
  end
  return fault("not_found", "Template " .. tostring(template.TemplateName or template.TemplateArn)
    .. " does not exist")
end

local function mail_of(content)
  local kind
  for _, name in ipairs { "Simple", "Raw", "Template" } do
    if content[name] then
      if kind then
        return fault("invalid", "Content must have one of Simple, Raw and Template, got several.")
      end
      kind = name
    end
  end
  if not kind then
    return fault("invalid", "Content must have one of Simple, Raw and Template.")
  end
  return contents[kind](content[kind])
end

function M.SendEmail(ctx, params)
  local ok, broken = check_members(params)
  if not ok then
    return nil, broken
  end
  local mail
  mail, broken = mail_of(params.Content)
  if not mail then
    return nil, broken
  end
  local destination = params.Destination or {}
  mail.source = params.FromEmailAddress
  mail.from = mail.from or params.FromEmailAddress
  mail.to = destination.ToAddresses or mail.to
  mail.cc = destination.CcAddresses or mail.cc
  mail.bcc = destination.BccAddresses or mail.bcc
  mail.reply_to = params.ReplyToAddresses or mail.reply_to or {}
  mail.feedback_forwarding = params.FeedbackForwardingEmailAddress
  mail.tags, mail.largest = message.tags(params.EmailTags), LARGEST_MESSAGE
  local id
  id, broken = sending.send(ctx, mail)
  return id and { MessageId = id }, broken
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

return M
