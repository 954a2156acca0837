-- Sends a message to everybody in a file, one address in a line, and keeps a
-- journal: started again after a crash it goes on where it was, and nobody gets
-- the message twice.
--
--   lua5.4 examples/resumable_batch.lua shop@example.com recipients.txt batch.journal

local ses = require "ses"

local from, recipients, journal = arg[1], arg[2], arg[3]
if not journal then
  io.stderr:write("usage: resumable_batch.lua FROM RECIPIENTS JOURNAL\n")
  os.exit(2)
end

local messages = {}
for line in assert(io.open(recipients)):lines() do
  local address = line:match("^%s*(%S+)")
  if address then
    messages[#messages + 1] = {
      id = address,              -- what the journal knows the message by
      FromEmailAddress = from,
      Destination = { ToAddresses = { address } },
      Content = { Simple = {
        Subject = { Data = "News" },
        Body = { Text = { Data = "There is news." } },
      } },
    }
  end
end

-- Paced by the account's own rate, which the batch asks for.
local client = ses.check(ses.client("sesv2"))
local report = ses.check(ses.batch.send(client, messages, {
  journal = journal,
  progress = function(so_far)
    io.stderr:write(("\r%d of %d"):format(so_far.sent, so_far.total))
  end,
}))

print(("\n%d sent, %d failed, %d unknown, %d not sent"):format(report.sent, report.failed,
  report.unknown, report.queued))
for _, entry in ipairs(report.entries) do
  if entry.state ~= "sent" then
    print(entry.id, entry.state, entry.code)
  end
end
if report.stopped then
  print("stopped: " .. report.stopped)
end
os.exit(report.sent == report.total and 0 or 1)
