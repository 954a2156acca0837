-- Command lines from beginning to end, and what a service answers to them: the AWS CLI
-- and sesctl do the same.

local answers = require "spec.support.interop.answers"

local M = {}

local fault, json, plain, xml = answers.fault, answers.json, answers.plain, answers.xml

local SET = "ses set-identity-mail-from-domain --identity example.com "
local PUT = "sesv2 put-email-identity-mail-from-attributes --email-identity example.com "
local GET = "ses get-identity-mail-from-domain-attributes --identities example.com "
local WARM_UP = "sesv2 put-dedicated-ip-warmup-attributes --ip 192.0.2.1 --warmup-percentage "
local CREATE_SET = "sesv2 create-configuration-set --configuration-set-name c "
local QUOTA, LIST = "ses get-send-quota ", "ses list-identities "

local DONE = xml("SetIdentityMailFromDomain", "")
local ATTRIBUTES = xml("GetIdentityMailFromDomainAttributes", "<MailFromDomainAttributes>"
  .. "<entry><key>example.com</key><value><MailFromDomain>bounce.example.com</MailFromDomain>"
  .. "<MailFromDomainStatus>Pending</MailFromDomainStatus><BehaviorOnMXFailure>UseDefaultValue"
  .. "</BehaviorOnMXFailure></value></entry><entry><key>a&amp;b@example.org</key><value>"
  .. "<MailFromDomainStatus>TemporaryFailure</MailFromDomainStatus></value></entry>"
  .. "</MailFromDomainAttributes>")
local NO_ATTRIBUTES = xml("GetIdentityMailFromDomainAttributes", "<MailFromDomainAttributes/>")
local SENT = xml("GetSendQuota", "<Max24HourSend>50000.0</Max24HourSend><MaxSendRate>14.5"
  .. "</MaxSendRate><SentLast24Hours>0.0</SentLast24Hours>")
local STATISTICS = xml("GetSendStatistics", "<SendDataPoints><member><DeliveryAttempts>8"
  .. "</DeliveryAttempts><Timestamp>2024-08-03T19:23:00Z</Timestamp><Bounces>0</Bounces></member>"
  .. "<member><Complaints>1</Complaints><Timestamp>2024-08-03T06:53:00.250Z</Timestamp></member>"
  .. "</SendDataPoints>")

local function identities(names, token)
  local members = {}
  for i, name in ipairs(names) do
    members[i] = "<member>" .. name .. "</member>"
  end
  return xml("ListIdentities", "<Identities>" .. table.concat(members) .. "</Identities>"
    .. (token and "<NextToken>" .. token .. "</NextToken>" or ""))
end

local PAGES = { identities({ "a.example", "b.example" }, "t/1+=="), identities({}, "t2"),
                identities { "c.example" } }
local EMPTY = json("{}")
local IDENTITY = json([[{"IdentityType":"DOMAIN","FeedbackForwardingStatus":true,
  "VerifiedForSendingStatus":false,"DkimAttributes":{"SigningEnabled":true,"Status":"SUCCESS",
  "Tokens":["t1","t2"]},"MailFromAttributes":{"MailFromDomain":"bounce.example.com",
  "MailFromDomainStatus":"FAILED","BehaviorOnMxFailure":"REJECT_MESSAGE"},"Policies":{
  "a policy":"{\"Version\":\"2012-10-17\"}"},"Tags":[{"Key":"k","Value":"v \u00e4\u20ac"}],
  "VerificationInfo":{"LastCheckedTimestamp":1700000000.5},"Unknown":1}]])
local ACCOUNT = json([[{"DedicatedIpAutoWarmupEnabled":false,"SendQuota":{"Max24HourSend":
  200.0,"MaxSendRate":1.0,"SentLast24Hours":0.5},"Details":{"MailType":"MARKETING",
  "AdditionalContactEmailAddresses":[]}}]])
local V2_LIST = json([[{"EmailIdentities":[{"IdentityName":"a.example","IdentityType":"DOMAIN",
  "SendingEnabled":true},{"IdentityName":"\u4f60\u597d","IdentityType":"EMAIL_ADDRESS"}]}]])

local function add(line, replies, more)
  local case = { line = line, replies = replies and replies[1] and replies or { replies } }
  for name, value in pairs(more or {}) do
    case[name] = value
  end
  M[#M + 1] = case
end

for _, format in ipairs { "json", "text", "table", "yaml", "yaml-stream" } do
  local output = " --output " .. format
  add(SET .. "--mail-from-domain bounce.example.com --behavior-on-mx-failure RejectMessage"
    .. output, DONE)
  add(SET .. "--query foo" .. output, DONE)
  add(PUT .. "--mail-from-domain b.example.com --behavior-on-mx-failure REJECT_MESSAGE" .. output,
    EMPTY)
  add(GET .. output, ATTRIBUTES)
  add(GET .. output, NO_ATTRIBUTES)
  add(GET .. "--query 'MailFromDomainAttributes.*.MailFromDomainStatus'" .. output, ATTRIBUTES)
  add(QUOTA .. output, SENT)
  add("ses get-send-statistics" .. output, STATISTICS)
  add("ses list-identities --query 'Identities[0]'" .. output, PAGES)
  add(LIST .. output, PAGES)
  add(LIST .. "--max-items 1" .. output, PAGES)
  add("sesv2 get-email-identity --email-identity example.com" .. output, IDENTITY)
  add("sesv2 get-account" .. output, ACCOUNT)
  add("sesv2 list-email-identities" .. output, V2_LIST)
end

-- Output for a query, and what has no meaning to it.
for _, query in ipairs {
  "MailFromDomainAttributes.\"example.com\"", "keys(MailFromDomainAttributes)", "@", "`1`", "`1.0`",
  "length(MailFromDomainAttributes)", "MailFromDomainAttributes.*.[MailFromDomain]", "[]", "{a: @}",
  "MailFromDomainAttributes.\"example.com\".[MailFromDomain, BehaviorOnMXFailure] | [0]",
  "'x'", "`[[1, 2], [3]]`", "foo.bar", "to_string(MailFromDomainAttributes)", "`true`", "`\"\"`",
} do
  add(GET .. "--query '" .. query .. "'", ATTRIBUTES)
  add(GET .. "--output text --query '" .. query .. "'", ATTRIBUTES)
end
for _, query in ipairs { "a[", "", "a b", "abs(MailFromDomainAttributes)", "foo(@)", "length(@, @)",
                         "sort_by(@, &a)", "[0", "`1", "a.*.*[", "\195\169" } do
  add(GET .. "--query '" .. query .. "'", ATTRIBUTES)
end

-- Pages.
for _, options in ipairs {
  "--page-size 1", "--max-items 2", "--max-items 3", "--no-paginate",
  "--no-paginate --max-items 2", "--next-token t2", "--max-items 2 --page-size 5",
  "--starting-token bogus", "--starting-token eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91b"
    .. "nQiOiAxfQ==", "--starting-token t2___1", "--max-items x", "--page-size -1",
} do
  add(LIST .. options, PAGES)
end
add("ses list-custom-verification-email-templates", xml("ListCustomVerificationEmailTemplates",
  "<CustomVerificationEmailTemplates/>"))

-- Parameters on the wire.
for _, line in ipairs {
  SET, SET .. "--mail-from-domain ''", SET .. "--mail-from-domain null",
  SET .. "--mail-from-domain='a=b&c d~*+%\195\169'",
  "ses set-identity-mail-from-domain --ident a --mail b", SET .. "--identity b.example",
  "ses set-identity-mail-from-domain --cli-input-json '{\"Identity\":\"a\"}' --identity b",
  "ses set-identity-mail-from-domain --cli-input-yaml 'Identity: a\nMailFromDomain: b'",
} do
  add(line, DONE)
end
for _, words in ipairs { "a b", "", "'[\"a\", \"b\"]'", "a '' b", "user@example.com" } do
  add("ses get-identity-mail-from-domain-attributes --identities " .. words, ATTRIBUTES)
end
add("ses send-email --from a@example.com --to b@example.com 'C <c@example.com>' --subject 'Hi "
  .. "\195\169' --text 'line\nline' --html '<b>&</b>' --tags Name=a,Value=b Name=c,Value=d",
  xml("SendEmail", "<MessageId>m-1</MessageId>"))
add("ses send-email --from a@example.com --destination ToAddresses=b@example.com,c@example.com"
  .. " --message 'Subject={Data=s,Charset=UTF-8},Body={Text={Data=t}}'",
  xml("SendEmail", "<MessageId>m-1</MessageId>"))
add("ses send-raw-email --raw-message Data=aGVsbG8=",
  xml("SendRawEmail", "<MessageId>m</MessageId>"))
add("ses send-raw-email --cli-binary-format raw-in-base64-out --raw-message Data='From: a'",
  xml("SendRawEmail", "<MessageId>m</MessageId>"))
add("sesv2 send-email --from-email-address a@example.com --destination ToAddresses=b@example.com"
  .. " --content 'Simple={Subject={Data=s},Body={Text={Data=t},Html={Data=h}}}'"
  .. " --email-tags Name=a,Value=b", json('{"MessageId":"m-2"}'))
add("sesv2 send-email --content '{\"Raw\":{\"Data\":\"aGVsbG8=\"}}'", json('{"MessageId":"m-2"}'))
for _, line in ipairs {
  PUT, PUT .. "--mail-from-domain ''", "sesv2 put-email-identity-mail-from-attributes"
    .. " --email-identity 'a b+c@d/e?f#g%h'",
  "sesv2 put-account-sending-attributes --sending-enabled",
  "sesv2 put-account-sending-attributes --no-sending-enabled",
  "sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
  "sesv2 put-account-suppression-attributes --suppressed-reasons",
  "sesv2 create-contact-list --contact-list-name l --tags Key=a,Value=b Key=c,Value=",
  "sesv2 list-suppressed-destinations --reasons BOUNCE COMPLAINT --start-date 2024-01-02T03:04:05Z"
    .. " --no-paginate", "sesv2 delete-suppressed-destination --email-address a+b@example.com",
  WARM_UP .. "5",
  "sesv2 tag-resource --resource-arn arn:aws:ses:us-east-1:123456789012:identity/example.com"
    .. " --tags Key=a,Value=b", "sesv2 untag-resource --resource-arn arn:x --tag-keys a 'b c'",
  "sesv2 list-tags-for-resource --resource-arn arn:x",
  "sesv2 get-email-identity --email-identity example.com --no-sign-request",
} do
  add(line, EMPTY)
end

-- What is wrong with the words.
for _, line in ipairs {
  "", "bogus", "se", "sess get-send-quota", "ses", "sesv2", "ses bogus", "ses get-send-quotas",
  "ses set-identity-mail-from-domian --identity x", "ses get-identity", "sesv2 list-email-identity",
  "ses set-identity-mail-from-domain", SET .. "--bogus", SET .. "--bogus x y", SET .. "x y",
  SET .. "-x", SET .. "--bogus=1 --other", SET .. "--mail-from-domain",
  SET .. "--mail-from-domain -x",
  "ses set-identity-mail-from-domain --identity", SET .. "--output xml", SET .. "--output jsn",
  SET .. "--output", SET .. "--color red", SET .. "--color", SET .. "--region", SET .. "--no",
  SET .. "--cli-read-timeout x", SET .. "--cli-connect-timeout 1.5", SET .. "--no-paginate=1",
  SET .. "--cli-binary-format base", "--output", "--output xml", "--region x", "--region x bogus",
  SET .. "--generate-cli-skeleton inputs", SET .. "--generate-cli-skeleton x",
  SET .. "--cli-input-json", SET .. "--cli-input-json '{'", SET .. "--cli-input-json ''",
  SET .. "--cli-input-json '[]'", SET .. "--cli-input-json '\"x\"'", SET .. "--cli-input-json 5",
  SET .. "--cli-input-json '{\"Foo\":1}'", SET .. "--cli-input-json '{\"MailFromDomain\":5}'",
  SET .. "--cli-input-json file:///nonexistent/file", SET .. "--cli-input-json file:///",
  SET .. "--cli-input-json '{}' --cli-input-yaml '{}'", SET .. "--cli-input-yaml 'a: [b'",
  SET .. "--cli-input-yaml '- a'", SET .. "--mail-from-domain file:///nonexistent",
  "ses set-identity-mail-from-domain --cli-input-json '{}'", SET .. "--cli-input",
  "ses set-identity-mail-from-domain --cli-input-json '{\"Identity\":{\"a\":[1,null,true]}}'",
  "ses get-identity-mail-from-domain-attributes", GET .. "--identities '[\"a\"'",
  "ses get-identity-mail-from-domain-attributes --identities '[1]'",
  "ses get-identity-mail-from-domain-attributes --cli-input-json '{\"Identities\":\"x\"}'",
  "ses send-email", "ses send-email --from a --to b --message bad",
  "ses send-email --from a --to b --message '{bad'", "ses send-email --from a --to",
  "ses send-email --from a --to b --message 'Subject={Data=s'",
  "ses send-email --from a --to b --destination ToAddresses=c --text t",
  "ses send-email --from a --to b --message Subject={Data=s} --html h",
  "ses send-email --from a --to b --text t --tags Name=a", "ses send-email --to b",
  "ses send-raw-email --raw-message Data=a", "ses send-raw-email --raw-message 'Data=\195\169'",
  "ses set-identity-dkim-enabled --identity a --dkim-enabled=true",
  "ses set-identity-dkim-enabled --identity a --dkim-enabled true",
  "ses wait bogus", "ses wait identity-exist --identities a",
  "ses wait identity-exists", "ses wait identity-exists --identities a --bogus",
  "ses wait identity-exists --identities a --cli-input-json '{'",
  "ses list-identities --max-items", "ses list-identities --no-paginate --page-size 1",
  "ses list-identities --identity-type", "sesv2 get-email-identity --email-identity ''",
  "sesv2 get-email-identity", WARM_UP .. "x",
  CREATE_SET .. "--sending-options SendingEnabled=maybe",
  CREATE_SET .. "--delivery-options '{\"TlsPolicy\":5}'", CREATE_SET .. "--delivery-options Tls=1",
  "sesv2 send-email", "sesv2 send-email --content Simple", "sesv2 list-email-identities --bogus",
  "sesv2 put-configuration-set-delivery-options --configuration-set-name c"
    .. " --max-delivery-seconds 1",
} do
  add(line, EMPTY)
end

-- What the service refuses, and what passes.
local NONE = { AWS_MAX_ATTEMPTS = "1" }
for _, reply in ipairs {
  fault(400, "InvalidParameterValue", "Provided MAIL-FROM domain &lt;b.example&gt; is not it."),
  fault(400, "IdentityDoesNotExist"), fault(403, "AccessDenied", "User: arn:aws:iam::1:user/x is"
    .. " not authorized to perform: ses:SetIdentityMailFromDomain"),
  fault(403, "SignatureDoesNotMatch", "line\nline"), fault(404, "InvalidAction", "\195\169"),
  fault(400, "CustomThing", "m"), fault(400, "RuleSetDoesNotExist", "m", "<Name>n</Name>"),
} do
  add(SET, reply)
end
for _, reply in ipairs {
  json('{"message":"Email identity example.com does not exist."}', 404,
    "NotFoundException:http://internal.amazon.com/coral/"),
  json('{"Message":"no"}', 400, "BadRequestException"),
  json('{"message":"m"}', 403, "AccessDenied"),
  json('{"__type":"com.amazon#AlreadyExistsException","message":"m"}', 400),
  json("{}", 400, "NotFoundException"), json("", 404, "NotFoundException"),
  json('{"code":"Thing","message":"m"}', 400), plain("<html>", 403),
} do
  add(PUT, reply)
end
add(SET, { fault(400, "Throttling", "Rate exceeded") })
add(SET, { fault(400, "Throttling", "Rate exceeded") }, { env = NONE })
add(SET, { fault(500, "InternalFailure", "m"), DONE })
add(PUT, { plain("", 503), plain("busy", 502), EMPTY })
add(PUT, { plain("Service Unavailable", 503) }, { env = { AWS_MAX_ATTEMPTS = "2" } })
add(PUT, { json('{"message":"m"}', 500, "ConcurrentModificationException") }, { env = NONE })
add(QUOTA, { fault(400, "RequestLimitExceeded", "m"), SENT })
add(PUT, { json('{"message":"slow"}', 429, "TooManyRequestsException"), EMPTY })
add(PUT, { json('{"message":"slow"}', 429, "TooManyRequestsException") }, { env = NONE })
add(SET, { { close = true } }, { env = NONE })
add(PUT, { { close = true }, EMPTY })
add(SET .. "--cli-read-timeout 1", { { hang = 3 } }, { env = NONE })
add("sesv2 get-account --cli-read-timeout 1", { { hang = 2 }, ACCOUNT })
add(SET, nil, { endpoint = "http://127.0.0.1:1", env = NONE })
add("sesv2 get-account", nil, { endpoint = "http://127.0.0.1:1/base/", env = NONE })
add(SET, nil, { endpoint = "127.0.0.1:1" })
add(SET, nil, { endpoint = "http://no-such-host.invalid", env = NONE })

-- Settings.
local function without(...)
  local env = {}
  for _, name in ipairs { ... } do
    env[name] = false
  end
  return env
end

add(SET, nil, { env = without "AWS_SECRET_ACCESS_KEY" })
add(SET .. "--no-sign-request", DONE, { env = without("AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY") })
add(SET .. "--region 'us east'", nil, { endpoint = false })
add(QUOTA, SENT, { env = { AWS_DEFAULT_OUTPUT = "text" } })
add(QUOTA .. "--output json", SENT, { env = { AWS_DEFAULT_OUTPUT = "text" } })
add(SET, DONE, { env = { AWS_SESSION_TOKEN = "token" } })
add("--region eu-west-1 ses get-send-quota", SENT)
add("ses --output text get-send-quota", SENT)
add("ses --outp text get-send-quota --col on", SENT)
add("ses -- get-send-quota", SENT)
add("-- ses get-send-quota", SENT)
add(QUOTA .. "-- x", SENT)
add(QUOTA .. "--output text --output json", SENT)
add(QUOTA .. "--color on --output table", SENT)
add(QUOTA .. "--color off --output table", SENT)
add("ses wait identity-exists --identities example.com", xml("GetIdentityVerificationAttributes",
  "<VerificationAttributes><entry><key>example.com</key><value><VerificationStatus>Success"
  .. "</VerificationStatus></value></entry></VerificationAttributes>"))
add("ses wait identity-exists --identities example.com", fault(400, "Throttled", "m"))
add("ses wait identity-exists --generate-cli-skeleton", nil)

return M
