-- jmespath.py, asked in one process for many things.

local cjson = require "cjson"
local shell = require "spec.support.shell"

local M = {}

--- A Python that has jmespath.py; or nil.
---@return string?
function M.python()
  for _, python in ipairs { "/usr/bin/python3", "python3" } do
    local _, status = shell.run(python .. " -c 'import jmespath'")
    if status == 0 then
      return python
    end
  end
end

--- Does jobs, all in one process.
---@param python string
---@param jobs {expression: string, value: string?}[]
---@return {refused: string?, failed: string?, meant: boolean?, found: string?}[] results in the
---   same order; see jmespath_peer.py
function M.run(python, jobs)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, job in ipairs(jobs) do
    file:write(cjson.encode(job), "\n")
  end
  file:close()
  local pipe = assert(io.popen(python .. " spec/support/jmespath_peer.py < " .. name))
  local results = {}
  for line in pipe:lines() do
    results[#results + 1] = cjson.decode(line)
  end
  pipe:close()
  os.remove(name)
  assert(#results == #jobs, "jmespath.py's process ended early; what it says is above")
  return results
end

return M
