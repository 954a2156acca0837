-- Runs sesctl as its users do, and says what came of it.

local emulator_host = require "spec.support.emulator_host"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

-- Longer than anything takes that does not hang.
local PATIENCE = 60

--- Runs it.
---@param words string what follows its name, for the shell: redirections work too
---@param given {host: table|nil, before: string|nil, env: string|nil}|nil the emulator to call;
---  what the shell does before; what env gets
---@return string output
---@return integer status 124: it hung
---@return string errors
return function(words, given)
  given = given or {}
  local errors = os.tmpname()
  local command = "env " .. (given.env or "") .. " timeout " .. PATIENCE .. " sesctl 2>" .. errors
    .. " " .. words
  local output, status = shell.run((given.before or "") .. "\n"
    .. (given.host and given.host:aimed(command) or emulator_host.with_keys(command)))
  local text = files.content(errors)
  os.remove(errors)
  return output, status, text
end
