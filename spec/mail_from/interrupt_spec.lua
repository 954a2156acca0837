-- A process that applies a plan, and is interrupted in the middle.

local cjson = require "cjson"
local hosts = require "spec.support.emulator_host"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local transports = require "ses.transport"

local COUNT = 200

-- Ends the worker by a signal once the journal has so many lines; what it says.
local SCRIPT = [[
@command@ & pid=$!
tries=0
until [ "$(grep -c '^+' @journal@ 2>/dev/null)" -ge 50 ]; do
  sleep 0.01
  tries=$((tries + 1))
  if [ $tries = 2000 ] || ! kill -0 $pid; then echo 'it does not come to that'; exit 1; fi
done
kill -@signal@ $pid
wait $pid
]]

describe("a process that applies a plan", function()
  local host

  setup(function()
    if not shell.has("nginx") then
      return
    end
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    if host then
      host:stop()
    end
  end)

  local function control(method, name, body)
    local transport = transports.default()
    local response = assert(transport:send({
      method = method, url = host.url .. "/_emulator/" .. name, headers = {}, body = body,
    }, transport:now() + 60))
    assert.equal(200, response.status, response.body)
    return cjson.decode(response.body)
  end

  -- How many identities have the MAIL FROM domain that is wanted.
  local function count_set()
    local count = 0
    for _, identity in ipairs(control("GET", "identities").identities) do
      count = count + (identity.mail_from_domain == "bounce." .. identity.name and 1 or 0)
    end
    return count
  end

  for _, signal in ipairs { "INT", "KILL" } do
    it("goes on where SIG" .. signal .. " ended it, and calls for nothing twice", function()
      if not host then
        pending("nginx is not installed, and sesctl emulator runs in it")
      end
      host:act("reset")
      local _, v2 = hosts.clients(host)
      for i = 1, COUNT do
        assert(v2:create_email_identity { EmailIdentity = ("d%d.example"):format(i) })
      end
      -- Slowly enough to be met in the middle.
      control("POST", "faults",
        '[{"operation": "SetIdentityMailFromDomain", "every": 1, "delay": 0.01}]')
      local journal = os.tmpname()
      os.remove(journal)
      finally(function() os.remove(journal) end)
      local command = ("%s spec/support/mail_from_worker.lua %s %s %d"):format(
        shell.quote(interpreter), host.url, journal, COUNT)
      local output, status = shell.run((SCRIPT:gsub("@(%w+)@", {
        command = command, journal = journal, signal = signal })))
      assert.not_equal(0, status, output)
      -- A request that had left is carried out yet.
      transports.default():sleep(0.1)
      local set = count_set()
      assert.is_true(set >= 50 and set < COUNT, set .. " were set\n" .. output)
      control("POST", "faults", "[]")
      output, status = shell.run(command)
      assert.equal(0, status, output)
      -- What it planned, called and did, what was right by then, and what is left.
      assert.equal(("%d\t%d\t%d\t%d\t0\n"):format(COUNT - set, COUNT - set, COUNT - set, set),
        output)
      assert.equal(COUNT, count_set())
    end)
  end
end)
