-- sesctl mail-from with several identities, each of which has an outcome of its own.

local cjson = require "cjson"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

-- It takes its time, for SES's rates are kept: once in a test run.
if rawget(_G, "jit") then
  return
end

-- Nobody answers there.
local SERVERS = " --servers 127.0.0.1:1"

describe("sesctl mail-from, of several identities,", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  before_each(function()
    host:act("reset")
    for _, domain in ipairs { "example.com", "example.net" } do
      sesctl("ses verify-domain-identity --domain " .. domain, { host = host })
    end
  end)

  local function run(words)
    return sesctl("mail-from " .. words, { host = host })
  end

  local function set(identity, name)
    sesctl("ses set-identity-mail-from-domain --identity " .. identity .. " --mail-from-domain "
      .. name, { host = host })
  end

  local function codes(report)
    local list = {}
    for i, finding in ipairs(report.findings) do
      list[i] = finding.code
    end
    return table.concat(list, " ")
  end

  it("checks all, whatever is wrong with one, and ends with the worst", function()
    set("example.net", "m.example.net")
    local path = files.with(finally, "example.com,mail\nnone.example\nexample.net,m.example.net\n")
    local output, status, errors = run("check --file " .. path .. SERVERS)
    assert.same({ 252, "" }, { status, errors })
    assert.truthy(output:find("^line 1: invalid: 'mail' is only the first part of a name: [^\n]*\n"
      .. "none%.example, MAIL FROM domain not set: NOT_SET\n  error IdentityNotFound: [^\n]*\n"
      .. "example%.net, MAIL FROM domain m%.example%.net: PENDING\n  error DnsFailed: "), output)
    output, status = run("check --output json --file " .. path .. SERVERS)
    assert.equal(252, status)
    local reports = cjson.decode(output).reports
    assert.same({ { code = "Prefix", message = "'mail' is only the first part of a name: give the"
      .. " full name, mail.example.com" }, "IdentityNotFound", "PENDING" },
      { reports[1].error, codes(reports[2]), reports[3].status })
  end)

  it("checks on where SES refuses to speak of one, and not where it refuses all", function()
    -- API v2 asks for each alone.
    host:fault { operation = "GetEmailIdentity", code = "BadRequestException", status = 400,
                 message = "not this one" }
    local words = "check example.com example.net --api sesv2" .. SERVERS
    local output, status = run(words)
    assert.equal(2, status)
    assert.truthy(output:find("^example%.com: failed: BadRequestException: not this one\n"
      .. "example%.net, MAIL FROM domain not set: NOT_SET\n"), output)
    host:fault { operation = "GetEmailIdentity", offset = 1, every = 1,
                 code = "ExpiredTokenException", status = 403, message = "it is over" }
    local errors
    output, status, errors = run(words .. " --output json")
    assert.equal(2, status)
    assert.truthy(errors:find("An error occurred (ExpiredToken", 1, true), errors)
    local found = cjson.decode(output)
    assert.same({ 1, { "example.net" } }, { #found.reports, found.left })
    output, status, errors = run(words)
    assert.same({ "", 2 }, { output, status })
    assert.truthy(errors:find("An error occurred (ExpiredToken", 1, true), errors)
  end)

  it("asks for the receipt rules once in a command", function()
    set("example.com", "m.example.com")
    set("example.net", "m.example.net")
    host:fault { operation = "DescribeActiveReceiptRuleSet", code = "AccessDenied", status = 403 }
    local reports = cjson.decode((run("check example.com example.net --output json" .. SERVERS)))
      .reports
    for i = 1, 2 do
      assert.equal("DnsFailed Pending ReceiptRulesNotRead", codes(reports[i]))
    end
  end)

  it("asks for what SES has of all at once, and for each where it refuses that", function()
    set("example.com", "m.example.com")
    local words = "check example.com example.net --output json" .. SERVERS
    local function found()
      local list = {}
      for i, report in ipairs(cjson.decode((run(words))).reports) do
        list[i] = codes(report)
      end
      return list
    end
    local expected = { "DnsFailed Pending", "NotConfigured" }
    host:fault { operation = "GetIdentityVerificationAttributes", offset = 1, every = 1,
                 code = "Unasked", status = 400 }
    assert.same(expected, found())
    host:act("reset")
    for _, domain in ipairs { "example.com", "example.net" } do
      sesctl("ses verify-domain-identity --domain " .. domain, { host = host })
    end
    set("example.com", "m.example.com")
    host:fault { operation = "GetIdentityMailFromDomainAttributes", offset = 0, every = 1,
                 count = 1, code = "InvalidParameterValue", status = 400 }
    assert.same(expected, found())
  end)

  it("says in which line of a file a name stands that will not do", function()
    local path = files.with(finally, "example.com,m.example.com\nexample.net,m.example.com\n")
    local output, status = run("plan --file " .. path)
    assert.equal(2, status)
    assert.truthy(output:find("\ninvalid    example.net: line 2: ", 1, true),
      output)
    assert.same({ "line 2" }, cjson.decode((run("plan --output json --file " .. path)))
      .changes[2].rows)
    assert.is_nil(run("plan example.com --mail-from-domain m.example.net"):find("argument", 1,
      true))
  end)

  it("has a row for each in a table", function()
    set("example.com", "m.example.com")
    for action, expected in pairs {
      plan = "|%s+action%s*|%s*identity%s*|%s*mail_from_domain%s*|%s*reason%s*|",
      check = "|%s+findings%s*|%s*identity%s*|%s*mail_from_domain%s*|%s*ok%s*|%s*status%s*|",
    } do
      local output = run(action .. " example.com example.net --mail-from-domain 'm.*'"
        .. " --output table" .. (action == "check" and SERVERS or ""))
      assert.truthy(output:find(expected), output)
    end
  end)

  it("does what the README says", function()
    local folder, said = files.folder(finally), {}
    for text in tree.read("README.md"):gmatch("\n```sh\n(.-)\n```") do
      if text:find("sesctl mail-from", 1, true) then
        -- Name servers of this machine's may be anywhere, and nobody moves the status.
        text = text:gsub("mail%-from check", "%0" .. SERVERS)
          :gsub("mail%-from wait", "%0" .. SERVERS):gsub("%-%-timeout %d+", "--timeout 1")
        said[#said + 1] = shell.run("cd " .. folder .. " && " .. host:with_keys(
          "AWS_ENDPOINT_URL=" .. host.url .. " sh -c " .. shell.quote(text)))
      end
    end
    assert.truthy(said[1]:find("\ndone       example.com -> none: disabled\n", 1, true), said[1])
    for _, text in ipairs { "create     example.com -> mail.example.com: ",
                            "done       example.net -> mail.example.net: set\n",
                            "||  REJECT_MESSAGE   |  example.com |",
                            "  error DnsFailed: ",
                            "example.net: mail.example.net PENDING: 1 second" } do
      assert.truthy(said[2]:find(text, 1, true), said[2])
    end
    assert.equal(2, #said)
    assert.truthy(tree.read(folder .. "/zone"):find("mail.example.net. 300 IN MX 10 ", 1, true))
  end)

  it("says of another MAIL FROM domain what SES has, and not as its own", function()
    set("example.com", "m.example.com")
    host:act("mail-from-status example.com Failed")
    local output, status = run("check example.com --mail-from-domain n.example.com" .. SERVERS)
    assert.equal(1, status)
    assert.truthy(output:find("^example%.com, MAIL FROM domain n%.example%.com: not set; SES has"
      .. " m%.example%.com %(FAILED%)\n  error OtherMailFromDomain: "), output)
    assert.is_nil(output:find("stopped looking", 1, true))
    local report = cjson.decode((run("check example.com --mail-from-domain n.example.com"
      .. " --output json" .. SERVERS))).reports[1]
    assert.same({ { mail_from_domain = "m.example.com", status = "FAILED" }, nil },
      { report.other, report.status })
  end)

  it("waits for all within one time, and says of each what came of it", function()
    set("example.com", "m.example.com")
    set("example.net", "m.example.net")
    host:act("mail-from-status example.net Success")
    local words = "wait none.example example.com example.net --timeout 1" .. SERVERS
    local output, status, errors = run(words)
    assert.same({ 2, "sesctl mail-from: example.com is PENDING\n" }, { status, errors })
    assert.truthy(output:find("^none%.example: NOT_FOUND: SES does not have this identity in this"
      .. " region\nexample%.net: m%.example%.net SUCCESS\n"
      .. "example%.com: m%.example%.com PENDING: 1 second was not enough\n"
      .. "  error DnsFailed: [^\n]*\n$"), output)
    local list = cjson.decode((run(words .. " --output json"))).identities
    assert.same({ "NOT_FOUND", "IdentityNotFound" }, { list[1].status, list[1].code })
    assert.same({ "m.example.com", "PENDING", "WaitTimeout", "1 second was not enough" },
      { list[2].mail_from_domain, list[2].status, list[2].code, list[2].message })
    assert.equal("DnsFailed", codes(list[2]))
    assert.same({ identity = "example.net", mail_from_domain = "m.example.net",
                  status = "SUCCESS" }, list[3])
  end)

  it("ends the wait for all where SES refuses all, and tells that once", function()
    set("example.com", "m.example.com")
    host:fault { operation = "GetIdentityVerificationAttributes", offset = 1, every = 1, count = 1,
                 code = "ExpiredToken", status = 403 }
    local output, status, errors = run("wait none.example example.com --delay 1" .. SERVERS)
    assert.same({ "none.example: NOT_FOUND: SES does not have this identity in this region\n", 2 },
      { output, status })
    assert.equal(1, (select(2, errors:gsub("An error occurred %(ExpiredToken%)", ""))))
  end)

  it("says why what DNS has is not known", function()
    set("example.com", "m.example.com")
    host:act("mail-from-status example.com Failed")
    -- The wait asks once; its explanation is refused.
    host:fault { operation = "GetIdentityMailFromDomainAttributes", offset = 1, every = 1,
                 code = "AccessDenied", status = 403, message = "no" }
    local output, status = run("wait example.com" .. SERVERS)
    assert.equal(1, status)
    assert.truthy(output:find("\n  what DNS has could not be seen: [^\n]*AccessDenied"), output)
  end)

  it("tells its notes under the change that they are about", function()
    sesctl("ses verify-email-identity --email-address shop@example.com", { host = host })
    local path = files.with(finally, "example.com,M.example.com\nexample.net,m.example.net\n"
      .. "example.net,m.example.net\n")
    assert.same({ "done       example.com -> m.example.com: set\n"
      .. "    note: 'M.example.com' was written in lower case, which is the same name\n"
      .. "    note: what SES has an identity of its own for does not take this setting, once"
      .. " verified: shop@example.com; add what should have it\n"
      .. "done       example.net -> m.example.net: set\n"
      .. "    note: line 3 says the same as line 2\n"
      .. "MAIL FROM domains in us-east-1: done 2\n", 0, "" }, { run("apply --file " .. path) })
    files.write(path, "example.com,m.example.com\nexample.com,n.example.com\nexample.net\n")
    assert.same({ "refused    example.com -> m.example.com: line 1 and line 2 want different things"
      .. " of example.com: leave one of them out\n"
      .. "refused    example.net: line 3: nobody says which MAIL FROM domain it is to have:"
      .. " --mail-from-domain does, or its row in the file, where false means none\n"
      .. "MAIL FROM domains in us-east-1: refused 2\n", 2, "" }, { run("apply --file " .. path) })
  end)

  it("knows by its journal what an earlier run did", function()
    local journal = files.folder(finally) .. "/journal"
    local words = "apply example.com --mail-from-domain m.example.com --journal " .. journal
    assert.equal(0, select(2, run(words)))
    assert.same({ "unchanged  example.com -> m.example.com: an earlier run did that, as the journal"
      .. " says\nMAIL FROM domains in us-east-1: unchanged 1\n", 0, "" }, { run(words) })
    local found = cjson.decode((run(words .. " --output json")))
    assert.same({ 1, "unchanged", true },
      { found.outcomes.unchanged, found.changes[1].outcome.state,
        found.changes[1].outcome.is_earlier })
    local output, status, errors = run("apply example.net --mail-from-domain m.example.net"
      .. " --journal " .. journal)
    assert.same({ "", 2 }, { output, status })
    assert.truthy(errors:find("(JournalMismatch): " .. journal .. ": this is the journal of other"
      .. " identities, MAIL FROM domains or behaviors, or of another region: give the same ones to"
      .. " go on with it, or name another file for a new one", 1, true), errors)
  end)

  it("takes none of them away where one is none", function()
    set("example.com", "m.example.com")
    local path = files.with(finally, "example.com\na b\nc\n")
    local _, status, errors = run("disable --file " .. path)
    assert.equal(252, status)
    assert.truthy(errors:find("\n  line 2: [^\n]*\n  line 3: "), errors)
    assert.truthy(run("status example.com"):find("m.example.com PENDING", 1, true))
  end)

  it("prints a status that was read where the rest is refused", function()
    local function expire()
      host:fault { operation = "GetIdentityVerificationAttributes", offset = 1, every = 1,
                   count = 1, code = "ExpiredToken", status = 403 }
    end
    local names = {}
    for i = 1, 101 do
      names[i] = ("d%d.example"):format(i)
    end
    local words = "status " .. table.concat(names, " ")
    expire()
    local output, status, errors = run(words)
    assert.equal(2, status)
    assert.equal(100, (select(2, output:gsub("SES does not have this identity", ""))))
    assert.truthy(errors:find("ExpiredToken", 1, true), errors)
    expire()
    output, status = run(words .. " --query 'length(identities)'")
    assert.same({ "100\n", 2 }, { output, status })
  end)
end)
