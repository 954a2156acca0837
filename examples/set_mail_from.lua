-- Sets the custom MAIL FROM domain of an identity with SES API v1, and reads it
-- back.
--
--   lua5.4 examples/set_mail_from.lua example.com bounce.example.com
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

local client = ses.check(ses.client("ses"))

ses.check(patiently(client, "set_identity_mail_from_domain", {
  Identity = identity,
  MailFromDomain = mail_from,
  BehaviorOnMXFailure = "UseDefaultValue",
}))

local result = ses.check(patiently(client, "get_identity_mail_from_domain_attributes", {
  Identities = { identity },
}))
-- Identities that SES does not know are left out, and so are a domain and a
-- status that are not set.
local attributes = result.MailFromDomainAttributes[identity] or {}
print("MAIL FROM domain:  " .. (attributes.MailFromDomain or "none"))
print("status:            " .. (attributes.MailFromDomainStatus or "not set"))
print("without its MX:    " .. (attributes.BehaviorOnMXFailure or "not set"))
print("request:           " .. result.ResponseMetadata.RequestId)
