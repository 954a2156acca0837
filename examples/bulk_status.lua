-- Prints the MAIL FROM domain and its status of any number of identities, whose
-- names stand in a file, one in a line, or come through standard input. Fails
-- when one of them is not in use.
--
--   lua5.4 examples/bulk_status.lua identities.txt

local ses = require "ses"

local file = arg[1] and assert(io.open(arg[1])) or io.stdin
local identities = {}
for line in file:lines() do
  identities[#identities + 1] = line:match("^%s*(%S+)")
end
if #identities == 0 then
  io.stderr:write("usage: bulk_status.lua [FILE]   (names of identities, one in a line)\n")
  os.exit(2)
end

-- A hundred in a call, and a call a second, which is what SES takes.
local client = ses.check(ses.client("ses"))
local known = ses.check(ses.batch.mail_from_attributes(client, identities))

local working = true
for _, identity in ipairs(identities) do
  -- Identities that SES does not know are left out of the answer, and so are a
  -- domain and a status that are not set.
  local attributes = known[identity] or {}
  local status = attributes.MailFromDomainStatus
  print(("%-30s %-30s %s"):format(identity, attributes.MailFromDomain or "-", status or "not set"))
  working = working and status == "Success"
end
os.exit(working and 0 or 1)
