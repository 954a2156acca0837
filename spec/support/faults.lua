-- Programs whose system calls fail; see faults.c.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local library, missing = tree.built "faults.so"

--- Why nothing can be run with faults; nil: it can.
M.missing = missing

--- What a Lua program prints.
---@param settings string shell commands before it: variables, limits
---@param program string
---@return string
function M.run(settings, program)
  return (shell.run("export " .. settings .. "; LD_PRELOAD=" .. shell.quote(library) .. " "
    .. shell.quote(interpreter) .. " -e " .. shell.quote(program)))
end

return M
