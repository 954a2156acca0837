--- Credentials from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
--- and, for temporary ones, AWS_SESSION_TOKEN.
local fault = require "ses.credentials.fault"
local static = require "ses.credentials.static"

local M = {}

local KEY, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
local OLD_TOKEN = "AWS_SECURITY_TOKEN"
local VARIABLES = { access_key_id = KEY, secret_access_key = SECRET, session_token = TOKEN }

--- Reads them.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx)
  local lookup = ctx.lookup
  local key, secret = lookup:variable(KEY), lookup:variable(SECRET)
  if not key then
    return fault.nothing(KEY .. (secret and " is not set, though " .. SECRET .. " is"
      or " and " .. SECRET .. " are not set"))
  elseif not secret then
    return fault.new("PartialCredentials", ("the environment sets %s without %s: set both or"
      .. " neither"):format(KEY, SECRET) .. lookup:advice { SECRET })
  end
  local credentials, reason = static.copy {
    access_key_id = key, secret_access_key = secret,
    session_token = lookup:variable(TOKEN) or lookup:variable(OLD_TOKEN),
  }
  if not credentials then
    local name, rest = reason:match("^([%a_]+)(.*)$")
    return fault.new("InvalidCredentials", "the environment's credentials cannot be used: "
      .. VARIABLES[name] .. rest)
  end
  return { credentials = credentials }
end

return M
