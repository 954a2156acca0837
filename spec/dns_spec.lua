-- ses.dns against a real name server, nsd, and against one that misbehaves.

local curl = require "ses.curl"
local nsd = require "spec.support.nsd"
local processes = require "spec.support.processes"

local has_dns, dns = pcall(require, "ses.dns")

local ZONE = [[
mx MX 10 feedback-smtp.us-east-1.amazonses.com.
two MX 10 a.example.net.
two MX 20 b.example.net.
text TXT "v=spf1 " "include:amazonses.com" " ~all"
alias CNAME middle
middle CNAME mx
dangling CNAME nowhere
outside CNAME www.example.net.
host A 192.0.2.7
odd CNAME a\.b\032c.example.net.
]]

if not has_dns then
  describe("ses.dns", function()
    it("is built where c-ares is", function()
      pending("c-ares is not here: " .. tostring(dns):match("^[^\n]*"))
    end)
  end)
  return
end

describe("ses.dns and a name server", function()
  local server, resolver

  setup(function()
    server = nsd.start {
      ["example.com"] = ZONE .. nsd.large(), ["broken.example"] = false,
    }
    resolver = dns.new { servers = { server.address } }
  end)

  teardown(function() server:stop() end)

  local function failed(code, name, kind)
    local answers, err = resolver:query(name, kind)
    assert.is_nil(answers)
    assert.equal(code, err.code)
    assert.equal("string", type(err.message))
    return err.answers
  end

  it("finds an MX record", function()
    assert.same({ {
      name = "mx.example.com", type = "MX", ttl = 60, preference = 10,
      exchange = "feedback-smtp.us-east-1.amazonses.com",
    } }, resolver:query("mx.example.com", "MX"))
  end)

  it("finds several", function()
    local answers = assert(resolver:query("two.example.com.", "MX"))
    assert.equal(2, #answers)
    assert.equal(30, answers[1].preference + answers[2].preference)
  end)

  it("joins the strings of a TXT record, with nothing between them", function()
    local answers = assert(resolver:query("text.example.com", "TXT"))
    assert.equal("v=spf1 include:amazonses.com ~all", answers[1].text)
    assert.same({ "v=spf1 ", "include:amazonses.com", " ~all" }, answers[1].strings)
  end)

  it("finds an address", function()
    assert.equal("192.0.2.7", resolver:query("host.example.com", "A")[1].address)
  end)

  it("shows the CNAMEs that it was led by", function()
    local answers = assert(resolver:query("alias.example.com", "MX"))
    assert.equal("CNAME", answers[1].type)
    assert.equal("middle.example.com", answers[1].target)
    assert.equal("mx.example.com", answers[2].target)
    assert.equal("MX", answers[3].type)
    assert.equal("middle.example.com", resolver:query("alias.example.com", "CNAME")[1].target)
  end)

  it("shows CNAMEs that lead to nothing", function()
    assert.equal("nowhere.example.com", failed("NXDOMAIN", "dangling.example.com", "MX")[1].target)
    assert.equal("www.example.net", failed("NODATA", "outside.example.com", "MX")[1].target)
  end)

  it("escapes what no name of a host has", function()
    assert.equal("a\\.b\\032c.example.net", resolver:query("odd.example.com", "CNAME")[1].target)
  end)

  it("tells a name that is not there from one without such a record", function()
    assert.same({}, failed("NXDOMAIN", "none.example.com", "MX"))
    assert.same({}, failed("NODATA", "mx.example.com", "TXT"))
  end)

  it("says that the server failed, or refuses", function()
    failed("SERVFAIL", "a.broken.example", "MX")
    failed("REFUSED", "example.org", "MX")
  end)

  it("asks by TCP where the answer is too long", function()
    assert.equal(40, #assert(resolver:query("large.example.com", "TXT")))
  end)

  it("goes on to the next server where one is gone, or refuses", function()
    local other = nsd.start { ["example.org"] = "@ TXT \"here\"\n" }
    finally(function() other:stop() end)
    local several = dns.new { servers = { "127.0.0.1:1", server.address, other.address } }
    assert.equal("here", assert(several:query("example.org", "TXT"))[1].text)
  end)

  it("leaves no descriptor open", function()
    collectgarbage()
    collectgarbage()
    local before = processes.descriptors()
    for _ = 1, 20 do
      resolver:query("mx.example.com", "MX")
    end
    assert.is_true(processes.descriptors() <= before)
  end)
end)

describe("ses.dns and a server that misbehaves", function()
  local pipe, pid, resolver, address

  setup(function()
    pipe = assert(io.popen("exec python3 spec/support/dns_server.py"))
    local port
    port, pid = pipe:read("*l"):match("^(%d+) (%d+)$")
    address = "127.0.0.1:" .. port
    resolver = dns.new { servers = { address }, timeout = 0.4, tries = 2 }
  end)

  teardown(function()
    os.execute("kill " .. pid)
    pipe:close()
  end)

  for label, code in pairs {
    silent = "TIMEOUT", udponly = "TIMEOUT", otherid = "TIMEOUT", servfail = "SERVFAIL",
    refused = "REFUSED", notimp = "NOTIMP", formerr = "FORMERR", unusual = "SERVFAIL",
    garbage = "BADRESPONSE", many = "BADRESPONSE", none = "NXDOMAIN",
  } do
    it(code .. " is what comes of " .. label, function()
      local started = curl.now()
      local answers, err = resolver:query(label .. ".example", "TXT")
      assert.is_nil(answers)
      assert.equal(code, err.code)
      -- The limit holds; a busy machine is no reason for another second.
      assert.is_true(curl.now() - started < 5)
    end)
  end

  it("waits for the time that it was given", function()
    local started = curl.now()
    resolver:query("silent.example", "MX")
    assert.is_true(curl.now() - started >= 0.2)
  end)

  it("says by EDNS what it takes", function()
    assert.equal("xxxx", assert(resolver:query("edns.example", "TXT"))[1].text)
  end)

  it("does without EDNS where the server does not know it", function()
    assert.equal("xxx", assert(resolver:query("noedns.example", "TXT"))[1].text)
  end)

  it("takes an answer of 60,000 bytes", function()
    local patient = dns.new { servers = { address } }
    local answer = assert(patient:query("big.example", "TXT"))[1]
    assert.equal(60000, #answer.text)
    assert.equal(236, #answer.strings)
  end)

  it("is not led round in a loop", function()
    local answers, err = resolver:query("loop.example", "MX")
    assert.is_nil(answers)
    assert.equal("NODATA", err.code)
    assert.equal("loop.example", err.answers[1].target)
  end)
end)

describe("ses.dns", function()
  it("says that nothing listens", function()
    local answers, err = dns.new { servers = { "127.0.0.1:1" }, timeout = 2 }:query("a.test", "A")
    assert.is_nil(answers)
    assert.equal("NETWORK", err.code)
  end)

  it("takes IPv6 addresses", function()
    local _, err = dns.new { servers = { "[::1]:1", "::1" }, timeout = 1 }:query("a.test", "A")
    assert.is_string(err.code)
  end)

  it("does not ask for what is no name", function()
    local resolver = dns.new { servers = { "127.0.0.1:1" } }
    for _, name in ipairs { "", "a b", "a\0b", "a\\b", "\255", ("a"):rep(64) .. ".test",
                            ("a."):rep(130) .. "test", "a..test" } do
      local answers, err = resolver:query(name, "MX")
      assert.is_nil(answers)
      assert.equal("BADNAME", err.code, name)
    end
  end)

  it("raises where it is misused", function()
    local address = "dns.new: servers[1]: expected an IP address, with a port or without, such as"
      .. " 127.0.0.1:5353 or [::1]:5353"
    for message, options in pairs {
      [address] = { servers = { "localhost" } },
      ["dns.new: servers: expected a list, got string"] = { servers = "127.0.0.1" },
      ["dns.new: servers: expected 1 to 8, got 0"] = { servers = {} },
      ["dns.new: timeout: expected seconds above 0, 3600 at most"] = { timeout = 0 },
      ["dns.new: tries: expected a whole number from 1 to 10"] = { tries = 1.5 },
      ["dns.new: unknown option 'server': there are servers, timeout and tries"] =
        { server = "127.0.0.1" },
      ["dns.new: options are named"] = { "127.0.0.1" },
    } do
      local good, fault = pcall(dns.new, options)
      assert.is_false(good)
      assert.truthy(fault:find(message, 1, true), fault)
    end
    for _, text in ipairs { "", ":53", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:x",
                            "[::1", "[::1]x", "1.2.3.4.5", ("1"):rep(99), "1.2.3.4\0" } do
      assert.is_false((pcall(dns.new, { servers = { text } })), text)
    end
    assert.is_false(pcall(dns.new().query, dns.new(), "a.test", "SOA"))
    assert.is_false(pcall(dns.new().query, io.stdout, "a.test", "MX"))
  end)
end)

-- A message with one question, for x.y, and what is said to be an answer.
local function message(answers, rest, flags)
  return "\0\1" .. (flags or "\129\128") .. "\0\1\0" .. string.char(answers) .. "\0\0\0\0"
    .. "\1x\1y\0\0\15\0\1" .. rest
end

local MX = "\192\12\0\15\0\1\0\0\0\60\0\6\0\10\1m\192\14"

describe("a DNS message", function()
  it("is decoded", function()
    assert.same({ { name = "x.y", type = "MX", ttl = 60, preference = 10, exchange = "m.y" } },
      dns.decode(message(1, MX), "MX"))
  end)

  it("can have records of other types and classes", function()
    local chaos = "\192\12\0\16\0\3\0\0\0\60\0\2\1a"
    local unknown = "\0\0\99\0\1\0\0\0\60\0\2ab"
    assert.equal(1, #dns.decode(message(3, chaos .. unknown .. MX), "MX"))
  end)

  it("can name the root", function()
    local null = "\192\12\0\15\0\1\0\0\0\60\0\3\0\0\0"
    assert.equal("", dns.decode(message(1, null), "MX")[1].exchange)
  end)

  it("cannot be cut short anywhere", function()
    local whole = message(1, MX)
    for n = 0, #whole - 1 do
      local answers, err = dns.decode(whole:sub(1, n), "MX")
      assert.is_nil(answers)
      assert.equal("BADRESPONSE", err.code, n)
    end
  end)

  it("is refused where a name or a length is wrong", function()
    local head = "\192\12\0\15\0\1\0\0\0\60"
    for what, rest in pairs {
      ["a pointer to itself"] = "\192\31" .. MX:sub(3),
      ["a pointer ahead"] = "\192\99" .. MX:sub(3),
      ["a label of another kind"] = "\64" .. MX:sub(2),
      ["data longer than the message"] = head .. "\1\0\0\10\1m\192\14",
      ["data longer than its name"] = head .. "\0\7\0\10\1m\192\14z",
      ["data shorter than its name"] = head .. "\0\5\0\10\1m\192\14",
      ["data too short for a preference"] = head .. "\0\1\0",
      ["a string beyond its record"] = "\192\12\0\16\0\1\0\0\0\60\0\2\2aa",
      ["no string"] = "\192\12\0\16\0\1\0\0\0\60\0\0",
      ["an address of 5 bytes"] = "\192\12\0\1\0\1\0\0\0\60\0\5abcde",
      ["a name of more than 255 bytes"] = (("\63" .. ("a"):rep(63))):rep(4) .. "\0" .. MX:sub(3),
    } do
      local answers, err = dns.decode(message(1, rest), "MX")
      assert.is_nil(answers, what)
      assert.equal("BADRESPONSE", err.code, what)
    end
  end)

  it("may be anything at all", function()
    local random = require("spec.support.random").new(7)
    local whole = message(1, MX)
    for _ = 1, 2000 do
      local at = random:int(1, #whole)
      local bent = whole:sub(1, at - 1) .. string.char(random:int(0, 255)) .. whole:sub(at + 1)
      local answers, err = dns.decode(bent, "MX")
      assert.is_truthy(answers or err.code)
    end
  end)
end)
