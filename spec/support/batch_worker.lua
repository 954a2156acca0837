-- Sends a batch with a journal, and writes what became of it to a file:
-- batch_worker.lua URL JOURNAL REPORT COUNT CONCURRENCY
local cjson = require "cjson"
local ses = require "ses"

local url, journal, report_path, count, concurrency = arg[1], arg[2], arg[3], tonumber(arg[4]),
  tonumber(arg[5])

local client = ses.check(ses.client("sesv2", {
  endpoint = url, region = "us-east-1", rate = false, retry = { mode = "off" },
  credentials = { access_key_id = "AKIDEXAMPLE",
                  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
}))

local messages = {}
for i = 1, count do
  messages[i] = {
    id = "order-" .. i, FromEmailAddress = "shop@example.com",
    Destination = { ToAddresses = { ("c%d@example.org"):format(i) } },
    Content = { Simple = { Subject = { Data = "order-" .. i },
                           Body = { Text = { Data = "It is on its way." } } } },
  }
end

local report = ses.check(ses.batch.send(client, messages,
  { journal = journal, concurrency = concurrency, rounds = 20 }))
local entries = {}
for i, entry in ipairs(report.entries) do
  entries[i] = { id = entry.id, state = entry.state, message_id = entry.message_id }
end
local file = assert(io.open(report_path, "w"))
file:write(cjson.encode { entries = entries, stopped = report.stopped and tostring(report.stopped),
                          sent = report.sent, failed = report.failed, unknown = report.unknown,
                          queued = report.queued })
file:close()
