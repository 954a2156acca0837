-- The main job, from an identity to a message: verify a domain, set its custom
-- MAIL FROM domain with SES API v1 and with v2, print the DNS records to
-- publish, read the status back, send a message.
--
--   lua5.4 examples/main_job.lua [DOMAIN [MAIL-FROM-DOMAIN]]
--
-- On this machine it talks to `sesctl emulator`, and plays AWS's part as well: it
-- moves the status to Success, and shows the envelope that the message would
-- leave with. Anywhere else it ends with the records, which come first.

local cjson = require "cjson"
local ses = require "ses"

local domain = arg[1] or "example.com"
local mail_from = arg[2] or ("bounce." .. domain)

local v1 = ses.check(ses.client("ses"))
local v2 = ses.check(ses.client("sesv2"))

local function say(...)
  print((...):format(select(2, ...)))
end

-- SES takes one call a second of most operations. One that came too soon was not
-- carried out, so it is made again a second later.
local function patiently(client, method, params)
  for _ = 1, 10 do
    local result, err = client[method](client, params)
    if result or not err.throttled then
      return result, err
    end
    require("ses.transport").default():sleep(1)
  end
  return client[method](client, params)
end

-- The host that takes the bounces of a region, and SPF's include. AWS documents
-- another host in China and none in the partitions that are missing here.
local function feedback(region)
  if region == "cn-northwest-1" then
    return "feedback-smtp.ses.cn-northwest-1.amazonaws.com.cn", nil
  elseif region:find("^cn%-") or region:find("^eusc%-") or region:find("^%l+%-iso") then
    return nil, nil
  end
  return "feedback-smtp." .. region .. ".amazonses.com", "amazonses.com"
end

local function print_records(name, region)
  local host, include = feedback(region)
  say("   %s", host and ("%s.  MX   10 %s."):format(name, host)
    or "AWS documents no feedback host for " .. region)
  if include then
    say("   %s.  TXT  \"v=spf1 include:%s ~all\"", name, include)
  end
end

-- The emulator's control plane: not SES, and so without a signature.
local function control(method, call, body)
  local transport = require("ses.transport").default()
  local response = ses.check(transport:send({
    method = method,
    url = v1.endpoint .. "/_emulator/" .. call,
    headers = { ["Content-Type"] = "application/json", Host = v1.endpoint:match("//([^/]+)") },
    body = body and cjson.encode(body),
    connection = { connect_timeout = 5, verify = true, max_response_bytes = 1024 * 1024 },
  }, transport:now() + 10))
  local answer = cjson.decode(response.body)
  assert(response.status == 200, answer.error)
  return answer
end

say("1. Verify %s (%s)", domain, v1.region)
local token = ses.check(patiently(v1, "verify_domain_identity", {
  Domain = domain,
})).VerificationToken
local verification = ses.check(patiently(v1, "get_identity_verification_attributes", {
  Identities = { domain },
})).VerificationAttributes[domain].VerificationStatus
say("   %s", verification)
if verification ~= "Success" then
  say("   publish  _amazonses.%s.  TXT  \"%s\"  and run this again later", domain, token)
  os.exit(1)
end

say("2. Set its MAIL FROM domain to %s with API v1", mail_from)
ses.check(patiently(v1, "set_identity_mail_from_domain", {
  Identity = domain,
  MailFromDomain = mail_from,
  BehaviorOnMXFailure = "UseDefaultValue",
}))

say("3. Set it again with API v2, and reject mail while its MX record is missing")
ses.check(patiently(v2, "put_email_identity_mail_from_attributes", {
  EmailIdentity = domain,
  MailFromDomain = mail_from,
  BehaviorOnMxFailure = "REJECT_MESSAGE",
}))

say("4. Publish")
print_records(mail_from, v1.region)

say("5. Read it back")
local attributes = ses.check(patiently(v1, "get_identity_mail_from_domain_attributes", {
  Identities = { domain },
})).MailFromDomainAttributes[domain]
say("   %s: %s, %s", attributes.MailFromDomain, attributes.MailFromDomainStatus,
  attributes.BehaviorOnMXFailure)

if not v1.endpoint:find("^http://127%.0%.0%.1:") and not v1.endpoint:find("^http://localhost:") then
  say("   AWS looks for the records for up to 72 hours: mail_from_status.lua shows the status")
  os.exit(0)
end

local function message(text)
  return {
    FromEmailAddress = "shop@" .. domain,
    Destination = { ToAddresses = { "customer@example.org" } },
    Content = { Simple = { Subject = { Data = "Your order" }, Body = { Text = { Data = text } } } },
  }
end

say("6. Send too early")
-- An earlier run has moved the status to Success.
control("POST", "identities", { identity = domain, region = v1.region,
  mail_from_status = "Pending" })
local _, err = patiently(v2, "send_email", message("Too early."))
assert(ses.is_error(err, "service", "MailFromDomainNotVerified"), err)
say("   %s: %s", err.code, err.message)

say("7. The records are found")
control("POST", "identities", { identity = domain, region = v1.region,
  mail_from_status = "Success" })
say("   %s", ses.check(patiently(v2, "get_email_identity", {
  EmailIdentity = domain,
})).MailFromAttributes.MailFromDomainStatus)

say("8. Send")
local sent = ses.check(patiently(v2, "send_email", message("It is on its way.")))
say("   accepted: %s", sent.MessageId)

local messages = control("GET", "mailbox").messages
local last = messages[#messages]
assert(last.message_id == sent.MessageId)
say("9. It would leave with this envelope")
say("   MAIL FROM:<%s>", last.envelope_from)
for _, recipient in ipairs(last.recipients) do
  say("   RCPT TO:<%s>", recipient)
end
