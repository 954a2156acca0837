-- sesctl mail-from, as its users run it: the life of MAIL FROM domains, with an
-- emulator that asks a real name server.

local cjson = require "cjson"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local nsd = require "spec.support.nsd"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"

-- It takes its time, for SES's rates are kept: once in a test run.
if rawget(_G, "jit") then
  return
end

local has_nsd = shell.has "nsd"

describe("sesctl mail-from", function()
  local host, server

  setup(function()
    server = has_nsd and nsd.start { ["example.com"] = "" }
    host = hosts.start("--no-throttle" .. (server and " --dns " .. server.address or ""))
  end)

  teardown(function()
    host:stop()
    if server then
      server:stop()
    end
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

  local function prints(expected, status, words)
    assert.same({ expected, status, "" }, { run(words) })
  end

  it("plans, applies, and changes nothing the second time", function()
    local words = "example.com example.net --mail-from-domain 'mail.*'"
    prints("create     example.com -> mail.example.com: it has no MAIL FROM domain\n"
      .. "create     example.net -> mail.example.net: it has no MAIL FROM domain\n"
      .. "MAIL FROM domains in us-east-1: create 2; to change 2\n", 1, "plan " .. words)
    prints("done       example.com -> mail.example.com: set\n"
      .. "done       example.net -> mail.example.net: set\n"
      .. "MAIL FROM domains in us-east-1: done 2\n", 0, "apply " .. words)
    local waits = ": it is set, and SES looks for its MX record\n"
    prints("keep       example.com -> mail.example.com" .. waits
      .. "keep       example.net -> mail.example.net" .. waits
      .. "MAIL FROM domains in us-east-1: keep 2; to change 0\n", 0, "plan " .. words)
    prints("unchanged  example.com -> mail.example.com" .. waits
      .. "unchanged  example.net -> mail.example.net" .. waits
      .. "MAIL FROM domains in us-east-1: unchanged 2\n", 0, "apply " .. words)
    prints("disable    example.com -> none: it has the MAIL FROM domain mail.example.com\n"
      .. "MAIL FROM domains in us-east-1: disable 1; to change 1\n", 1,
      "disable example.com --dry-run")
    prints("done       example.com -> none: disabled\nMAIL FROM domains in us-east-1: done 1\n", 0,
      "disable example.com --api sesv2")
  end)

  it("refuses what is somebody else's, unless it is told", function()
    run "apply example.com --mail-from-domain old.example.com"
    local words = "apply example.com --mail-from-domain new.example.com"
    prints("refused    example.com -> new.example.com: it has the MAIL FROM domain old.example.com,"
      .. " which somebody else may depend on: name it with --known, or replace it with --force\n"
      .. "MAIL FROM domains in us-east-1: refused 1\n", 2, words)
    prints("repair     example.com -> new.example.com: it has the MAIL FROM domain"
      .. " old.example.com\nMAIL FROM domains in us-east-1: repair 1; to change 1\n", 1,
      words .. " --dry-run --known 'none.example.net,old.*'")
    prints("done       example.com -> new.example.com: set\n"
      .. "MAIL FROM domains in us-east-1: done 1\n", 0, words .. " --force")
  end)

  it("says of each identity what cannot be", function()
    local path = files.with(finally, "example.com,mail\nnone.example,m.none.example\n"
      .. "example.net,m.example.net,REJECT_MESSAGE\n")
    local output, status = run("apply --output json --file " .. path)
    assert.equal(2, status)
    local found = cjson.decode(output)
    assert.same({ done = 1, unchanged = 0, refused = 2, failed = 0, left = 0 }, found.outcomes)
    assert.equal(1, found.calls)
    assert.same({ "Prefix", "IdentityNotFound" },
      { found.changes[1].outcome.code, found.changes[2].outcome.code })
    assert.equal("done", found.changes[3].outcome.state)
    prints("example.com\tinvalid\nnone.example\tunknown\nexample.net\tkeep\n", 2,
      "plan --file " .. path .. " --output text --query 'changes[].[identity,action]'")
  end)

  local with_nsd = has_nsd and it or function(name)
    it(name, function()
      pending("there is no nsd: no name server is asked")
    end)
  end

  with_nsd("tells the whole life of a MAIL FROM domain", function()
    server:publish { ["example.com"] = "" }
    local servers = " --servers " .. server.address
    prints("example.com: NOT_SET\n", 1, "status example.com")
    run "apply example.com --mail-from-domain m.example.com --behavior REJECT_MESSAGE"
    prints("example.com: m.example.com PENDING, REJECT_MESSAGE\n", 1, "status example.com")

    local output, status = run("check example.com" .. servers)
    assert.equal(1, status)
    assert.truthy(output:find("error NoSuchDomain", 1, true), output)
    local errors
    output, status, errors = run("wait example.com --timeout 1" .. servers)
    assert.same({ 1, "sesctl mail-from: example.com is PENDING\n" }, { status, errors })
    assert.truthy(output:find("^example%.com: m%.example%.com PENDING: 1 second was not enough\n"
      .. "  error NoSuchDomain: [^\n]*\n  warning NoSpf: [^\n]*\n$"), output)

    server:publish { ["example.com"] = (run "records m.example.com") }
    prints("example.com: m.example.com SUCCESS\n", 0, "wait example.com")
    output, status = run("check example.com" .. servers)
    assert.equal(0, status)
    assert.equal("example.com, MAIL FROM domain m.example.com: ok\n", output:match("^[^\n]*\n"))

    server:publish { ["example.com"] = "" }
    prints("example.com: m.example.com TEMPORARY_FAILURE, REJECT_MESSAGE\n", 1,
      "status example.com")
    host:act "advance 259200"
    prints("example.com: m.example.com FAILED, REJECT_MESSAGE\n", 1, "status example.com")
    output, status = run("wait example.com" .. servers)
    assert.equal(1, status)
    assert.truthy(output:find("^example%.com: m%.example%.com FAILED: the MX record was not found"
      .. " in 72 hours, and SES has stopped looking: [^\n]*\n  error NoSuchDomain: "), output)
    assert.is_nil(output:find("error Failed", 1, true))
    prints("restart    example.com -> m.example.com: SES has stopped looking for the MX record of"
      .. " m.example.com\nMAIL FROM domains in us-east-1: restart 1; to change 1\n", 1,
      "plan example.com --mail-from-domain m.example.com")
  end)

  it("goes on after Ctrl-C where it was interrupted", function()
    local folder, names = files.folder(finally), {}
    for i = 1, 4 do
      names[i] = ("d%d.example.com"):format(i)
      sesctl("ses verify-domain-identity --domain " .. names[i], { host = host })
    end
    local words = "mail-from apply --mail-from-domain 'm.*' " .. table.concat(names, " ")
    local script = host:aimed("sesctl " .. words) .. " >" .. folder .. "/out 2>" .. folder
      .. "/err & pid=$!; until grep -q d2 " .. folder .. "/out || ! kill -0 $pid; do sleep 0.02;"
      .. " done; kill -INT $pid; wait $pid"
    assert.equal(130, select(2, shell.run("(" .. script .. ")")))
    assert.equal("sesctl mail-from: interrupted when 2 of 4 were done; run it again for the rest:"
      .. " what is right is left alone\n", files.content(folder .. "/err"))
    local function count(word)
      return select(2, files.content(folder .. "/out"):gsub(word, ""))
    end
    assert.equal(2, count "done ")
    local output, status = sesctl(words, { host = host })
    assert.equal(0, status)
    assert.equal("MAIL FROM domains in us-east-1: done 2, unchanged 2",
      output:match("([^\n]*)\n$"))
  end)
end)
