--- What a profile of the shared files says of credentials.
local assume_role = require "ses.credentials.assume_role"
local fault = require "ses.credentials.fault"
local lookups = require "ses.lookup"
local sets = require "ses.credentials.set"
local web_identity = require "ses.credentials.web_identity"

local M = {}

-- Roles that one after the other assume the next.
local MAX_ROLES = 16

-- What a profile's credential_source may be.
local NAMED = {
  Environment = {
    what = "the environment",
    fetch = function(ctx) return require("ses.credentials.env").fetch(ctx) end,
  },
  Ec2InstanceMetadata = {
    what = "the instance metadata service",
    fetch = function(ctx) return require("ses.credentials.imds").fetch(ctx) end,
  },
  EcsContainer = {
    what = "the container's endpoint",
    fetch = function(ctx) return require("ses.credentials.container").fetch(ctx) end,
  },
}

local function named(name)
  return "the profile '" .. fault.quote(name) .. "'"
end

local function profile_of(ctx, name)
  return ctx.lookup.files.profiles[name] or {}
end

local function read(profile, property)
  local value = profile[property]
  return value ~= "" and value or nil
end

local function has_keys(profile)
  return read(profile, "aws_access_key_id") or read(profile, "aws_secret_access_key")
end

local function has_role(profile)
  return read(profile, "role_arn") and not read(profile, "web_identity_token_file")
end

-- The keys in one of the two files: those of both are never mixed.
local function keys_in(ctx, file, name)
  local profile = ctx.lookup.files[file .. "_file_profiles"][name] or {}
  if not has_keys(profile) then
    return fault.nothing(("%s has no aws_access_key_id in the %s file"):format(named(name), file))
  end
  for _, property in ipairs { "aws_access_key_id", "aws_secret_access_key" } do
    if not read(profile, property) then
      return fault.new("PartialCredentials", ("%s has no %s in the %s file: set both keys or"
        .. " neither"):format(named(name), property, file))
    end
  end
  return sets.new(named(name), {
    access_key_id = profile.aws_access_key_id, secret_access_key = profile.aws_secret_access_key,
    session_token = read(profile, "aws_session_token") or read(profile, "aws_security_token"),
  })
end

-- The environment's is nobody's but the client's own.
local function by_web_identity(ctx, name)
  return web_identity.fetch_configured(ctx, profile_of(ctx, name), false)
end

-- Where IAM Identity Center is: in the section of the session, or in the profile
-- itself.
local function sso_place(ctx, profile, name)
  local session = read(profile, "sso_session")
  if not session then
    return profile
  end
  local section = ctx.lookup.files.sso_sessions[session]
  if not section then
    return nil, lookups.missing_section("sso_session", session, "sso-session")
  end
  for _, property in ipairs { "sso_region", "sso_start_url" } do
    local own = read(profile, property)
    if own and own ~= read(section, property) then
      return fault.new("PartialConfiguration", ("%s has another %s than the section"
        .. " [sso-session %s]"):format(named(name), property, fault.quote(session)))
    end
  end
  return section
end

local function by_sso(ctx, name)
  local profile = profile_of(ctx, name)
  -- A session alone is for bearer tokens.
  if not (read(profile, "sso_account_id") or read(profile, "sso_role_name")) then
    return fault.nothing(named(name) .. " has no sso_account_id and no sso_role_name")
  end
  local place, err = sso_place(ctx, profile, name)
  if not place then
    return nil, err
  end
  local role = {
    start_url = read(place, "sso_start_url"), region = read(place, "sso_region"),
    account_id = read(profile, "sso_account_id"), role_name = read(profile, "sso_role_name"),
    session = read(profile, "sso_session"),
  }
  for _, property in ipairs { "start_url", "region", "account_id", "role_name" } do
    if not role[property] then
      return fault.new("PartialConfiguration", ("%s lacks sso_%s for IAM Identity Center")
        :format(named(name), property))
    end
  end
  return require("ses.credentials.sso").fetch(ctx, role)
end

local function by_login(ctx, name)
  if not read(profile_of(ctx, name), "login_session") then
    return fault.nothing(named(name) .. " has no login_session")
  end
  return fault.new("UnsupportedProfile", named(name) .. " has a login_session, as `aws login` makes"
    .. " it, which is not supported: `aws configure export-credentials` prints keys for the"
    .. " environment, and as a credential_process it serves any program")
end

local function by_process(ctx, name)
  local command = read(profile_of(ctx, name), "credential_process")
  if not command then
    return fault.nothing(named(name) .. " has no credential_process")
  end
  return require("ses.credentials.process").fetch(ctx, { command = command })
end

--- What is asked for a profile's own credentials, in this order; before them comes
--- a web identity.
---@type {[1]: string, [2]: fun(ctx: ses.CredentialsContext, name: string)}[]
M.SOURCES = {
  { "IAM Identity Center", by_sso },
  { "the credentials file", function(ctx, name) return keys_in(ctx, "credentials", name) end },
  { "a login session", by_login },
  { "a credential process", by_process },
  { "the config file", function(ctx, name) return keys_in(ctx, "config", name) end },
}

--- Fetches a profile's own credentials.
---@param ctx ses.CredentialsContext
---@param name string
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch_own(ctx, name)
  local set, err = by_web_identity(ctx, name)
  local i = 1
  while not set and fault.is_nothing(err) and M.SOURCES[i] do
    set, err = M.SOURCES[i][2](ctx, name)
    i = i + 1
  end
  return set, err
end

local function by_name(ctx, source, name)
  local found = NAMED[source]
  if not found then
    return fault.new("InvalidSetting", ("credential_source of %s is '%s' (expected Environment,"
      .. " Ec2InstanceMetadata or EcsContainer)"):format(named(name), fault.quote(source)))
  end
  local set, err = found.fetch(ctx)
  if not set and fault.is_nothing(err) then
    return fault.new("NoSourceCredentials", ("credential_source of %s is %s, and %s has no"
      .. " credentials: %s"):format(named(name), source, found.what, err.message), err)
  end
  return set, err
end

-- The credentials that may assume the role of a profile. `path` are the profiles
-- that led here.
local function source_of(ctx, name, path)
  local profile = profile_of(ctx, name)
  local source, from = read(profile, "source_profile"), read(profile, "credential_source")
  if source and from then
    return fault.new("InvalidSetting", named(name) .. " has both source_profile and"
      .. " credential_source: only one of them can say whose credentials assume its role")
  elseif from then
    return by_name(ctx, from, name)
  elseif not source then
    return fault.new("PartialConfiguration", named(name) .. " has a role_arn and neither"
      .. " source_profile nor credential_source, which say whose credentials assume it")
  elseif not ctx.lookup.files.profiles[source] then
    return fault.new("ProfileNotFound", ("the source_profile of %s is '%s', which is in no file")
      :format(named(name), fault.quote(source)))
  end
  local next_profile = profile_of(ctx, source)
  if has_keys(next_profile) or not has_role(next_profile) then
    local set, err = M.fetch_own(ctx, source)
    if err and fault.is_nothing(err) then
      return fault.new("NoSourceCredentials", named(source) .. ", which is a source_profile, has no"
        .. " credentials")
    end
    return set, err
  end
  local i = 1
  while path[i] do
    if path[i] == source then
      return fault.new("ProfileCycle", "the profiles name each other as source_profile, without"
        .. " an end: " .. fault.quote(table.concat(path, ", ", i) .. ", " .. source))
    end
    i = i + 1
  end
  if i > MAX_ROLES then
    return fault.new("InvalidSetting", ("%s needs more than %d roles one after the other"):format(
      named(path[1]), MAX_ROLES))
  end
  path[i] = source
  return M.fetch_role(ctx, source, path)
end

--- Assumes the role of a profile, and before it those that lead there.
---@param ctx ses.CredentialsContext
---@param name string
---@param path string[]|nil the profiles that led here
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch_role(ctx, name, path)
  local profile = profile_of(ctx, name)
  if not has_role(profile) then
    return fault.nothing(named(name) .. " has no role_arn")
  end
  local set, err = source_of(ctx, name, path or { name })
  if not set then
    return nil, err
  end
  return assume_role.fetch(ctx, {
    role_arn = profile.role_arn, session_name = read(profile, "role_session_name"),
    external_id = read(profile, "external_id"), duration = read(profile, "duration_seconds"),
    mfa_serial = read(profile, "mfa_serial"), mfa = ctx.settings.mfa,
  }, set.credentials)
end

return M
