--- What happens to a message: who may send it, which MAIL FROM domain it
--- leaves with, and the mailbox that it ends in.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"
local mail_from = require "ses.emulator.mail_from"
local message = require "ses.emulator.message"
local quota = require "ses.emulator.quota"

local M = {}

local RECIPIENTS = 50
local SIMULATOR = "simulator.amazonses.com"

---@class ses.emulator.Mail
---@field from string|nil the sender as the message shows it
---@field source string|nil the sender by the request's own parameter
---@field return_path string|nil where bounces are to go; it must be verified
---@field to string[] with cc and bcc: addresses as they were given
---@field size integer bytes of the message as it travels
---@field largest integer bytes that the API takes
---@field template string|nil the name of the template that it was made from
---@field failure string|nil why its template could not be filled in: it is accepted, not sent

local fault = errors.fault

local function one_address(text)
  local list, broken = message.addresses(text)
  if not list then
    return fault("invalid", broken)
  elseif #list ~= 1 then
    return fault("invalid", "Expected one address, got " .. #list)
  end
  return list[1]
end

local function recipients_of(mail)
  local all = {}
  for _, kind in ipairs { "to", "cc", "bcc" } do
    for _, text in ipairs(mail[kind]) do
      local list, broken = message.addresses(text)
      if not list then
        return fault("invalid", broken)
      end
      for _, address in ipairs(list) do
        all[#all + 1] = address
      end
    end
  end
  if #all == 0 then
    return fault("invalid", "The message has no recipients.")
  elseif #all > RECIPIENTS then
    return fault("invalid", "Recipient count exceeds " .. RECIPIENTS .. ".")
  end
  return all
end

-- Every address that says who sends: {source=, from=, return_path=}.
local function senders_of(mail)
  local senders = {}
  for _, role in ipairs { "source", "from", "return_path" } do
    if mail[role] then
      local address, broken = one_address(mail[role])
      if not address then
        return nil, broken
      end
      senders[role] = address
    end
  end
  if not senders.from then
    return fault("invalid", "Missing required header 'From'.")
  end
  return senders
end

local function check_verified(ctx, senders, recipients)
  local failed, seen = {}, {}
  local function check(address)
    if address and not seen[address] and not identities.covering(ctx.region, address) then
      seen[address] = true
      failed[#failed + 1] = address
    end
  end
  check(senders.source)
  check(senders.from)
  check(senders.return_path)
  if not ctx.limits.production_access then
    for _, address in ipairs(recipients) do
      if address:match("@(.*)$") ~= SIMULATOR then
        check(address)
      end
    end
  end
  if #failed > 0 then
    return fault("rejected", "Email address is not verified. The following identities failed"
      .. " the check in region " .. ctx.region.name:upper() .. ": " .. table.concat(failed, ", "))
  end
  return true
end

local function default_domain(region)
  return region == "us-east-1" and "amazonses.com" or region .. ".amazonses.com"
end

-- The domain of the envelope sender, by the identity that sends.
local function envelope_domain(ctx, identity)
  local set = mail_from.read(identity, ctx.now, ctx.looks)
  if set.status == "SUCCESS" then
    return set.domain
  elseif set.domain and set.behavior == "REJECT_MESSAGE" then
    return fault("mail_from", "Mail FROM domain is not verified")
  end
  return default_domain(ctx.region.name)
end

-- A digest is hexadecimal already, and made in C.
local function new_message_id()
  local digits = core.sha256(core.random(16))
  return ("0100%s-%s-%s-%s-%s-%s-000000"):format(digits:sub(1, 12), digits:sub(13, 20),
    digits:sub(21, 24), digits:sub(25, 28), digits:sub(29, 32), digits:sub(33, 44))
end

--- Sends a message.
---@param ctx ses.emulator.Context
---@param mail ses.emulator.Mail
---@return string|nil message_id
---@return ses.emulator.Fault|nil
function M.send(ctx, mail)
  if mail.size > mail.largest then
    return fault("invalid", ("Message length is more than %d bytes long: '%d'.")
      :format(mail.largest, mail.size))
  end
  local senders, broken = senders_of(mail)
  if not senders then
    return nil, broken
  end
  local recipients
  recipients, broken = recipients_of(mail)
  if not recipients then
    return nil, broken
  end
  local ok
  ok, broken = check_verified(ctx, senders, recipients)
  if not ok then
    return nil, broken
  end
  local identity = identities.covering(ctx.region, senders.source or senders.from)
  local domain
  domain, broken = envelope_domain(ctx, identity)
  if not domain then
    return nil, broken
  end
  ok, broken = quota.take(ctx, #recipients)
  if not ok then
    return nil, broken
  end
  local id = new_message_id()
  mail.message_id, mail.envelope_from = id, id .. "@" .. domain
  mail.identity, mail.recipients = identity.name, recipients
  ctx.deliver(mail)
  return id
end

return M
