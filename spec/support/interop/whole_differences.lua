-- Command lines from beginning to end that sesctl answers otherwise than Debian's AWS CLI
-- does, and why. Each row is tried on both: what is not named is the same, and what is
-- named must differ. status: the exit codes; out and errors: part of the texts; requests:
-- how many there were; each of the AWS CLI first.

local answers = require "spec.support.interop.answers"

local json, plain, xml = answers.json, answers.plain, answers.xml

local SET = "ses set-identity-mail-from-domain --identity example.com "
local PUT = "sesv2 put-email-identity-mail-from-attributes --email-identity example.com "
local QUOTA, ACCOUNT = "ses get-send-quota ", "sesv2 get-account "
local ONCE = { AWS_MAX_ATTEMPTS = "1" }

local DONE, EMPTY = xml("SetIdentityMailFromDomain", ""), json("{}")
local IDENTITIES = xml("ListIdentities", "<Identities><member>a</member></Identities>")

local short = xml("GetSendQuota", "<Max24HourSend>5.0</Max24HourSend>")
short.missing = 10

local function without(...)
  local env = {}
  for _, name in ipairs { ... } do
    env[name] = false
  end
  return env
end

return {
  -- What newer versions than Debian's do.
  { "newer versions warn", "ses list-identities --max-items 0", IDENTITIES,
    errors = { "", "warning: Non-positive values for --max-items" } },
  { "newer versions say what is missing as they do elsewhere", "ses wait", EMPTY,
    errors = { "too few arguments", "the following arguments are required: subcommand" } },

  -- What is better: nothing is taken for an answer that is none.
  { "HTML is no result", ACCOUNT, plain("<html>", 200),
    status = { 0, 255 }, errors = { "", "Unable to parse response (not JSON: " } },
  { "half an object is no result", ACCOUNT, json("{"),
    status = { 0, 255 }, errors = { "", "Unable to parse response (not JSON: " } },
  { "nothing is no result", ACCOUNT, json(""),
    status = { 0, 255 }, errors = { "", "Unable to parse response (not JSON: " } },
  { "a list where an object belongs is told, not an error of Python's", ACCOUNT, json("[]"),
    errors = { "'list' object has no attribute", "(expected an object, got an array)" } },
  { "a member of another type is named", ACCOUNT, json('{"SendQuota":5}'),
    errors = { "'int' object has no attribute", "(SendQuota: expected an object, got a number)" } },
  { "an answer that is shorter than it says is none", QUOTA, short, env = ONCE,
    status = { 0, 255 }, out = { '"Max24HourSend": 5.0', "" },
    errors = { "", "Connection was closed before we received a valid response" } },
  { "an error that is a list has the code that its header says", PUT, json("[]", 400, "Odd"),
    status = { 255, 254 }, errors = { "'list' object has no attribute",
      "An error occurred (Odd) when calling" } },
  { "a message that is null is none", PUT, json('{"message":null}', 403, "AccessDenied"),
    errors = { "operation: None", "operation: \n" } },

  { "metadata is no part of a result, though it tells of errors",
    "sesv2 batch-get-metric-data --queries Id=a,Namespace=VDM,Metric=SEND,StartDate=0,EndDate=1",
    json('{"Results":[],"Errors":[{"Id":"a","Code":"ACCESS_DENIED"}]}'),
    out = { '"HTTPStatusCode": 200', '"Code": "ACCESS_DENIED"' } },

  -- What cannot be read: the library's words, and 256 bytes of it at most.
  { "what is wrong with XML is said without the column", SET, plain("<html><p>"),
    errors = { "(no element found: line 1, column 9), invalid XML received. Further retries may"
      .. " succeed:\nb'<html><p>'", "(not XML: no element found). Further retries may succeed:\n"
      .. "<html><p>" } },
  { "... of an empty answer", SET, plain(""), errors = { "no element found: line 1, column 0",
    "not XML: no element found" } },
  { "... of JSON", SET, plain("{}"), errors = { "not well-formed (invalid token): line 1",
    "not XML: not well-formed (invalid token)" } },
  { "... of elements that are closed in the wrong order", SET, plain("<a><b></a>"),
    errors = { "mismatched tag: line 1, column 8", "not XML: mismatched tag" } },
  { "... of an error, with its status", SET, plain("<a>", 400),
    errors = { "no element found: line 1, column 3",
      "(HTTP 400 without an error code in the body" } },

  -- What is worth another attempt, and what is not.
  { "an error of the servers is one, whatever its body is", SET, { plain("busy", 503), DONE },
    status = { 255, 0 }, requests = { 1, 2 }, errors = { "Unable to parse response", "" } },
  { "a limit of what an account may have does not pass", PUT,
    json('{"message":"m"}', 400, "LimitExceededException"), requests = { 3, 1 },
    errors = { "(reached max retries: 2): m", "operation: m" } },
  { "a modification at the same time passes, whatever its status is", PUT,
    { json("{}", 409, "ConcurrentModificationException"), EMPTY },
    status = { 254, 0 }, requests = { 1, 2 }, errors = { "ConcurrentModificationException", "" } },

  -- What is missing of the account, with what to do about it here.
  { "there is no aws configure", SET, nil, env = without "AWS_REGION",
    errors = { 'configure your region by running "aws configure"', "(NoRegion): You must specify a"
      .. " region. Pass --region, set AWS_REGION or" } },
  { "... and no credentials are told with all that was tried", SET, nil,
    env = without("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    errors = { 'configure credentials by running "aws configure"', "(NoCredentials): Unable to"
      .. " locate credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or" } },
  { "a profile that is nowhere is told with the files that were read", SET .. "--profile nope", nil,
    errors = { "The config profile (nope) could not be found\n", "The config profile (nope) could"
      .. " not be found: the profile 'nope', which" } },
  { "a CA bundle that cannot be read is told before anything is sent",
    SET .. "--ca-bundle /nonexistent", nil, endpoint = "https://127.0.0.1:1", env = ONCE,
    errors = { "Could not connect", "/nonexistent: no such file or directory" } },
  { "a format that is none is told before anything is sent", QUOTA,
    xml("GetSendQuota", "<Max24HourSend>5.0</Max24HourSend>"),
    env = { AWS_DEFAULT_OUTPUT = "xml" }, requests = { 1, 0 },
    errors = { "Unknown output type: xml", "AWS_DEFAULT_OUTPUT is 'xml' (expected one of json," } },

  -- What is more: see the command line in README.md.
  { "null is an absent member", SET .. "--cli-input-json '{\"MailFromDomain\":null}'", DONE,
    status = { 252, 0 }, requests = { 0, 1 }, errors = { "valid types: <class 'str'>", "" } },
  { "all operations that come in pages have the options for it",
    "sesv2 list-email-identities --max-items 1", json('{"EmailIdentities":[]}'),
    status = { 252, 0 }, requests = { 0, 1 }, out = { "", '"EmailIdentities": []' },
    errors = { "Unknown options: --max-items, 1", "" } },
  { "there are waiters for DKIM and MAIL FROM", "ses wait mail-from-verified --identities a",
    xml("GetIdentityMailFromDomainAttributes", "<MailFromDomainAttributes><entry><key>a</key>"
      .. "<value><MailFromDomain>b</MailFromDomain><MailFromDomainStatus>Success"
      .. "</MailFromDomainStatus></value></entry></MailFromDomainAttributes>"),
    status = { 252, 0 }, requests = { 0, 1 }, errors = { "argument subcommand: ", "" } },
  { "a value that the tables do not know is sent with a warning",
    SET .. "--behavior-on-mx-failure RejectMesage", DONE,
    errors = { "", "sesctl: [WARNING]: BehaviorOnMXFailure: 'RejectMesage', which is sent" } },
  { "whoever changes only the behaviour is warned", SET .. "--behavior-on-mx-failure RejectMessage",
    DONE, errors = { "", "sesctl: [WARNING]: BehaviorOnMXFailure without MailFromDomain" } },
  { "the size of pages is one where there are several",
    "sesv2 list-tenants --page-size 5 --max-items 5", json('{"Tenants":[]}'),
    status = { 252, 0 }, requests = { 0, 1 }, out = { "", '"Tenants": []' },
    errors = { "Cannot specify --no-paginate along with pagination arguments", "" } },
  { "words that may be part of a secret are not shown", "sesv2 create-email-identity"
    .. " --email-identity e --dkim-signing-attributes DomainSigningPrivateKey=-----BEGIN MIIE --x",
    EMPTY, errors = { "Unknown options: ", "Unknown options: --x, 1 that are not shown" } },
  { "off is a format", QUOTA .. "--output off",
    xml("GetSendQuota", "<Max24HourSend>5.0</Max24HourSend>"), status = { 252, 0 },
    requests = { 0, 1 }, errors = { "argument --output: ", "" } },
  { "commands that the AWS CLI leaves out are there: the API has them",
    "ses list-verified-email-addresses", xml("ListVerifiedEmailAddresses",
      "<VerifiedEmailAddresses><member>a@example.com</member></VerifiedEmailAddresses>"),
    status = { 252, 0 }, requests = { 0, 1 }, out = { "", '"VerifiedEmailAddresses": [' },
    errors = { "argument operation: ", "" } },
  { "--help is the help of the command", SET .. "--help", nil,
    out = { "usage: aws [-h]", "usage: sesctl ses set-identity-mail-from-domain" } },
}
