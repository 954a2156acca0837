--- A store of ses.ratelimit in a shared dictionary of nginx, so that all workers
--- together keep the limits.
---
---     lua_shared_dict ses_limits 1m;
---
---     local store = require("ses.resty.store").new("ses_limits")
---
--- `now` must be ses.resty.clock's in every worker.
---
--- A state is read, changed and written back under a lock in the same
--- dictionary. Nothing in between yields, so that it is held for microseconds;
--- a worker that dies with it leaves it to end by itself. Who cannot have it in
--- time gets no slot. Nor does anybody where the dictionary is full: states that
--- are still needed are never thrown out to make room.
local clock = require "ses.resty.clock"
local ffi = require "ffi"
local gcra = require "ses.gcra"
local ngx = require "ngx"

local M = {}

ffi.cdef [[
int ses_sched_yield(void) __asm__("sched_yield");
]]

-- Seconds after which the lock of a worker that died is gone, and that others
-- try to get one. Those who try block their worker.
local LOCK_TTL = 0.1
local PATIENCE = 0.25

-- Entries end by the time of day, which may be put forward.
local MARGIN = 60

local Store = {}
Store.__index = Store

--- A shared dictionary.
---@param name string its name in nginx's configuration
---@return table|nil
---@return string|nil message
function M.dictionary(name)
  local dict = ngx.shared[name]
  if not dict then
    return nil, ("nginx has no shared dictionary '%s': its configuration needs"
      .. " \"lua_shared_dict %s 1m;\" in the block http"):format(tostring(name), tostring(name))
  end
  return dict
end

--- A store over a shared dictionary.
---@param name string the dictionary's name in nginx's configuration
---@return ses.RateStore|nil
---@return string|nil message
function M.new(name)
  local dict, message = M.dictionary(name)
  if not dict then
    return nil, message
  end
  return setmetatable({ dict = dict, name = name }, Store)
end

local function failure(self, message)
  return ("the shared dictionary '%s': %s"):format(self.name, message)
end

-- Takes the lock for this worker. Entries end by nginx's cached time, which
-- stands still while nobody updates it.
local function lock(self, key)
  local deadline
  while true do
    ngx.update_time()
    local ok, message = self.dict:safe_add("ses lock " .. key, ngx.worker.pid(), LOCK_TTL)
    if ok then
      return true
    elseif message ~= "exists" then
      return nil, failure(self, message)
    end
    local now = clock.now()
    deadline = deadline or now + PATIENCE
    if now > deadline then
      return nil, failure(self, "another worker holds a lock for too long")
    end
    ffi.C.ses_sched_yield()
  end
end

-- A worker that was stopped by the system while it held the lock may have lost
-- it to another.
local function holds_lock(self, key)
  return self.dict:get("ses lock " .. key) == ngx.worker.pid()
end

local function unlock(self, key)
  if holds_lock(self, key) then
    self.dict:delete("ses lock " .. key)
  end
end

-- A state, or nil and a message where something else is in its place.
local function read(self, key, now)
  local text = self.dict:get("ses state " .. key)
  if text == nil then
    return gcra.new(now)
  end
  local tat, pace, since
  if type(text) == "string" then
    tat, pace, since = text:match("^(%S+) (%S+) (%S+)$")
  end
  local state = { tat = tonumber(tat), pace = tonumber(pace), since = tonumber(since) }
  if state.tat and state.pace and state.since then
    return state
  end
  return nil, failure(self, "something else is in the place of a state")
end

local function write(self, key, state, now)
  local text = ("%.17g %.17g %.17g"):format(state.tat, state.pace, state.since)
  local ok, message =
    self.dict:safe_set("ses state " .. key, text, gcra.lifetime(state, now) + MARGIN)
  if not ok then
    return nil, failure(self, message)
  end
  return true
end

-- Changes a state; where the lock was lost meanwhile, all over again. What
-- change returns comes back if the state was written, and if it returns nil
-- there is nothing to write.
local function transact(self, key, now, change)
  while true do
    local ok, message = lock(self, key)
    local state, result, detail
    if ok then
      state, message = read(self, key, now)
    end
    if state then
      result, detail = change(state)
    end
    local lost = result ~= nil and not holds_lock(self, key)
    if result ~= nil and not lost then
      ok, message = write(self, key, state, now)
    end
    if not lost then
      unlock(self, key)
      if not ok or not state then
        return nil, nil, message
      end
      return result, detail
    end
  end
end

function Store:reserve(key, interval, count, now, most)
  local wait, would, message = transact(self, key, now, function(state)
    return gcra.reserve(state, interval, count, now, most)
  end)
  if message then
    return nil, math.huge, message
  end
  return wait, would
end

function Store:peek(key, now)
  local state, message = read(self, key, now)
  if not state then
    return nil, math.huge, message
  end
  return gcra.wait(state, now)
end

function Store:slow(key, interval, now)
  local ok, _, message = transact(self, key, now, function(state)
    gcra.slow(state, interval, now)
    return true
  end)
  return ok, message
end

function Store:get(key)
  local number = self.dict:get("ses number " .. key)
  if number ~= nil and type(number) ~= "number" then
    return nil, failure(self, "something else is in the place of a number")
  end
  return number
end

function Store:set(key, number)
  local ok, message = self.dict:safe_set("ses number " .. key, number)
  if not ok then
    return nil, failure(self, message)
  end
  return true
end

return M
