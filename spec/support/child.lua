-- Child processes of a spec that are made by a fork. Needs spec.process.

local process = require "spec.process"

--- Runs a function in a child.
---@param fn fun(): boolean|nil
---@return integer status 0 if it returned true
return function(fn)
  local pid = process.fork()
  if pid == 0 then
    local good, result = pcall(fn)
    process.exit(good and result == true and 0 or 1)
  end
  return process.wait(pid)
end
