-- Requests on a multi handle of ses.curl that are started, and then taken.

local curl = require "ses.curl"

local M = {}

-- Longer than anything takes that does not hang.
local LONG = 60

--- Moves a handle on until the condition holds.
---@param multi userdata
---@param condition fun(): boolean|nil
function M.step_until(multi, condition)
  local last = curl.now() + LONG
  while not condition() do
    assert(curl.now() < last, "it does not come to that")
    multi:step(0.005)
  end
end

--- Takes some of what was started.
---@param multi userdata
---@param count integer|nil how many; nil: all
---@return table[] taken each with the members id, response and err, in order
function M.take(multi, count)
  local taken = {}
  local last = curl.now() + LONG
  count = count or multi:running()
  while #taken < count do
    assert(curl.now() < last, "it does not end")
    multi:step(1)
    local id, response, err = multi:take()
    if id then
      taken[#taken + 1] = { id = id, response = response, err = err }
    end
  end
  return taken
end

--- Starts one request, and waits for it alone, whatever else is under way.
---@return table|nil response
---@return table|nil err
function M.send(multi, ...)
  local id = assert(multi:start(...))
  local taken = M.take(multi, 1)[1]
  assert(taken.id == id, "another one ended")
  return taken.response, taken.err
end

return M
