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
  --mailbox-size N          messages that the mailbox keeps: 10000
  --nginx PATH              the nginx to run

Actions on the emulator that listens on --port:
  verify NAME [--region R]          verify an identity
  mail-from-status NAME STATUS [--region R]
                                    Pending, Success, TemporaryFailure or Failed
  advance SECONDS                   move the clock of lifecycles and quotas
  skew SECONDS                      how far the clock of signatures and Date
                                    is ahead of the machine's
  identities                        print the identities of all regions as JSON,
                                    in API v2's spelling
  mailbox                           print the messages as JSON, and those whose
                                    templates could not be filled in
  reset                             forget everything, in all regions

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
      .. wrapped("API v2:", require "ses.emulator.v2")
      .. wrapped("STS:", require "ses.emulator.sts")
      .. wrapped("SSO:", require "ses.emulator.sso".portal)
      .. wrapped("SSO OIDC:", require "ses.emulator.sso".oidc) .. "\n"
  end))
end

return M
