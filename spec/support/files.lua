-- Files of a spec.

local M = {}

--- The name of an empty file that is gone after the test.
---@param finally fun(fn: fun()) busted's own
---@return string
function M.temporary(finally)
  local path = os.tmpname()
  finally(function()
    os.remove(path)
  end)
  return path
end

--- All that is in a file.
---@param path string
---@return string
function M.content(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

return M
