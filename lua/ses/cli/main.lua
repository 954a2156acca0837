--- sesctl: the command line.
local argparse = require "ses.cli.argparse"
local failure = require "ses.cli.failure"
local globals_of = require "ses.cli.globals"
local output = require "ses.cli.output"
local tables = require "ses.tables"

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
-- What takes the options of every command.
local CALLERS = {
  ses = "ses.cli.service", sesv2 = "ses.cli.service", ["mail-from"] = "ses.cli.mail_from",
}

local COMMANDS = { "completion", "emulator", "help", "mail-from", "ses", "sesv2" }

local function unknown(name, globals)
  return failure.tell_usage("argument command: " .. argparse.choice_fault(name, COMMANDS), globals)
end

local function help(command, globals, subcommand)
  if not command then
    return output.print("sesctl", USAGE_TEXT)
  elseif CALLERS[command] then
    return require(CALLERS[command]).run(command, { subcommand or "help", "help" }, globals)
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

local function call(command, argv, globals)
  local message, is_usage = globals_of.check(globals)
  if message then
    return failure.tell({ message = message, rc = is_usage and failure.USAGE or failure.GENERAL },
      globals)
  end
  return start(CALLERS[command]).run(command, argv, globals)
end

local function run_command(line)
  local globals, command = line.values, line.command
  if globals.version then
    return output.print("sesctl", "sesctl " .. require("ses.version") .. "\n")
  elseif globals.auto_prompt then
    return refuse_prompt(globals)
  elseif CALLERS[command] then
    return call(command, line.rest, globals)
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
    return start(TOOLS.emulator).run(tables.from(arguments, 2))
  elseif TOOLS[first] then
    return require(TOOLS[first]).run(tables.from(arguments, 2))
  end
  local line, message = globals_of.read(arguments)
  if not line then
    return failure.tell_usage(message, {})
  end
  return run_command(line)
end

return M.run
