-- Questions to name servers from an nginx worker: what comes of them is what
-- ses.dns makes of the same.

local cjson = require "cjson"
local nginx = require "spec.support.nginx"
local nsd = require "spec.support.nsd"

local missing = nginx.missing()
if missing then
  describe("DNS in nginx", function()
    it("is asked by nginx's own sockets", function()
      pending(missing .. ": no name server is asked in nginx")
    end)
  end)
  return
end

local ZONE = [[
mx MX 10 feedback-smtp.us-east-1.amazonses.com.
text TXT "v=spf1 " "include:amazonses.com" " ~all"
alias CNAME mx
outside CNAME www.example.net.
host A 192.0.2.7
refused MX 10 here
silent MX 10 here
]]

describe("DNS in nginx", function()
  local server, pipe, pid, outcomes, theirs

  setup(function()
    server = nsd.start { ["example.com"] = ZONE .. nsd.large(), ["broken.example"] = false }
    pipe = assert(io.popen("exec python3 spec/support/dns_server.py"))
    local port
    port, pid = pipe:read("*l"):match("^(%d+) (%d+)$")
    local good, bad = { server.address }, { "127.0.0.1:" .. port }
    local questions = {
      { name = "mx.example.com.", type = "MX" }, { name = "text.example.com", type = "TXT" },
      { name = "alias.example.com", type = "MX" }, { name = "outside.example.com", type = "MX" },
      { name = "host.example.com", type = "A" }, { name = "none.example.com", type = "MX" },
      { name = "mx.example.com", type = "TXT" }, { name = "a.broken.example", type = "MX" },
      { name = "large.example.com", type = "TXT" }, { name = "a..b", type = "MX" },
      { name = "silent.test", type = "MX", timeout = 0.4 },
      { name = "garbage.test", type = "MX" }, { name = "many.test", type = "A" },
      { name = "loop.test", type = "MX" }, { name = "udponly.test", type = "MX", timeout = 0.4 },
      -- The first server refuses whatever begins like this.
      { name = "refused.example.com", type = "MX", servers = { bad[1], server.address } },
    }
    -- Where the library begins is a matter of chance.
    for _ = 1, 8 do
      questions[#questions + 1] = { name = "silent.example.com", type = "MX", timeout = 0.4,
                                    tries = 1, servers = { bad[1], server.address } }
    end
    local slow = { silent = true, garbage = true, many = true, loop = true, udponly = true }
    for _, question in ipairs(questions) do
      question.servers = question.servers or (slow[question.name:match("^%a*")] and bad or good)
    end
    local function put(job, list)
      return cjson.decode(nginx.run {
        workers = 1, seconds = 60, level = "crit", jobs = "spec.support.nginx_dns", job = job,
        http = "lua_socket_log_errors off;", given = cjson.encode(list),
      }[1])
    end
    local results = put("ask", questions)
    theirs = {}
    for _, question in ipairs(questions) do
      if question.servers == good or question.name == "silent.test" then
        theirs[#theirs + 1] = question
      end
    end
    for i, result in ipairs(put("ask_theirs", theirs)) do
      theirs[i].result = result
    end
    outcomes = {}
    for i, question in ipairs(questions) do
      local key = question.name .. " " .. question.type
      -- Of several the worst.
      outcomes[key] = outcomes[key] and outcomes[key].err and outcomes[key] or results[i]
    end
  end)

  teardown(function()
    server:stop()
    os.execute("kill " .. pid)
    pipe:close()
  end)

  local function answers(question)
    return assert.is_table(outcomes[question].answers) and outcomes[question].answers
  end

  it("finds records", function()
    assert.same({ type = "MX", name = "mx.example.com", ttl = 60, preference = 10,
                  exchange = "feedback-smtp.us-east-1.amazonses.com" },
      answers("mx.example.com. MX")[1])
    assert.equal("v=spf1 include:amazonses.com ~all", answers("text.example.com TXT")[1].text)
    assert.equal("192.0.2.7", answers("host.example.com A")[1].address)
  end)

  it("shows CNAMEs", function()
    assert.equal("mx.example.com", answers("alias.example.com MX")[1].target)
    assert.equal("MX", answers("alias.example.com MX")[2].type)
    assert.equal("www.example.net", outcomes["outside.example.com MX"].err.answers[1].target)
    assert.equal("loop.test", outcomes["loop.test MX"].err.answers[1].target)
  end)

  it("asks by TCP where an answer is too long", function()
    assert.equal(40, #answers("large.example.com TXT"))
  end)

  it("goes on to the next server where one refuses", function()
    assert.equal("here.example.com", answers("refused.example.com MX")[1].exchange)
  end)

  it("puts a question to each server as often as it is told", function()
    assert.equal("here.example.com", answers("silent.example.com MX")[1].exchange)
  end)

  it("is asked for the same by an object of lua-resty-dns", function()
    assert.equal(11, #theirs)
    for _, question in ipairs(theirs) do
      local ours = outcomes[question.name .. " " .. question.type]
      assert.same(ours, question.result, question.name)
    end
  end)

  it("says why there is no resolver, and where nobody can wait", function()
    local found = cjson.decode(nginx.run {
      workers = 1, seconds = 60, level = "crit", jobs = "spec.support.nginx_dns", job = "refused",
      http = [[
init_by_lua_block {
  local ask = require("ses.mail_from.resolver").of { servers = { "127.0.0.1" } }
  package.loaded["spec.support.early"] = select(2, ask("example.com", "MX")).code
}
]],
    }[1])
    assert.equal("InvalidNameServer", found.no_server)
    assert.equal("function", found.standing)
    assert.equal("WrongPhase", found.early)
    assert.equal("nginx has no lua-resty-dns: Debian's package lua-nginx-dns is one; or give a"
      .. " resolver of your own: a function(name, type)", found.no_library)
  end)

  for question, code in pairs {
    ["none.example.com MX"] = "NXDOMAIN", ["mx.example.com TXT"] = "NODATA",
    ["a.broken.example MX"] = "SERVFAIL", ["outside.example.com MX"] = "NODATA",
    ["a..b MX"] = "BADNAME", ["silent.test MX"] = "TIMEOUT", ["udponly.test MX"] = "TIMEOUT",
    ["garbage.test MX"] = "BADRESPONSE", ["many.test A"] = "BADRESPONSE",
    ["loop.test MX"] = "NODATA",
  } do
    it("says " .. code .. " of " .. question, function()
      assert.equal(code, outcomes[question].err and outcomes[question].err.code)
    end)
  end
end)
