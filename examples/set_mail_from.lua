-- Sets the custom MAIL FROM domain of an identity with SES API v1, and reads it
-- back.
--
--   lua set_mail_from.lua example.com bounce.example.com
--
-- Region, credentials and endpoint come from the environment, as for every AWS
-- tool: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and
-- AWS_ENDPOINT_URL for an emulator.

local ses = require "ses"

local identity, mail_from = arg[1], arg[2]
if not mail_from then
  io.stderr:write("usage: set_mail_from.lua IDENTITY MAIL-FROM-DOMAIN\n")
  os.exit(2)
end

local client = ses.check(ses.client("ses"))

ses.check(client:set_identity_mail_from_domain {
  Identity = identity,
  MailFromDomain = mail_from,
  BehaviorOnMXFailure = "UseDefaultValue",
})

local result = ses.check(client:get_identity_mail_from_domain_attributes {
  Identities = { identity },
})
local attributes = result.MailFromDomainAttributes[identity]
print("MAIL FROM domain:  " .. attributes.MailFromDomain)
print("status:            " .. attributes.MailFromDomainStatus)
print("without its MX:    " .. attributes.BehaviorOnMXFailure)
print("request:           " .. result.ResponseMetadata.RequestId)
