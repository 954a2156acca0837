--- Errors of providers. One whose code is NoCredentials says that there is nothing
--- of its kind here, and the next provider is asked; any other ends the search.
local errors = require "ses.error"
local printable = require "ses.printable"

local M = {}

--- What went wrong.
---@param code string
---@param message string
---@param cause any
---@return nil
---@return ses.Error
function M.new(code, message, cause)
  return nil, errors.new("credentials", {
    code = code, message = message, cause = cause,
    retryable = errors.is_error(cause) and cause.retryable,
  })
end

--- What went wrong, and may pass by itself.
---@param code string
---@param message string
---@param cause any
---@return nil
---@return ses.Error
function M.passing(code, message, cause)
  local _, err = M.new(code, message, cause)
  err.retryable = true
  return nil, err
end

--- Why there is nothing of this kind.
---@param message string
---@return nil
---@return ses.Error
function M.nothing(message)
  return M.new("NoCredentials", message)
end

--- Whether an error says that there is nothing of this kind.
---@param err ses.Error
---@return boolean
function M.is_nothing(err)
  return err.code == "NoCredentials"
end

--- What somebody else wrote, as part of a message.
---@param text any
---@return string
function M.quote(text)
  return printable(text, 256)
end

return M
