-- The side of spec.support.nginx that runs in the workers.

local ngx = require "ngx"

local M = {}

--- Runs a job of a module, and writes down what it returns; for
--- init_worker_by_lua.
---@param folder string
---@param jobs string
---@param job string
function M.start(folder, jobs, job)
  assert(ngx.timer.at(0, function()
    local ok, result = pcall(function()
      return require(jobs)[job]()
    end)
    local path = folder .. "/worker-" .. ngx.worker.id()
    local file = assert(io.open(path .. ".new", "w"))
    file:write(ok and result or "failed: " .. tostring(result))
    file:close()
    os.rename(path .. ".new", path)
  end))
end

return M
