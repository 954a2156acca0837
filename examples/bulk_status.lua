-- Prints the MAIL FROM domain and its status of any number of identities, whose
-- names stand in a file, one in a line, or come through standard input. Fails
-- when one of them is not in use.
--
--   lua5.4 examples/bulk_status.lua identities.txt

local ses = require "ses"

-- As many as one call takes; and SES takes one call a second.
local GROUP, INTERVAL = 100, 1

local file = arg[1] and assert(io.open(arg[1])) or io.stdin
local identities = {}
for line in file:lines() do
  identities[#identities + 1] = line:match("^%s*(%S+)")
end
if #identities == 0 then
  io.stderr:write("usage: bulk_status.lua [FILE]   (names of identities, one in a line)\n")
  os.exit(2)
end

local client = ses.check(ses.client("ses"))
local transport = require("ses.transport").default()

-- Others may call the same operation of this account: then a call comes too
-- soon although these are paced.
local function attributes_of(group)
  local result, err
  for _ = 1, 10 do
    result, err = client:get_identity_mail_from_domain_attributes { Identities = group }
    if result or not err.throttled then
      break
    end
    transport:sleep(INTERVAL)
  end
  return ses.check(result, err).MailFromDomainAttributes
end

local working = true
local due = transport:now()
for first = 1, #identities, GROUP do
  transport:sleep(math.max(0, due - transport:now()))
  due = transport:now() + INTERVAL
  local group = {}
  for i = first, math.min(first + GROUP - 1, #identities) do
    group[#group + 1] = identities[i]
  end
  local known = attributes_of(group)
  for _, identity in ipairs(group) do
    -- Identities that SES does not know are left out of the answer, and so are
    -- a domain and a status that are not set.
    local attributes = known[identity] or {}
    local status = attributes.MailFromDomainStatus
    print(("%-30s %-30s %s"):format(identity, attributes.MailFromDomain or "-",
      status or "not set"))
    working = working and status == "Success"
  end
end
os.exit(working and 0 or 1)
