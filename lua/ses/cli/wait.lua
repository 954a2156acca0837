--- sesctl ses wait ... and sesctl sesv2 wait ...: waits for a state of identities.
local argparse = require "ses.cli.argparse"
local failure = require "ses.cli.failure"
local nearest = require "ses.nearest"

local M = {}

--- The waiters of ses.waiters by their commands, and what the AWS CLI calls its one.
---@type table<string, {name: string, title: string}>
M.WAITERS = {
  ["identity-exists"] = { name = "identity_exists", title = "IdentityExists" },
  ["identity-verified"] = { name = "identity_verified", title = "IdentityVerified" },
  ["dkim-verified"] = { name = "dkim_verified", title = "DkimVerified" },
  ["mail-from-verified"] = { name = "mail_from_verified", title = "MailFromVerified" },
}

-- AWS's waiter asks twenty times, every three seconds.
local DELAY, TIMEOUT = 3, 57

--- The option that each service's waiters take.
---@type table<string, ses.cli.Option>
M.OPTIONS = {
  ses = { option = "--identities", words = "any", required = true },
  sesv2 = { option = "--email-identity", words = "one", required = true },
}

local function params_of(service, values)
  if service == "ses" then
    return { Identities = values["--identities"] }
  end
  return { EmailIdentity = values["--email-identity"] }
end

local function told(globals, message, usage)
  return failure.tell({ code = usage and "ParamValidation" or nil, message = message,
                        rc = failure.USAGE, usage = usage }, globals.cli_error_format)
end

--- Runs the command.
---@param service string
---@param argv string[]
---@param globals ses.cli.Globals
---@param new_client fun(service: string, globals: ses.cli.Globals): ses.Client|nil, ses.Error|nil
---@return integer exit code
function M.run(service, argv, globals, new_client)
  local command = table.remove(argv, 1)
  local waiter = M.WAITERS[command]
  if not waiter then
    local hint = nearest.find(command, M.WAITERS)
    return told(globals, command and ("argument operation: Found invalid choice '%s'%s"):format(
      command, hint and "\n\nMaybe you meant:\n\n  * " .. hint or "")
      or "the following arguments are required: operation", "after")
  end
  local read, message = argparse.parse({ M.OPTIONS[service] }, argv)
  if not read then
    return told(globals, message, "after")
  elseif #read.unknown > 0 then
    return told(globals, "Unknown options: " .. table.concat(read.unknown, ", "), "before")
  end
  local client, err = new_client(service, globals)
  local done
  if client then
    done, err = client:wait(waiter.name, params_of(service, read.values),
      { delay = DELAY, timeout = TIMEOUT })
  end
  if done then
    return failure.OK
  elseif err.code == "WaitTimeout" then
    return failure.tell({ rc = failure.GENERAL,
      message = ("Waiter %s failed: Max attempts exceeded"):format(waiter.title) },
      globals.cli_error_format)
  end
  return failure.tell(failure.of_error(err, client and client.endpoint or ""),
    globals.cli_error_format)
end

return M
