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

--- The same as the environment says.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch_environment(ctx)
  local lookup = ctx.lookup
  local file, arn = lookup:variable(FILE), lookup:variable(ARN)
  if not file then
    return fault.nothing(FILE .. " is not set")
  elseif not arn then
    return fault.new("PartialConfiguration", ("%s is set without %s: set both or neither")
      :format(FILE, ARN))
  end
  return M.fetch(ctx, { token_file = file, role_arn = arn,
                        session_name = lookup:variable(SESSION) })
end

return M
