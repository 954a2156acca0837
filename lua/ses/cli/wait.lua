--- sesctl ses wait ... and sesctl sesv2 wait ...: waits for a state of identities. A
--- waiter takes what the operation takes that it asks.
local argparse = require "ses.cli.argparse"
local connection = require "ses.cli.connection"
local core = require "ses.core"
local failure = require "ses.cli.failure"
local output = require "ses.cli.output"
local requests = require "ses.cli.request"
local validation = require "ses.validation"

local M = {}

---@class ses.cli.Waiter
---@field command string
---@field name string of ses.waiters
---@field title string the AWS CLI's name of its one, and ours
---@field operation string of SES v1 that is asked; of v2 it is GetEmailIdentity
---@field meaning string

--- The waiters, by the alphabet.
---@type ses.cli.Waiter[]
M.WAITERS = {
  { command = "dkim-verified", name = "dkim_verified", title = "DkimVerified",
    operation = "GetIdentityDkimAttributes",
    meaning = "until the DKIM records were found" },
  { command = "identity-exists", name = "identity_exists", title = "IdentityExists",
    operation = "GetIdentityVerificationAttributes",
    meaning = "until it is verified, as aws ses wait identity-exists does" },
  { command = "identity-verified", name = "identity_verified", title = "IdentityVerified",
    operation = "GetIdentityVerificationAttributes",
    meaning = "until it is verified; a verification that failed ends it" },
  { command = "mail-from-verified", name = "mail_from_verified", title = "MailFromVerified",
    operation = "GetIdentityMailFromDomainAttributes",
    meaning = "until the records of the MAIL FROM domain were found" },
}

--- The operation that a waiter asks.
---@param service string
---@param waiter ses.cli.Waiter
---@return string
function M.operation(service, waiter)
  return service == "ses" and waiter.operation or "GetEmailIdentity"
end

--- The commands of the waiters.
---@return string[]
function M.commands()
  local commands = {}
  for i, waiter in ipairs(M.WAITERS) do
    commands[i] = waiter.command
  end
  return commands
end

local function find(command)
  for _, waiter in ipairs(M.WAITERS) do
    if waiter.command == command then
      return waiter
    end
  end
end

-- What is wrong with the parameters, which a waiter takes as a program has checked them.
local function refuse(read, service, operation, globals)
  local request, faults = core.encode(core.handle(service, operation), read.params)
  if not request then
    return failure.tell(failure.of_error(validation.new(faults), globals, {
      service = service, operation = operation, document = read.given.document,
    }), globals)
  elseif service == "ses" and #read.params.Identities == 0 then
    -- The AWS CLI waits in vain.
    return failure.tell_usage("argument --identities: expected at least one argument", globals)
  end
end

local function wait(service, waiter, params, globals)
  local client, err = connection.open(service, globals)
  local done
  if client then
    done, err = client:wait(waiter.name, params, { retry_errors = false })
  end
  if done then
    return failure.OK
  end
  local reason = err.code == "WaitTimeout" and "Max attempts exceeded"
    or err.kind == "service"
      and ("An error occurred (%s): %s"):format(err.code, failure.service_message(err))
  return failure.tell(reason and { rc = failure.GENERAL,
    message = ("Waiter %s failed: %s"):format(waiter.title, reason) }
    or failure.of_error(err, globals, { service = service, document = params,
                                        operation = M.operation(service, waiter) }), globals)
end

--- Runs the command.
---@param service string
---@param argv string[] what follows "wait"
---@param globals ses.cli.Globals
---@return integer exit code
function M.run(service, argv, globals)
  local line = assert(argparse.command({}, argv))
  local waiter = find(line.command)
  if line.command == "help" or not line.command and globals.help then
    return output.print("sesctl", require("ses.cli.service_help").wait(service))
  elseif not line.command then
    return failure.tell_usage("the following arguments are required: subcommand", globals)
  elseif not waiter then
    return failure.tell_usage("argument subcommand: "
      .. argparse.choice_fault(line.command, M.commands()), globals)
  end
  local operation = M.operation(service, waiter)
  local read, code = requests.read(service, operation, line.rest, globals, function()
    return require("ses.cli.service_help").waiter(service, waiter)
  end)
  if not read then
    return code
  elseif read.given.skeleton then
    return output.print("sesctl", require("ses.cli.skeleton").output(service, operation))
  end
  return refuse(read, service, operation, globals)
    or wait(service, waiter, read.params, globals)
end

return M
