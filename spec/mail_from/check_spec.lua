-- What a check says of DNS as a real name server has it.

local findings = require "spec.support.mail_from_findings"
local ses = require "ses"

local check = ses.mail_from.check

local has_dns = pcall(require, "ses.dns")

if not has_dns then
  describe("ses.mail_from.check", function()
    it("asks name servers", function()
      pending("ses.dns was not built, and no name server is asked")
    end)
  end)
  return
end

describe("a check of DNS alone", function()
  local server

  setup(function()
    server = require("spec.support.nsd").start(findings.zones())
  end)

  teardown(function() server:stop() end)

  local function look(identity, name, options)
    local given = { mail_from_domain = name, region = "us-east-1", servers = { server.address } }
    for key, value in pairs(options or {}) do
      given[key] = value
    end
    return ses.check(check(identity, given))
  end

  for _, case in ipairs(findings.CASES) do
    it("of the MAIL FROM domain " .. case[1], function()
      local name = case[1] .. ".example.com"
      local report = look("example.com", name)
      local is_ok = true
      for i, expected in ipairs(case[3]) do
        local found = report.findings[i] or {}
        assert.same({ expected[1], expected[2], findings.sentence(expected[3], name), expected[4] },
                    { found.severity, found.code, found.what, found.remedy })
        is_ok = is_ok and expected[1] ~= "error"
      end
      assert.equal(#case[3], #report.findings)
      assert.equal(is_ok, report.ok)
    end)
  end

  it("says it in one sentence, with the record to publish", function()
    local finding = look("example.com", "no-mx.example.com").findings[1]
    assert.equal("no-mx.example.com has no MX record: publish the MX record '10"
      .. " feedback-smtp.us-east-1.amazonses.com'; until then mail goes out with a MAIL FROM domain"
      .. " of amazonses.com, or is refused where BehaviorOnMXFailure is RejectMessage",
      finding.message)
    assert.equal("MX", finding.record.type)
    finding = look("example.com", "no-spf.example.com").findings[1]
    assert.equal("v=spf1 include:amazonses.com ~all", finding.record.text)
  end)

  it("reports what it saw, and what there should be", function()
    local report = look("Shop@Example.com", "Good.example.com.")
    assert.equal("Shop@example.com", report.identity)
    assert.equal("good.example.com", report.mail_from_domain)
    assert.equal("feedback-smtp.us-east-1.amazonses.com", report.dns.mx[1].exchange)
    assert.equal(2, #report.dns.txt)
    assert.equal(10, report.records.mx.preference)
    assert.is_nil(report.status)
  end)

  it("prints well", function()
    assert.equal("example.com, MAIL FROM domain good.example.com: ok",
      tostring(look("example.com", "good.example.com")))
    assert.equal("example.com, MAIL FROM domain no-mx.example.com: not ok\n  error NoMx: "
      .. look("example.com", "no-mx.example.com").findings[1].message,
      tostring(look("example.com", "no-mx.example.com")))
  end)

  it("cannot say much where a name server fails", function()
    local report = look("broken.example", "bounce.broken.example")
    assert.equal(1, #report.findings)
    assert.equal("DnsServerFailure", report.findings[1].code)
    assert.equal("the MX record of bounce.broken.example could not be looked up, because the name"
      .. " server failed (SERVFAIL)", report.findings[1].what)
    assert.equal("DnsRefused", look("example.org", "bounce.example.org").findings[1].code)
    assert.is_false(report.ok)
  end)

  it("cannot say much where nobody answers", function()
    local pipe = assert(io.popen("exec python3 spec/support/dns_server.py"))
    local port, pid = pipe:read("*l"):match("^(%d+) (%d+)$")
    local report = look("example.com", "silent.example.com", {
      servers = { "127.0.0.1:" .. port }, timeout = 0.3, tries = 1,
    })
    os.execute("kill " .. pid)
    pipe:close()
    assert.equal(1, #report.findings)
    assert.equal("DnsTimeout", report.findings[1].code)
    assert.equal("DnsFailed", look("example.com", "good.example.com", {
      servers = { "127.0.0.1:1" } }).findings[1].code)
  end)

  it("judges no host and no policy of a region where they are not known", function()
    local report = look("example.com", "good.example.com", { region = "eusc-de-east-1" })
    assert.equal("MxNotJudged", report.findings[1].code)
    assert.equal("SpfNotJudged", report.findings[2].code)
    assert.is_nil(report.records)
    report = look("example.com", "foreign.example.com", { region = "eusc-de-east-1" })
    assert.equal("OtherMx", report.findings[1].code)
    assert.truthy(report.findings[1].remedy:find("that SES's console shows", 1, true))
  end)

  it("sees a From address at the MAIL FROM domain", function()
    local report = look("example.com", "good.example.com", {
      from = { "shop@example.com", "Shop <news@Good.Example.com>" },
    })
    assert.equal("FromInMailFromDomain", report.findings[1].code)
    assert.equal("warning", report.findings[1].severity)
    assert.equal("mail is sent from Shop <news@Good.Example.com>, which is at the MAIL FROM domain,"
      .. " and whether feedback is forwarded by mail is not known", report.findings[1].what)
  end)
end)

describe("ses.mail_from.check", function()
  local function none() return nil, { code = "NXDOMAIN", message = "none" } end

  it("takes a resolver of the user's", function()
    local asked = {}
    local report = ses.check(check("example.com", {
      mail_from_domain = "bounce.example.com", region = "eu-west-1",
      resolver = function(name, kind)
        asked[#asked + 1] = name .. " " .. kind
        return kind == "MX" and { { type = "MX", preference = 10,
                                    exchange = "feedback-smtp.eu-west-1.amazonses.com" } }
          or { { type = "TXT", text = "v=spf1 include:amazonses.com ~all" } }
      end,
    }))
    assert.is_true(report.ok)
    assert.same({ "bounce.example.com MX", "bounce.example.com TXT" }, asked)
  end)

  it("tells a question for SPF alone that nobody answers", function()
    local report = ses.check(check("example.com", {
      mail_from_domain = "bounce.example.com", region = "eu-west-1",
      resolver = function(_, kind)
        if kind == "TXT" then
          return nil, { code = "TIMEOUT", message = "late" }
        end
        return { { type = "MX", preference = 10,
                   exchange = "feedback-smtp.eu-west-1.amazonses.com" } }
      end,
    }))
    assert.equal(1, #report.findings)
    assert.equal("warning", report.findings[1].severity)
    assert.equal("the TXT record of bounce.example.com could not be looked up, because no name"
      .. " server answered in time (TIMEOUT): ask other name servers, or see to those of the"
      .. " domain; if receivers fare no better, mail with this MAIL FROM domain passes no SPF"
      .. " check",
      report.findings[1].message)
    assert.is_true(report.ok)
  end)

  it("says why a name will not do, and asks nobody", function()
    local report, err = check("example.com", {
      mail_from_domain = "bounce", region = "eu-west-1", resolver = error,
    })
    assert.is_nil(report)
    assert.is_true(ses.is_error(err, "validation", "Prefix"))
    assert.equal("'bounce' is only the first part of a name: give the full name,"
      .. " bounce.example.com", err.message)
    assert.equal("InvalidIdentity", select(2, check("", { resolver = none })).code)
  end)

  it("needs a region, and a name or a client", function()
    assert.equal("MissingRegion", select(2, check("example.com", {
      mail_from_domain = "bounce.example.com", resolver = none })).code)
    assert.equal("MissingMailFromDomain", select(2, check("example.com", {
      region = "eu-west-1", resolver = none })).code)
  end)

  it("says that a name server is none", function()
    local _, err = check("example.com", {
      mail_from_domain = "bounce.example.com", region = "eu-west-1", servers = { "localhost" } })
    assert.is_true(ses.is_error(err, "config", "InvalidNameServer"))
  end)

  it("raises where it is misused", function()
    for message, options in pairs {
      ["unknown option 'server'; did you mean 'servers'?"] = { server = {} },
      ["client: expected a client that is open, got table"] = { client = {} },
      ["timeout: expected 3600 at most"] = { timeout = math.huge },
      ["tries: expected 10 at most"] = { tries = 11 },
      ["region: expected a region such as eu-west-1"] = { region = "\27[31m" },
      ["from: the one at 1: expected a string, got number"] = { from = { 1 } },
      ["resolver: expected a function(name, type), or an object with a method query, got table"] =
        { resolver = {} },
    } do
      assert.has_error(function() check("example.com", options) end,
        "ses.mail_from.check: " .. message)
    end
  end)
end)
