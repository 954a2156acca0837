--- A role of IAM Identity Center, with the token that `aws sso login` left.
local core = require "ses.core"
local cjson = require "cjson"
local document = require "ses.credentials.document"
local fault = require "ses.credentials.fault"
local service = require "ses.credentials.service"
local sets = require "ses.credentials.set"

local M = {}

local NAME = "IAM Identity Center"

-- In seconds: a token that ends sooner is renewed, where it can be.
local EARLY = 15 * 60

---@class ses.SsoRole
---@field start_url string
---@field region string of IAM Identity Center
---@field account_id string
---@field role_name string
---@field session string|nil the name of the sso-session, whose token can be renewed; nil: the
---  legacy form, whose token cannot

local function login_hint(role)
  return role.session and ("`aws sso login --sso-session %s`"):format(fault.quote(role.session))
    or "`aws sso login`"
end

local function token_path(lookup, role)
  local home = lookup:variable("HOME")
  if not home then
    return fault.new("TokenUnreadable", "the token of " .. NAME .. " cannot be found: HOME is not"
      .. " set")
  end
  return ("%s/.aws/sso/cache/%s.json"):format(home, core.sha1(role.session or role.start_url))
end

local function time_of(text)
  return type(text) == "string" and core.parse_time(text, "iso8601") or nil
end

-- Renewed tokens that could not be written, by the path of their file.
local unwritten = {}

local function read_token(lookup, role)
  local path, err = token_path(lookup, role)
  if not path then
    return nil, err
  end
  local text, reason = document.read(path)
  if not text then
    return fault.new("TokenUnreadable", ("there is no token of %s (%s): run %s"):format(NAME,
      fault.quote(reason), login_hint(role)))
  end
  local token = document.json(text)
  if not token or type(token.accessToken) ~= "string" or not time_of(token.expiresAt) then
    return fault.new("InvalidToken", ("%s holds no token of %s, with accessToken and expiresAt:"
      .. " run %s"):format(path, NAME, login_hint(role)))
  elseif not token.accessToken:find("^[!-~]+$") then
    return fault.new("InvalidToken", ("the token in %s has a line break or another character that"
      .. " no header can carry: run %s"):format(path, login_hint(role)))
  end
  local renewed = unwritten[path]
  if renewed and time_of(renewed.expiresAt) > time_of(token.expiresAt) then
    token = renewed
  end
  token.path = path
  return token
end

-- What a token needs to be renewed; nil: it cannot be.
local function can_renew(role, token, now)
  local registered_until = time_of(token.registrationExpiresAt)
  return role.session and type(token.refreshToken) == "string" and type(token.clientId) == "string"
    and type(token.clientSecret) == "string" and registered_until and registered_until > now
end

-- Other tools read the same file: what can be renewed once must be told to them.
local function keep(token, path)
  local text = cjson.encode {
    accessToken = token.accessToken, expiresAt = token.expiresAt, refreshToken = token.refreshToken,
    clientId = token.clientId, clientSecret = token.clientSecret,
    registrationExpiresAt = token.registrationExpiresAt, region = token.region,
    startUrl = token.startUrl,
  }
  unwritten[path] = not core.replace_file(path, text) and token or nil
end

local function renew(ctx, role, token)
  local now = ctx.transport:time()
  local result, err = service.call(ctx, "sso_oidc", "CreateToken", {
    clientId = token.clientId, clientSecret = token.clientSecret, grantType = "refresh_token",
    refreshToken = token.refreshToken,
  }, { region = role.region })
  if not result then
    return nil, err
  elseif type(result.accessToken) ~= "string" or type(result.expiresIn) ~= "number" then
    return fault.new("InvalidToken", NAME .. " renewed a token without accessToken or expiresIn")
  end
  local renewed = {
    accessToken = result.accessToken, refreshToken = result.refreshToken or token.refreshToken,
    expiresAt = core.format_time(math.floor(now + result.expiresIn), "iso8601"),
    clientId = token.clientId, clientSecret = token.clientSecret,
    registrationExpiresAt = token.registrationExpiresAt, region = role.region,
    startUrl = role.start_url,
  }
  keep(renewed, token.path)
  return renewed
end

local function find_token(ctx, role)
  local token, err = read_token(ctx.lookup, role)
  if not token then
    return nil, err
  end
  local now = ctx.transport:time()
  local left = time_of(token.expiresAt) - now
  if left > EARLY then
    return token
  end
  local renewed
  if can_renew(role, token, now) then
    renewed, err = renew(ctx, role, token)
  end
  if renewed then
    return renewed
  elseif left > 0 then
    return token
  end
  local why = err and ", and renewing it failed (" .. tostring(err) .. ")" or ""
  return fault.new("TokenExpired", ("the token of %s expired at %s%s: run %s"):format(NAME,
    fault.quote(token.expiresAt), why, login_hint(role)), err)
end

--- Fetches the credentials of the role.
---@param ctx ses.CredentialsContext
---@param role ses.SsoRole
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, role)
  local token, err = find_token(ctx, role)
  if not token then
    return nil, err
  end
  local result
  result, err = service.call(ctx, "sso", "GetRoleCredentials", {
    roleName = role.role_name, accountId = role.account_id, accessToken = token.accessToken,
  }, { region = role.region })
  if not result then
    return fault.new("SsoFailed", ("%s gives no credentials of the role %s of account %s: %s")
      :format(NAME, fault.quote(role.role_name), fault.quote(role.account_id), tostring(err)), err)
  end
  local given = result.roleCredentials or {}
  return sets.new(NAME, {
    access_key_id = given.accessKeyId, secret_access_key = given.secretAccessKey,
    session_token = given.sessionToken,
    -- The portal counts milliseconds.
    expires = given.expiration and given.expiration / 1000,
  }, ctx.transport:time())
end

return M
