--- The operations of API v1 that send messages.
local bulk = require "ses.emulator.bulk"
local errors = require "ses.emulator.errors"
local message = require "ses.emulator.message"
local sending = require "ses.emulator.sending"
local tables = require "ses.tables"
local templates = require "ses.emulator.templates"

local fault = errors.fault

local LARGEST_MESSAGE = 10 * 1024 * 1024

local M = {}

-- Members that need a feature that the emulator lacks.
local function check_members(params)
  for _, name in ipairs { "SourceArn", "FromArn", "ReturnPathArn", "TemplateArn" } do
    if params[name] then
      return fault("not_implemented", name .. ": the emulator has no sending authorization.")
    end
  end
  if params.ConfigurationSetName then
    return errors.no_configuration_set(params.ConfigurationSetName)
  end
  return true
end

-- Fills in who sends a mail and where to, as the parameters say.
local function address(mail, params, destination)
  mail.from, mail.source, mail.return_path = params.Source, params.Source, params.ReturnPath
  mail.to, mail.cc = destination.ToAddresses or {}, destination.CcAddresses or {}
  mail.bcc, mail.reply_to = destination.BccAddresses or {}, params.ReplyToAddresses or {}
  mail.largest = LARGEST_MESSAGE
  return mail
end

local function send(ctx, mail)
  local id, broken = sending.send(ctx, mail)
  return id and { MessageId = id }, broken
end

function M.SendEmail(ctx, params)
  local ok, broken = check_members(params)
  if not ok then
    return nil, broken
  end
  local mail = message.simple(params.Message.Subject, params.Message.Body)
  mail.tags = message.tags(params.Tags)
  return send(ctx, address(mail, params, params.Destination))
end

function M.SendRawEmail(ctx, params)
  local ok, broken = check_members(params)
  if not ok then
    return nil, broken
  end
  local mail = message.mail(params.RawMessage.Data)
  mail.largest = LARGEST_MESSAGE
  mail.source, mail.tags = params.Source, message.tags(params.Tags)
  if params.Destinations and #params.Destinations > 0 then
    mail.to, mail.cc, mail.bcc = params.Destinations, {}, {}
  end
  return send(ctx, mail)
end

function M.SendTemplatedEmail(ctx, params)
  local ok, broken = check_members(params)
  if not ok then
    return nil, broken
  end
  local template
  template, broken = templates.find(ctx, params.Template)
  if not template then
    return nil, broken
  end
  local mail = templates.mail(template, templates.data(params.TemplateData))
  mail.tags = message.tags(params.Tags)
  return send(ctx, address(mail, params, params.Destination))
end

function M.SendBulkTemplatedEmail(ctx, params)
  local ok, broken = check_members(params)
  local template
  if ok then
    template, broken = templates.find(ctx, params.Template)
  end
  local default, unreadable = templates.data(params.DefaultTemplateData)
  local tags = message.tags(params.DefaultTags)
  local results
  results, broken = bulk.send(ctx, params.Destinations, broken, function(entry)
    local own, fault_of_data = templates.data(entry.ReplacementTemplateData)
    local mail = templates.mail(template, default and own and tables.merged(default, own),
                                unreadable or fault_of_data)
    mail.tags = tables.merged(tags, message.tags(entry.ReplacementTags))
    return address(mail, params, entry.Destination)
  end)
  return results and { Status = results }, broken
end

return M
