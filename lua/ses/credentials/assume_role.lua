--- A role that other credentials may assume, by STS.
local errors = require "ses.error"
local fault = require "ses.credentials.fault"
local protect = require "ses.protect"
local service = require "ses.credentials.service"
local sets = require "ses.credentials.set"

local M = {}

---@class ses.Role
---@field role_arn string
---@field session_name string|nil what the role's use is logged under; "lua-ses-<time>"
---@field external_id string|nil
---@field duration number|nil seconds, 900 to 43200; the role's own default of an hour
---@field mfa_serial string|nil the MFA device that the role asks for
---@field mfa nil|fun(serial: string): string|nil, any gives the device's code of six digits
---@field policy string|nil a policy in JSON that narrows the role's

-- A name that tells when the session began.
local function session_name(ctx)
  return ("lua-ses-%d"):format(math.floor(ctx.transport:time()))
end

local function duration_of(value)
  local seconds = tonumber(value)
  local is_right = seconds and seconds % 1 == 0 and seconds >= 900 and seconds <= 43200
  if value ~= nil and not is_right then
    return fault.new("InvalidSetting", ("duration_seconds is '%s' (expected a whole number of"
      .. " seconds from 900 to 43200)"):format(fault.quote(value)))
  end
  return seconds
end

-- In seconds: nobody else is asked for a code while somebody types it.
local TYPING = 300

-- How long it takes to type a code is not counted.
local function ask_for_code(ctx, role)
  if not role.mfa then
    return fault.new("MFARequired", ("the role %s asks for a code of the MFA device %s: pass the"
      .. " option mfa, a function that returns it"):format(fault.quote(role.role_arn),
      fault.quote(role.mfa_serial)))
  end
  local began, ends = ctx.transport:now(), ctx.ends
  ctx.ends = began + TYPING
  local ok, code, reason = protect(role.mfa, role.mfa_serial)
  ctx.ends = ends + ctx.transport:now() - began
  if not ok then
    return fault.new("MFARequired", "the function mfa raised an error: " .. errors.in_words(code),
      code)
  elseif code == nil then
    return fault.new("MFARequired", "the function mfa gave no code"
      .. (reason ~= nil and ": " .. errors.in_words(reason) or ""), reason)
  end
  code = type(code) == "number" and ("%06.0f"):format(code) or code
  if type(code) ~= "string" or not code:find("^%d%d%d%d%d%d$") then
    return fault.new("MFARequired", "the function mfa gave no code of six digits")
  end
  return code
end

--- What STS answers for a role, as a set of credentials.
---@param ctx ses.CredentialsContext
---@param operation string
---@param params table
---@param credentials table|nil nil: the call is not signed
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.ask(ctx, operation, params, credentials)
  local name = "the role " .. fault.quote(params.RoleArn)
  local result, err = service.call(ctx, "sts", operation, params, { credentials = credentials })
  if not result then
    return fault.new("AssumeRoleFailed", name .. " cannot be assumed: " .. tostring(err), err)
  end
  local given = result.Credentials or {}
  return sets.new(name, {
    access_key_id = given.AccessKeyId, secret_access_key = given.SecretAccessKey,
    session_token = given.SessionToken, expires = given.Expiration,
  }, ctx.transport:time())
end

--- Assumes a role.
---@param ctx ses.CredentialsContext
---@param role ses.Role
---@param credentials table those that may assume it
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, role, credentials)
  local seconds, code, err
  seconds, err = duration_of(role.duration)
  if not err and role.mfa_serial then
    code, err = ask_for_code(ctx, role)
  end
  if err then
    return nil, err
  end
  return M.ask(ctx, "AssumeRole", {
    RoleArn = role.role_arn, RoleSessionName = role.session_name or session_name(ctx),
    ExternalId = role.external_id, DurationSeconds = seconds, Policy = role.policy,
    SerialNumber = code and role.mfa_serial, TokenCode = code,
  }, credentials)
end

--- Assumes a role with a token in place of credentials.
---@param ctx ses.CredentialsContext
---@param role ses.Role
---@param token string
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch_by_token(ctx, role, token)
  local seconds, err = duration_of(role.duration)
  if err then
    return nil, err
  end
  return M.ask(ctx, "AssumeRoleWithWebIdentity", {
    RoleArn = role.role_arn, RoleSessionName = role.session_name or session_name(ctx),
    DurationSeconds = seconds, Policy = role.policy, WebIdentityToken = token,
  })
end

return M
