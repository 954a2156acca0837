--- What bench.measure needs of bench.native, which has libcurl in it, in a worker of
--- nginx.
local clock = require "ses.resty.clock"
local ffi = require "ffi"

local M = {}

ffi.cdef [[
int ses_bench_gettime(int clock, long *time) __asm__("clock_gettime");
]]

local PROCESS = 2 -- Linux's clock of the processor time of a process

M.now = clock.now

--- Processor time of the worker, the kernel's share included.
---@return number seconds
function M.cpu()
  local time = ffi.new("long[2]")
  assert(ffi.C.ses_bench_gettime(PROCESS, time) == 0)
  return tonumber(time[0]) + tonumber(time[1]) * 1e-9
end

return M
