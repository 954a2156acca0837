--- Credentials from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
--- and, for temporary ones, AWS_SESSION_TOKEN.
local errors = require "ses.error"
local static = require "ses.credentials.static"

local M = {}

local KEY, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
local VARIABLES = { access_key_id = KEY, secret_access_key = SECRET, session_token = TOKEN }

local function fault(code, message)
  return nil, errors.new("credentials", { code = code, message = message })
end

local function read(getenv, name)
  local value = getenv(name)
  return value ~= "" and value or nil
end

local function look_up(getenv)
  local key, secret = read(getenv, KEY), read(getenv, SECRET)
  if not key and not secret then
    return fault("NoCredentials", KEY .. " and " .. SECRET .. " are not set")
  elseif not key or not secret then
    return fault("PartialCredentials", ("the environment sets %s without %s: set both or neither")
      :format(key and KEY or SECRET, key and SECRET or KEY))
  end
  local credentials, reason = static.copy {
    access_key_id = key, secret_access_key = secret, session_token = read(getenv, TOKEN),
  }
  if not credentials then
    local name, rest = reason:match("^([%a_]+)(.*)$")
    return fault("InvalidCredentials", "the environment's credentials cannot be used: "
      .. VARIABLES[name] .. rest)
  end
  return credentials
end

--- A provider of the environment's credentials: looked up at its first call,
--- kept once they are found.
---@param getenv fun(name: string): string|nil
---@return fun(): table|nil, ses.Error|nil provider
function M.new(getenv)
  local found
  return function()
    if found then
      return found
    end
    local credentials, err = look_up(getenv)
    found = credentials
    return credentials, err
  end
end

return M
