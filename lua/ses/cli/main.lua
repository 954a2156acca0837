--- sesctl: the command line.
local argparse = require "ses.cli.argparse"
local failure = require "ses.cli.failure"
local globals_of = require "ses.cli.globals"
local output = require "ses.cli.output"

local M = {}

local USAGE_TEXT = [[
usage: sesctl [options] <command> [options]

  sesctl ses <command>     call SES API v1; see sesctl ses help
  sesctl sesv2 <command>   call SES API v2; see sesctl sesv2 help
  sesctl mail-from         custom MAIL FROM domains of many identities: plan, apply, check,
                           wait; see sesctl mail-from help
  sesctl emulator          run a local SES; see sesctl emulator --help
  sesctl completion        complete words in a shell; see sesctl completion --help
  sesctl --version         print the version
  sesctl --help            print this
]]

-- What has options of its own.
local TOOLS = { completion = "ses.cli.completion", emulator = "ses.cli.emulator" }
local SERVICES = { ses = true, sesv2 = true }
local COMMANDS = { "completion", "emulator", "help", "mail-from", "ses", "sesv2" }

local function unknown(name, globals)
  return failure.tell_usage("argument command: " .. argparse.choice_fault(name, COMMANDS), globals)
end

local function help(command, globals, subcommand)
  if not command then
    return output.print("sesctl", USAGE_TEXT)
  elseif SERVICES[command] then
    return require("ses.cli.service").run(command, { subcommand or "help", "help" }, globals)
  elseif command == "mail-from" then
    return require("ses.cli.mail_from").run({ subcommand or "help", "help" }, globals)
  elseif TOOLS[command] then
    return require(TOOLS[command]).run { "--help" }
  end
  return unknown(command, globals)
end

local function refuse_prompt(globals)
  return failure.tell({ rc = failure.USAGE, message = "sesctl does not prompt for parameters"
    .. " (--cli-auto-prompt): the help of a command tells its options" }, globals)
end

-- A command that has connections and child processes: this process is prepared for it.
local function start(command)
  assert(require("ses.core").start_program())
  return require(command)
end

-- Runs a command that takes the options of every command.
local function run_with(globals, run)
  local message, is_usage = globals_of.check(globals)
  if message then
    return failure.tell({ message = message, rc = is_usage and failure.USAGE or failure.GENERAL },
      globals)
  end
  return run()
end

local function run_command(line)
  local globals, command = line.values, line.command
  if globals.version then
    return output.print("sesctl", "sesctl " .. require("ses.version") .. "\n")
  elseif globals.auto_prompt then
    return refuse_prompt(globals)
  elseif SERVICES[command] then
    return run_with(globals, function()
      return start("ses.cli.service").run(command, line.rest, globals)
    end)
  elseif command == "mail-from" then
    return run_with(globals, function()
      return start("ses.cli.mail_from").run(line.rest, globals)
    end)
  elseif command == "help" then
    return help(line.rest[1], globals, line.rest[2])
  elseif globals.help then
    return help(command, globals)
  elseif not command and line.rest[1] then
    return failure.tell_unknown(line.rest, globals)
  elseif not command then
    return failure.tell_usage("the following arguments are required: command", globals)
  elseif TOOLS[command] then
    return failure.tell_usage(("argument command: the options of %s stand behind its name"):format(
      command), globals)
  end
  return unknown(command, globals)
end

local function rest_of(arguments)
  local rest = {}
  for i = 2, #arguments do
    rest[i - 1] = arguments[i]
  end
  return rest
end

--- Runs a command.
---@param arguments string[]
---@return integer exit code: 0; 252 for wrong usage, 253 for what is missing of the account, 254
---  for an error of the service, 255 for other errors
function M.run(arguments)
  local first = arguments[1]
  if not first then
    io.stderr:write(USAGE_TEXT)
    return failure.USAGE
  elseif first == "emulator" then
    return start(TOOLS.emulator).run(rest_of(arguments))
  elseif TOOLS[first] then
    return require(TOOLS[first]).run(rest_of(arguments))
  end
  local line, message = globals_of.read(arguments)
  if not line then
    return failure.tell_usage(message, {})
  end
  return run_command(line)
end

return M.run
