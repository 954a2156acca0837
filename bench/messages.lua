--- Has an nginx worker send large messages: see bench.pauses.
local workers = require "bench.nginx"

local M = {}

--- Measures; rows of the worker's.
---@param row fun(fields: table)
function M.run(row)
  workers.report("bench.pauses", row)
end

return M
