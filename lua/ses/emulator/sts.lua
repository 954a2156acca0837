--- The operations of STS.
local errors = require "ses.emulator.errors"
local issued = require "ses.emulator.issued"
local jwt = require "ses.emulator.jwt"
local roles = require "ses.emulator.roles"

local fault = errors.fault

local HOUR = 3600

local M = {}

local function denied(message)
  return errors.coded(403, "AccessDenied", message)
end

local function caller_of(ctx)
  return ctx.caller.principal or roles.user(ctx.source.account)
end

local function not_authorized(ctx, operation, resource)
  return denied("User: " .. caller_of(ctx).arn .. " is not authorized to perform: sts:"
    .. operation .. " on resource: " .. resource)
end

-- Credentials as an answer has them.
local function credentials(ctx, principal, seconds)
  local keys = issued.issue(ctx.state, principal, seconds, ctx.now)
  return { AccessKeyId = keys.access_key_id, SecretAccessKey = keys.secret_access_key,
           SessionToken = keys.session_token, Expiration = keys.expires }
end

-- A role that exists, its rule, and for how many seconds it may be taken.
local function wanted_role(ctx, params)
  local role = roles.parse(params.RoleArn)
  if not role then
    return fault("validation", "Request ARN is invalid")
  end
  local rule = ctx.source.roles[role.arn] or {}
  local most = rule.max_session
  local seconds = params.DurationSeconds or math.min(HOUR, most or HOUR)
  if most and seconds > most then
    return fault("validation",
                 "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
  end
  return role, rule, seconds
end

local function role_session(ctx, role, params, seconds)
  local principal = roles.session(role, params.RoleSessionName)
  return {
    Credentials = credentials(ctx, principal, seconds),
    AssumedRoleUser = { AssumedRoleId = principal.user_id, Arn = principal.arn },
    SourceIdentity = params.SourceIdentity,
  }
end

-- A device and its code come together; every code is right.
local function check_mfa(params)
  if (params.SerialNumber == nil) ~= (params.TokenCode == nil) then
    return denied("MultiFactorAuthentication failed, must provide both MFA serial number and one"
      .. " time pass code.")
  end
  return true
end

function M.AssumeRole(ctx, params)
  local role, rule, seconds = wanted_role(ctx, params)
  if not role then
    return nil, rule
  end
  local ok, broken = check_mfa(params)
  if not ok then
    return nil, broken
  end
  local caller = caller_of(ctx)
  if rule.deny or (rule.external_id and rule.external_id ~= params.ExternalId)
    or (rule.mfa and not (params.TokenCode or caller.mfa)) then
    return not_authorized(ctx, "AssumeRole", role.arn)
  elseif caller.is_role and seconds > HOUR then
    return fault("validation", "The requested DurationSeconds exceeds the 1 hour session limit for"
      .. " roles assumed by role chaining.")
  end
  return role_session(ctx, role, params, seconds)
end

-- A claim that the answer repeats, where it is there.
local function text_of(claim)
  if type(claim) == "table" then
    claim = claim[1]
  end
  return type(claim) == "string" and claim or nil
end

function M.AssumeRoleWithWebIdentity(ctx, params)
  local role, rule, seconds = wanted_role(ctx, params)
  if not role then
    return nil, rule
  end
  local claims = jwt.claims(params.WebIdentityToken)
  if not claims then
    return errors.coded(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
      .. " (You may see this error if you sent an Access Token)")
  elseif type(claims.exp) == "number" and claims.exp <= ctx.now then
    return errors.coded(400, "ExpiredTokenException", ("Token expired: current date/time %.0f must"
      .. " be before the expiration date/time %.0f"):format(ctx.now, claims.exp))
  elseif rule.deny then
    return denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
  end
  local result = role_session(ctx, role, params, seconds)
  result.SubjectFromWebIdentityToken = text_of(claims.sub)
  result.Provider = params.ProviderId or text_of(claims.iss)
  result.Audience = text_of(claims.aud)
  return result
end

function M.GetCallerIdentity(ctx)
  local caller = caller_of(ctx)
  return { UserId = caller.user_id, Account = caller.account, Arn = caller.arn }
end

-- Only keys that were not issued get further ones this way.
local function check_long_term(ctx, operation)
  if caller_of(ctx).temporary then
    return denied("Cannot call " .. operation .. " with session credentials")
  end
  return true
end

function M.GetSessionToken(ctx, params)
  local ok, broken = check_long_term(ctx, "GetSessionToken")
  if ok then
    ok, broken = check_mfa(params)
  end
  if not ok then
    return nil, broken
  end
  local principal = roles.user_session(ctx.source.account, params.TokenCode ~= nil)
  return { Credentials = credentials(ctx, principal, params.DurationSeconds or 12 * HOUR) }
end

function M.GetFederationToken(ctx, params)
  local ok, broken = check_long_term(ctx, "GetFederationToken")
  if not ok then
    return nil, broken
  end
  local principal = roles.federated_user(ctx.source.account, params.Name)
  return {
    Credentials = credentials(ctx, principal, params.DurationSeconds or 12 * HOUR),
    FederatedUser = { FederatedUserId = principal.user_id, Arn = principal.arn },
  }
end

function M.GetAccessKeyInfo(ctx, params)
  local key = ctx.state.keys[params.AccessKeyId]
  return { Account = key and key.principal and key.principal.account or ctx.source.account }
end

return M
