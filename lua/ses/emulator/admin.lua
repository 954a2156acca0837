--- What a test does to the emulator, in process and through the control plane.
local credentials = require "ses.emulator.credentials"
local faults = require "ses.emulator.faults"
local identities = require "ses.emulator.identities"
local mail_from = require "ses.emulator.mail_from"
local mx = require "ses.emulator.mx"
local settings = require "ses.emulator.settings"
local states = require "ses.emulator.state"
local tables = require "ses.tables"

local M = {}

-- A hundred years: times stay dates that both APIs can write.
local FARTHEST = 100 * 365 * 24 * 3600

local YEAR = 365 * 24 * 3600

local function find(emulator, name, region)
  region = region or emulator.options.region
  local identity = identities.find(states.region(emulator.state, region), name)
  if identity then
    return identity
  end
  local message = "no identity '" .. name .. "' in " .. region
  for _, other in ipairs(states.regions(emulator.state)) do
    if identities.find(other, name) then
      return nil, message .. "; it is in " .. other.name, other.name
    end
  end
  return nil, message
end

--- Verifies an identity, as its owner does with a record or a click.
---@param emulator ses.Emulator
---@param name string
---@param region string|nil nil: the emulator's
---@return true|nil
---@return string|nil message
---@return string|nil elsewhere another region, where the identity is
function M.verify(emulator, name, region)
  local identity, message, elsewhere = find(emulator, name, region)
  if not identity then
    return nil, message, elsewhere
  end
  identity.status = "SUCCESS"
  return true
end

--- Moves the status of an identity's MAIL FROM domain.
---@param emulator ses.Emulator
---@param name string
---@param status any in either API's spelling
---@param region string|nil nil: the emulator's
---@return true|nil
---@return string|nil message
---@return string|nil elsewhere another region, where the identity is
function M.set_mail_from_status(emulator, name, status, region)
  local identity, message, elsewhere = find(emulator, name, region)
  if not identity then
    return nil, message, elsewhere
  end
  local wanted = mail_from.status(status)
  if not wanted then
    return nil, "'" .. tostring(status) .. "' is no status of a MAIL FROM domain: expected Pending,"
      .. " Success, TemporaryFailure or Failed, in either API's spelling"
  elseif not mail_from.move(identity, wanted, emulator.clock:now()) then
    return nil, "the identity '" .. name .. "' has no MAIL FROM domain"
  end
  return true
end

--- Replaces the faults on demand.
---@param emulator ses.Emulator
---@param given any a list of faults, or one
---@return true|nil
---@return string|nil message
function M.set_faults(emulator, given)
  local list, message = faults.read(given)
  if not list then
    return nil, message
  end
  emulator.state.faults = list
  return true
end

--- Moves the movable clock forward.
---@param emulator ses.Emulator
---@param seconds any
---@return true|nil
---@return string|nil message
function M.advance(emulator, seconds)
  if type(seconds) ~= "number" or not (seconds >= 0) then
    return nil, "advance: expected a number of seconds, 0 or more"
  elseif emulator.clock.offset + seconds > FARTHEST then
    return nil, "advance: the clock is at most a hundred years ahead of wall time"
  end
  if emulator.has_mx then
    -- What was there before is seen before the time goes by.
    M.identities(emulator)
  end
  emulator.clock:advance(seconds)
  return true
end

--- The faults on demand that are left.
---@param emulator ses.Emulator
---@return table[] copies
function M.faults(emulator)
  return faults.left(emulator.state.faults)
end

--- Sets how far the service's clock is ahead of wall time.
---@param emulator ses.Emulator
---@param seconds any
---@return true|nil
---@return string|nil message
function M.skew(emulator, seconds)
  if type(seconds) ~= "number" or not (math.abs(seconds) <= YEAR) then
    return nil, "skew: expected a number of seconds, a year at most, either way"
  end
  emulator.clock.skew = seconds
  return true
end

--- Adds key pairs, in place of those with the same IDs.
---@param emulator ses.Emulator
---@param given any a list of key pairs, or one
---@return true|nil
---@return string|nil message
function M.set_keys(emulator, given)
  local list, message = settings.read_keys(given)
  if not list then
    return nil, message
  end
  settings.add_keys(emulator.state.keys, list)
  return true
end

--- The key pairs, without what is secret, in the order of their IDs.
---@param emulator ses.Emulator
---@return {access_key_id: string, expires: number|nil}[]
function M.keys(emulator)
  local list = {}
  for id, key in pairs(emulator.state.keys) do
    list[#list + 1] = { access_key_id = id, expires = key.expires }
  end
  table.sort(list, function(a, b)
    return a.access_key_id < b.access_key_id
  end)
  return list
end

--- Changes what credentials come from.
---@param emulator ses.Emulator
---@param given any {roles=, instance_role=, metadata=, lifetime=, sso_tokens=}
---@return true|nil
---@return string|nil message
function M.set_credentials(emulator, given)
  return credentials.set(emulator.state.credentials, given)
end

--- What credentials come from, and how often each was asked.
---@param emulator ses.Emulator
---@return table copy
function M.credentials(emulator)
  return credentials.shown(emulator.state.credentials)
end

--- Changes the quota of 24 hours, the send rate or both.
---@param emulator ses.Emulator
---@param given any {max_24_hour_send=, max_send_rate=}
---@return true|nil
---@return string|nil message
function M.set_quota(emulator, given)
  local message = settings.quota_fault(given)
  if message then
    return nil, message
  end
  local limits = emulator.state.limits
  limits.max_24_hour_send = given.max_24_hour_send or limits.max_24_hour_send
  limits.max_send_rate = given.max_send_rate or limits.max_send_rate
  return true
end

--- The identities of all regions, in API v2's spelling.
---@param emulator ses.Emulator
---@return table[]
function M.identities(emulator)
  local list, looks, regions = {}, mx.looks(emulator), states.regions(emulator.state)
  for _, region in ipairs(regions) do
    mail_from.prepare(region.order, emulator.clock:now(), looks)
    -- Identities may come and go while name servers are asked.
    for _, identity in ipairs(tables.copy(region.order)) do
      local set = mail_from.read(identity, emulator.clock:now(), looks)
      list[#list + 1] = {
        name = identity.name, type = identity.type, region = region.name,
        status = identity.status, mail_from_domain = set.domain,
        mail_from_status = set.status, behavior_on_mx_failure = set.behavior,
      }
    end
  end
  return list
end

return M
