--- Credentials that are given as they are.
local errors = require "ses.error"
local nearest = require "ses.nearest"
local printable = require "ses.printable"

local M = {}

-- What other tools call the parts, next to nearest's own slips of the keyboard.
local ELSEWHERE = {
  aws_access_key_id = "access_key_id", AWS_ACCESS_KEY_ID = "access_key_id",
  aws_secret_access_key = "secret_access_key", AWS_SECRET_ACCESS_KEY = "secret_access_key",
  aws_session_token = "session_token", AWS_SESSION_TOKEN = "session_token",
  key = "access_key_id", secret = "secret_access_key", Token = "session_token",
  token = "session_token",
}

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

--- What is wrong with the names in a table of credentials.
---
--- A token under a name that nothing reads would be left out of the signature,
--- and the service would say that the key is unknown.
---@param given table
---@return string|nil fault
function M.unknown(given)
  -- Which of several is told must not depend on the order of a table.
  local name
  local key = next(given)
  while key ~= nil do
    if not ALLOWED[key] and (name == nil or tostring(key) < tostring(name)) then
      name = key
    end
    key = next(given, key)
  end
  if name == nil then
    return nil
  end
  local meant = ELSEWHERE[name]
  return "unknown member '" .. printable(name, 60) .. "'"
    .. (meant and "; did you mean '" .. meant .. "'?" or nearest.hint(name, ALLOWED))
end

--- Copies credentials out of a table, and checks them.
---@param given table
---@return table|nil credentials {access_key_id=, secret_access_key=, session_token=}
---@return string|nil fault what is wrong, without any value
function M.copy(given)
  local unknown = M.unknown(given)
  if unknown then
    return nil, unknown
  end
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
