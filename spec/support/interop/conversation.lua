-- What clients say to the emulator, and what they have to hear: a list of steps
-- (see spec.support.interop.steps), each with a name in `it` and either
-- `result`, the whole answer; `check`, a function of it that returns what it
-- found and what it expected; or `error`, where `start` is how a message begins
-- that goes on.

local steps_of = require "spec.support.interop.steps"

local M = {}

-- Characters that every client has to encode in a path, and the emulator to
-- decode.
M.ADDRESS = "o'hara+news/2027@example.org"

M.SUBJECT = "Gr\195\188\195\159e \226\156\147 1+1=2 & 100%"
M.TEXT = "a+b&c=d%20~*'\"<tag>\r\n\r\n.\r\n\195\164\n"
M.RAW = "From: news@example.com\r\nTo: raw@example.org\r\nSubject: raw\r\n\r\n8 bit: \195\188\r\n"

local WRONG_SECRET = { id = steps_of.KEY.id, secret = "not+the/secret" }
local WRONG_ID = { id = "AKIDUNKNOWN", secret = steps_of.KEY.secret }
local WRONG_TOKEN = { id = steps_of.KEY.id, secret = steps_of.KEY.secret, token = "a/token+==" }

local MISMATCH = "The request signature we calculated does not match the signature you provided."
local UNKNOWN_KEY = "The security token included in the request is invalid."

local steps = {}

--- The steps of a client.
---@param client table
---@return table[]
function M.steps_of(client)
  local list = {}
  for _, one in ipairs(steps) do
    if not client.starts_anew or not one.as_boto3 then
      list[#list + 1] = one
    end
  end
  return list
end

local function step(it, service, operation, params, expected)
  local one = { it = it, service = service, operation = operation, params = params }
  for name, value in pairs(expected) do
    one[name] = value
  end
  steps[#steps + 1] = one
  return one
end

-- Marks a step in which the AWS CLI does what boto3 does, for both are made of
-- botocore. The CLI, which starts anew for every step, leaves it out.
local function as_boto3(one)
  one.as_boto3 = true
end

local function v1(it, operation, params, expected)
  return step("v1: " .. it, "ses", operation, params, expected)
end

local function v2(it, operation, params, expected)
  return step("v2: " .. it, "sesv2", operation, params, expected)
end

local function control(it, method, name, body, expected)
  steps[#steps + 1] = { it = it, control = { method = method, name = name, body = body },
                        result = expected }
end

local function refused(status, code, message, class)
  return { error = { status = status, code = code, message = message, class = class } }
end

local function begins(expected)
  expected.error.start, expected.error.message = expected.error.message, nil
  return expected
end

local function as(key, expected)
  expected.as = key
  return expected
end

local function attributes(name, domain, status, behavior)
  return { result = { MailFromDomainAttributes = { [name] = {
    MailFromDomain = domain, MailFromDomainStatus = status, BehaviorOnMXFailure = behavior,
  } } } }
end

local function attributes_v2(domain, status, behavior)
  return { check = function(result)
    return result.MailFromAttributes, {
      MailFromDomain = domain, MailFromDomainStatus = status, BehaviorOnMxFailure = behavior,
    }
  end }
end

-- Identities.

v1("verifies a domain", "VerifyDomainIdentity", { Domain = "example.com" }, {
  check = function(result)
    return #result.VerificationToken, 44
  end,
})
v2("creates a domain", "CreateEmailIdentity", { EmailIdentity = "example.net" }, {
  check = function(result)
    return { result.IdentityType, result.VerifiedForSendingStatus, #result.DkimAttributes.Tokens },
      { "DOMAIN", true, 3 }
  end,
})
v2("creates an address", "CreateEmailIdentity", { EmailIdentity = M.ADDRESS }, {
  check = function(result)
    return result.IdentityType, "EMAIL_ADDRESS"
  end,
})
as_boto3(v2("creates no identity twice", "CreateEmailIdentity", { EmailIdentity = "example.net" },
   refused(400, "AlreadyExistsException", "Email identity example.net already exist.",
           "AlreadyExistsException")))

as_boto3(v1("lists identities by pages", "ListIdentities", { IdentityType = "Domain" }, {
  page_size = 1, check = function(result)
    return { #result.pages, result.pages[1].Identities, result.pages[2].Identities },
      { 2, { "example.com" }, { "example.net" } }
  end,
}))
v2("lists identities by pages", "ListEmailIdentities", {}, {
  page_size = 2, check = function(result)
    local first, second = result.pages[1].EmailIdentities, result.pages[2].EmailIdentities
    return { #result.pages, first[1].IdentityName, first[2].IdentityName, second[1] },
      { 2, "example.com", "example.net", {
        IdentityName = M.ADDRESS, IdentityType = "EMAIL_ADDRESS", SendingEnabled = true,
        VerificationStatus = "SUCCESS",
      } }
  end,
})

-- MAIL FROM domains.

v1("sets a MAIL FROM domain", "SetIdentityMailFromDomain", {
  Identity = "example.com", MailFromDomain = "bounce.example.com",
  BehaviorOnMXFailure = "RejectMessage",
}, { result = {} })
v1("reads it back", "GetIdentityMailFromDomainAttributes",
   { Identities = { "example.com", "nobody.example" } },
   attributes("example.com", "bounce.example.com", "Pending", "RejectMessage"))
v2("reads it back", "GetEmailIdentity", { EmailIdentity = "example.com" },
   attributes_v2("bounce.example.com", "PENDING", "REJECT_MESSAGE"))

v2("sets a MAIL FROM domain", "PutEmailIdentityMailFromAttributes", {
  EmailIdentity = M.ADDRESS, MailFromDomain = "mail.example.org",
  BehaviorOnMxFailure = "USE_DEFAULT_VALUE",
}, { result = {} })
v2("reads that of an address", "GetEmailIdentity", { EmailIdentity = M.ADDRESS },
   attributes_v2("mail.example.org", "PENDING", "USE_DEFAULT_VALUE"))
as_boto3(v1("reads that of an address", "GetIdentityMailFromDomainAttributes",
   { Identities = { M.ADDRESS } },
   attributes(M.ADDRESS, "mail.example.org", "Pending", "UseDefaultValue")))

v1("disables it", "SetIdentityMailFromDomain", { Identity = M.ADDRESS }, { result = {} })
v2("reads that there is none", "GetEmailIdentity", { EmailIdentity = M.ADDRESS },
   attributes_v2(nil, nil, "USE_DEFAULT_VALUE"))

v1("takes no domain that is not below the identity's", "SetIdentityMailFromDomain",
   { Identity = "example.com", MailFromDomain = "bounce.example.net" },
   refused(400, "InvalidParameterValue", "Provided MAIL-FROM domain <bounce.example.net> is not"
           .. " subdomain of the domain of the identity <example.com>."))
as_boto3(v2("takes no domain that is not below the identity's",
   "PutEmailIdentityMailFromAttributes",
   { EmailIdentity = "example.net", MailFromDomain = "example.net" },
   refused(400, "BadRequestException", "Provided MAIL-FROM domain <example.net> is not subdomain"
           .. " of the domain of the identity <example.net>.", "BadRequestException")))
as_boto3(v1("takes no unknown behavior", "SetIdentityMailFromDomain",
   { Identity = "example.com", BehaviorOnMXFailure = "Explode" },
   refused(400, "ValidationError", "1 validation error detected: Value 'Explode' at"
           .. " 'behaviorOnMXFailure' failed to satisfy constraint: Member must satisfy enum"
           .. " value set: [RejectMessage, UseDefaultValue]")))
v1("knows no such identity", "SetIdentityMailFromDomain",
   { Identity = "nobody.example", MailFromDomain = "bounce.nobody.example" },
   refused(400, "InvalidParameterValue", "Identity <nobody.example> does not exist."))
v2("knows no such identity", "GetEmailIdentity", { EmailIdentity = "nobody.example" },
   refused(404, "NotFoundException", "Email identity nobody.example does not exist.",
           "NotFoundException"))

-- Sending.

local SIMPLE = {
  Subject = { Data = M.SUBJECT, Charset = "UTF-8" }, Body = { Text = { Data = M.TEXT } },
}

local function has_message_id(result)
  return { #result.MessageId }, { 60 }
end

local MAIL_V1 = {
  Source = "news@example.com", Destination = { ToAddresses = { "v1@example.org" } },
  Message = SIMPLE,
}
local MAIL_V2 = {
  FromEmailAddress = "News <news@example.com>",
  Destination = { ToAddresses = { "v2@example.org" }, CcAddresses = { "copy@example.org" } },
  Content = { Simple = SIMPLE },
}

as_boto3(v1("is refused while the MAIL FROM domain is pending", "SendEmail", MAIL_V1,
   refused(400, "MailFromDomainNotVerifiedException", "Mail FROM domain is not verified",
           "MailFromDomainNotVerifiedException")))
v2("is refused while the MAIL FROM domain is pending", "SendEmail", MAIL_V2,
   refused(400, "MailFromDomainNotVerifiedException", "Mail FROM domain is not verified",
           "MailFromDomainNotVerifiedException"))
control("the MAIL FROM domain is found", "POST", "identities",
        { identity = "example.com", mail_from_status = "Success" }, {})
v1("reads that it was found", "GetIdentityMailFromDomainAttributes",
   { Identities = { "example.com" } },
   attributes("example.com", "bounce.example.com", "Success", "RejectMessage"))

v1("sends", "SendEmail", MAIL_V1, { check = has_message_id })
v1("sends a raw message", "SendRawEmail", { RawMessage = { Data = steps_of.blob(M.RAW) } },
   { check = has_message_id })
v2("sends", "SendEmail", MAIL_V2, { check = has_message_id })
v2("sends a raw message", "SendEmail", { Content = { Raw = { Data = steps_of.blob(M.RAW) } } },
   { check = has_message_id })
as_boto3(v2("sends for verified identities only", "SendEmail", {
  FromEmailAddress = "me@nobody.example", Destination = MAIL_V2.Destination,
  Content = MAIL_V2.Content,
}, refused(400, "MessageRejected", "Email address is not verified. The following identities"
           .. " failed the check in region US-EAST-1: me@nobody.example", "MessageRejected")))

as_boto3(v1("counts recipients", "GetSendQuota", {}, {
  result = { Max24HourSend = 50000, MaxSendRate = 14, SentLast24Hours = 5 },
}))
as_boto3(v2("counts recipients", "GetAccount", {}, {
  check = function(result)
    return { result.SendQuota, result.ProductionAccessEnabled },
      { { Max24HourSend = 50000, MaxSendRate = 14, SentLast24Hours = 5 }, true }
  end,
}))

-- Who asks, and how often.

v1("takes no wrong secret", "GetSendQuota", {},
   as(WRONG_SECRET, begins(refused(403, "SignatureDoesNotMatch", MISMATCH))))
as_boto3(v2("takes no wrong secret", "GetAccount", {},
   as(WRONG_SECRET, begins(refused(403, "SignatureDoesNotMatch", MISMATCH)))))
as_boto3(v1("takes no unknown key", "GetSendQuota", {},
   as(WRONG_ID, refused(403, "InvalidClientTokenId", UNKNOWN_KEY))))
v2("takes no unknown key", "GetAccount", {},
   as(WRONG_ID, refused(403, "UnrecognizedClientException", UNKNOWN_KEY)))
v2("takes no token that it never gave", "GetAccount", {},
   as(WRONG_TOKEN, refused(403, "UnrecognizedClientException", UNKNOWN_KEY)))

-- The pace of a client decides whether it meets the real limit of one call a
-- second, so that these are faults on demand.
control("too many calls come", "POST", "faults", {
  { operation = "GetSendQuota", code = "Throttling", status = 400, message = "Rate exceeded" },
  { operation = "GetAccount", code = "TooManyRequestsException", status = 429,
    message = "Rate exceeded" },
})
v1("is throttled", "GetSendQuota", {}, refused(400, "Throttling", "Rate exceeded"))
as_boto3(v2("is throttled", "GetAccount", {},
   refused(429, "TooManyRequestsException", "Rate exceeded", "TooManyRequestsException")))

as_boto3(v1("lacks some operations", "ListConfigurationSets", {},
   refused(400, "NotImplemented", "The emulator does not have ListConfigurationSets.")))
v2("lacks some operations", "ListConfigurationSets", {},
   refused(400, "NotImplemented", "The emulator does not have ListConfigurationSets."))

v1("deletes an identity", "DeleteIdentity", { Identity = "example.net" }, { result = {} })
as_boto3(v2("does not find it again", "DeleteEmailIdentity", { EmailIdentity = "example.net" },
   refused(404, "NotFoundException", "Email identity example.net does not exist.",
           "NotFoundException")))

-- Templates, and bulk messages made from them.

local TEMPLATE = { TemplateName = "greeting", SubjectPart = "Hi {{name}}", TextPart = M.TEXT }
local MISSING = "Attribute 'name' is not present in the rendering data."

v1("creates a template", "CreateTemplate", { Template = TEMPLATE }, { result = {} })
as_boto3(v1("creates it once", "CreateTemplate", { Template = TEMPLATE },
   refused(400, "AlreadyExists", "Template greeting already exists", "AlreadyExistsException")))
v2("reads it", "GetEmailTemplate", { TemplateName = "greeting" }, {
  check = function(result)
    return result.TemplateContent, { Subject = TEMPLATE.SubjectPart, Text = M.TEXT }
  end,
})
as_boto3(v1("misses an attribute", "TestRenderTemplate",
   { TemplateName = "greeting", TemplateData = "{}" },
   refused(400, "MissingRenderingAttribute", MISSING, "MissingRenderingAttributeException")))
as_boto3(v2("misses an attribute", "TestRenderEmailTemplate",
   { TemplateName = "greeting", TemplateData = "{}" },
   refused(400, "BadRequestException", MISSING, "BadRequestException")))

-- The statuses of a bulk call, and whether each destination has a message ID.
local function statuses(...)
  local expected = { ... }
  return { check = function(result)
    local got, wanted = {}, {}
    for i, one in ipairs(result.Status or result.BulkEmailEntryResults) do
      got[i] = { one.Status, one.Error or false, one.MessageId ~= nil }
      wanted[i] = { expected[i][1], expected[i][2] or false, not expected[i][2] }
    end
    return got, wanted
  end }
end

v1("sends in bulk", "SendBulkTemplatedEmail", {
  Source = "news@example.com", Template = "greeting", DefaultTemplateData = '{"name":"friend"}',
  Destinations = {
    { Destination = { ToAddresses = { "bulk1@example.org" } },
      ReplacementTemplateData = '{"name":"J\195\188rgen"}' },
    { Destination = { ToAddresses = { "nobody" } } },
  },
}, statuses({ "Success" }, { "InvalidParameterValue", "Missing final '@domain'" }))
v2("sends in bulk", "SendBulkEmail", {
  FromEmailAddress = "news@example.com",
  DefaultContent = { Template = { TemplateName = "greeting",
                                  TemplateData = '{"name":"friend"}' } },
  BulkEmailEntries = {
    { Destination = { ToAddresses = { "nobody" } } },
    { Destination = { ToAddresses = { "bulk2@example.org" } } },
  },
}, statuses({ "INVALID_PARAMETER", "Missing final '@domain'" }, { "SUCCESS" }))
as_boto3(v2("deletes the template", "DeleteEmailTemplate", { TemplateName = "greeting" },
   { result = {} }))

return M
