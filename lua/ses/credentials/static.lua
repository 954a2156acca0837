--- Credentials that are given as they are.
local errors = require "ses.error"

local M = {}

-- What each part may hold. An access key ID is part of the credential scope,
-- where a slash or a comma would end it.
local ALLOWED = {
  access_key_id = "^[A-Za-z0-9._%-]+$",
  secret_access_key = "^[!-~]+$",
  session_token = "^[!-~]+$",
}

-- Says what is wrong and never what the value is.
local function fault_of(name, value)
  if type(value) ~= "string" then
    return "expected a string, got " .. type(value)
  elseif value == "" then
    return "it is empty"
  elseif value:find("[\r\n]") then
    return "it has a line break (one read from a file may need its end trimmed)"
  elseif not value:find(ALLOWED[name]) then
    return "it has a character that cannot be part of it"
  end
  return nil
end

--- Copies credentials out of a table, and checks them.
---@param given table
---@return table|nil credentials {access_key_id=, secret_access_key=, session_token=}
---@return string|nil fault what is wrong, without any value
function M.copy(given)
  local credentials = {
    access_key_id = given.access_key_id,
    secret_access_key = given.secret_access_key,
    session_token = given.session_token,
  }
  local fault = fault_of("access_key_id", credentials.access_key_id)
  if fault then
    return nil, "access_key_id: " .. fault
  end
  fault = fault_of("secret_access_key", credentials.secret_access_key)
  if fault then
    return nil, "secret_access_key: " .. fault
  end
  fault = credentials.session_token ~= nil
    and fault_of("session_token", credentials.session_token)
  if fault then
    return nil, "session_token: " .. fault
  end
  return credentials
end

--- A provider of credentials that never change.
---@param given table {access_key_id=, secret_access_key=, session_token=}
---@return (fun(): table)|nil provider
---@return ses.Error|nil
function M.new(given)
  local credentials, fault = M.copy(given)
  if not credentials then
    return nil, errors.new("credentials", {
      code = "InvalidCredentials",
      message = "the option credentials cannot be used: " .. fault,
    })
  end
  return function()
    return credentials
  end
end

return M
