--- pcall that a coroutine can yield through, on every Lua.
---
--- PUC Lua 5.1 cannot yield across pcall. There the function runs in a
--- coroutine of its own and what it yields is handed on, both ways.
local threads = require "ses.thread"

-- LuaJIT says that it is 5.1. A probe with a coroutine would tell as well, but
-- nginx's own coroutines cannot be had while a module is loaded.
if _VERSION ~= "Lua 5.1" or package.loaded.jit then
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
