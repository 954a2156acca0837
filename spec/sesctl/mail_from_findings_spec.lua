-- Every finding of a check, by sesctl mail-from check: with an emulator that has what
-- SES would, and a real name server.

local fake = require "spec.support.fake_transport"
local findings = require "spec.support.mail_from_findings"
local hosts = require "spec.support.emulator_host"
local nsd = require "spec.support.nsd"
local ses = require "ses"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

-- A program is started for each: once in a test run.
if rawget(_G, "jit") then
  return
end

if not shell.has "nsd" or not pcall(require, "ses.dns") then
  describe("sesctl mail-from check", function()
    it("tells every finding", function()
      pending("there is no nsd, or ses.dns was not built: no name server is asked")
    end)
  end)
  return
end

local UNKNOWN_REGION = "eusc-de-east-1"

-- Names in the code that stand beside the codes of findings.
local NO_CODES = { MailFromDomainAttributes = true, NotFound = true, NotificationAttributes = true,
                   Syntax = true, Unanswered = true, VerificationAttributes = true }

describe("sesctl mail-from check tells", function()
  local host, server, v1, v2, seen

  setup(function()
    seen = {}
    server = nsd.start(findings.zones())
    host = hosts.start("--no-throttle")
    v1, v2 = hosts.clients(host)
    for _, case in ipairs(findings.CASES) do
      local identity = case[1] .. "@example.com"
      ses.check(v2:create_email_identity { EmailIdentity = identity })
      ses.check(v2:put_email_identity_mail_from_attributes { EmailIdentity = identity,
        MailFromDomain = case[1] .. ".example.com" })
    end
    ses.check(v2:create_email_identity { EmailIdentity = "example.com" })
  end)

  teardown(function()
    host:stop()
    server:stop()
  end)

  -- The lines behind the first, each a finding.
  local function look(words, servers)
    local output, status, errors = sesctl("mail-from check " .. words .. " --servers "
      .. (servers or server.address), { host = host })
    assert.same({ "", true }, { errors, status < 2 }, output)
    local lines = {}
    for line in output:gmatch("\n(  [^\n]+)") do
      lines[#lines + 1] = line
      seen[line:match("^  %l+ (%a+): ")] = true
    end
    return lines, output:match("^[^\n]*"), status
  end

  local function codes(...)
    local list = {}
    for i, line in ipairs((look(...))) do
      list[i] = line:match("^  (%l+ %a+): ")
    end
    return list
  end

  local function set(name, status)
    ses.check(v1:set_identity_mail_from_domain { Identity = "example.com",
      MailFromDomain = name and name .. ".example.com" or nil })
    if status then
      host:act("mail-from-status example.com " .. status)
    end
  end

  for _, case in ipairs(findings.CASES) do
    it("what DNS has of " .. case[1], function()
      local name = case[1] .. ".example.com"
      local lines, first, status = look(case[1] .. "@example.com")
      assert.equal(("%s@example.com, MAIL FROM domain %s: PENDING"):format(case[1], name), first)
      assert.equal(1, status)
      for i, expected in ipairs(case[3]) do
        local line = ("  %s %s: %s%s"):format(expected[1], expected[2],
          findings.sentence(expected[3], name), expected[4] and ": " .. expected[4] or "")
        assert.equal(line, (lines[i] or ""):sub(1, #line))
      end
      assert.equal("  info Pending: ", (lines[#case[3] + 1] or ""):sub(1, 16))
      assert.equal(#case[3] + 1, #lines)
    end)
  end

  it("that name servers do not answer", function()
    ses.check(v2:create_email_identity { EmailIdentity = "broken.example" })
    ses.check(v2:create_email_identity { EmailIdentity = "example.org" })
    assert.same({ "error NotConfigured", "error DnsServerFailure" },
      codes("broken.example --mail-from-domain m.broken.example"))
    assert.same({ "error NotConfigured", "error DnsRefused" },
      codes("example.org --mail-from-domain m.example.org"))
    assert.same({ "error NotConfigured", "error DnsFailed" },
      codes("example.org --mail-from-domain m.example.org", "127.0.0.1:1"))
    local pipe = assert(io.popen("exec python3 spec/support/dns_server.py"))
    local port, pid = pipe:read("*l"):match("^(%d+) (%d+)$")
    finally(function()
      os.execute("kill " .. pid)
      pipe:close()
    end)
    assert.same({ "error NotConfigured", "error DnsTimeout" },
      codes("example.com --mail-from-domain silent.example.com", "127.0.0.1:" .. port))
  end)

  it("what is not known of a region", function()
    local _, elsewhere = hosts.clients(host, { region = UNKNOWN_REGION })
    ses.check(elsewhere:create_email_identity { EmailIdentity = "example.com" })
    assert.same({ "error NotConfigured", "info MxNotJudged", "info SpfNotJudged" },
      codes("example.com --mail-from-domain good.example.com --region " .. UNKNOWN_REGION))
  end)

  it("what SES has of an identity", function()
    assert.same({ "error IdentityNotFound" }, codes "none.example")
    set(nil)
    assert.same({ "error NotConfigured" }, codes "example.com")
    set("good", "Success")
    assert.same({ "error OtherMailFromDomain", "error NoSuchDomain", "warning NoSpf" },
      codes "example.com --mail-from-domain absent.example.com")
    local answer = fake.result("GetIdentityVerificationAttributes", "<VerificationAttributes>"
      .. "<entry><key>example.com</key><value><VerificationStatus>Pending</VerificationStatus>"
      .. "</value></entry></VerificationAttributes>")
    host:fault { operation = "GetIdentityVerificationAttributes", status = 200, body = answer.body }
    assert.same({ "error IdentityNotVerified" }, codes "example.com")
  end)

  it("what SES reports of a MAIL FROM domain", function()
    set("good", "Success")
    local lines, first, status = look "example.com"
    assert.same({ {}, "example.com, MAIL FROM domain good.example.com: ok", 0 },
      { lines, first, status })
    set("good", "Failed")
    assert.same({ "error Failed" }, codes "example.com")
    set("good", "TemporaryFailure")
    assert.same({ "warning TemporaryFailure" }, codes "example.com")
    set("no-mx", "TemporaryFailure")
    assert.same({ "error NoMx", "error TemporaryFailure" }, codes "example.com")
  end)

  it("who else has to do with a MAIL FROM domain", function()
    set("good", "Success")
    assert.same({ "error FromInMailFromDomain" }, codes "example.com --from a@good.example.com")
    host:fault { operation = "GetIdentityNotificationAttributes", code = "AccessDenied",
                 status = 403 }
    assert.same({ "warning FromInMailFromDomain" }, codes "example.com --from a@good.example.com")
    host:fault { operation = "DescribeActiveReceiptRuleSet", code = "AccessDenied", status = 403 }
    assert.same({ "info ReceiptRulesNotRead" }, codes "example.com")
    local line = look("example.com --api sesv2")[1]
    assert.equal("  info ReceiptRulesNotRead: whether a receipt rule takes mail for"
      .. " good.example.com is not known, because API v2 has no receipt rules: look at the active"
      .. " rule set, or use --api ses", line)
    ses.check(v1:create_receipt_rule_set { RuleSetName = "set" })
    ses.check(v1:create_receipt_rule { RuleSetName = "set", Rule = {
      Name = "in", Enabled = true, Recipients = { "good.example.com" } } })
    ses.check(v1:set_active_receipt_rule_set { RuleSetName = "set" })
    assert.same({ "error ReceiptRule" }, codes "example.com")
    ses.check(v1:set_active_receipt_rule_set {})
    ses.check(v2:create_email_identity { EmailIdentity = "good.example.com" })
    assert.same({ "warning MailFromDomainIsIdentity" }, codes "example.com")
  end)

  it("all that there is", function()
    local missing = {}
    for _, name in ipairs { "mx", "receiving", "spf", "state" } do
      for code in tree.read("lua/ses/mail_from/" .. name .. ".lua"):gmatch('"(%u%a*%l%a*)"') do
        if not seen[code] and not NO_CODES[code] then
          missing[#missing + 1] = code
        end
      end
    end
    assert.same({}, missing)
  end)
end)
