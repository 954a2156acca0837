--- What sesctl emulator --help prints, and what it says of each option and action.
local columns = require "ses.cli.columns"

local M = {}

---@class ses.cli.emulator.Row
---@field name string of ses.cli.emulator's OPTIONS or ACTIONS
---@field takes string|nil what follows it: choices have a "|" between them
---@field text string

--- The options, but for --help.
---@type ses.cli.emulator.Row[]
M.OPTIONS = {
  { name = "port", takes = "N", text = "4579; 0 takes a free one" },
  { name = "region", takes = "NAME", text = "us-east-1: of actions that name no region" },
  { name = "verify", takes = "auto|manual", text = "manual leaves new identities pending" },
  { name = "no-production-access", text = "verified recipients only, 200 a day, one a second" },
  { name = "max-24-hour-send", takes = "N", text = "recipients in 24 hours; -1: no limit" },
  { name = "max-send-rate", takes = "N", text = "recipients a second" },
  { name = "no-throttle", text = "neither one call a second nor a send rate" },
  { name = "mailbox-size", takes = "N", text = "messages that the mailbox keeps: 10000" },
  { name = "dns", takes = "HOST:PORT",
    text = "a name server: MAIL FROM domains go by their MX records" },
  { name = "nginx", takes = "PATH", text = "the nginx to run" },
}

--- The actions.
---@type ses.cli.emulator.Row[]
M.ACTIONS = {
  { name = "verify", takes = "NAME [--region R]", text = "verify an identity" },
  { name = "mail-from-status", takes = "NAME STATUS [--region R]",
    text = "Pending, Success, TemporaryFailure or Failed" },
  { name = "advance", takes = "SECONDS", text = "move the clock of lifecycles and quotas" },
  { name = "skew", takes = "SECONDS",
    text = "how far the clock of signatures and Date is ahead of the machine's" },
  { name = "identities",
    text = "print the identities of all regions as JSON, in API v2's spelling" },
  { name = "mailbox",
    text = "print the messages as JSON, and those whose templates could not be filled in" },
  { name = "reset", text = "forget everything, in all regions" },
}

local TEXT = [[
usage: sesctl emulator [options]
       sesctl emulator <action> [--port N]

Runs a local SES on 127.0.0.1, in the foreground, until SIGTERM or SIGINT.
@options@

Actions on the emulator that listens on --port:
@actions@

Operations that it has; others are answered with NotImplemented:
@operations@
Faults, for the next calls:
  curl -X POST http://127.0.0.1:4579/_emulator/faults -d '[{"operation":
    "SendEmail", "service": "sesv2", "every": 20, "code": "Throttling"}]'
  operation                         which calls: any
  service                           ses, sesv2, sts, sso, sso_oidc, imds or
                                    container: any
  count                             how many of them: one; with every, no end
  every, offset                     every Nth of them, after the first so many
  code, status, message             this error instead of the answer
  body                              this page instead, with status, as a proxy's
  when                              "before", or not given: nothing was done;
                                    "after": it was, and this is the answer
  delay                             seconds before the answer
  drop                              closes the connection; "unread": before
                                    the body is read (the operation of API v1
                                    and of STS is not known then); "before":
                                    nothing was done; "after": done, but no
                                    answer
  reset                             true: drop resets the connection
  truncate                          bytes of the answer that arrive
  entry_status                      "TRANSIENT_FAILURE" or the like for an
                                    entry of a bulk call; count, every and
                                    offset are of entries

Key pairs and quotas, while it runs:
  curl -X POST http://127.0.0.1:4579/_emulator/keys -d '[{"access_key_id":
    "AKIDEXAMPLE", "secret_access_key": "...", "expires": 1800000000}]'
  curl -X POST http://127.0.0.1:4579/_emulator/quota -d
    '{"max_24_hour_send": 100, "max_send_rate": 5}'

What credentials come from, on the same port:
  AWS_ENDPOINT_URL_STS=http://127.0.0.1:4579
                                    STS; any role may be assumed
  AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:4579
                                    the instance metadata service, version 2
  AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:4579/v2/credentials/id
                                    as in ECS; /v1/credentials as in EKS
  AWS_ENDPOINT_URL_SSO, AWS_ENDPOINT_URL_SSO_OIDC
                                    IAM Identity Center
  curl http://127.0.0.1:4579/_emulator/credentials
                                    what holds, and how often each was asked
  curl -X POST http://127.0.0.1:4579/_emulator/credentials -d
    '{"lifetime": 60, "sso_tokens": [{"access_token": "a"}]}'
  roles                             {"arn:...": {"external_id", "mfa", "deny",
                                    "max_session"}}: rules of single roles
  instance_role                     its name; false: the instance has none
  metadata                          false turns the metadata service off
  lifetime                          seconds that what is issued lives
  sso_tokens                        [{"access_token", "expires",
                                    "refresh_token", "refresh_expires"}]
]]

-- Names, sorted.
local function wrapped(title, operations)
  local names, lines = {}, {}
  for name in pairs(operations) do
    names[#names + 1] = name
  end
  table.sort(names)
  columns.fill(lines, "  ", title .. " " .. table.concat(names, ", "), "     ", 78)
  return table.concat(lines, "\n") .. "\n"
end

local blanks = {}

function blanks.options()
  return columns.rows(M.OPTIONS, "--", 28)
end

function blanks.actions()
  return columns.rows(M.ACTIONS, "", 36)
end

function blanks.operations()
  return wrapped("API v1:", require "ses.emulator.v1")
    .. wrapped("API v2:", require "ses.emulator.v2")
    .. wrapped("STS:", require "ses.emulator.sts")
    .. wrapped("SSO:", require "ses.emulator.sso".portal)
    .. wrapped("SSO OIDC:", require "ses.emulator.sso".oidc) .. "\n"
end

--- The text.
---@return string
function M.text()
  return (TEXT:gsub("@(%l+)@\n", function(name)
    return blanks[name]()
  end))
end

return M
