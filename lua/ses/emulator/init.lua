--- A local Amazon SES for tests, demonstrations and development.
---
---   local emulator = require("ses.emulator").new()
---   local v2 = ses.client("sesv2", { transport = emulator:transport() })
---
--- It verifies signatures, keeps identities, MAIL FROM domains, quotas and a
--- mailbox per region, throttles, and fails on demand. It sends nothing.
---
--- It has these operations, and answers NotImplemented to others:
---   API v1: DeleteIdentity, DeleteVerifiedEmailAddress,
---     GetIdentityMailFromDomainAttributes, GetIdentityVerificationAttributes,
---     GetSendQuota, GetSendStatistics, ListIdentities,
---     ListVerifiedEmailAddresses, SendEmail, SendRawEmail,
---     SetIdentityMailFromDomain, VerifyDomainDkim, VerifyDomainIdentity,
---     VerifyEmailAddress, VerifyEmailIdentity
---   API v2: CreateEmailIdentity, DeleteEmailIdentity, GetAccount,
---     GetEmailIdentity, ListEmailIdentities,
---     PutEmailIdentityMailFromAttributes, SendEmail
--- Options are those of M.new, faults on demand those of Emulator:faults, both
--- below; ses.emulator.control says what there is over HTTP.
---
--- What the live service does in these cases is not established. The emulator
--- does what is named first, or what the option `assume` says.
---
---   assume.put_unknown_identity    "NotFoundException" or "BadRequestException":
---                                  PutEmailIdentityMailFromAttributes without the identity
---   assume.v2_daily_quota          "TooManyRequestsException" or "LimitExceededException":
---                                  SendEmail of API v2 above the daily quota
---   assume.empty_mail_from_domain  "clear" or "reject": MailFromDomain = ""
---   assume.behavior_after_disable  "reset" or "keep": the behavior on MX failure once the
---                                  MAIL FROM domain is disabled
---   assume.same_mail_from_domain   "keep" or "restart": setting the domain that is set already
---                                  leaves Success and Pending as they are, or starts again;
---                                  Failed and TemporaryFailure start again either way
---
--- Not established either, and not to be relied upon: the codes of expired
--- signatures (SignatureDoesNotMatch here) and their window (15 minutes); the
--- code of API v2 for a MAIL FROM domain that is no subdomain, or whose identity
--- is not verified (BadRequestException); API v1's attributes of an identity
--- without a MAIL FROM domain (the behavior alone) and of more than a hundred
--- identities (ValidationError); API v2's answer to a path that it does not have
--- (404 UnknownOperationException); whether an address needs its domain verified
--- to have a MAIL FROM domain (no); the letter case in which names come back
--- (lower); whether one call a second is a bucket per operation (yes) and what
--- counts against it (what passes validation); unknown parameters (ignored);
--- the texts for addresses and names that are not well formed.
local admin = require "ses.emulator.admin"
local clocks = require "ses.emulator.clock"
local dispatch = require "ses.emulator.dispatch"
local options = require "ses.options"
local states = require "ses.emulator.state"

local M = {}

---@class ses.Emulator
---@field options table
---@field clock ses.emulator.Clock
---@field state table
local Emulator = {}
Emulator.__index = Emulator

-- The key pair of AWS's own examples.
local ACCESS_KEY_ID = "AKIDEXAMPLE"
local SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

local ENDPOINT = "http://127.0.0.1:4579"

---@class ses.emulator.GivenRequest
---@field method string
---@field target string path and query as they were sent
---@field headers table<string, string|string[]> a list where a header came several times
---@field body string|nil

---@class ses.emulator.Response
---@field status integer
---@field headers table<string, string>
---@field body string
---@field delay number|nil
---@field drop string|nil
---@field truncate integer|nil

local function one_of(...)
  local choices = { ... }
  return function(value)
    for _, choice in ipairs(choices) do
      if value == choice then
        return nil
      end
    end
    return "expected '" .. table.concat(choices, "' or '") .. "'"
  end
end

local function at_least(least)
  return function(value)
    if type(value) ~= "number" or value ~= value or value < least then
      return "expected a number of at least " .. least
    end
  end
end

local function keys_fault(list, path)
  if type(list) ~= "table" then
    return "expected a list"
  end
  for i, key in ipairs(list) do
    local fault = options.fault(key, {
      access_key_id = options.of "string", secret_access_key = options.of "string",
      session_token = options.of "string",
    }, path .. "[" .. i .. "]")
    if not fault and not (key.access_key_id and key.secret_access_key) then
      fault = path .. "[" .. i .. "]: expected access_key_id and secret_access_key"
    end
    if fault then
      return fault, true
    end
  end
end

local ASSUMPTIONS = {
  put_unknown_identity = one_of("NotFoundException", "BadRequestException"),
  v2_daily_quota = one_of("TooManyRequestsException", "LimitExceededException"),
  empty_mail_from_domain = one_of("clear", "reject"),
  behavior_after_disable = one_of("reset", "keep"),
  same_mail_from_domain = one_of("keep", "restart"),
}

local SCHEMA = {
  region = options.of "string", keys = keys_fault, verify = one_of("auto", "manual"),
  production_access = options.of "boolean", throttle = options.of "boolean",
  quota = options.table {
    max_24_hour_send = at_least(-1),
    max_send_rate = at_least(1),
  },
  mailbox_size = at_least(1), time = options.of "function",
  assume = options.table(ASSUMPTIONS),
}

local function key_table(list)
  local keys = { [ACCESS_KEY_ID] = { secret_access_key = SECRET_ACCESS_KEY } }
  for _, key in ipairs(list or {}) do
    keys[key.access_key_id] = { secret_access_key = key.secret_access_key,
                                session_token = key.session_token }
  end
  return keys
end

local function limits_of(given)
  local production = given.production_access ~= false
  local quota = given.quota or {}
  return {
    production_access = production, throttle = given.throttle ~= false,
    max_24_hour_send = quota.max_24_hour_send or (production and 50000 or 200),
    max_send_rate = quota.max_send_rate or (production and 14 or 1),
  }
end

local function assumptions(given)
  local assume = { empty_mail_from_domain = "clear", same_mail_from_domain = "keep" }
  for name, value in pairs(given or {}) do
    assume[name] = value
  end
  return assume
end

--- Makes an emulator. Every option has a default.
---
--- verify: "auto" verifies identities when they are created, "manual" leaves
--- them pending. production_access: false is an account that sends to verified
--- recipients only, 200 a day and one a second. quota: {max_24_hour_send=,
--- max_send_rate=}, in recipients, -1 is no limit for the first. throttle:
--- false turns off one call a second and the send rate. keys: further key pairs
--- {access_key_id=, secret_access_key=, session_token=}. region: "us-east-1",
--- of calls that name none. mailbox_size: messages kept, 10000. time: a function
--- that returns wall time in seconds, os.time. assume: see above.
---@param given? table
---@return ses.Emulator
function M.new(given)
  given = given or {}
  local fault = options.fault(given, SCHEMA)
  if fault then
    error("ses.emulator.new: " .. fault, 2)
  end
  return setmetatable({
    options = {
      region = given.region or "us-east-1", keys = key_table(given.keys),
      verify = given.verify or "auto", limits = limits_of(given),
      mailbox_size = given.mailbox_size or 10000, assume = assumptions(given.assume),
    },
    clock = clocks.new(given.time or os.time),
    state = states.new(),
  }, Emulator)
end

--- Answers a request: the one function that every host calls.
---
--- The answer may have, from a fault on demand: delay (seconds to wait before
--- it), drop ("before" or "after": close the connection instead of answering;
--- there is no answer at all with "before") and truncate (bytes of the body
--- after which the connection is closed).
---@param request ses.emulator.GivenRequest
---@param now? number wall time in seconds; nil: now
---@return ses.emulator.Response
function Emulator:handle(request, now)
  return dispatch.handle(self, request, now or self.clock:wall())
end

--- The transport that carries requests to this emulator in process.
---@return table
function Emulator:transport()
  return require("ses.transport.emulator").new(self)
end

--- What the in-process transport supplies where a client has none.
---@return {region: string, endpoint: string, credentials: table}
function Emulator:defaults()
  return {
    region = self.options.region, endpoint = ENDPOINT,
    credentials = { access_key_id = ACCESS_KEY_ID, secret_access_key = SECRET_ACCESS_KEY },
  }
end

local function checked(ok, message, elsewhere)
  if not ok then
    error("ses.emulator: " .. message .. (elsewhere and ": pass that region" or ""), 3)
  end
end

--- Verifies an identity, as its owner does with a DNS record or a click.
--- Raises where there is no such identity.
---@param name string
---@param region? string nil: the emulator's
function Emulator:verify(name, region)
  checked(admin.verify(self, name, region))
end

--- Moves the status of an identity's MAIL FROM domain. Raises where there is
--- no such identity or it has no MAIL FROM domain.
---@param name string
---@param status string "Success", "FAILED" ...: in either API's spelling
---@param region? string nil: the emulator's
function Emulator:set_mail_from_status(name, status, region)
  checked(admin.set_mail_from_status(self, name, status, region))
end

--- Moves the clock of lifecycles, quotas and limits forward.
---@param seconds number 0 or more, a hundred years in all
function Emulator:advance(seconds)
  checked(admin.advance(self, seconds))
end

---@class ses.emulator.Sent
---@field message_id string
---@field envelope_from string MAIL FROM, in the domain of that name or the default one
---@field recipients string[] RCPT TO: of to, cc and bcc, without display names
---@field identity string the verified identity that it was sent by
---@field from string as it was given, with to, cc, bcc and reply_to
---@field source string|nil the sender by the request's own parameter
---@field to string[]
---@field cc string[]
---@field bcc string[]
---@field reply_to string[]
---@field return_path string|nil where bounces go
---@field feedback_forwarding string|nil API v2's FeedbackForwardingEmailAddress
---@field subject string|nil
---@field headers {name: string, value: string}[] of a raw message, or those that were added
---@field text string|nil with html and attachments: nil of a raw message, whose parts are not read
---@field html string|nil
---@field attachments {name: string, type: string|nil, data: string}[]|nil
---@field raw string|nil the whole message, where it was sent raw
---@field tags table<string, string>
---@field size integer bytes
---@field api string "ses" or "sesv2"
---@field region string
---@field time number seconds of the movable clock

--- The messages that were sent, oldest first.
---@return ses.emulator.Sent[]
function Emulator:mailbox()
  local list = {}
  for i, mail in ipairs(self.state.mailbox) do
    list[i] = mail
  end
  return list
end

--- Empties the mailbox.
function Emulator:empty_mailbox()
  states.empty_mailbox(self.state)
end

--- The identities of all regions: {name, type, region, status,
--- mail_from_domain, mail_from_status, behavior_on_mx_failure}, in API v2's
--- spelling: "DOMAIN", "SUCCESS", "USE_DEFAULT_VALUE".
---@return table[]
function Emulator:identities()
  return admin.identities(self)
end

--- Sets the faults that coming calls meet, in place of those that are left.
---
--- A fault is {operation=, service=, count=} (any operation, any service, once
--- where they are not given) and one or more of: code, status, message (this
--- error instead of the operation), delay (seconds before the answer), drop
--- ("before": the connection is closed and nothing was done; "after": done,
--- but no answer), truncate (bytes of the body that arrive), body (this HTML
--- instead of the operation, with status or 200, as from a proxy).
---@param list? table a list of faults, or one; nil changes nothing
---@return table[] faults those that are left
function Emulator:faults(list)
  if list ~= nil then
    checked(admin.set_faults(self, list))
  end
  return admin.faults(self)
end

--- Forgets everything: identities, mailbox, quotas, faults, the moved clock.
function Emulator:reset()
  self.state = states.new()
  self.clock:reset()
end

return M
