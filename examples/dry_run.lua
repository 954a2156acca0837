-- Shows the signed request of a call without sending it.
--
--   lua5.4 examples/dry_run.lua

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

local lines = {}
for name, value in pairs(request.headers) do
  lines[#lines + 1] = name .. ": " .. value
end
table.sort(lines)

print(request.method .. " " .. request.url)
print(table.concat(lines, "\n"))
print()
print(request.body)
