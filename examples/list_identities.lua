-- Lists the identities of an account in one region: all of them, or so many.
--
--   lua5.4 examples/list_identities.lua [MOST]

local ses = require "ses"

local most = arg[1] and tonumber(arg[1])
if arg[1] and not (most and most >= 1 and most % 1 == 0) then
  io.stderr:write("usage: list_identities.lua [MOST]   (a whole number from 1)\n")
  os.exit(2)
end

local client = ses.check(ses.client("sesv2"))

local count = 0
for identity in client:items("ListEmailIdentities", {}, { page_size = 100, max_items = most }) do
  print(("%-40s %-14s %s"):format(identity.IdentityName, identity.IdentityType,
    identity.VerificationStatus or "-"))
  count = count + 1
end
print(count .. (count == 1 and " identity" or " identities"))
