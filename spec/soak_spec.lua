-- The same calls over and over need no more memory and no more descriptors.

local emulator_host = require "spec.support.emulator_host"
local emulators = require "ses.emulator"
local ses = require "ses"
local tree = require "spec.support.tree"

-- Kilobytes that this process holds in memory.
local function resident()
  return tonumber(tree.read("/proc/self/status"):match("VmRSS:%s*(%d+)"))
end

local function descriptors()
  return #tree.lines("ls /proc/$PPID/fd")
end

-- Runs a function in rounds of calls; raises where one of the later rounds
-- left the process larger than all the earlier ones made it.
local function soak(rounds, calls, call)
  local largest, files
  for round = 1, rounds do
    for i = 1, calls do
      call(i)
    end
    collectgarbage()
    collectgarbage()
    local size, open = resident(), descriptors()
    if round == rounds / 2 then
      largest, files = size, open
    elseif largest then
      -- the shell that counts them may still share one
      assert.truthy(open <= files + 2, files .. " descriptors grew to " .. open)
      -- an allocator's own slack, less than a hundred bytes a call
      assert.truthy(size <= largest + calls * rounds / 2 * 0.1 + 1024,
                    largest .. " kB grew to " .. size .. " kB")
    end
  end
end

local DOMAIN, MAIL_FROM = "example.com", "bounce.example.com"

-- One of each kind of call, errors included.
local function converse(v1, v2)
  ses.check(v1:set_identity_mail_from_domain { Identity = DOMAIN, MailFromDomain = MAIL_FROM })
  ses.check(v2:put_email_identity_mail_from_attributes {
    EmailIdentity = DOMAIN, MailFromDomain = MAIL_FROM, BehaviorOnMxFailure = "REJECT_MESSAGE",
  })
  local state = ses.check(v1:get_identity_mail_from_domain_attributes { Identities = { DOMAIN } })
  assert(state.MailFromDomainAttributes[DOMAIN].MailFromDomain == MAIL_FROM)
  state = ses.check(v2:get_email_identity { EmailIdentity = DOMAIN })
  assert(state.MailFromAttributes.MailFromDomain == MAIL_FROM)
  local _, err = v2:get_email_identity { EmailIdentity = "missing.example" }
  assert(ses.is_error(err, "service", "NotFoundException"), tostring(err))
  _, err = v1:get_identity_mail_from_domain_attributes { Identities = { 1, {} } }
  assert(ses.is_error(err, "validation"), tostring(err))
end

-- An emulator that ends with the test.
local function started(arguments)
  local host = emulator_host.start(arguments)
  finally(function()
    host:stop()
  end)
  return host
end

describe("a soak #long", function()
  it("of clients in one process", function()
    local transport = emulators.new({ throttle = false }):transport()
    local v1 = ses.client("ses", { transport = transport, rate = false })
    local v2 = ses.client("sesv2", { transport = transport, rate = false })
    ses.check(v1:verify_domain_identity { Domain = DOMAIN })
    soak(10, 1000, function()
      converse(v1, v2)
    end)
  end)

  it("of clients on libcurl", function()
    local host = started "--no-throttle"
    local options = {
      endpoint = host.url, region = "us-east-1", transport = require("ses.transport.curl").new(),
      rate = false,
      credentials = { access_key_id = "AKIDEXAMPLE",
                      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    }
    local v1, v2 = ses.client("ses", options), ses.client("sesv2", options)
    ses.check(v1:verify_domain_identity { Domain = DOMAIN })
    soak(10, 500, function()
      converse(v1, v2)
    end)
    options.transport:close()
  end)

  it("of transports that are opened and closed", function()
    local host = started ""
    soak(10, 50, function()
      local transport = require("ses.transport.curl").new()
      assert(transport:send({ method = "GET", url = host.url .. "/_emulator/identities",
                              headers = {} }, transport:now() + 60))
      transport:close()
    end)
  end)
end)
