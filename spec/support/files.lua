-- Files of a spec.

local shell = require "spec.support.shell"

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

--- The name of an empty folder that is gone, with all in it, after the test.
---@param finally fun(fn: fun()) busted's own
---@return string
function M.folder(finally)
  local path = shell.run("mktemp -d"):gsub("%s+$", "")
  finally(function()
    shell.run("rm -rf " .. shell.quote(path))
  end)
  return path
end

--- The name of a file with a text, which is gone after the test.
---@param finally fun(fn: fun()) busted's own
---@param text string
---@return string
function M.with(finally, text)
  local path = M.temporary(finally)
  M.write(path, text)
  return path
end

--- Makes a text all that is in a file.
---@param path string
---@param text string
function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
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
