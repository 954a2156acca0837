-- What a journal keeps, refuses and repairs; and batches that are resumed.

local cjson = require "cjson"
local core = require "ses.core"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local journals = require "ses.batch.journal"
local scripted = require "spec.support.scripted"
local ses = require "ses"
local shell = require "spec.support.shell"
local states_of = require "spec.support.states"

local path

before_each(function()
  path = os.tmpname()
  os.remove(path)
end)

after_each(function()
  os.remove(path)
end)

local function content()
  return files.content(path)
end

local function write(text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local NAME = journals.fingerprint({ a = 1 }, { "x", "y" })

describe("a journal", function()
  it("says what was noted", function()
    local journal, states = journals.open(path, NAME, 10)
    assert(journal, states)
    assert.same({}, states)
    assert(journal:note("sending", { 1, 2, 3, 5, 9, 10 }))
    assert(journal:settle { { number = 1, state = "sent", detail = "m-1" },
                            { number = 2, state = "failed", detail = "MessageRejected" },
                            { number = 3, state = "unknown", detail = "Attempt Timeout\n+ 4 m" } })
    assert(journal:note("queued", { 5 }))
    assert(journal:note("dropped", { 3 }))
    journal:close()
    journal, states = journals.open(path, NAME, 10)
    assert(journal, states)
    journal:close()
    assert.same({
      [1] = { state = "sent", detail = "m-1" },
      [2] = { state = "failed", detail = "MessageRejected" },
      [3] = { state = "dropped" }, [5] = { state = "queued" },
      [9] = { state = "sending" }, [10] = { state = "sending" },
    }, states)
    assert.truthy(content():find("\n> 1%-3,5,9%-10 %x+\n"))
  end)

  it("is refused to another batch", function()
    journals.open(path, NAME, 10):close()
    for _, other in ipairs {
      { journals.fingerprint({ a = 2 }, { "x", "y" }), 10 },
      { journals.fingerprint({ a = 1 }, { "y", "x" }), 10 }, { NAME, 11 },
    } do
      local journal, err = journals.open(path, other[1], other[2])
      assert.is_nil(journal)
      assert.is_true(ses.is_error(err, "journal", "JournalMismatch"))
      assert.truthy(tostring(err):find(path, 1, true))
    end
  end)

  it("is refused to a second process", function()
    local journal = assert(journals.open(path, NAME, 10))
    local other, err = journals.open(path, NAME, 10)
    assert.is_nil(other)
    assert.is_true(ses.is_error(err, "journal", "JournalLocked"))
    journal:close()
    assert(journals.open(path, NAME, 10)):close()
  end)

  it("survives a last line that was cut short, at every byte", function()
    local journal = assert(journals.open(path, NAME, 10))
    assert(journal:note("sending", { 1 }))
    journal:close()
    local before = #content()
    journal = assert(journals.open(path, NAME, 10))
    assert(journal:settle { { number = 1, state = "sent", detail = "m-1" } })
    journal:close()
    local whole = content()
    for length = 0, #whole - 1 do
      write(whole:sub(1, length))
      local opened, states = journals.open(path, NAME, 10)
      assert(opened, states)
      assert(opened:note("queued", { 7 }))
      opened:close()
      opened, states = journals.open(path, NAME, 10)
      assert(opened, states)
      opened:close()
      assert.equal("queued", states[7].state)
      assert.equal(length >= before and "sending" or nil, states[1] and states[1].state)
    end
  end)

  it("is refused when it is damaged elsewhere", function()
    local journal = assert(journals.open(path, NAME, 10))
    assert(journal:note("sending", { 1 }))
    assert(journal:note("sending", { 2 }))
    journal:close()
    local whole = content()
    write((whole:gsub("> 1 ", "> 3 ")))
    local opened, err = journals.open(path, NAME, 10)
    assert.is_nil(opened)
    assert.is_true(ses.is_error(err, "journal", "JournalDamaged"))
    assert.truthy(err.message:find("line 2 is damaged", 1, true), err.message)
    write("Dear diary,\n")
    opened, err = journals.open(path, NAME, 10)
    assert.is_nil(opened)
    assert.is_true(ses.is_error(err, "journal", "JournalDamaged"))
  end)

  it("is refused where it speaks of entries that are not there", function()
    local text = "> 11"
    journals.open(path, NAME, 10):close()
    write(content() .. text .. " " .. core.sha256(text):sub(1, 8) .. "\n")
    local opened, err = journals.open(path, NAME, 10)
    assert.is_nil(opened)
    assert.truthy(err.message:find("line 2 does not fit a batch of 10 entries", 1, true))
  end)

  it("cannot be where no file can be", function()
    local opened, err = journals.open("/no/such/folder/journal", NAME, 1)
    assert.is_nil(opened)
    assert.is_true(ses.is_error(err, "journal", "JournalUnusable"))
  end)
end)

local MESSAGE = {
  FromEmailAddress = "shop@example.com",
  DefaultContent = { Template = { TemplateName = "order", TemplateData = "{}" } },
}

local function client(answers)
  return scripted.once("sesv2", answers)
end

local function entries(count)
  local list = {}
  for i = 1, count do
    list[i] = { id = "e" .. i, Destination = { ToAddresses = { "c" .. i .. "@example.org" } } }
  end
  return list
end

local function sent(request)
  local results = {}
  for i, entry in ipairs(cjson.decode(request.body).BulkEmailEntries) do
    results[i] = { Status = "SUCCESS", MessageId = entry.Destination.ToAddresses[1] }
  end
  return fake_transport.json(200, cjson.encode { BulkEmailEntryResults = results })
end

local closed = { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" }

local function run(answers, options, count)
  local given = { group = 1, concurrency = 1, journal = path }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  local v2, transport = client(answers)
  local report, err = ses.batch.send_bulk(v2, MESSAGE, entries(count or 4), given)
  return report, err, transport
end

describe("a batch with a journal", function()
  it("sends nothing twice", function()
    assert.same({ "sent", "sent", "sent", "sent" }, states_of(run { sent, sent, sent, sent }))
    local report, _, transport = run {}
    assert.equal(0, #transport.sent)
    assert.equal(4, report.sent)
    assert.equal("c3@example.org", report.entries[3].message_id)
  end)

  it("goes on where it stopped", function()
    local paused = fake_transport.json(400, "{}", "SendingPausedException")
    local report = run { sent, paused }
    assert.same({ "sent", "queued", "queued", "queued" }, states_of(report))
    local _, transport
    report, _, transport = run { sent, sent, sent }
    assert.equal(3, #transport.sent)
    assert.equal(4, report.sent)
  end)

  local function in_doubt()
    assert.same({ "unknown", "sent" }, states_of(run({ closed, sent }, nil, 2)))
  end

  it("holds what may have been sent, until it is told otherwise", function()
    in_doubt()
    local report, _, transport = run({}, nil, 2)
    assert.same({ "unknown", "sent" }, states_of(report))
    assert.equal("ConnectionClosed", report.entries[1].code)
    assert.equal(0, #transport.sent)
    report, _, transport = run({ sent }, { unknown = "resend" }, 2)
    assert.same({ "sent", "sent" }, states_of(report))
    assert.equal(1, #transport.sent)
  end)

  it("gives it up for good", function()
    in_doubt()
    local report = run({}, { unknown = "drop" }, 2)
    assert.same({ "unknown", "sent" }, states_of(report))
    assert.is_true(report.entries[1].dropped)
    report = run({}, { unknown = "resend" }, 2)
    assert.same({ "unknown", "sent" }, states_of(report))
    assert.is_true(report.entries[1].dropped)
  end)

  it("sends nothing without its journal", function()
    local journal = assert(journals.open(path, NAME, 4))
    local report, err, transport = run { sent, sent, sent, sent }
    journal:close()
    assert.is_nil(report)
    assert.is_true(ses.is_error(err, "journal", "JournalLocked"))
    assert.equal(0, #transport.sent)
  end)

  it("ends its lock when something raises", function()
    local v2 = client { sent }
    local original = v2.send_bulk_email
    getmetatable(v2).__index.send_bulk_email = function() error("raised", 0) end
    local report = ses.batch.send_bulk(v2, MESSAGE, entries(2),
      { journal = path, group = 1, concurrency = 1 })
    getmetatable(v2).__index.send_bulk_email = original
    assert.same({ "unknown", "queued" }, states_of(report))
    assert.is_true(ses.is_error(report.stopped, "callback"))
    assert.same({ "unknown", "sent" }, states_of(run({ sent }, nil, 2)))
  end)

  it("stops when the disk is full, and knows what it knew", function()
    local program = ([[
      local ses = require "ses"
      local emulator = ses.emulator.new { throttle = false }
      local v2 = ses.check(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
      ses.check(v2:create_email_identity { EmailIdentity = "example.com" })
      local messages = {}
      for i = 1, 200 do
        messages[i] = { id = "m" .. i, FromEmailAddress = "a@example.com",
          Destination = { ToAddresses = { "c@example.org" } },
          Content = { Simple = { Subject = { Data = "m" .. i }, Body = {} } } }
      end
      local report = ses.check(ses.batch.send(v2, messages, { journal = %q, concurrency = 1 }))
      print(report.stopped.code, report.sent == #emulator:mailbox(),
        report.sent + report.queued + report.unknown, report.sent > 0, report.queued > 0)
    ]]):format(path)
    local output = shell.run("ulimit -f 4; " .. shell.quote(interpreter) .. " -e "
      .. shell.quote(program))
    assert.equal("JournalFull\ttrue\t200\ttrue\ttrue\n", output)
  end)
end)
