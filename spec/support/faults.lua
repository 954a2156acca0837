-- Programs whose system calls fail; see faults.c.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

local M = {}

-- The library beside the C modules that makes system calls fail.
local function find_library()
  for path in package.cpath:gmatch("[^;]+") do
    local library = path:gsub("%?%.so$", "spec/faults.so")
    local file = library ~= path and io.open(library, "rb")
    if file then
      file:close()
      return library
    end
  end
end

local library = find_library()

--- Why nothing can be run with faults; nil: it can.
M.missing = not library and "spec/faults.so is not built, make spec builds it" or nil

--- What a Lua program prints.
---@param settings string shell commands before it: variables, limits
---@param program string
---@return string
function M.run(settings, program)
  return (shell.run("export " .. settings .. "; LD_PRELOAD=" .. shell.quote(library) .. " "
    .. shell.quote(interpreter) .. " -e " .. shell.quote(program)))
end

return M
