-- Prints the MAIL FROM domain of every identity named, and its status. Fails
-- when one of them is not in use. For more than 100, see bulk_status.lua.
--
--   lua5.4 examples/mail_from_status.lua example.com example.org user@example.net

local ses = require "ses"

if #arg == 0 or #arg > 100 then
  io.stderr:write("usage: mail_from_status.lua IDENTITY ...   (100 at most)\n")
  os.exit(2)
end

local identities = {}
for i = 1, #arg do
  identities[i] = arg[i]
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
local result = ses.check(patiently(client, "get_identity_mail_from_domain_attributes", {
  Identities = identities,
}))

local working = true
for _, identity in ipairs(identities) do
  local attributes = result.MailFromDomainAttributes[identity] or {}
  local status = attributes.MailFromDomainStatus
  print(("%-30s %-30s %s"):format(identity, attributes.MailFromDomain or "-",
    status or "not set"))
  working = working and status == "Success"
end
os.exit(working and 0 or 1)
