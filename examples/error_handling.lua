-- What can go wrong with a call, and how to tell.
--
--   lua5.4 examples/error_handling.lua

local ses = require "ses"

local client = ses.check(ses.client("ses"))

-- Parameters are checked before anything is sent, all of them at once.
local _, err = client:set_identity_mail_from_domain {
  Identitty = "example.com",
  MailFromDomain = { "bounce.example.com" },
}
print(err)
for _, fault in ipairs(err.details) do
  print("  fault at " .. fault.path .. ": " .. fault.rule)
end

-- What the service says has its own code, and ses.is_error asks for it.
_, err = client:set_identity_mail_from_domain {
  Identity = "no-such-identity.example.com",
  MailFromDomain = "bounce.no-such-identity.example.com",
}
if ses.is_error(err, "service", "InvalidParameterValue") then
  print("the service refused: " .. err.message)
  print("  status " .. err.status .. ", request " .. err.request_id)
elseif err.throttled then
  print("too many calls a second: " .. err)
elseif ses.is_error(err, "service") then
  print("the service said something else: " .. err)
elseif ses.is_error(err, "credentials") or ses.is_error(err, "config") then
  print("set up the environment first: " .. err)
elseif err.retryable then
  print("try again in a moment: " .. err)
else
  print("it failed: " .. err)
end

-- No server listens on this port, so nothing can have been sent.
local nowhere = ses.check(ses.client("ses", { endpoint = "http://127.0.0.1:1" }))
_, err = nowhere:get_send_quota()
print("kind " .. err.kind .. ", code " .. err.code .. ", may have been carried out: "
  .. tostring(err.ambiguous))

-- Misuse of the library raises, at the line that made the mistake.
local ok, message = pcall(function()
  return client:set_identity_mail_from_domian {}, nil
end)
print(ok, message)
