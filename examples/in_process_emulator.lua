-- Tests code that uses SES without a network, an account or a server: the
-- emulator runs inside the program.
--
--   lua5.4 examples/in_process_emulator.lua

local ses = require "ses"

-- The code under test: it takes the client that it works with.
local function greet(client, address)
  return client:send_email {
    FromEmailAddress = "hello@example.com",
    Destination = { ToAddresses = { address } },
    Content = { Simple = {
      Subject = { Data = "Welcome" },
      Body = { Text = { Data = "Hello!" } },
    } },
  }
end

local emulator = ses.emulator.new { throttle = false }
local client = ses.check(ses.client("sesv2", { transport = emulator:transport() }))

-- The sender is not known yet.
local _, err = greet(client, "you@example.org")
assert(ses.is_error(err, "service", "MessageRejected"), err)

ses.check(client:create_email_identity { EmailIdentity = "example.com" })
ses.check(client:put_email_identity_mail_from_attributes {
  EmailIdentity = "example.com",
  MailFromDomain = "bounce.example.com",
})
ses.check(greet(client, "you@example.org"))

-- What DNS decides, a test decides.
emulator:set_mail_from_status("example.com", "Success")
ses.check(greet(client, "you@example.org"))

for _, mail in ipairs(emulator:mailbox()) do
  print(mail.subject, mail.envelope_from)
end
