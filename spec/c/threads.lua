-- What each thread of threads.c does; PORT is that of its server.

local ses = require "ses"

local credentials = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}
local ROUNDS = 50

local emulator = ses.emulator.new { throttle = false }
local emulated = { region = "us-east-1", transport = emulator:transport() }
local v1 = assert(ses.client("ses", emulated))
local v2 = assert(ses.client("sesv2", emulated))
local remote = assert(ses.client("ses", {
  region = "us-east-1", credentials = credentials, rate = false,
  endpoint = "http://127.0.0.1:" .. PORT,
}))

-- Nothing listens on port 1; a build without c-ares has no ses.dns.
local has_dns, dns = pcall(require, "ses.dns")
local resolver = has_dns and dns.new { servers = { "127.0.0.1:1" }, timeout = 5 }

for round = 1, ROUNDS do
  local domain = "example" .. round .. ".com"
  ses.check(v1:verify_domain_identity { Domain = domain })
  ses.check(v2:put_email_identity_mail_from_attributes {
    EmailIdentity = domain, MailFromDomain = "bounce." .. domain,
  })
  local state = ses.check(v2:get_email_identity { EmailIdentity = domain })
  assert(state.MailFromAttributes.MailFromDomain == "bounce." .. domain)

  local nothing, err = v1:set_identity_mail_from_domain { Identity = domain .. ".missing",
                                                          MailFromDomain = "x.example.org" }
  assert(nothing == nil and ses.is_error(err, "service"), tostring(err))

  local answer = ses.check(remote:get_identity_mail_from_domain_attributes {
    Identities = { "example.com" },
  })
  assert(answer.MailFromDomainAttributes["example.com"].MailFromDomainStatus == "Success")

  if resolver then
    assert(select(2, resolver:query("bounce." .. domain, "MX")).code == "NETWORK")
  end
end

remote:close()
