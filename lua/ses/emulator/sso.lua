--- IAM Identity Center: the operations of its portal and of its OIDC service
--- that credentials need.
local bounded = require "ses.emulator.bounded"
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local issued = require "ses.emulator.issued"
local roles = require "ses.emulator.roles"

local coded = errors.coded

local HOUR = 3600

-- What OAuth 2.0 has that the emulator has not.
local OTHER_GRANTS = {
  authorization_code = true, ["urn:ietf:params:oauth:grant-type:device_code"] = true,
}

local M = { portal = {}, oidc = {} }

local function is_over(token, now)
  return token.expires ~= nil and now >= token.expires
end

-- The role that IAM has for a permission set.
local function reserved_role(account, name)
  return roles.named(account, "AWSReservedSSO_" .. name .. "_"
    .. core.sha256(account .. name):sub(1, 16))
end

function M.portal.GetRoleCredentials(ctx, params)
  local source, account, name = ctx.source, params.accountId, params.roleName
  local token = source.access_tokens[params.accessToken]
  if not token or is_over(token, ctx.now) then
    return coded(401, "UnauthorizedException", "Session token not found or invalid")
  elseif not account:find("^%d%d%d%d%d%d%d%d%d%d%d%d$") then
    return coded(400, "InvalidRequestException", "accountId: expected twelve digits")
  elseif not roles.is_name(name) or #name > 32 then
    return coded(400, "InvalidRequestException", "roleName: not the name of a permission set")
  end
  local rule = source.roles[roles.named(account, name).arn]
  if rule and rule.deny then
    return coded(403, "ForbiddenException", "No access")
  end
  local principal = roles.session(reserved_role(account, name), "ses-emulator")
  local keys = issued.issue(ctx.state, principal, HOUR, ctx.now)
  return { roleCredentials = {
    accessKeyId = keys.access_key_id, secretAccessKey = keys.secret_access_key,
    sessionToken = keys.session_token, expiration = keys.expires * 1000,
  } }
end

function M.oidc.CreateToken(ctx, params)
  local source, grant = ctx.source, params.grantType
  if OTHER_GRANTS[grant] then
    return errors.fault("not_implemented", "The emulator does not have the grant " .. grant .. ".")
  elseif grant ~= "refresh_token" then
    return coded(400, "UnsupportedGrantTypeException", "Unsupported grant type")
  elseif not params.refreshToken then
    return coded(400, "InvalidRequestException", "refreshToken: this grant needs one")
  end
  local token = source.refresh_tokens[params.refreshToken]
  if not token then
    return coded(400, "InvalidGrantException", "Invalid refresh token provided")
  elseif is_over(token, ctx.now) then
    return coded(400, "ExpiredTokenException", "Refresh token is expired")
  end
  local seconds, access = source.lifetime or HOUR, issued.random_text(120)
  bounded.put(source.access_tokens, source.access_order, access, { expires = ctx.now + seconds })
  return { accessToken = access, tokenType = "Bearer", expiresIn = seconds,
           refreshToken = params.refreshToken }
end

return M
