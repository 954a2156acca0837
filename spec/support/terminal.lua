-- Runs commands on a terminal of their own.

local shell = require "spec.support.shell"

--- Runs a command whose standard streams are a terminal.
---@param command string
---@param columns integer
---@return string output with "\n" at the ends of lines
---@return integer status
return function(command, columns)
  return shell.run("script -qec "
    .. shell.quote("stty -onlcr cols " .. columns .. "; " .. command) .. " /dev/null")
end
