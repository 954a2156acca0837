-- Runs commands in a shell.

local M = {}

--- A text as one word of a shell command.
---@param text string
---@return string
function M.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Runs a command.
---@param command string
---@return string output what it wrote to its standard output and error
---@return integer status its exit code
function M.run(command)
  -- What popen's close returns differs from Lua to Lua.
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>&1 </dev/null; echo \"status $?\""))
  local text = pipe:read("*a")
  pipe:close()
  local output, status = text:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

--- Whether a program is installed.
---@param name string
---@return boolean
function M.has(name)
  local _, status = M.run("PATH=\"$PATH:/usr/sbin:/sbin\" command -v " .. name)
  return status == 0
end

return M
