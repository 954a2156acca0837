--- sesctl: the command line.
local M = {}

-- The AWS CLI's exit codes.
local OK, USAGE = 0, 252

local USAGE_TEXT = [[
usage: sesctl <command> [options]

  sesctl emulator          run a local SES; see sesctl emulator --help
  sesctl --version         print the version
  sesctl --help            print this
]]

local COMMANDS = { emulator = "ses.cli.emulator" }

--- Runs a command.
---@param arguments string[]
---@return integer exit code: 0, 252 for wrong usage, 255 for other errors
function M.run(arguments)
  local command = arguments[1]
  if command == "--version" then
    io.stdout:write("sesctl ", require("ses.version"), "\n")
    return OK
  elseif command == "--help" or command == "help" then
    io.stdout:write(USAGE_TEXT)
    return OK
  elseif COMMANDS[command] then
    local rest = {}
    for i = 2, #arguments do
      rest[i - 1] = arguments[i]
    end
    return require(COMMANDS[command]).run(rest)
  end
  if command then
    local hint = require("ses.nearest").hint(command, COMMANDS)
    io.stderr:write("sesctl: no command is called '", command, "'", hint, "\n")
  end
  io.stderr:write(USAGE_TEXT)
  return USAGE
end

return M.run
