-- Something that happens in the middle.

--- A function that calls another one at one of its calls.
---@param calls integer which
---@param fn fun()
---@return fun()
return function(calls, fn)
  local count = 0
  return function()
    count = count + 1
    if count == calls then
      fn()
    end
  end
end
