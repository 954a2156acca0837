--- A local Amazon SES for tests, demonstrations and development.
---
---   local emulator = require("ses.emulator").new()
---   local v2 = ses.client("sesv2", { transport = emulator:transport() })
---
--- It verifies signatures, keeps identities, MAIL FROM domains, quotas and a mailbox
--- per region, throttles, and fails on demand. It sends nothing. It is also what
--- credentials come from: STS, IMDS, endpoints of containers, IAM Identity Center.
---
--- It has these operations, and answers NotImplemented to others:
---   API v1: CreateReceiptRule, CreateReceiptRuleSet, CreateTemplate, DeleteIdentity,
---     DeleteReceiptRule, DeleteReceiptRuleSet, DeleteTemplate, DeleteVerifiedEmailAddress,
---     DescribeActiveReceiptRuleSet, DescribeReceiptRuleSet, GetIdentityDkimAttributes,
---     GetIdentityMailFromDomainAttributes, GetIdentityNotificationAttributes,
---     GetIdentityVerificationAttributes, GetSendQuota, GetSendStatistics, GetTemplate,
---     ListIdentities, ListReceiptRuleSets, ListTemplates, ListVerifiedEmailAddresses,
---     SendBulkTemplatedEmail, SendEmail, SendRawEmail, SendTemplatedEmail,
---     SetActiveReceiptRuleSet, SetIdentityFeedbackForwardingEnabled, SetIdentityMailFromDomain,
---     SetIdentityNotificationTopic, TestRenderTemplate, UpdateTemplate, VerifyDomainDkim,
---     VerifyDomainIdentity, VerifyEmailAddress, VerifyEmailIdentity
---   API v2: CreateEmailIdentity, CreateEmailTemplate, DeleteEmailIdentity, DeleteEmailTemplate,
---     GetAccount, GetEmailIdentity, GetEmailTemplate, ListEmailIdentities, ListEmailTemplates,
---     PutEmailIdentityFeedbackAttributes, PutEmailIdentityMailFromAttributes, SendBulkEmail,
---     SendEmail, TestRenderEmailTemplate, UpdateEmailTemplate
---   STS: AssumeRole, AssumeRoleWithWebIdentity, GetAccessKeyInfo, GetCallerIdentity,
---     GetFederationToken, GetSessionToken
---   SSO: GetRoleCredentials
---   SSO OIDC: CreateToken
--- and these documents, named as faults and counts name them:
---   imds: PutToken (PUT /latest/api/token), GetRole, GetCredentials (/latest/meta-data/iam/
---     security-credentials/, with a role's name after it), GetRegion (/latest/meta-data/placement/
---     region), GetOther (the rest of /latest/: there is none)
---   container: GetTaskCredentials (/v2/credentials/<id>, as of ECS), GetPodCredentials
---     (/v1/credentials, as of EKS Pod Identity)
--- Options are those of M.new, faults on demand those of Emulator:faults, both
--- below; ses.emulator.control says what there is over HTTP.
---
--- Any EndpointId is taken for that of a multi-region endpoint, and the message is
--- sent in the emulator's own region.
---
--- A message whose template cannot be filled in is accepted and never sent, as
--- AWS documents it: it is in Emulator:rendering_failures, not in the mailbox.
--- Values are put into templates as they are: AWS documents that SES escapes no
--- HTML. ses.emulator.handlebars says what there is of the language.
---
--- Receipt rules and SNS topics are kept and told; nothing else comes of them.
---
--- Credentials that it issues are good for its services until they expire on
--- the service's clock (Emulator:skew moves it, Emulator:advance does not); it
--- knows the last ten thousand. Those of an instance and of containers live six
--- hours and are handed out again until five minutes before their end. Nobody has
--- permissions: who has credentials may do anything, whatever their account, and
--- session policies and tags change nothing. Of a web identity token the form and
--- "exp" are looked at, never the signature. Every code of an MFA device is right.
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
---   assume.bulk_not_found          "entries" or "call": a template or a configuration set that
---                                  does not exist is told by the status of every entry of a
---                                  bulk call, or by an error of the call
---
--- Not established either, and not to be relied upon: the codes of expired
--- signatures (SignatureDoesNotMatch here) and their window (15 minutes); those
--- of expired credentials (ExpiredToken, ExpiredTokenException, both 403); the
--- code of API v2 for a MAIL FROM domain that is no subdomain, or whose identity
--- is not verified (BadRequestException); API v1's attributes of an identity
--- without a MAIL FROM domain (the behavior alone) and of more than a hundred
--- identities (ValidationError); API v2's answer to a path that it does not have
--- (404 UnknownOperationException); whether an address needs its domain verified
--- to have a MAIL FROM domain (no); the letter case in which names come back
--- (lower); whether one call a second is a bucket per operation (yes) and what
--- counts against it (what passes validation); unknown parameters (ignored);
--- the texts for addresses and names that are not well formed.
---
--- Of templates and bulk calls: the codes of API v2 for a template that is not
--- well formed and for data that lack an attribute or are no JSON
--- (BadRequestException); what sending does with data that are no JSON (accepts
--- the message, as above); whether null is an attribute that is present (no);
--- whether an attribute is looked for in the contexts around it (no); how a list
--- and a structure are written (as Handlebars does); a template without a
--- subject or without a body (taken), one of more than 500 KB (InvalidTemplate)
--- and the number of them (20,000 in a region); whether data and tags of an entry
--- add to the defaults (yes) or replace them; the sender or the MAIL FROM domain
--- of a bulk call that is not verified (the status of every entry); more than
--- fifty entries (InvalidParameterValue, BadRequestException); the texts in
--- entries; whether what could not be rendered counts against the quota (yes).
---
--- Of what credentials come from: whose the key pairs are that were given (the
--- user ses-emulator's); roles that no rule names (anybody may take them, for
--- twelve hours at most); STS's texts for ARNs that are none, its codes for
--- malformed parameters and Version (API v1's), further claims of web identity
--- tokens (optional), keys that GetAccessKeyInfo does not know (they are the
--- account's); a request without the header of the access token to the portal, and
--- parameters that are none (InvalidRequestException); whether a refresh token is
--- good again (yes); a path or method that the metadata service lacks (404, 405,
--- the latter without a look at the token) and its extended credentials (404);
--- IDs of tasks and tokens of pods (any); other methods there (405).
local admin = require "ses.emulator.admin"
local clocks = require "ses.emulator.clock"
local dispatch = require "ses.emulator.dispatch"
local mailbox = require "ses.emulator.mailbox"
local mx = require "ses.emulator.mx"
local settings = require "ses.emulator.settings"
local states = require "ses.emulator.state"

local M = {}

---@class ses.Emulator
---@field options table
---@field clock ses.emulator.Clock
---@field state table
---@field has_mx ses.emulator.HasMx|nil
---@field host {all: function|nil, warn: function|nil} what the host can do: call a function many
---  times at once, all(n, limit, fn), and tell who watches it, warn(message)
local Emulator = {}
Emulator.__index = Emulator

local ENDPOINT = "http://127.0.0.1:4579"

---@class ses.emulator.GivenRequest
---@field method string
---@field target string path and query as they were sent
---@field headers table<string, string|string[]> a list where a header came several times
---@field body string|(fun(): string|nil)|nil a function reads it, once it is needed

---@class ses.emulator.Response
---@field status integer
---@field headers table<string, string>
---@field body string
---@field delay number|nil
---@field drop string|nil
---@field reset boolean|nil
---@field truncate integer|nil

--- Makes an emulator. Every option has a default.
---
--- verify: "auto" verifies identities when they are created, "manual" leaves
--- them pending. production_access: false is an account that sends to verified
--- recipients only, 200 a day and one a second. quota: {max_24_hour_send=,
--- max_send_rate=}, in recipients, -1 is no limit for the first. throttle:
--- false turns off one call a second and the send rate. keys: further key pairs,
--- see Emulator:set_keys. region: "us-east-1", of calls that name none.
--- mailbox_size: messages kept, 10000. time: a function that returns wall time
--- in seconds, os.time. assume: see above. account: "123456789012". roles,
--- instance_role, metadata, lifetime, sso_tokens: see Emulator:set_credentials.
---
--- dns: name servers, such as "127.0.0.1:5353" or a list of them, or a resolver as
--- ses.mail_from.check takes it. MAIL FROM domains then go by their MX records:
--- Pending and TemporaryFailure become Success once the record is there, Success
--- becomes TemporaryFailure where it is not. It is looked for whenever somebody
--- asks for the status or sends, and before the clock is moved. A name server that
--- does not answer in time is asked no more for that call, and what was not asked
--- for stays as it is. Without dns the status stays where it is until
--- Emulator:set_mail_from_status. Either way, Pending and TemporaryFailure are
--- Failed after 72 hours of the movable clock.
---@param given? table
---@return ses.Emulator
function M.new(given)
  given = given or {}
  local options, fault = settings.read(given)
  if not options then
    error("ses.emulator.new: " .. fault, 2)
  end
  local has_mx
  if given.dns then
    has_mx, fault = mx.new(given.dns)
    if not has_mx then
      error("ses.emulator.new: dns: " .. fault, 2)
    end
  end
  return setmetatable({
    options = options, clock = clocks.new(given.time or os.time), state = states.new(options),
    has_mx = has_mx, host = {},
  }, Emulator)
end

--- Answers a request: the one function that every host calls.
---
--- The answer may have, from a fault on demand: delay (seconds to wait before
--- it), drop ("unread", "before" or "after": close the connection instead of
--- answering; there is an answer with "after" only), reset (true: close it with
--- a reset) and truncate (bytes of the body after which the connection is
--- closed).
---@param request ses.emulator.GivenRequest
---@param now? number wall time in seconds; nil: when the body has been read
---@return ses.emulator.Response
function Emulator:handle(request, now)
  return dispatch.handle(self, request, now)
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
    credentials = { access_key_id = settings.ACCESS_KEY_ID,
                    secret_access_key = settings.SECRET_ACCESS_KEY },
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
--- no such identity or it has no MAIL FROM domain. Of an emulator that looks for
--- MX records, until it looks next.
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

--- Sets how far the service's clock is ahead of wall time: the one that
--- signatures, the Date header and the end of credentials go by.
---@param seconds number a year at most; below 0: behind
function Emulator:skew(seconds)
  checked(admin.skew(self, seconds))
end

---@class ses.emulator.KeyPair
---@field access_key_id string
---@field secret_access_key string
---@field session_token string|nil
---@field expires number|nil seconds since the epoch, on the service's clock

--- Adds key pairs, in place of those that have the same IDs.
---@param list ses.emulator.KeyPair[]|ses.emulator.KeyPair
function Emulator:set_keys(list)
  checked(admin.set_keys(self, list))
end

---@class ses.emulator.RoleRule
---@field external_id string|nil AssumeRole needs it
---@field mfa boolean|nil AssumeRole needs a code of an MFA device
---@field deny boolean|nil nobody may take the role; for SSO: have the permission set of its name
---@field max_session integer|nil seconds, 900 or more

---@class ses.emulator.SsoToken
---@field access_token string
---@field expires number|nil seconds since the epoch, on the service's clock; nil: never
---@field refresh_token string|nil what CreateToken gives new access tokens for
---@field refresh_expires number|nil when it does so no more

---@class ses.emulator.CredentialSources
---@field roles table<string, ses.emulator.RoleRule>|nil by ARN, in place of the rules there are
---@field instance_role string|false|nil the instance's role, "ses-emulator"; false: it has none
---@field metadata boolean|nil false: the metadata service is turned off
---@field lifetime integer|false|nil seconds that all that is issued lives, access tokens of SSO
---  too, whatever was asked for; false: as long as the live services have it
---@field sso_tokens ses.emulator.SsoToken[]|ses.emulator.SsoToken|nil to add

--- Changes what credentials come from; what is nil stays. No access token and no
--- refresh token is good that was not given or issued.
---@param given ses.emulator.CredentialSources
function Emulator:set_credentials(given)
  checked(admin.set_credentials(self, given))
end

--- What was set there, without the tokens, with the account, and calls: how many
--- requests came for each operation, {imds = {PutToken = 1}}. Those whose signature
--- is refused and those that a fault leaves unread are not counted.
---@return table
function Emulator:credentials()
  return admin.credentials(self)
end

--- Changes how many recipients the account may send to, from now on.
---@param quota {max_24_hour_send: number|nil, max_send_rate: number|nil} what is nil stays
function Emulator:set_quota(quota)
  checked(admin.set_quota(self, quota))
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
---@field template string|nil the name of the template that it was made from
---@field size integer bytes
---@field api string "ses" or "sesv2"
---@field region string
---@field time number seconds of the movable clock

--- The messages that were sent, oldest first.
---@return ses.emulator.Sent[]
function Emulator:mailbox()
  return mailbox.items(self.state.mailbox)
end

---@class ses.emulator.RenderingFailure
---@field message_id string
---@field template string|nil the template's name; nil: it was given inline
---@field error string what was wrong with the template's data
---@field recipients string[]
---@field api string "ses" or "sesv2"
---@field region string
---@field time number seconds of the movable clock

--- The messages that were accepted and never sent, because their templates
--- could not be filled in, oldest first.
---@return ses.emulator.RenderingFailure[]
function Emulator:rendering_failures()
  return mailbox.items(self.state.failures)
end

--- Empties the mailbox, and forgets the failures.
function Emulator:empty_mailbox()
  mailbox.empty(self.state)
end

--- The identities of all regions: {name, type, region, status,
--- mail_from_domain, mail_from_status, behavior_on_mx_failure}, in API v2's
--- spelling: "DOMAIN", "SUCCESS", "USE_DEFAULT_VALUE".
---@return table[]
function Emulator:identities()
  return admin.identities(self)
end

---@class ses.emulator.FaultOnDemand
---@field operation string|nil the calls that it meets; nil: any
---@field service "ses"|"sesv2"|"sts"|"sso"|"sso_oidc"|"imds"|"container"|nil
---@field count integer|nil how many calls it meets; nil: one, or with every: no end of them
---@field every integer|nil it meets every Nth of the calls that match, the Nth first
---@field offset integer|nil how many of them pass before every begins to count
---@field code string|nil this error, with status and message, instead of the answer
---@field status integer|nil
---@field message string|nil
---@field body string|nil this HTML instead of the answer, with status or 200, as from a proxy
---@field when "before"|"after"|nil of code, status or body: "before", nothing was done; "after":
---  the operation was carried out. nil: "before"
---@field delay number|nil seconds before the answer
---@field drop "unread"|"before"|"after"|nil the connection is closed instead of an answer:
---  before the body is read; when it was read, and nothing was done; when it was done
---@field reset boolean|nil of drop: the connection is closed with a reset; "unread" always is
---@field truncate integer|nil bytes of the body that arrive
---@field entry_status string|nil what becomes of an entry of a bulk call, in either API's
---  spelling, instead of being sent; count, every and offset are of entries

--- Sets the faults that coming calls meet, in place of those that are left.
---
--- A call meets one fault at most: the first of the list whose turn it is.
--- Every fault that matches a call counts it, and one whose turn comes while
--- another is met has it at the next call. So {every = 20, ...}, {every = 20,
--- ...}, {every = 50, ...} are met by 5 %, 5 % and 2 % of all calls, the same ones
--- each time. Calls whose signature is refused are not counted.
---
--- With drop = "unread" nothing is known but the request line and headers, not
--- even whether the signature is good: API v1 and STS name the operation in the
--- body, so that such a fault has no operation of theirs, and one of service =
--- "sts" does not meet AssumeRoleWithWebIdentity, which is not signed. A client whose
--- whole body fits into the socket's buffers cannot see that nobody read it; in
--- process `sent` is "part".
---@param list? ses.emulator.FaultOnDemand[]|ses.emulator.FaultOnDemand nil changes nothing
---@return ses.emulator.FaultOnDemand[] faults those that are left
function Emulator:faults(list)
  if list ~= nil then
    checked(admin.set_faults(self, list))
  end
  return admin.faults(self)
end

--- Forgets everything: identities, templates, mailbox, faults, the moved clock and
--- the skew, keys and quotas that were set, and what was set of credentials, issued
--- and counted.
function Emulator:reset()
  self.state = states.new(self.options)
  self.clock:reset()
end

return M
