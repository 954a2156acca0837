--- Custom MAIL FROM domains: what may be set, and how its status moves.
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"
local names = require "ses.emulator.names"

local M = {}

local PATIENCE = 72 * 3600
local DEFAULT = "USE_DEFAULT_VALUE"

local STATUSES = {
  PENDING = "PENDING", SUCCESS = "SUCCESS", FAILED = "FAILED",
  TEMPORARYFAILURE = "TEMPORARY_FAILURE",
}

--- A status in API v2's spelling, from either API's.
---@param text any
---@return string|nil
function M.status(text)
  return type(text) == "string" and STATUSES[text:upper():gsub("_", "")] or nil
end

local function disable(ctx, identity, behavior)
  local kept = ctx.assume.behavior_after_disable == "keep" and identity.mail_from.behavior or nil
  identity.mail_from = { behavior = behavior or kept }
  return true
end

local function check_domain(identity, domain, name)
  local wanted = names.domain(domain)
  if not wanted then
    return errors.fault("invalid", "Invalid MAIL-FROM domain <" .. domain .. ">.")
  elseif not names.is_below(wanted, identity.domain) then
    return errors.fault("invalid", "Provided MAIL-FROM domain <" .. domain
      .. "> is not subdomain of the domain of the identity <" .. name .. ">.")
  elseif identity.status ~= "SUCCESS" then
    return errors.fault("invalid", "Provided MAIL-FROM domain <" .. domain
      .. "> or its parents are not verified for identity <" .. name .. ">.")
  end
  return wanted
end

-- Whether SES looks for the domain's record.
local function is_looked_for(set)
  return set.status == "PENDING" or set.status == "TEMPORARY_FAILURE" or set.status == "SUCCESS"
end

local function is_over(set, now)
  return (set.status == "PENDING" or set.status == "TEMPORARY_FAILURE")
    and now - set.since >= PATIENCE
end

-- What is set is another table after each change, so that who asks a name server
-- meanwhile sees that there was one.
local function move(identity, status, since)
  local set = identity.mail_from
  identity.mail_from = { domain = set.domain, behavior = set.behavior, status = status,
                         since = since }
end

-- Moves the status to where the domain's MX record has it.
local function look(identity, now, looks)
  local set = identity.mail_from
  local found = looks:has(set.domain)
  if identity.mail_from ~= set or found == nil then
    return
  elseif found and set.status ~= "SUCCESS" then
    move(identity, "SUCCESS", now)
  elseif not found and set.status == "SUCCESS" then
    move(identity, "TEMPORARY_FAILURE", now)
  end
end

--- Asks name servers for what M.read of many identities needs.
---@param list ses.emulator.Identity[]
---@param now number seconds of the movable clock
---@param looks ses.emulator.Looks|nil nil: nobody looks
function M.prepare(list, now, looks)
  local domains, seen = {}, {}
  for _, identity in ipairs(looks and list or {}) do
    local set = identity.mail_from
    if is_looked_for(set) and not is_over(set, now) and not seen[set.domain] then
      seen[set.domain] = true
      domains[#domains + 1] = set.domain
    end
  end
  if #domains > 1 then
    looks:prepare(domains)
  end
end

--- What holds of an identity's MAIL FROM domain at a time.
---@param identity ses.emulator.Identity
---@param now number seconds of the movable clock
---@param looks ses.emulator.Looks|nil nil: nobody looks
---@return {domain: string|nil, status: string|nil, behavior: string}
function M.read(identity, now, looks)
  if is_over(identity.mail_from, now) then
    move(identity, "FAILED", now)
  elseif looks and is_looked_for(identity.mail_from) then
    look(identity, now, looks)
  end
  local set = identity.mail_from
  return { domain = set.domain, status = set.status, behavior = set.behavior or DEFAULT }
end

-- Where the detection of a domain's records starts, or stands where the domain
-- is the one that was set before.
local function start(ctx, identity, domain)
  local set = M.read(identity, ctx.now)
  if ctx.assume.same_mail_from_domain == "keep" and set.domain == domain
    and (set.status == "SUCCESS" or set.status == "PENDING") then
    return { domain = domain, status = set.status, since = identity.mail_from.since }
  end
  return { domain = domain, status = "PENDING", since = ctx.now }
end

--- Sets or disables the MAIL FROM domain of an identity.
---@param ctx ses.emulator.Context
---@param name string the identity
---@param domain string|nil nil disables
---@param behavior string|nil in API v2's spelling
---@return true|nil
---@return ses.emulator.Fault|nil
function M.set(ctx, name, domain, behavior)
  local identity = identities.find(ctx.region, name)
  if not identity then
    local invalid = ctx.assume.put_unknown_identity == "BadRequestException"
    return errors.fault(invalid and "invalid" or "not_found",
                        "Identity <" .. name .. "> does not exist.")
  elseif not domain or (domain == "" and ctx.assume.empty_mail_from_domain == "clear") then
    return disable(ctx, identity, behavior)
  end
  local wanted, fault = check_domain(identity, domain, name)
  if not wanted then
    return nil, fault
  end
  identity.mail_from = start(ctx, identity, wanted)
  identity.mail_from.behavior = behavior
  return true
end

--- Moves the status of an identity's MAIL FROM domain.
---@param identity ses.emulator.Identity
---@param status string in API v2's spelling
---@param now number seconds of the movable clock
---@return boolean ok false: the identity has no MAIL FROM domain
function M.move(identity, status, now)
  if not identity.mail_from.domain then
    return false
  end
  move(identity, status, now)
  return true
end

return M
