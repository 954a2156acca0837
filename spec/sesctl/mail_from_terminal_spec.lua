-- How sesctl mail-from shows how far it has come, and what it leaves behind.

local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"
local terminal = require "spec.support.terminal"

local has_terminal = shell.has "script" and shell.has "stty"

if not has_terminal then
  describe("sesctl mail-from on a terminal", function()
    it("shows how far it has come", function()
      pending("script and stty are not installed: there is no terminal")
    end)
  end)
  return
end

describe("sesctl mail-from on a terminal", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  before_each(function()
    host:act("reset")
    sesctl("ses verify-domain-identity --domain example.com", { host = host })
  end)

  local function shown(words, env)
    return terminal(host:aimed((env or "TERM=xterm") .. " sesctl mail-from " .. words), 60)
  end

  local FULL = "\r[########################] "

  it("shows how far it has come", function()
    local output = shown("apply example.com --mail-from-domain m.example.com")
    assert.truthy(output:find("\r\27[Kdone       example.com -> m.example.com: set\n" .. FULL
      .. "1/1 example.com\27[K\r\27[K", 1, true), output)
    output = shown("status example.com")
    assert.truthy(output:find(FULL .. "1/1 read\27[K\r\27[Kexample.com: m.example.com PENDING,", 1,
      true), output)
    output = shown("check example.com --servers 127.0.0.1:1")
    assert.truthy(output:find("\r[" .. (" "):rep(24) .. "] 0/1 example.com\27[K\r\27[K"
      .. "example.com, MAIL FROM", 1, true), output)
    output = shown("wait example.com --timeout 1")
    assert.truthy(output:find(" 0/1 example.com is PENDING\27[K", 1, true), output)
  end)

  it("takes the bar away at Ctrl-C, and says how far it came and how to go on", function()
    sesctl("ses verify-domain-identity --domain example.net", { host = host })
    host:fault { operation = "SetIdentityMailFromDomain", offset = 1, every = 1, count = 1,
                 delay = 600 }
    local is_served = "curl -sS " .. host.url .. [[/_emulator/faults | grep -q '"faults": \[\]']]
    local output, status = terminal(host:aimed("TERM=xterm sesctl mail-from apply example.com"
      .. " example.net --mail-from-domain 'm.*'") .. " & pid=$!; tries=0; until " .. is_served
      .. " || [ $tries = 300 ]; do sleep 0.02; tries=$((tries + 1)); done; kill -INT $pid;"
      .. " wait $pid", 60)
    assert.equal(130, status)
    assert.truthy(output:find("\27[Kdone       example.com -> m.example.com: set\n", 1, true),
      output)
    assert.truthy(output:find("1/2 example.com\27[K\r\27[Ksesctl mail-from: interrupted when 1 of 2"
      .. " were done; run it again for the rest: what is right is left alone\n\n", 1, true), output)
  end)

  it("shows what a service sends to control it", function()
    host:fault { operation = "PutEmailIdentityMailFromAttributes", code = "BadRequestException",
                 status = 400, message = "\27[31mred" }
    local output = shown("apply example.com --mail-from-domain m.example.com --api sesv2",
      "TERM=dumb")
    assert.truthy(output:find("failed     example.com -> m.example.com: \\u001b[31mred\n", 1, true),
      output)
    assert.is_nil(output:find("\27", 1, true))
  end)
end)
