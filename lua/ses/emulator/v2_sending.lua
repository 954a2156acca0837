--- The operations of API v2 that send messages.
local bulk = require "ses.emulator.bulk"
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local message = require "ses.emulator.message"
local sending = require "ses.emulator.sending"
local tables = require "ses.tables"
local templates = require "ses.emulator.templates"

local fault = errors.fault

local LARGEST_MESSAGE = 40 * 1024 * 1024

local M = {}

-- Members that need a feature that the emulator lacks.
local LACKING = {
  { "FromEmailAddressIdentityArn", "sending authorization" },
  { "FeedbackForwardingEmailAddressIdentityArn", "sending authorization" },
  { "TemplateArn", "sending authorization" },
  { "ListManagementOptions", "contact lists" },
  { "TenantName", "tenants" },
}

local function check_members(params)
  for _, lacking in ipairs(LACKING) do
    if params[lacking[1]] then
      return fault("not_implemented", lacking[1] .. ": the emulator has no " .. lacking[2] .. ".")
    end
  end
  if params.ConfigurationSetName then
    return errors.no_configuration_set(params.ConfigurationSetName)
  end
  return true
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

local function headers_of(list)
  local headers = {}
  for i, header in ipairs(list or {}) do
    headers[i] = { name = header.Name, value = header.Value }
  end
  return headers
end

-- The template that a content names, or that it is.
local function template_of(ctx, given)
  local ok, broken = check_members(given)
  if not ok then
    return nil, broken
  elseif (given.TemplateName == nil) == (given.TemplateContent == nil) then
    return fault("invalid", "Template must have one of TemplateName and TemplateContent, got "
      .. (given.TemplateName and "both." or "none."))
  elseif given.TemplateName then
    return templates.find(ctx, given.TemplateName)
  end
  local content = given.TemplateContent
  return templates.parse { subject = content.Subject, text = content.Text, html = content.Html }
end

-- Adds what a content has beside its subject and its body.
local function completed(mail, given)
  local size
  mail.headers = headers_of(given.Headers)
  mail.attachments, size = attached(given.Attachments)
  mail.size = mail.size + size
  return mail
end

local contents = {}

function contents.Simple(_, simple)
  return completed(message.simple(simple.Subject, simple.Body), simple)
end

function contents.Raw(_, raw)
  return message.mail(raw.Data)
end

function contents.Template(ctx, given)
  local template, broken = template_of(ctx, given)
  if not template then
    return nil, broken
  end
  return completed(templates.mail(template, templates.data(given.TemplateData)), given)
end

local function mail_of(ctx, content)
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
  return contents[kind](ctx, content[kind])
end

-- Fills in who sends a mail and where to. A raw message says it itself where
-- the parameters do not.
local function address(mail, params, destination)
  mail.source = params.FromEmailAddress
  mail.from = mail.from or params.FromEmailAddress
  mail.to = destination.ToAddresses or mail.to or {}
  mail.cc = destination.CcAddresses or mail.cc or {}
  mail.bcc = destination.BccAddresses or mail.bcc or {}
  mail.reply_to = params.ReplyToAddresses or mail.reply_to or {}
  mail.feedback_forwarding = params.FeedbackForwardingEmailAddress
  mail.largest = LARGEST_MESSAGE
  return mail
end

function M.SendEmail(ctx, params)
  local ok, broken = check_members(params)
  if not ok then
    return nil, broken
  end
  local mail
  mail, broken = mail_of(ctx, params.Content)
  if not mail then
    return nil, broken
  end
  mail.tags = message.tags(params.EmailTags)
  local id
  id, broken = sending.send(ctx, address(mail, params, params.Destination or {}))
  return id and { MessageId = id }, broken
end

-- Headers of an entry, and those of the template that it does not replace.
local function merged_headers(default, given)
  local replaced = {}
  for _, header in ipairs(given) do
    replaced[header.name:lower()] = true
  end
  local headers = {}
  for _, header in ipairs(default) do
    if not replaced[header.name:lower()] then
      headers[#headers + 1] = header
    end
  end
  for _, header in ipairs(given) do
    headers[#headers + 1] = header
  end
  return headers
end

local function replacement_data(entry)
  local content = entry.ReplacementEmailContent or {}
  return (content.ReplacementTemplate or {}).ReplacementTemplateData
end

function M.SendBulkEmail(ctx, params)
  local given = params.DefaultContent.Template
  if not given then
    return fault("invalid", "DefaultContent must have a Template.")
  end
  local ok, broken = check_members(params)
  local template
  if ok then
    template, broken = template_of(ctx, given)
  end
  local default, unreadable = templates.data(given.TemplateData)
  local tags = message.tags(params.DefaultEmailTags)
  local results
  results, broken = bulk.send(ctx, params.BulkEmailEntries, broken, function(entry)
    local own, fault_of_data = templates.data(replacement_data(entry))
    local mail = completed(templates.mail(template, default and own and tables.merged(default, own),
                                          unreadable or fault_of_data), given)
    mail.headers = merged_headers(mail.headers, headers_of(entry.ReplacementHeaders))
    mail.tags = tables.merged(tags, message.tags(entry.ReplacementTags))
    return address(mail, params, entry.Destination)
  end)
  return results and { BulkEmailEntryResults = results }, broken
end

return M
