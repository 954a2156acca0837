-- MAIL FROM domains that go by their MX records, as name servers have them.

local emulated = require "spec.support.emulated"
local emulators = require "ses.emulator"
local hosts = require "spec.support.emulator_host"
local nsd = require "spec.support.nsd"
local ses = require "ses"
local shell = require "spec.support.shell"

local check = ses.check
local HOUR = 3600
local DOMAIN, MAIL_FROM = "example.com", "bounce.example.com"

local function mx(host, preference)
  return { type = "MX", preference = preference or 10, exchange = host }
end

local RIGHT = { mx "feedback-smtp.us-east-1.amazonses.com" }

describe("an emulator that looks for MX records", function()
  local zone, asked, emulator, v1, v2

  local function resolver(name, kind)
    asked[#asked + 1] = name .. " " .. kind
    local answers = zone[name]
    if type(answers) == "table" then
      return answers
    end
    return nil, { code = answers or "NXDOMAIN", message = "there is none" }
  end

  local function status()
    return check(v2:get_email_identity { EmailIdentity = DOMAIN }).MailFromAttributes
      .MailFromDomainStatus
  end

  local function set(behavior)
    check(v1:set_identity_mail_from_domain { Identity = DOMAIN, MailFromDomain = MAIL_FROM,
                                             BehaviorOnMXFailure = behavior })
  end

  -- The domain that a message would leave with, or the code of the error.
  local function sender()
    local sent, err = v2:send_email {
      FromEmailAddress = "shop@" .. DOMAIN, Destination = { ToAddresses = { "a@example.org" } },
      Content = { Simple = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } } },
    }
    local box = emulator:mailbox()
    return sent and box[#box].envelope_from:match("@(.*)$") or err.code
  end

  before_each(function()
    zone, asked = {}, {}
    emulator, v1, v2 = emulated.new { dns = resolver }
    check(v2:create_email_identity { EmailIdentity = DOMAIN })
  end)

  it("finds one once it is published", function()
    set()
    assert.equal("PENDING", status())
    emulator:advance(71 * HOUR)
    assert.equal("PENDING", status())
    zone[MAIL_FROM] = RIGHT
    assert.equal("SUCCESS", status())
    assert.equal(MAIL_FROM, sender())
  end)

  for name, answers in pairs {
    ["no record"] = "NODATA",
    ["no name server"] = "TIMEOUT",
    ["a name server that fails"] = "SERVFAIL",
    ["another host"] = { mx "mail.example.com" },
    ["two records"] = { RIGHT[1], mx("mail.example.com", 20) },
    ["the same record twice"] = { RIGHT[1], RIGHT[1] },
    ["a host of a region that there is not"] = { mx "feedback-smtp.xx-west-1.amazonses.com" },
  } do
    it("is not content with " .. name, function()
      zone[MAIL_FROM] = answers
      set()
      assert.equal("PENDING", status())
      emulator:advance(72 * HOUR)
      assert.equal("FAILED", status())
    end)
  end

  for name, answers in pairs {
    ["another region's host"] = { mx "feedback-smtp.eu-west-1.amazonses.com" },
    ["any preference"] = { mx(RIGHT[1].exchange, 5) },
    ["any letter case, and a dot"] = { mx "Feedback-SMTP.US-East-1.AmazonSES.com." },
  } do
    it("takes " .. name, function()
      zone[MAIL_FROM] = answers
      set()
      assert.equal("SUCCESS", status())
    end)
  end

  it("follows a record that goes and comes", function()
    zone[MAIL_FROM] = RIGHT
    set()
    assert.equal("SUCCESS", status())
    zone[MAIL_FROM] = nil
    assert.equal("TEMPORARY_FAILURE", status())
    emulator:advance(71 * HOUR)
    zone[MAIL_FROM] = RIGHT
    assert.equal("SUCCESS", status())
    zone[MAIL_FROM] = nil
    -- It is seen to be gone before the time goes by.
    emulator:advance(72 * HOUR)
    assert.equal("FAILED", status())
  end)

  it("gives up after 72 hours, until the domain is set again", function()
    set()
    emulator:advance(72 * HOUR)
    zone[MAIL_FROM] = RIGHT
    assert.equal("FAILED", status())
    local count = #asked
    assert.equal("FAILED", status())
    assert.equal(count, #asked)
    set()
    assert.equal("SUCCESS", status())
  end)

  it("sees what was there before the clock was moved", function()
    set()
    zone[MAIL_FROM] = RIGHT
    emulator:advance(1000 * HOUR)
    assert.equal("SUCCESS", status())
  end)

  it("sends as the behavior on MX failure says, in each status", function()
    local function senders()
      local list = {}
      zone[MAIL_FROM] = nil
      list[1] = sender()
      zone[MAIL_FROM] = RIGHT
      list[2] = sender()
      zone[MAIL_FROM] = nil
      list[3] = sender()
      emulator:advance(72 * HOUR)
      list[4] = sender()
      return list
    end
    set "UseDefaultValue"
    assert.same({ "amazonses.com", MAIL_FROM, "amazonses.com", "amazonses.com" }, senders())
    set "RejectMessage"
    local rejected = "MailFromDomainNotVerifiedException"
    assert.same({ rejected, MAIL_FROM, rejected, rejected }, senders())
  end)

  it("asks once for a domain in a call, and for none that is not set", function()
    check(v1:verify_email_identity { EmailAddress = "a@" .. DOMAIN })
    set()
    check(v1:set_identity_mail_from_domain { Identity = "a@" .. DOMAIN,
                                             MailFromDomain = MAIL_FROM })
    asked = {}
    check(v1:get_identity_mail_from_domain_attributes { Identities = { DOMAIN, "a@" .. DOMAIN } })
    assert.same({ MAIL_FROM .. " MX" }, asked)
    check(v1:verify_domain_identity { Domain = "example.net" })
    check(v1:get_identity_mail_from_domain_attributes { Identities = { "example.net" } })
    assert.equal(1, #asked)
  end)

  it("keeps what is set while it looks", function()
    local is_set
    emulator, v1, v2 = emulated.new { dns = function()
      if not is_set then
        is_set = true
        check(v2:put_email_identity_mail_from_attributes { EmailIdentity = DOMAIN,
          MailFromDomain = "mail." .. DOMAIN })
      end
      return RIGHT
    end }
    check(v2:create_email_identity { EmailIdentity = DOMAIN })
    set()
    local found = check(v2:get_email_identity { EmailIdentity = DOMAIN }).MailFromAttributes
    assert.same({ "mail." .. DOMAIN, "PENDING" },
      { found.MailFromDomain, found.MailFromDomainStatus })
    assert.equal("SUCCESS", status())
  end)

  for name, interfere in pairs {
    ["a status that is set"] = function() emulator:set_mail_from_status(DOMAIN, "Failed") end,
    ["the end of its patience"] = function() emulator.clock:advance(72 * HOUR); status() end,
  } do
    it("keeps " .. name .. " while it looks", function()
      local is_asked
      emulator, v1, v2 = emulated.new { dns = function()
        if not is_asked then
          is_asked = true
          interfere()
        end
        return RIGHT
      end }
      check(v2:create_email_identity { EmailIdentity = DOMAIN })
      set()
      assert.equal("FAILED", status())
    end)
  end

  it("waits once for a name server that is silent, and leaves the others as they are", function()
    local names = {}
    for i = 1, 5 do
      names[i] = ("d%d.example"):format(i)
      check(v2:create_email_identity { EmailIdentity = names[i] })
      zone["bounce." .. names[i]] = RIGHT
      check(v2:put_email_identity_mail_from_attributes { EmailIdentity = names[i],
        MailFromDomain = "bounce." .. names[i] })
    end
    assert.equal("SUCCESS", emulator:identities()[6].mail_from_status)
    assert.equal(5, #asked)
    for i = 1, 5 do
      zone["bounce." .. names[i]] = "TIMEOUT"
    end
    asked = {}
    local found = check(v1:get_identity_mail_from_domain_attributes { Identities = names })
      .MailFromDomainAttributes
    assert.same({ "bounce.d1.example MX" }, asked)
    assert.equal("TemporaryFailure", found["d1.example"].MailFromDomainStatus)
    assert.equal("Success", found["d5.example"].MailFromDomainStatus)
    assert.equal("SUCCESS", emulator:identities()[6].mail_from_status)
    assert.equal(2, #asked)
  end)

  it("asks for many at once where the host can, and tells it once that nobody answers", function()
    local calls, told = {}, {}
    emulator.host.all = function(n, limit, fn)
      calls[#calls + 1] = n .. " of " .. limit
      for i = n, 1, -1 do
        fn(i)
      end
    end
    emulator.host.warn = function(message) told[#told + 1] = message end
    check(v2:create_email_identity { EmailIdentity = "example.net" })
    check(v2:put_email_identity_mail_from_attributes { EmailIdentity = "example.net",
      MailFromDomain = "bounce.example.net" })
    set()
    asked = {}
    local params = { Identities = { DOMAIN, "example.net" } }
    check(v1:get_identity_mail_from_domain_attributes(params))
    assert.same({ "2 of 16" }, calls)
    assert.same({ "bounce.example.net MX", MAIL_FROM .. " MX" }, asked)
    assert.same({}, told)
    zone[MAIL_FROM] = "NETWORK"
    status()
    status()
    assert.same({ "no name server answers (NETWORK): MAIL FROM domains are taken to have no MX"
      .. " record" }, told)
    zone[MAIL_FROM] = nil
    status()
    zone[MAIL_FROM] = "TIMEOUT"
    status()
    assert.equal(2, #told)
  end)

  it("refuses what cannot be asked", function()
    for text, given in pairs {
      ["dns: expected a function(name, type), or an object with a method query, got number"] = 3,
      ["dns: servers[1]: expected an IP address"] = "localhost",
    } do
      local good, message = pcall(emulators.new, { dns = given })
      assert.is_false(good)
      assert.truthy(tostring(message):find(text, 1, true), message)
    end
  end)
end)

describe("sesctl emulator --dns", function()
  it("goes by what a name server has", function()
    if not shell.has "nsd" then
      return pending("there is no nsd: no name server is asked")
    end
    local server = nsd.start { [DOMAIN] = "" }
    local host
    finally(function()
      server:stop()
      if host then
        host:stop()
      end
    end)
    host = hosts.start("--no-throttle --dns " .. server.address)
    local v1, v2 = hosts.clients(host)
    local function status()
      return check(v1:get_identity_mail_from_domain_attributes { Identities = { DOMAIN } })
        .MailFromDomainAttributes[DOMAIN].MailFromDomainStatus
    end
    check(v2:create_email_identity { EmailIdentity = DOMAIN })
    check(v2:put_email_identity_mail_from_attributes { EmailIdentity = DOMAIN,
      MailFromDomain = MAIL_FROM })
    assert.equal("Pending", status())
    server:publish { [DOMAIN] = "bounce MX 10 feedback-smtp.us-east-1.amazonses.com.\n" }
    assert.equal("Success", status())
    server:publish { [DOMAIN] = "" }
    assert.equal("TemporaryFailure", status())
    local command = "sesctl emulator --port " .. host.port .. " advance 259200"
    assert.same({ "", 0 }, { shell.run(command) })
    assert.equal("Failed", status())
  end)

  it("asks a silent name server at once for all, and says that nobody answers", function()
    local pipe = assert(io.popen("exec python3 spec/support/dns_server.py"))
    local port, pid = pipe:read("*l"):match("^(%d+) (%d+)$")
    local host = hosts.start("--no-throttle --dns 127.0.0.1:" .. port)
    local v1, v2 = hosts.clients(host)
    local names = {}
    for i = 1, 6 do
      names[i] = ("d%d.example"):format(i)
      check(v2:create_email_identity { EmailIdentity = names[i] })
      check(v2:put_email_identity_mail_from_attributes { EmailIdentity = names[i],
        MailFromDomain = "silent." .. names[i] })
    end
    local transport = v1._context.transport
    local function time_of(identities)
      local started = transport:now()
      check(v1:get_identity_mail_from_domain_attributes { Identities = identities })
      return transport:now() - started
    end
    local one, six = time_of { names[1] }, time_of(names)
    local told = host:stop()
    os.execute("kill " .. pid)
    pipe:close()
    assert.is_true(six < 3 * one, six .. " s for six, " .. one .. " s for one")
    assert.equal("sesctl emulator: no name server answers (TIMEOUT): MAIL FROM domains are taken to"
      .. " have no MX record\n", told)
  end)

  it("takes an address, and says so", function()
    for _, given in ipairs { "localhost", "localhost:53", "127.0.0.1:99999", "1.2.3", "" } do
      assert.same({ "sesctl emulator: --dns: expected the IP address of a name server, with a port"
        .. " or without, such as 127.0.0.1:5353 or [::1]:5353, got '" .. given .. "' (see sesctl"
        .. " emulator --help)\n", 252 }, { shell.run("sesctl emulator --dns '" .. given .. "'") })
    end
  end)
end)
