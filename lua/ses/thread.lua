--- Which coroutine runs, seen from outside those that ses.protect makes.
local M = {}

-- The coroutine that each of ses.protect's own was called from.
local callers = setmetatable({}, { __mode = "k" })

--- Says of a coroutine that it only stands in for a call in the running one.
---@param thread thread
function M.stand_in(thread)
  callers[thread] = coroutine.running()
end

--- The running coroutine, or the one that it stands in for; nil: none, the
--- main program runs.
---@return thread|nil
function M.current()
  local thread, is_main = coroutine.running()
  if is_main then
    return nil
  end
  while callers[thread] do
    thread = callers[thread]
  end
  return thread
end

return M
