--- pcall that a coroutine can yield through, on every Lua.
---
--- PUC Lua 5.1 cannot yield across pcall. There the function runs in a
--- coroutine of its own and what it yields is handed on, both ways.
local threads = require "ses.thread"

local function crosses_pcall()
  local probe = coroutine.create(function()
    pcall(coroutine.yield)
  end)
  coroutine.resume(probe)
  return coroutine.status(probe) == "suspended"
end

if crosses_pcall() then
  return pcall
end

local function hand_on(thread, ok, ...)
  if not ok or coroutine.status(thread) == "dead" then
    return ok, ...
  end
  return hand_on(thread, coroutine.resume(thread, coroutine.yield(...)))
end

--- Calls a function; an error that it raises becomes a result.
---@param fn function
---@return boolean ok
---@return any ... the function's results, or the error
return function(fn, ...)
  -- Outside a coroutine nothing can be yielded to, so nothing is lost.
  if not coroutine.running() then
    return pcall(fn, ...)
  end
  -- PUC 5.1 makes coroutines of Lua functions only.
  local thread = coroutine.create(function(...)
    return fn(...)
  end)
  threads.stand_in(thread)
  return hand_on(thread, coroutine.resume(thread, ...))
end
