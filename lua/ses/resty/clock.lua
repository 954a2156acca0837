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

local REALTIME = 0

-- More than nginx's timers take is no different from for ever.
local MOST_MILLISECONDS = 24 * 3600 * 1000

local time = ffi.new("long[2]")

local function read(clock)
  if ffi.C.ses_clock_gettime(clock, time) ~= 0 then
    error("clock_gettime: error " .. ffi.errno())
  end
  return tonumber(time[0]) + tonumber(time[1]) * 1e-9
end

--- Seconds of the system's monotonic clock, which all processes share.
---@return number
function M.now()
  return read(MONOTONIC)
end

--- Seconds since the epoch.
---@return number
function M.time()
  return read(REALTIME)
end

--- Seconds as nginx takes them: no less, and never none, which is no limit to it.
---@param seconds number
---@return integer
function M.milliseconds(seconds)
  return seconds < MOST_MILLISECONDS / 1000 and math.max(1, math.ceil(seconds * 1000))
    or MOST_MILLISECONDS
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
    ngx.sleep(M.milliseconds(left) * MILLISECOND)
    left = wake - M.now()
  end
end

return M
