--- What credentials come from, as a test sets it: roles, that of the instance,
--- SSO tokens, how long what is issued lives; and how often each was asked.
local bounded = require "ses.emulator.bounded"
local checks = require "ses.emulator.checks"
local options = require "ses.options"
local roles = require "ses.emulator.roles"
local tables = require "ses.tables"

local M = {}

local function account_fault(value)
  if type(value) ~= "string" or not value:find("^%d%d%d%d%d%d%d%d%d%d%d%d$") then
    return "expected a string of twelve digits"
  end
end

local RULE = {
  external_id = options.of "string", mfa = options.of "boolean", deny = options.of "boolean",
  max_session = checks.whole_from(900),
}

local function roles_fault(value, path)
  if type(value) ~= "table" then
    return "expected a table of rules by the ARNs of roles"
  end
  for arn, rule in pairs(value) do
    if type(arn) ~= "string" or not roles.parse(arn) then
      return "'" .. tostring(arn) .. "' is no role's ARN, such as"
        .. " 'arn:aws:iam::123456789012:role/name'"
    end
    local fault = options.fault(rule, RULE, path .. "['" .. arn .. "']")
    if fault then
      return fault, true
    end
  end
end

local function instance_role_fault(value)
  if value ~= false and (type(value) ~= "string" or not roles.is_name(value)) then
    return "expected a role's name, or false"
  end
end

local whole = checks.whole_from(1)

-- A hundred years: later times have no name in ISO 8601.
local LONGEST = 100 * 366 * 86400

local function lifetime_fault(value)
  if value ~= false and (whole(value) or value > LONGEST) then
    return "expected seconds from 1 to a hundred years, or false"
  end
end

local TOKEN = {
  access_token = options.of "string", expires = checks.number_from(0),
  refresh_token = options.of "string", refresh_expires = checks.number_from(0),
}

-- A list of tokens, or one.
local function token_list(given)
  return given.access_token ~= nil and { given } or given
end

local function tokens_fault(value, path)
  if type(value) ~= "table" then
    return "expected a list of SSO tokens"
  end
  for i, token in ipairs(token_list(value)) do
    local at = path .. "[" .. i .. "]"
    local fault = options.fault(token, TOKEN, at)
    if fault or not token.access_token then
      return fault or (at .. ": expected access_token"), true
    end
  end
end

local CHANGES = {
  roles = roles_fault, instance_role = instance_role_fault, metadata = options.of "boolean",
  lifetime = lifetime_fault, sso_tokens = tokens_fault,
}

--- What the options of ses.emulator.new that are read here may be.
M.SCHEMA = tables.merged(CHANGES, { account = account_fault })

--- Reads these options, which were checked.
---@param given table of ses.emulator.new
---@return table
function M.read(given)
  local read = { account = "123456789012", instance_role = "ses-emulator", metadata = true,
                 roles = {}, lifetime = false, sso_tokens = {} }
  for name in pairs(M.SCHEMA) do
    if given[name] ~= nil then
      read[name] = type(given[name]) == "table" and tables.deep_copy(given[name]) or given[name]
    end
  end
  return read
end

local function add_tokens(source, list)
  for _, token in ipairs(token_list(list)) do
    source.access_tokens[token.access_token] = { expires = token.expires }
    if token.refresh_token then
      source.refresh_tokens[token.refresh_token] = { expires = token.refresh_expires }
    end
  end
end

--- The state of an emulator that has just started.
---@param read table see M.read
---@return table
function M.new(read)
  local source = {
    account = read.account, roles = read.roles, instance_role = read.instance_role,
    metadata = read.metadata, lifetime = read.lifetime,
    kept = {},             -- name -> credentials that are handed out again
    issued = bounded.new(), -- the IDs of keys that were issued
    sessions = {},         -- token of the metadata service -> when it expires
    session_order = bounded.new(),
    access_tokens = {},    -- of SSO -> {expires=}
    access_order = bounded.new(), -- of those that were issued
    refresh_tokens = {},   -- of SSO -> {expires=}
    calls = {},            -- service -> operation -> number
  }
  add_tokens(source, read.sso_tokens)
  return source
end

--- Changes what was given, from now on. Tokens are added; roles take the place
--- of those that there are.
---@param source table see M.new
---@param given any
---@return true|nil
---@return string|nil message
function M.set(source, given)
  local fault = options.fault(given, CHANGES, "credentials")
  if fault then
    return nil, fault
  elseif next(given) == nil then
    return nil, "credentials: expected roles, instance_role, metadata, lifetime or sso_tokens"
  end
  for _, name in ipairs { "instance_role", "metadata", "lifetime" } do
    if given[name] ~= nil then
      source[name] = given[name]
    end
  end
  source.roles = given.roles and tables.deep_copy(given.roles) or source.roles
  add_tokens(source, given.sso_tokens or {})
  -- What is handed out again was made by what held before.
  source.kept = {}
  return true
end

--- Counts a request.
---@param source table
---@param service string
---@param operation string
function M.count(source, service, operation)
  local counts = source.calls[service] or {}
  source.calls[service] = counts
  counts[operation] = (counts[operation] or 0) + 1
end

--- What holds, and how often each service was asked; nothing of it is secret.
---@param source table
---@return table
function M.shown(source)
  return {
    account = source.account, roles = tables.deep_copy(source.roles),
    instance_role = source.instance_role, metadata = source.metadata,
    lifetime = source.lifetime, calls = tables.deep_copy(source.calls),
  }
end

return M
