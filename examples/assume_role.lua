-- Calls SES with the credentials of a role, and says until when they are good.
--
--   lua5.4 examples/assume_role.lua arn:aws:iam::123456789012:role/mailer
--
-- The role is assumed with whatever credentials AWS's own tools would find. A
-- role that asks for a code of an MFA device is given its serial as the second
-- argument, and the code on standard input.

local ses = require "ses"

local role_arn, mfa_serial = ...
if not role_arn then
  io.stderr:write("usage: assume_role.lua ROLE_ARN [MFA_SERIAL]\n")
  os.exit(2)
end

local function ask(serial)
  io.stderr:write("code of ", serial, ": ")
  return io.read()
end

local client = ses.check(ses.client("sesv2", {
  region = os.getenv "AWS_REGION" or "us-east-1",
  credentials = ses.credentials.assume_role {
    role_arn = role_arn, session_name = "assume-role-example",
    mfa_serial = mfa_serial, mfa = mfa_serial and ask,
  },
}))

local account, err = client:get_account()
if not account then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end
print("may send: " .. tostring(account.SendingEnabled))
print("in 24 hours: " .. account.SendQuota.Max24HourSend)
