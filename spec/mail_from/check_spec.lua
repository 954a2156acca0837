-- What a check says of DNS as a real name server has it.

local ses = require "ses"

local check = ses.mail_from.check

local GOOD = "MX 10 feedback-smtp.us-east-1.amazonses.com."
local SPF = 'TXT "v=spf1 include:amazonses.com ~all"'

local PUBLISH = "publish the MX record '10 feedback-smtp.us-east-1.amazonses.com'"
local REPLACE = "replace it with the MX record '10 feedback-smtp.us-east-1.amazonses.com'"
local ALIAS = "remove the CNAME record, which allows no other beside it, and " .. PUBLISH
  .. " in its place"
local SUBDOMAIN = "choose another subdomain as the MAIL FROM domain, or another for that mail: SES"
  .. " does not take one that receives mail; otherwise " .. REPLACE
local PUBLISH_SPF = 'publish the TXT record "v=spf1 include:amazonses.com ~all"'
local FIRST = "put include:amazonses.com at its beginning"
local ADD_SPF = "add include:amazonses.com to it, in front of its all"

-- The first label of a MAIL FROM domain, its records, and what there is to say of
-- them: each time severity, code, what is so, and what to do.
local CASES = {
  { "good", { GOOD, 'TXT "v=spf1 " "include:amazonses.com" " ~all"', 'TXT "site=1"' }, {} },
  { "strict", { GOOD, 'TXT "V=SPF1 IP4:192.0.2.1 INCLUDE:AmazonSES.com. -all"' }, {} },
  { "absent", {}, {
    { "error", "NoSuchDomain", "does not exist in DNS", PUBLISH },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "no-mx", { SPF }, { { "error", "NoMx", "has no MX record", PUBLISH } } },
  { "several", { GOOD, "MX 5 inbound-smtp.us-east-1.amazonaws.com.", SPF }, {
    { "error", "SeveralMx", "has 2 MX records (inbound-smtp.us-east-1.amazonaws.com,"
      .. " feedback-smtp.us-east-1.amazonses.com), and SES takes exactly one",
      "leave no other than the MX record '10 feedback-smtp.us-east-1.amazonses.com'" },
    { "error", "InboundMx", "is used to receive mail with SES: its MX record points to"
      .. " inbound-smtp.us-east-1.amazonaws.com", SUBDOMAIN } } },
  { "equal", { "MX 10 b.example.net.", "MX 10 a.example.net.", SPF }, {
    { "error", "SeveralMx", "has 2 MX records (a.example.net, b.example.net), and SES takes exactly"
      .. " one", "leave no other than the MX record '10 feedback-smtp.us-east-1.amazonses.com'" },
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " a.example.net, which is no host of SES", SUBDOMAIN },
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " b.example.net, which is no host of SES", SUBDOMAIN } } },
  { "foreign", { "MX 10 mx.example.net.", SPF }, {
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " mx.example.net, which is no host of SES", SUBDOMAIN } } },
  { "inbound", { "MX 10 inbound-smtp.eu-west-1.amazonaws.com.", SPF }, {
    { "error", "InboundMx", "is used to receive mail with SES: its MX record points to"
      .. " inbound-smtp.eu-west-1.amazonaws.com", SUBDOMAIN } } },
  { "elsewhere", { "MX 10 feedback-smtp.eu-west-1.amazonses.com.", SPF }, {
    { "info", "OtherRegionMx", "the MX record of @ points to the feedback host of eu-west-1, not of"
      .. " us-east-1, which SES allows: bounces find their way" } } },
  { "no-dot", { "MX 10 feedback-smtp.us-east-1.amazonses.com", SPF }, {
    { "error", "MissingDot", "the MX record of @ points to"
      .. " feedback-smtp.us-east-1.amazonses.com.example.com: in the zone file the host has no dot"
      .. " at its end", "write feedback-smtp.us-east-1.amazonses.com. with the dot" } } },
  { "slip", { "MX 10 feedback-smtp.us-esat-1.amazonses.com.", SPF }, {
    { "error", "UnknownFeedbackHost", "the MX record of @ points to"
      .. " feedback-smtp.us-esat-1.amazonses.com, which is no host of SES that is known (did you"
      .. " mean us-east-1?)", REPLACE } } },
  { "null", { "MX 0 .", SPF }, {
    { "error", "NullMx", "the MX record of @ is '.', which says that it takes no mail",
      REPLACE } } },
  { "twenty", { "MX 20 feedback-smtp.us-east-1.amazonses.com.", SPF }, {
    { "warning", "MxPreference", "the MX record of @ has the preference 20, and SES's guide has 10",
      REPLACE } } },
  { "alias", { "CNAME good" }, {
    { "warning", "Cname", "is an alias (CNAME) of good.example.com, whose MX record is taken for"
      .. " its own", ALIAS } } },
  { "dangling", { "CNAME nowhere" }, {
    { "error", "Cname", "is an alias (CNAME) of nowhere.example.com, which does not exist", ALIAS },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "outside", { "CNAME www.example.net." }, {
    { "error", "Cname", "is an alias (CNAME) of www.example.net, which has no MX record", ALIAS },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "circle", { "CNAME round" }, {
    { "error", "CnameLoop", "is an alias (CNAME) that leads in a circle",
      "remove the CNAME record, and " .. PUBLISH .. " in its place" },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "no-spf", { GOOD, 'TXT "site=1"' }, {
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "two-spf", { GOOD, SPF, 'TXT "v=spf1 -all"' }, {
    { "warning", "SeveralSpf", "has 2 SPF records, and one is allowed",
      'leave one, such as the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "without", { GOOD, 'TXT "v=spf1 -include:amazonses.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " -include:amazonses.com ~all'", ADD_SPF } } },
  { "late", { GOOD, 'TXT "v=spf1 ~all include:amazonses.com"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ has include:amazonses.com behind its all,"
      .. " where nobody looks", "move it in front of that" } } },
  { "quoted", { GOOD, 'TXT "\\"v=spf1 include:amazonses.com ~all\\""' }, {
    { "warning", "SpfMalformed", "a TXT record of @ is no SPF record, because it has quotes that"
      .. " are part of its text: '\"v=spf1 include:amazonses.com ~all\"'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "typed", { GOOD, 'TXT "v=spf1;include:amazonses.com"' }, {
    { "warning", "SpfMalformed", "a TXT record of @ is no SPF record, because it does not begin"
      .. " with 'v=spf1' and a space: 'v=spf1;include:amazonses.com'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "nested", { GOOD, 'TXT "v=spf1 include:inner.example.com ~all"' }, {} },
  { "inner", { GOOD, 'TXT "v=spf1 redirect=good.example.com"' }, {} },
  { "self", { GOOD, 'TXT "v=spf1 include:self.example.com ~all"' }, {
    { "warning", "SpfLoop", "the SPF record of @ leads back to self.example.com, which it came"
      .. " from", FIRST } } },
  { "long", { GOOD, 'TXT "v=spf1 include:chain1.example.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  -- Ten go before it, and an eleventh is not made.
  { "eleventh", { GOOD, 'TXT "v=spf1 ' .. ("ptr "):rep(10) .. 'include:amazonses.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  { "tenth", { GOOD, 'TXT "v=spf1 ' .. ("ptr "):rep(9) .. 'include:amazonses.com ~all"' }, {} },
  -- What stands behind a match is not looked at.
  { "early", { GOOD, 'TXT "v=spf1 include:amazonses.com ' .. ("ptr "):rep(12) .. '~all"' }, {} },
  -- Those of records that are included count as well.
  { "counted", { GOOD, 'TXT "v=spf1 include:nine.example.com include:amazonses.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  { "voids", { GOOD, 'TXT "v=spf1 a a:v1.example.com mx:v2.example.com include:amazonses.com ~all"'
    }, { { "warning", "SpfVoid", "the SPF record of @ asks for more than 2 names that have no such"
      .. " records before it allows SES, v2.example.com the last", FIRST } } },
  { "two-voids", { GOOD, 'TXT "v=spf1 a mx a:v1.example.com include:amazonses.com ~all"' }, {} },
  { "ends", { GOOD, 'TXT "v=spf1 -all include:amazonses.com"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ has include:amazonses.com behind its all,"
      .. " where nobody looks", "move it in front of that" } } },
  { "ends-inside", { GOOD, 'TXT "v=spf1 include:inner-ends.example.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " include:inner-ends.example.com ~all'", ADD_SPF } } },
  { "goes-on", { GOOD, 'TXT "v=spf1 include:inner-ends.example.com include:amazonses.com -all"' },
    {} },
  { "denied", { GOOD, 'TXT "v=spf1 ~include:amazonses.com include:good.example.com -all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " ~include:amazonses.com include:good.example.com -all'", ADD_SPF } } },
  { "everybody", { GOOD, 'TXT "v=spf1 +all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1 +all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "open", { GOOD, 'TXT "v=spf1 include:amazonses.com all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1"
      .. " include:amazonses.com all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "opened", { GOOD, 'TXT "v=spf1 include:everybody.example.com -all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1"
      .. " include:everybody.example.com -all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "redirected", { GOOD, 'TXT "v=spf1 redirect=good.example.com ip4:192.0.2.1"' }, {} },
  { "ignored", { GOOD, 'TXT "v=spf1 redirect=good.example.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " redirect=good.example.com ~all'", ADD_SPF } } },
  { "nowhere-included", { GOOD, 'TXT "v=spf1 include:v1.example.com include:amazonses.com ~all"' },
    { { "warning", "SpfInclude", "the SPF record of @ leads to v1.example.com, which has no SPF"
      .. " record", FIRST } } },
  { "two-included", { GOOD, 'TXT "v=spf1 include:two-spf.example.com ~all"' }, {
    { "warning", "SpfInclude", "the SPF record of @ leads to two-spf.example.com, which has several"
      .. " SPF records", FIRST } } },
  { "unanswered", { GOOD, 'TXT "v=spf1 include:a.broken.example include:amazonses.com ~all"' }, {
    { "warning", "SpfUnanswered", "the SPF record of @ leads to a.broken.example, which could not"
      .. " be looked up (SERVFAIL)", FIRST } } },
  { "spaced", { GOOD, 'TXT "v=spf1 include: amazonses.com ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ has 'include:', which is no term of SPF",
      "mend it" } } },
  { "wrong", { GOOD, 'TXT "v=spf1 include:amazonses.com ipv4:192.0.2.1 ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ has 'ipv4:192.0.2.1', which is no term of SPF",
      "mend it" } } },
  { "wrong-inside", { GOOD, 'TXT "v=spf1 include:spaced.example.com ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ leads to that of spaced.example.com, which has"
      .. " 'include:', which is no term of SPF", "mend it" } } },
  { "macros", { GOOD, 'TXT "v=spf1 include:%{i}.spf.example.net exp=why.example.com ~all"' }, {
    { "info", "SpfNotJudged", "the SPF record of @ has macros, which depend on the message, so that"
      .. " whether it allows SES cannot be said: 'v=spf1 include:%{i}.spf.example.net"
      .. " exp=why.example.com ~all'", FIRST .. ", where nothing depends on them" } } },
  { "macros-later", { GOOD, 'TXT "v=spf1 exists:%{i}.example.net include:amazonses.com ~all"' },
    {} },
}

local function zone()
  local lines = {
    "round CNAME circle\n", 'nine TXT "v=spf1 ' .. ("ptr "):rep(9) .. '-all"\n',
    'inner-ends TXT "v=spf1 -all include:amazonses.com"\n',
  }
  for _, case in ipairs(CASES) do
    for _, record in ipairs(case[2]) do
      lines[#lines + 1] = case[1] .. " " .. record .. "\n"
    end
  end
  for i = 1, 12 do
    lines[#lines + 1] = ('chain%d TXT "v=spf1 include:chain%d.example.com ~all"\n'):format(i, i + 1)
  end
  return table.concat(lines)
end

-- Without "@", a sentence begins with the name.
local function sentence(text, name)
  return text:find("@", 1, true) and text:gsub("@", (name:gsub("%%", "%%%%")))
    or name .. " " .. text
end

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
    server = require("spec.support.nsd").start {
      ["example.com"] = zone(), ["broken.example"] = false,
    }
  end)

  teardown(function() server:stop() end)

  local function look(identity, name, options)
    local given = { mail_from_domain = name, region = "us-east-1", servers = { server.address } }
    for key, value in pairs(options or {}) do
      given[key] = value
    end
    return ses.check(check(identity, given))
  end

  for _, case in ipairs(CASES) do
    it("of the MAIL FROM domain " .. case[1], function()
      local name = case[1] .. ".example.com"
      local report = look("example.com", name)
      local is_ok = true
      for i, expected in ipairs(case[3]) do
        local found = report.findings[i] or {}
        assert.same({ expected[1], expected[2], sentence(expected[3], name), expected[4] },
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
      ["from: the one at 1: expected a string, got number"] = { from = { 1 } },
      ["resolver: expected a function(name, type), or an object with a method query, got table"] =
        { resolver = {} },
    } do
      assert.has_error(function() check("example.com", options) end, "mail_from.check: " .. message)
    end
  end)
end)
