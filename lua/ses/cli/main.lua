--- sesctl: the command line.
local arguments_of = require "ses.cli.arguments"
local output = require "ses.cli.output"

local M = {}

-- The AWS CLI's exit code for wrong usage.
local USAGE = 252

local USAGE_TEXT = [[
usage: sesctl <command> [options]

  sesctl ses <command>     call SES API v1; see sesctl ses help
  sesctl sesv2 <command>   call SES API v2; see sesctl sesv2 help
  sesctl emulator          run a local SES; see sesctl help emulator
  sesctl completion        complete words in a shell; see sesctl help completion
  sesctl --version         print the version
  sesctl --help            print this
]]

local COMMANDS = { completion = "ses.cli.completion", emulator = "ses.cli.emulator" }
local SERVICES = { ses = true, sesv2 = true }
local OPTIONS = { version = true, help = true }

local function rest_of(arguments)
  local rest = {}
  for i = 2, #arguments do
    rest[i - 1] = arguments[i]
  end
  return rest
end

local function unknown(name)
  local option = name:match("^%-%-(.+)$")
  local hint = option and arguments_of.hint(option, OPTIONS)
    or require("ses.nearest").hint(name, {
      completion = true, emulator = true, ses = true, sesv2 = true })
  io.stderr:write("sesctl: no ", name:find("^%-") and "option" or "command", " is called '", name,
                  "'", hint, "\n", USAGE_TEXT)
  return USAGE
end

local function help(command)
  if not command then
    return output.print("sesctl", USAGE_TEXT)
  elseif SERVICES[command] then
    return require("ses.cli.service").run(command, { "help" })
  elseif not COMMANDS[command] then
    return unknown(command)
  end
  return require(COMMANDS[command]).run { "--help" }
end

--- Runs a command.
---@param arguments string[]
---@return integer exit code: 0, 252 for wrong usage, 255 for other errors
function M.run(arguments)
  local command = arguments[1]
  if not command then
    io.stderr:write(USAGE_TEXT)
    return USAGE
  elseif command == "--version" then
    return output.print("sesctl", "sesctl " .. require("ses.version") .. "\n")
  elseif command == "--help" or command == "-h" then
    return help()
  elseif command == "help" then
    return help(arguments[2])
  elseif SERVICES[command] then
    return require("ses.cli.service").run(command, rest_of(arguments))
  elseif COMMANDS[command] then
    return require(COMMANDS[command]).run(rest_of(arguments))
  end
  return unknown(command)
end

return M.run
