-- Sets the custom MAIL FROM domain of an identity with SES API v2, and reads it
-- back. Without a domain, the identity goes back to amazonses.com.
--
--   lua5.4 examples/put_mail_from_v2.lua example.com bounce.example.com
--   lua5.4 examples/put_mail_from_v2.lua example.com

local ses = require "ses"

local identity, mail_from = arg[1], arg[2]
if not identity then
  io.stderr:write("usage: put_mail_from_v2.lua IDENTITY [MAIL-FROM-DOMAIN]\n")
  os.exit(2)
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

local client = ses.check(ses.client("sesv2"))

-- ses.null counts as a member that is left out, which is how SES is told to
-- use no MAIL FROM domain of one's own.
ses.check(patiently(client, "put_email_identity_mail_from_attributes", {
  EmailIdentity = identity,
  MailFromDomain = mail_from or ses.null,
  BehaviorOnMxFailure = mail_from and "REJECT_MESSAGE" or ses.null,
}))

local result = ses.check(patiently(client, "get_email_identity", { EmailIdentity = identity }))
local attributes = result.MailFromAttributes or {}
-- SES leaves out the domain and its status where there is none.
print("MAIL FROM domain:  " .. (attributes.MailFromDomain or "none"))
print("status:            " .. (attributes.MailFromDomainStatus or "not set"))
print("without its MX:    " .. (attributes.BehaviorOnMxFailure or "not set"))
