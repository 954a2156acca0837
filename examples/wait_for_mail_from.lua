-- Waits until a domain's MAIL FROM domain works, and says what happens meanwhile.
--
--   lua5.4 examples/wait_for_mail_from.lua example.com [SECONDS]

local ses = require "ses"

local identity, seconds = arg[1] or "example.com", tonumber(arg[2]) or 600
local client = ses.check(ses.client("sesv2"))

local result, err = client:wait("mail_from_verified", { EmailIdentity = identity }, {
  timeout = seconds,
  delay = math.min(5, seconds / 2),
  progress = function(states, elapsed)
    for _, one in ipairs(states) do
      print(("%6.1f s  %s: %s"):format(elapsed, one.identity, one.state))
    end
  end,
})
if not result then
  print(err)
  os.exit(1)
end
print(result.MailFromAttributes.MailFromDomain .. " is in use")
