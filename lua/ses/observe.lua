--- What a program is told of the attempts of a call: its hooks and its log.
---
--- They are the user's own functions, and can do anything. `before` can keep a
--- request from being made by raising. After that nothing that they do changes
--- what a call returns: a message that was sent stays sent, so what they raise
--- is kept in `ResponseMetadata.CallbackError`, or the error's `callback_error`.
local errors = require "ses.error"
local protect = require "ses.protect"

local M = {}

---@class ses.Attempt what hooks and the log are told: never a secret, a signature or a body
---@field service string
---@field operation string
---@field region string
---@field method string
---@field url string
---@field attempt integer from 1
---@field max_attempts integer
---@field waited number seconds that the attempt was held back to keep the service's rates
---@field duration number|nil seconds from request to answer
---@field status integer|nil HTTP status
---@field request_id string|nil
---@field err ses.Error|nil
---@field retry_in number|nil seconds until the next attempt, if there is one

---@class ses.Hooks
---@field before nil|fun(attempt: ses.Attempt) may raise: the request is not made then
---@field after nil|fun(attempt: ses.Attempt)

--- Tells of an attempt that is about to be made.
---@param call ses.Call
---@param signed table the request
---@param waited number
---@return ses.Attempt|nil attempt nil: nobody wants to know
---@return ses.Error|nil err a hook raised
function M.before(call, signed, waited)
  local context = call.context
  local hooks = context.hooks
  if not hooks and not context.log then
    return nil
  end
  local attempt = {
    service = context.service, operation = call.operation.name, region = context.region,
    method = signed.method, url = signed.url, attempt = call.attempts + 1,
    max_attempts = call.policy.max_attempts, waited = waited,
  }
  if hooks and hooks.before then
    local ok, problem = protect(hooks.before, attempt)
    if not ok then
      return nil, errors.callback("the hook before an attempt raised an error, and the request was"
        .. " not made", problem)
    end
  end
  return attempt
end

local function message_of(attempt)
  local head = ("%s %s: attempt %d of %d"):format(attempt.service, attempt.operation,
    attempt.attempt, attempt.max_attempts)
  local took = (" in %.3f s"):format(attempt.duration)
  if not attempt.err then
    return "debug", head .. " answered HTTP " .. tostring(attempt.status) .. took
  end
  local text = head .. " failed" .. took .. ": " .. tostring(attempt.err)
  if attempt.retry_in then
    return "info", text .. (" (again in %.3f s)"):format(attempt.retry_in)
  end
  return "warn", text
end

local function tell(call, attempt, result, err, response, duration, retry_in)
  local context = call.context
  local metadata = result and result.ResponseMetadata
  attempt.duration, attempt.err, attempt.retry_in = duration, err, retry_in
  attempt.status = metadata and metadata.HTTPStatusCode or (response and response.status)
  attempt.request_id = metadata and metadata.RequestId or (err and err.request_id)
  local function told(fn, ...)
    local ok, problem = protect(fn, ...)
    if not ok and call.callback_error == nil then
      call.callback_error = problem
    end
  end
  if context.hooks and context.hooks.after then
    told(context.hooks.after, attempt)
  end
  if context.log then
    -- The hooks may have changed what the message is made of.
    told(function()
      local level, message = message_of(attempt)
      context.log(level, message, attempt)
    end)
  end
  if metadata then
    metadata.CallbackError = call.callback_error
  else
    err.callback_error = call.callback_error
  end
end

--- Tells of an attempt that has ended.
---@param call ses.Call
---@param attempt ses.Attempt|nil of M.before
---@param result table|nil
---@param err ses.Error|nil
---@param response table|nil the answer that the error was read from
---@param duration number
---@param retry_in number|nil
function M.after(call, attempt, result, err, response, duration, retry_in)
  -- LuaJIT compiles no function that makes others, and most calls tell nobody.
  if attempt then
    tell(call, attempt, result, err, response, duration, retry_in)
  end
end

return M
