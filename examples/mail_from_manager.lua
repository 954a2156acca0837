-- From "I own this domain" to a MAIL FROM domain that works, or why it does not
-- yet. Run it again at any time: it changes what is not right, and nothing else.
--
--   lua5.4 examples/mail_from_manager.lua example.com [bounce.example.com [SECONDS]]
--
-- SECONDS is how long to wait for SES to find the records; without it, an hour.

local ses = require "ses"

local domain, seconds = arg[1], tonumber(arg[3] or 3600)
if not domain or domain:find("^%-") or not seconds then
  io.stderr:write("usage: mail_from_manager.lua DOMAIN [MAIL-FROM-DOMAIN [SECONDS]]\n")
  os.exit(2)
end
local mail_from = arg[2] or ("bounce." .. domain:match("[^@]*$"))

local client = ses.check(ses.client("sesv2"))

local function plan_of()
  local plan = ses.check(ses.mail_from.plan(client, { [domain] = mail_from }))
  local change = plan.changes[1]
  print(("%s: %s, for %s"):format(change.identity, change.action, change.reason))
  for _, note in ipairs(change.notes) do
    print("  note: " .. note.message)
  end
  return plan, change
end

-- A name that will not do is refused here, before anything is sent.
local plan, change = plan_of()

if change.action == "unknown" then
  local created = ses.check(client:create_email_identity { EmailIdentity = domain })
  print("publish these records, so that SES verifies the domain:")
  local dkim = created.DkimAttributes
  for _, token in ipairs(dkim.Tokens or {}) do
    print(("  %s._domainkey.%s. CNAME %s.%s."):format(token, domain, token,
      dkim.SigningHostedZone or "dkim.amazonses.com"))
  end
end
if change.action == "unknown" or change.action == "unverified" then
  ses.check(client:wait("identity_verified", { EmailIdentity = domain }))
  plan, change = plan_of()
end

local report = ses.check(plan:apply())
if change.outcome.state ~= "done" and change.outcome.state ~= "unchanged" then
  print("not set: " .. tostring(change.outcome.message or report.stopped))
  os.exit(1)
end

-- The MX record is what SES looks for; the TXT record is for those who get mail.
print("these records have to be in DNS:")
io.write(ses.check(ses.mail_from.records(mail_from, client.region)):bind())

if seconds > 0 then
  local setting, err = ses.mail_from.wait(client, domain, { timeout = seconds })
  if setting then
    print(setting.domain .. " is in use")
    os.exit(0)
  end
  print(err.message)               -- what SES says, and what DNS has instead of the records
end
os.exit(1)
