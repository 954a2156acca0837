-- Batches without a journal: what becomes of each entry, and when all stop. The contract
-- of clients has more of them: spec.support.client.batches.

local cjson = require "cjson"
local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"
local states = require "spec.support.states"

local MESSAGE = {
  FromEmailAddress = "shop@example.com",
  DefaultContent = { Template = { TemplateName = "order", TemplateData = "{}" } },
}

local function client(answers, options)
  return scripted.once("sesv2", answers, options)
end

local function entries(count, addresses)
  local list = {}
  for i = 1, count do
    local to = {}
    for k = 1, addresses or 1 do
      to[k] = ("c%d-%d@example.org"):format(i, k)
    end
    list[i] = { id = "order-" .. i, Destination = { ToAddresses = to } }
  end
  return list
end

-- An answer that gives each entry of the request the next status.
local function statuses(...)
  local given, next_status = { ... }, 0
  return function(request)
    local results = {}
    for i = 1, #cjson.decode(request.body).BulkEmailEntries do
      next_status = next_status + 1
      local status = given[math.min(next_status, #given)]
      results[i] = status == "SUCCESS" and { Status = status, MessageId = "m-" .. next_status }
        or { Status = status, Error = "because" }
    end
    return fake_transport.json(200, cjson.encode { BulkEmailEntryResults = results })
  end
end

describe("ses.batch.send_bulk", function()
  it("sends groups of fifty, and knows every entry", function()
    local answer = statuses "SUCCESS"
    local v2, transport = client { answer, answer, answer }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(120), { concurrency = 1 }))
    assert.equal(3, #transport.sent)
    local sizes = {}
    for i, request in ipairs(transport.sent) do
      local body = cjson.decode(request.body)
      sizes[i] = #body.BulkEmailEntries
      assert.equal("order", body.DefaultContent.Template.TemplateName)
      assert.is_nil(body.BulkEmailEntries[1].id)
    end
    assert.same({ 50, 50, 20 }, sizes)
    assert.same({ 120, 120, 0, 0, 0 },
      { report.total, report.sent, report.failed, report.unknown, report.queued })
    assert.equal("order-77", report.entries[77].id)
    assert.equal("m-77", report.entries[77].message_id)
    assert.is_nil(report.stopped)
  end)

  it("counts destinations, not entries", function()
    local answer = statuses "SUCCESS"
    local v2, transport = client { answer, answer, answer }
    assert(ses.batch.send_bulk(v2, MESSAGE, entries(5, 20), { concurrency = 1 }))
    assert.equal(3, #transport.sent)
  end)

  it("tries again what was throttled or failed for a passing reason, and nothing else", function()
    local v2, transport = client {
      statuses("SUCCESS", "ACCOUNT_THROTTLED", "MESSAGE_REJECTED", "TRANSIENT_FAILURE",
        "MAIL_FROM_DOMAIN_NOT_VERIFIED"),
      statuses("TRANSIENT_FAILURE", "SUCCESS"),
      statuses "SUCCESS",
    }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(5)))
    assert.same({ "sent", "sent", "failed", "sent", "failed" }, states(report))
    assert.equal(2, #cjson.decode(transport.sent[2].body).BulkEmailEntries)
    assert.equal(1, #cjson.decode(transport.sent[3].body).BulkEmailEntries)
    assert.equal("MESSAGE_REJECTED", report.entries[3].code)
    assert.truthy(tostring(report.entries[3].err):find("because", 1, true))
    -- It waited between the rounds.
    assert.is_true(transport.clock > 1000)
  end)

  it("gives up for now after some rounds: such entries stay queued", function()
    local answer = statuses "ACCOUNT_THROTTLED"
    local v2, transport = client { answer, answer, answer }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2), { rounds = 3 }))
    assert.equal(3, #transport.sent)
    assert.same({ "queued", "queued" }, states(report))
    assert.is_true(report.entries[1].err.throttled)
  end)

  for _, status in ipairs { "ACCOUNT_DAILY_QUOTA_EXCEEDED", "ACCOUNT_SUSPENDED",
                            "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED" } do
    it("stops at " .. status, function()
      local v2, transport = client { statuses("SUCCESS", status) }
      local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(4),
        { group = 2, concurrency = 1 }))
      assert.equal(1, #transport.sent)
      assert.same({ "sent", "queued", "queued", "queued" }, states(report))
      assert.equal(status, report.stopped.code)
    end)
  end

  it("does not know of entries that the answer says nothing of", function()
    local v2 = client { fake_transport.json(200,
      '{"BulkEmailEntryResults":[{"Status":"SUCCESS","MessageId":"m-1"}]}') }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2)))
    assert.same({ "sent", "unknown" }, states(report))
    assert.is_true(report.entries[2].err.ambiguous)
  end)

  it("does not know after an ambiguous failure, and does not try again", function()
    local v2, transport = client {
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" },
      statuses "SUCCESS",
    }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(4),
      { group = 2, concurrency = 1 }))
    assert.equal(2, #transport.sent)
    assert.same({ "unknown", "unknown", "sent", "sent" }, states(report))
    assert.equal("ConnectionClosed", report.entries[1].code)
  end)

  it("tries again what was not accepted", function()
    local v2 = client {
      { kind = "transport", code = "ConnectionRefused", message = "refused", sent = "none" },
      fake_transport.json(429, "{}", "TooManyRequestsException"), statuses "SUCCESS",
    }
    assert.same({ "sent" }, states(ses.batch.send_bulk(v2, MESSAGE, entries(1))))
  end)

  it("stops at what the next call would meet as well", function()
    for _, answer in ipairs {
      fake_transport.json(403, '{"message":"no"}', "AccessDeniedException"),
      fake_transport.json(400, '{"message":"paused"}', "SendingPausedException"),
      fake_transport.json(429, '{"message":"Daily message quota exceeded."}',
        "TooManyRequestsException"),
    } do
      local v2, transport = client { answer }
      local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2),
        { group = 1, concurrency = 1 }))
      assert.equal(1, #transport.sent)
      assert.same({ "queued", "queued" }, states(report))
      assert.truthy(report.stopped)
    end
  end)

  it("fails entries for good where the call is refused for what it says", function()
    local v2 = client { fake_transport.json(404, '{"message":"no template"}', "NotFoundException") }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2)))
    assert.same({ "failed", "failed" }, states(report))
    assert.equal("NotFoundException", report.entries[2].code)
  end)

  it("sends nothing after its deadline", function()
    local transport
    local v2
    v2, transport = client { function(request)
      transport:sleep(10)
      return statuses "SUCCESS"(request)
    end }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2),
      { group = 1, concurrency = 1, deadline = 5 }))
    assert.same({ "sent", "queued" }, states(report))
    assert.is_true(ses.is_error(report.stopped, "timeout", "BatchDeadline"))
  end)

  it("tells of progress, and survives that raising", function()
    local answer = statuses "SUCCESS"
    local v2 = client { answer, answer }
    local seen = {}
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(2), {
      group = 1, concurrency = 1,
      progress = function(so_far)
        seen[#seen + 1] = so_far.sent
        error("no progress", 0)
      end,
    }))
    assert.same({ 1 }, seen)
    assert.equal(2, report.sent)
    assert.equal("no progress", report.callback_error)
  end)

  it("learns the account's rate first, where calls are paced", function()
    local answer = statuses "SUCCESS"
    local v2, transport = client({
      fake_transport.json(200, '{"SendQuota":{"MaxSendRate":10}}'), answer, answer,
    }, { rate = {} })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(60), { concurrency = 1 }))
    assert.equal(60, report.sent)
    assert.truthy(transport.sent[1].url:find("/v2/email/account$"))
    assert.is_true(transport.clock >= 1005, transport.clock)
  end)

  it("fails an entry that is malformed, and sends those beside it", function()
    local answer = statuses "SUCCESS"
    local v2, transport = client { answer, answer, answer }
    local list = entries(4)
    list[2].Destination.ToAddresses = "no list"
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, list))
    assert.same({ "sent", "failed", "sent", "sent" }, states(report))
    assert.is_true(ses.is_error(report.entries[2].err, "validation"))
    assert.equal("BulkEmailEntries[1].Destination.ToAddresses", report.entries[2].err.path)
    assert.equal(3, #transport.sent)
  end)

  it("waits for its turn as long as that takes", function()
    local answer = statuses "SUCCESS"
    local v2, transport = client({ answer, answer, answer, answer },
      { rate = { max_send_rate = 1, max_wait = 1 } })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(200), { rounds = 1 }))
    assert.equal(200, report.sent)
    assert.equal(1150, transport.clock)
  end)

  it("waits no longer than its deadline", function()
    local answer = statuses "SUCCESS"
    local v2 = client({ answer, answer, answer }, { rate = { max_send_rate = 1 } })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(200), { deadline = 120 }))
    assert.equal(150, report.sent)
    assert.equal(50, report.queued)
  end)

  it("sends nothing after its deadline by trying again either", function()
    local throttled = fake_transport.json(429, "{}", "TooManyRequestsException")
    local v2, transport = client({ throttled, statuses "SUCCESS" },
      { retry = { max_attempts = 3 } })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(1),
      { deadline = 0.3, rounds = 1 }))
    assert.same({ "queued" }, states(report))
    assert.equal(1, #transport.sent)
  end)

  it("does not spend its time on learning the rate", function()
    local v2, transport
    v2, transport = client({ function(_, deadline)
      transport.clock = deadline
      return nil, { kind = "timeout", code = "AttemptTimeout", message = "late", sent = "all" }
    end, statuses "SUCCESS" }, { rate = {} })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(1)))
    assert.equal(1, report.sent)
    assert.equal(1010, transport.clock)
  end)

  it("stops at the first whose turn would come too late", function()
    local journal = os.tmpname()
    os.remove(journal)
    local v2, transport = client({ statuses "SUCCESS" }, { rate = { max_send_rate = 1 } })
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(500),
      { deadline = 5, journal = journal, concurrency = 1 }))
    local lines = 0
    for _ in io.lines(journal) do
      lines = lines + 1
    end
    os.remove(journal)
    assert.equal(1, #transport.sent)
    assert.equal(50, report.sent)
    assert.is_true(ses.is_error(report.stopped, "timeout", "BatchDeadline"))
    assert.equal(1 + 1 + 50 + 2, lines)
  end)

  it("stops where its client is closed, and knows what it knew", function()
    local answer = statuses "SUCCESS"
    local v2 = client { answer, answer }
    local report = assert(ses.batch.send_bulk(v2, MESSAGE, entries(3), {
      group = 1, concurrency = 1, progress = function() v2:close() end,
    }))
    assert.same({ "sent", "queued", "queued" }, states(report))
    assert.equal("ClientClosed", report.stopped.code)
  end)

  it("raises for misuse", function()
    local v2 = client {}
    local function fails(message, ...)
      local ok, raised = pcall(ses.batch.send_bulk, ...)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
    end
    local twice = { { id = "a" }, { id = "a" } }
    fails("entries[2].id: 'a' is the id of entries[1] too", v2, MESSAGE, twice)
    fails("entries[1].id: expected a string, got number", v2, MESSAGE, { { id = 7 } })
    fails("entries[1]: expected a table, got string", v2, MESSAGE, { "a" })
    fails("entries[1].id: a journal needs an id of your own", v2, MESSAGE, { {} },
      { journal = "/tmp/x" })
    fails("message: expected a table, got nil", v2, nil, {})
    fails("message.BulkEmailEntries", v2, { BulkEmailEntries = {} }, {})
    fails("group: SendBulkEmail takes 50 destinations at most", v2, MESSAGE, {}, { group = 51 })
    fails("journal: expected the name of a file, got one that is empty or has a NUL byte", v2,
      MESSAGE, {}, { journal = "" })
    fails("unknown: expected 'hold', 'resend' or 'drop', got 'maybe'", v2, MESSAGE, {},
      { unknown = "maybe" })
    local v1 = assert(ses.client("ses", { transport = fake_transport.new(), region = "eu-west-1" }))
    fails("expected a client of API v2", v1, MESSAGE, {})
  end)
end)
