-- A batch whose process is killed again and again, on a bad day of the service.

local cjson = require "cjson"
local emulator_host = require "spec.support.emulator_host"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local transports = require "ses.transport"

local CONCURRENCY = 16

-- Every twentieth connection is reset after the request, before or after it was
-- carried out; every twentieth call is throttled; every fiftieth is answered
-- with a 500 although it was carried out.
local FAULTS = {
  { operation = "SendEmail", service = "sesv2", every = 40, drop = "before", reset = true },
  { operation = "SendEmail", service = "sesv2", every = 40, offset = 20, drop = "after",
    reset = true },
  { operation = "SendEmail", service = "sesv2", every = 20, offset = 7,
    code = "TooManyRequestsException", status = 429 },
  { operation = "SendEmail", service = "sesv2", every = 50, offset = 13, code = "InternalFailure",
    status = 500, when = "after" },
}

local function lines(path, letter)
  local count = 0
  local file = io.open(path)
  for line in file and file:lines() or function() end do
    count = count + (line:sub(1, 1) == letter and 1 or 0)
  end
  if file then
    file:close()
  end
  return count
end

local function run(count)
  local host = emulator_host.start("--no-throttle")
  local journal, report_path = os.tmpname(), os.tmpname()
  finally(function()
    host:stop()
    os.remove(journal)
    os.remove(report_path)
  end)
  os.remove(journal)
  os.remove(report_path)
  local transport = transports.default()

  local function control(method, name, body)
    local response = assert(transport:send({
      method = method, url = host.url .. "/_emulator/" .. name, headers = {},
      body = body and cjson.encode(body),
    }, transport:now() + 60))
    assert.equal(200, response.status, response.body)
    return cjson.decode(response.body)
  end

  local ses = require "ses"
  local setup = ses.check(ses.client("sesv2", {
    endpoint = host.url, region = "us-east-1",
    credentials = { access_key_id = "AKIDEXAMPLE",
                    secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  }))
  ses.check(setup:create_email_identity { EmailIdentity = "example.com" })
  control("POST", "faults", FAULTS)

  local command = ("exec %s spec/support/batch_worker.lua %s %s %s %d %d"):format(
    shell.quote(interpreter), host.url, journal, report_path, count, CONCURRENCY)

  -- Kills the process once so many messages are sent.
  local kills = 0
  for _, sent in ipairs { count / 5, count / 2, count * 4 / 5 } do
    local pid = shell.run("(" .. command .. ") >/dev/null 2>&1 & echo $!"):match("%d+")
    repeat
      transport:sleep(0.01)
    until lines(journal, "+") >= sent or not io.open(("/proc/%s/stat"):format(pid))
    local _, status = shell.run("kill -9 " .. pid)
    kills = kills + (status == 0 and 1 or 0)
    shell.run("while kill -0 " .. pid .. " 2>/dev/null; do sleep 0.01; done")
    assert.is_nil(io.open(report_path), "it ended before it could be killed")
  end
  assert.equal(3, kills)
  local output, status = shell.run("(" .. command .. ")")
  assert.equal(0, status, output)

  local file = assert(io.open(report_path))
  local report = cjson.decode(file:read("*a"))
  file:close()
  local mailbox = {}
  for _, mail in ipairs(control("GET", "mailbox").messages) do
    mailbox[mail.subject] = mailbox[mail.subject] or {}
    table.insert(mailbox[mail.subject], mail.message_id)
  end
  return report, mailbox, lines(journal, "?"), kills
end

local function check(count)
  local report, mailbox, ambiguous, kills = run(count)
  assert.is_nil(report.stopped)
  assert.equal(count, #report.entries)
  assert.equal(0, report.queued)
  assert.equal(0, report.failed)
  assert.equal(count, report.sent + report.unknown)
  for _, entry in ipairs(report.entries) do
    local mails = mailbox[entry.id] or {}
    if entry.state == "sent" then
      assert.same({ entry.message_id }, mails)
    else
      assert.equal("unknown", entry.state)
      assert.is_true(#mails <= 1, entry.id .. " was sent " .. #mails .. " times")
    end
  end
  -- Unknown are those that the service left in doubt, and what was under way
  -- when the process died.
  assert.is_true(report.unknown >= ambiguous)
  assert.is_true(report.unknown <= ambiguous + kills * CONCURRENCY,
    ("%d unknown, %d of them ambiguous"):format(report.unknown, ambiguous))
  assert.is_true(ambiguous >= count * 0.05)
  return ("%d sent, %d unknown, %d of them ambiguous failures"):format(report.sent, report.unknown,
    ambiguous)
end

describe("a batch that is killed three times", function()
  it("sends nothing twice, and accounts for every entry", function()
    check(1000)
  end)

  it("of ten thousand does so too #long", function()
    print("\n10000 entries: " .. check(10000))
  end)
end)
