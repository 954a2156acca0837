--- A role that a token of an identity provider may assume: IAM roles for service
--- accounts in EKS, OpenID Connect of a CI system.
local assume_role = require "ses.credentials.assume_role"
local document = require "ses.credentials.document"
local fault = require "ses.credentials.fault"

local M = {}

local FILE, ARN, SESSION = "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"

---@class ses.WebIdentityRole: ses.Role
---@field token_file string the file of the token, read at every fetch

--- Assumes a role with the token of a file.
---@param ctx ses.CredentialsContext
---@param role ses.WebIdentityRole
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, role)
  local token, reason = document.read(role.token_file)
  if not token then
    return fault.new("TokenUnreadable", "the web identity token cannot be read: "
      .. fault.quote(reason))
  end
  token = token:gsub("\r?\n$", "")
  if not token:find("^[!-~]+$") then
    return fault.new("InvalidToken", ("the web identity token in %s is empty, or has a line break"
      .. " or another character that no token has"):format(fault.quote(role.token_file)))
  end
  return assume_role.fetch_by_token(ctx, role, token)
end

-- A value of the environment, where that counts, before the profile's.
local function read(ctx, profile, variable, property, with_environment)
  local value = with_environment and ctx.lookup:variable(variable) or profile[property]
  return value ~= "" and value or nil
end

--- The same with what is configured: each value by the environment or by a profile.
---@param ctx ses.CredentialsContext
---@param profile table<string, string>
---@param with_environment boolean
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch_configured(ctx, profile, with_environment)
  local file = read(ctx, profile, FILE, "web_identity_token_file", with_environment)
  local arn = read(ctx, profile, ARN, "role_arn", with_environment)
  if not file then
    return fault.nothing((with_environment and FILE .. " is not set, and " or "")
      .. "the profile has no web_identity_token_file")
  elseif not arn then
    return fault.new("PartialConfiguration", ("a web identity has its token file and no role: set"
      .. " %srole_arn in the profile"):format(with_environment and ARN .. ", or " or ""))
  end
  return M.fetch(ctx, {
    token_file = file, role_arn = arn,
    session_name = read(ctx, profile, SESSION, "role_session_name", with_environment),
    duration = profile.duration_seconds ~= "" and profile.duration_seconds or nil,
  })
end

return M
