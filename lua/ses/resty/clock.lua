--- Time in nginx: a clock that only goes forward, the same in all workers, and
--- a sleep that is never too short.
local ffi = require "ffi"
local ngx = require "ngx"

local M = {}

-- Under a name of our own: another library may have declared clock_gettime
-- with a structure of its own. On every system its two members are a long each.
ffi.cdef [[
int ses_clock_gettime(int clock, long *time) __asm__("clock_gettime");
]]

local MONOTONIC = ({ OSX = 6, BSD = 4 })[ffi.os] or 1

-- nginx counts in milliseconds.
local MILLISECOND = 0.001

local time = ffi.new("long[2]")

--- Seconds of the system's monotonic clock, which all processes share.
---@return number
function M.now()
  if ffi.C.ses_clock_gettime(MONOTONIC, time) ~= 0 then
    error("clock_gettime: error " .. ffi.errno())
  end
  return tonumber(time[0]) + tonumber(time[1]) * 1e-9
end

--- Suspends the running coroutine; only where nginx allows that.
---
--- nginx counts from its cached time, which lags by as long as the worker has
--- been busy, and rounds down.
---@param seconds number
function M.sleep(seconds)
  local wake = M.now() + seconds
  local left = seconds
  while left > 0 do
    ngx.update_time()
    ngx.sleep(math.max(left, MILLISECOND))
    left = wake - M.now()
  end
end

return M
