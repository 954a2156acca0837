--- What sesctl emulator --help prints.
local M = {}

local TEXT = [[
usage: sesctl emulator [options]
       sesctl emulator <action> [--port N]

Runs a local SES on 127.0.0.1, in the foreground, until SIGTERM or SIGINT.
  --port N                  4579; 0 takes a free one
  --region NAME             us-east-1: of actions that name no region
  --verify auto|manual      manual leaves new identities pending
  --no-production-access    verified recipients only, 200 a day, one a second
  --max-24-hour-send N      recipients in 24 hours; -1: no limit
  --max-send-rate N         recipients a second
  --no-throttle             neither one call a second nor a send rate
  --nginx PATH              the nginx to run

Actions on the emulator that listens on --port:
  verify NAME [--region R]          verify an identity
  mail-from-status NAME STATUS [--region R]
                                    Pending, Success, TemporaryFailure or Failed
  advance SECONDS                   move the clock of lifecycles and quotas
  identities                        print the identities of all regions as JSON,
                                    in API v2's spelling
  mailbox                           print the messages as JSON
  reset                             forget everything, in all regions

Operations that it has; others are answered with NotImplemented:
@operations@
Faults, for the next calls:
  curl -X POST http://127.0.0.1:4579/_emulator/faults -d '[{"operation":
    "SendEmail", "service": "sesv2", "count": 2, "code": "Throttling"}]'
  operation, service, count         which calls, and how many: any, any, one
  code, status, message             this error instead of the operation
  body                              this page instead, with status, as a proxy's
  delay                             seconds before the answer
  drop                              "before": closes the connection, and nothing
                                    was done; "after": done, but no answer
  truncate                          bytes of the answer that arrive
]]

-- Names, sorted, on lines of 78 columns at most.
local function wrapped(title, operations)
  local names = {}
  for name in pairs(operations) do
    names[#names + 1] = name
  end
  table.sort(names)
  local lines, line = {}, "  " .. title
  for i, name in ipairs(names) do
    local word = " " .. name .. (i < #names and "," or "")
    if #line + #word > 78 then
      lines[#lines + 1] = line
      line = "    "
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n") .. "\n"
end

--- The text.
---@return string
function M.text()
  return (TEXT:gsub("@operations@\n", function()
    return wrapped("API v1:", require "ses.emulator.v1")
      .. wrapped("API v2:", require "ses.emulator.v2") .. "\n"
  end))
end

return M
