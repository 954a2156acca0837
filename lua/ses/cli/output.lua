--- What a command prints.
local M = {}

--- Writes to standard output, all of it, or says on standard error why not.
---@param program string "sesctl emulator": whose message it is
---@param text string
---@return integer exit code 0; 255 where it could not be written, on a full disk say
function M.print(program, text)
  local ok, message = io.stdout:write(text)
  if ok then
    ok, message = io.stdout:flush()
  end
  if not ok then
    io.stderr:write(program, ": standard output: ", tostring(message), "\n")
    return 255
  end
  return 0
end

return M
