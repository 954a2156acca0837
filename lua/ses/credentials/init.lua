--- Where the credentials of a client come from.
---
--- Without the option `credentials` they are looked for where AWS's tools look:
--- see ses.credentials.chain. With it, they are
---
--- * false: nothing is signed;
--- * a table: {access_key_id=, secret_access_key=, session_token=};
--- * a provider of this module, such as credentials.assume_role{...};
--- * a function that returns credentials, or nil and an error, or a table with a
---   method `get` that is one. It is asked before every signature, so one whose
---   credentials change keeps them for as long as they are good. Its argument is
---   true where the service said that the last ones have expired: then it looks
---   for others.
---
--- A provider of this module fetches through the client's transport, once however
--- many calls wait, and again five minutes before what it has ends.
local chain = require "ses.credentials.chain"
local env = require "ses.credentials.env"
local errors = require "ses.error"
local fault = require "ses.credentials.fault"
local options = require "ses.options"
local protect = require "ses.protect"
local providers = require "ses.credentials.provider"
local sets = require "ses.credentials.set"
local static = require "ses.credentials.static"
local tables = require "ses.tables"

local M = {}

-- Calls a user's provider, which can do anything. Credentials that can be signed
-- with come out, or an error of kind "credentials".
local function ask(refresh, provider, object)
  local ok, credentials, reason
  if object then
    ok, credentials, reason = protect(provider, object, refresh)
  else
    ok, credentials, reason = protect(provider, refresh)
  end
  if not ok then
    return fault.new("ProviderError", "the credentials provider raised an error: "
      .. errors.in_words(credentials), credentials)
  elseif not credentials then
    return fault.new("ProviderError", "the credentials provider has no credentials"
      .. (reason == nil and ", and gave no reason" or ": " .. errors.in_words(reason)), reason)
  elseif type(credentials) ~= "table" then
    return fault.new("InvalidCredentials", "the credentials provider returned a "
      .. type(credentials) .. " (expected a table with access_key_id and secret_access_key)")
  end
  return credentials
end

local function guard(provider, object)
  return function(refresh)
    local credentials, err = ask(refresh, provider, object)
    if not credentials then
      return nil, err
    end
    local copy, reason = static.copy(credentials)
    if not copy then
      return fault.new("InvalidCredentials", "the credentials provider returned credentials that"
        .. " cannot be used: " .. reason)
    end
    return copy
  end
end

--- What is wrong with the option `credentials`, in its form.
---@param option any
---@return string|nil fault
function M.fault(option)
  if option == false or type(option) == "function" or providers.is_provider(option) then
    return nil
  elseif type(option) ~= "table" then
    return "expected a table or a provider, got " .. type(option)
  elseif type(option.get) == "function" then
    return nil
  end
  local unknown = static.unknown(option)
  if unknown then
    return unknown
  end
  for _, name in ipairs { "access_key_id", "secret_access_key" } do
    if type(option[name]) ~= "string" then
      return name .. ": expected a string, got " .. type(option[name])
    end
  end
  if option.session_token ~= nil and type(option.session_token) ~= "string" then
    return "session_token: expected a string, got " .. type(option.session_token)
  end
  return nil
end

-- Says as well, where there is nothing, that variables may have been withheld.
local function advised(fetch, names)
  return function(ctx, given)
    local set, err = fetch(ctx, given)
    if err and fault.is_nothing(err) then
      err.message = err.message .. ctx.lookup:advice(names)
    end
    return set, err
  end
end

local KEYS = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN" }
local CONTAINER = {
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
}

-- All clients that were given nothing share what was found.
local found_by_chain = providers.new("default", advised(chain.fetch, tables.joined(KEYS, {
  "AWS_PROFILE", "HOME", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
}, CONTAINER)))

--- The provider of a client.
---@param option table|function|nil the option `credentials`
---@param transport ses.Transport
---@param settings ses.Settings
---@return (fun(is_expired: boolean|nil, refused: table|nil, ends: number|nil): table|nil,
---  ses.Error|nil)|nil provider
---@return ses.Error|nil
function M.provider(option, transport, settings)
  if option == nil and transport.defaults and not settings.lookup.is_option then
    option = transport.defaults.credentials
  end
  if option == nil then
    option = found_by_chain
  end
  if option == false then
    return function() return false end
  elseif providers.is_provider(option) then
    return option:bind(transport, settings)
  elseif type(option) == "function" then
    return guard(option)
  elseif type(option.get) == "function" then
    return guard(option.get, option)
  end
  return static.new(option)
end

local function checked(name, given, schema, required)
  given = given == nil and {} or given
  local problem = options.fault(given, schema)
  local i = 1
  while not problem and required[i] do
    if given[required[i]] == nil then
      problem = required[i] .. ": is missing"
    end
    i = i + 1
  end
  if problem then
    error("ses.credentials." .. name .. ": " .. problem, 3)
  end
  return tables.copy(given)
end

local text = options.of("string")

--- A provider that calls a function where what it gave last is about to end.
---@param fn fun(): table|nil, any {access_key_id=, secret_access_key=, session_token=, expires=};
---  expires: seconds since the epoch or ISO 8601, nil: never. Or nil and a reason
---@return ses.Provider
function M.refreshing(fn)
  if type(fn) ~= "function" then
    error("ses.credentials.refreshing: expected a function, got " .. type(fn), 2)
  end
  return providers.new("refreshing", function(ctx)
    local given, err = ask(false, fn)
    if not given then
      return nil, err
    end
    local keys = tables.copy(given)
    keys.expires = nil
    local unknown = static.unknown(keys)
    if unknown then
      return fault.new("InvalidCredentials", "the credentials provider returned credentials that"
        .. " cannot be used: " .. unknown)
    end
    return sets.new("the credentials provider", given, ctx.transport:time())
  end, { fn = fn })
end

--- The provider that a client without the option has: all places, in AWS's order.
---@return ses.Provider
function M.default()
  return found_by_chain
end

--- A provider of the environment's credentials.
---@return ses.Provider
function M.environment()
  return providers.new("environment", advised(env.fetch, KEYS))
end

--- A provider of the credentials of an EC2 instance's role.
---@param given ses.ImdsOptions|nil
---@return ses.Provider
function M.imds(given)
  local opts = checked("imds", given, {
    endpoint = text, timeout = options.seconds, attempts = options.whole_number,
  }, {})
  local imds = require "ses.credentials.imds"
  return providers.new("imds", function(ctx) return imds.fetch(ctx, opts) end, opts)
end

--- A provider of the credentials of a container's role.
---@param given ses.ContainerOptions|nil
---@return ses.Provider
function M.container(given)
  local opts = checked("container", given, { url = text, token_file = text }, {})
  local container = require "ses.credentials.container"
  local fetch = advised(container.fetch, CONTAINER)
  return providers.new("container", function(ctx) return fetch(ctx, opts) end, opts)
end

--- A provider of the credentials that a program prints, in the form of AWS's
--- credential_process.
---@param given ses.ProcessOptions
---@return ses.Provider
function M.process(given)
  local opts = checked("process", given, { command = text, timeout = options.seconds },
    { "command" })
  local process = require "ses.credentials.process"
  return providers.new("process", function(ctx) return process.fetch(ctx, opts) end, opts)
end

--- A provider of the credentials of a role in IAM Identity Center, with the token
--- that `aws sso login` left.
---@param given ses.SsoRole
---@return ses.Provider
function M.sso(given)
  local opts = checked("sso", given, {
    start_url = text, region = text, account_id = text, role_name = text, session = text,
  }, { "start_url", "region", "account_id", "role_name" })
  local sso = require "ses.credentials.sso"
  return providers.new("sso", function(ctx) return sso.fetch(ctx, opts) end, opts)
end

--- A provider of the credentials of a role that a token may assume.
---@param given ses.WebIdentityRole
---@return ses.Provider
function M.web_identity(given)
  local opts = checked("web_identity", given, {
    role_arn = text, token_file = text, session_name = text, policy = text,
    duration = options.seconds,
  }, { "role_arn", "token_file" })
  local web_identity = require "ses.credentials.web_identity"
  return providers.new("web_identity", function(ctx) return web_identity.fetch(ctx, opts) end, opts)
end

-- The credentials that assume a role: once, at each fetch.
local function source_set(ctx, source)
  if providers.is_provider(source) then
    return source:fetch(ctx)
  end
  local credentials, err = M.provider(source, ctx.transport, ctx.settings)
  if credentials then
    credentials, err = credentials()
  end
  return credentials and { credentials = credentials }, err
end

--- A provider of the credentials of a role that others may assume.
---@param given ses.RoleOptions
---@return ses.Provider
function M.assume_role(given)
  local opts = checked("assume_role", given, {
    role_arn = text, session_name = text, external_id = text, duration = options.seconds,
    mfa_serial = text, mfa = options.of("function"), policy = text, source = M.fault,
  }, { "role_arn" })
  local assume_role = require "ses.credentials.assume_role"
  return providers.new("assume_role", function(ctx)
    local set, err = source_set(ctx, opts.source or found_by_chain)
    if not set then
      return nil, err
    end
    return assume_role.fetch(ctx, opts, set.credentials)
  end, opts)
end

---@class ses.RoleOptions: ses.Role
---@field source table|function|nil what may assume the role: as the option `credentials`; nil: what
---  is found in AWS's places

return M
