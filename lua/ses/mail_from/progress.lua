--- Telling somebody's function how far something has come.
local errors = require "ses.error"
local protect = require "ses.protect"

--- Calls it, if there is one.
---@param progress function|nil
---@param code string of the error where it says that it is enough
---@param message string the same in words
---@return ses.Error|nil err it returned false, or raised: what it watches ends
return function(progress, code, message, ...)
  if not progress then
    return nil
  end
  local ok, answer = protect(progress, ...)
  if not ok then
    return errors.callback("progress raised an error", answer)
  elseif answer == false then
    return errors.new("callback", { code = code, message = message })
  end
  return nil
end
