-- Shows the signed request of a call without sending it.
--
--   lua dry_run.lua

local ses = require "ses"

local client = ses.check(ses.client("sesv2", {
  region = "eu-west-1",
  credentials = {
    access_key_id = "AKIDEXAMPLE",
    secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  },
}))

local request = ses.check(client:put_email_identity_mail_from_attributes({
  EmailIdentity = "user+tag@example.com",
  MailFromDomain = "bounce.example.com",
}, { dry_run = true }))

print(request.method .. " " .. request.url)
for name, value in pairs(request.headers) do
  print(name .. ": " .. value)
end
print()
print(request.body)
