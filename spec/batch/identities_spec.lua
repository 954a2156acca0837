local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local function emulated(count)
  local emulator = ses.emulator.new()
  local transport = emulator:transport()
  local client = assert(ses.client("ses", { transport = transport, retry = { mode = "off" } }))
  local names = {}
  for i = 1, count do
    names[i] = ("d%d.example.com"):format(i)
  end
  return emulator, client, transport, names
end

describe("ses.batch.mail_from_attributes", function()
  it("reads a thousand identities in ten calls, a second apart, none of them throttled", function()
    local _, client, transport, names = emulated(1000)
    local calls = 0
    local send = transport.send
    function transport:send(...)
      calls = calls + 1
      return send(self, ...)
    end
    local started = transport:now()
    local attributes = assert(ses.batch.mail_from_attributes(client, names))
    assert.equal(10, calls)
    assert.is_true(transport:now() - started >= 9)
    assert.same({}, attributes)
  end)

  it("has what was read before a call failed", function()
    local answer = fake_transport.result("GetIdentityMailFromDomainAttributes",
      "<MailFromDomainAttributes><entry><key>d1.example.com</key><value>"
      .. "<BehaviorOnMXFailure>UseDefaultValue</BehaviorOnMXFailure></value></entry>"
      .. "</MailFromDomainAttributes>")
    local client = assert(ses.client("ses", {
      region = "eu-west-1", rate = false,
      credentials = { access_key_id = "AKIDEXAMPLE",
                      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
      transport = fake_transport.new { answer, fake_transport.fault(403, "AccessDenied", "no") },
    }))
    local names = {}
    for i = 1, 101 do
      names[i] = ("d%d.example.com"):format(i)
    end
    local attributes, err = ses.batch.mail_from_attributes(client, names)
    assert.is_nil(attributes)
    assert.equal("AccessDenied", err.code)
    assert.same({ ["d1.example.com"] = { BehaviorOnMXFailure = "UseDefaultValue" } }, err.partial)
  end)

  it("takes an answer without any for none", function()
    local client = assert(ses.client("ses", {
      region = "eu-west-1", rate = false,
      credentials = { access_key_id = "AKIDEXAMPLE",
                      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
      transport = fake_transport.new {
        fake_transport.result("GetIdentityMailFromDomainAttributes") },
    }))
    assert.same({}, assert(ses.batch.mail_from_attributes(client, { "example.com" })))
  end)

  it("raises for misuse", function()
    local _, client = emulated(0)
    local v2 = assert(ses.client("sesv2", { transport = ses.emulator.new():transport() }))
    assert.has_error(function() ses.batch.mail_from_attributes(v2, {}) end,
      "ses.batch.mail_from_attributes: expected a client of API v1: API v2 reads identities one at"
      .. " a time")
    assert.has_error(function() ses.batch.mail_from_attributes(client, "example.com") end,
      "ses.batch.mail_from_attributes: identities: expected a list, got string")
    assert.has_error(function() ses.batch.mail_from_attributes(client, { "a", 5 }) end,
      "ses.batch.mail_from_attributes: identities[2]: expected a string, got number")
  end)
end)
