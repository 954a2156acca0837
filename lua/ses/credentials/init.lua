--- Where the credentials of a client come from.
---
--- A provider is a function that returns credentials, or nil and an error. It is
--- asked before every signature, so one whose credentials change keeps them for
--- as long as they are good. Its argument is true where the service said that
--- the last ones have expired: then it looks for others.
local env = require "ses.credentials.env"
local errors = require "ses.error"
local protect = require "ses.protect"
local static = require "ses.credentials.static"

local M = {}

local function failed(code, message, cause)
  return nil, errors.new("credentials", {
    code = code,
    message = message,
    cause = cause,
    retryable = errors.is_error(cause) and cause.retryable,
  })
end

-- A user's provider can do anything; what comes out of the wrapper is either
-- credentials that can be signed with or an error of kind "credentials".
local function guard(provider, object)
  return function(refresh)
    local ok, credentials, reason
    if object then
      ok, credentials, reason = protect(provider, object, refresh)
    else
      ok, credentials, reason = protect(provider, refresh)
    end
    if not ok then
      return failed("ProviderError", "the credentials provider raised an error: "
        .. errors.in_words(credentials), credentials)
    elseif not credentials then
      return failed("ProviderError", "the credentials provider has no credentials"
        .. (reason == nil and ", and gave no reason" or ": " .. errors.in_words(reason)), reason)
    elseif type(credentials) ~= "table" then
      return failed("InvalidCredentials", "the credentials provider returned a "
        .. type(credentials) .. " (expected a table with access_key_id and secret_access_key)")
    end
    local copy, fault = static.copy(credentials)
    if not copy then
      return failed("InvalidCredentials", "the credentials provider returned credentials"
        .. " that cannot be used: " .. fault)
    end
    return copy
  end
end

-- What is looked up where nothing was given: the environment.
local function default(getenv)
  local provider = env.new(getenv)
  return function()
    local credentials, err = provider()
    if err and err.code == "NoCredentials" then
      err.message = "no credentials were found; tried the option credentials (not given) and"
        .. " the environment (" .. err.message .. "); nothing else is looked at: no file in ~/.aws,"
        .. " no profile, no role"
    end
    return credentials, err
  end
end

--- What is wrong with the option `credentials`, in its form.
---@param option any
---@return string|nil fault
function M.fault(option)
  if type(option) == "function" then
    return nil
  elseif type(option) ~= "table" then
    return "expected a table or a provider function, got " .. type(option)
  elseif type(option.get) == "function" then
    return nil
  end
  local unknown = static.unknown(option)
  if unknown then
    return unknown
  end
  for _, name in ipairs { "access_key_id", "secret_access_key" } do
    if type(option[name]) ~= "string" then
      return name .. ": expected a string, got " .. type(option[name])
    end
  end
  if option.session_token ~= nil and type(option.session_token) ~= "string" then
    return "session_token: expected a string, got " .. type(option.session_token)
  end
  return nil
end

--- The provider of a client.
---@param option table|function|nil the option `credentials`: credentials, a provider
---  function, or a table whose method `get` is one
---@param defaults table|nil the transport's defaults, if it has any
---@param getenv fun(name: string): string|nil
---@return (fun(refresh: boolean|nil): table|nil, ses.Error|nil)|nil provider
---@return ses.Error|nil
function M.provider(option, defaults, getenv)
  if option == nil and defaults then
    option = defaults.credentials
  end
  if option == nil then
    return default(getenv)
  elseif type(option) == "function" then
    return guard(option)
  elseif type(option.get) == "function" then
    return guard(option.get, option)
  end
  return static.new(option)
end

return M
