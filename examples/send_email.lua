-- Sends a message with SES API v2.
--
--   lua5.4 examples/send_email.lua shop@example.com you@example.org "Your order" "On its way."

local ses = require "ses"

local from, to, subject, text = arg[1], arg[2], arg[3], arg[4]
if not text then
  io.stderr:write("usage: send_email.lua FROM TO SUBJECT TEXT\n")
  os.exit(2)
end

local client = ses.check(ses.client("sesv2", { timeout = { attempt = 20 } }))

local message = {
  FromEmailAddress = from,
  Destination = { ToAddresses = { to } },
  Content = {
    Simple = {
      Subject = { Data = subject, Charset = "UTF-8" },
      Body = { Text = { Data = text, Charset = "UTF-8" } },
    },
  },
}

local result, err = client:send_email(message)
for _ = 1, 10 do
  -- What comes faster than the account may send was not accepted.
  if result or not err.throttled then
    break
  end
  require("ses.transport").default():sleep(1)
  result, err = client:send_email(message)
end

if result then
  print("accepted: " .. result.MessageId)
elseif err.ambiguous then
  -- SES may have accepted the message although no answer came. Sending it again
  -- could deliver it twice, so that is for a person to decide.
  io.stderr:write("perhaps sent: ", tostring(err), "\n")
  os.exit(3)
else
  io.stderr:write("not sent: ", tostring(err), "\n")
  os.exit(1)
end
