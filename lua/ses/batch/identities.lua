--- Custom MAIL FROM domains of any number of identities.
local map = require "ses.batch.map"

local M = {}

-- GetIdentityMailFromDomainAttributes takes no more.
local PER_CALL = 100

-- The identities in groups that a call takes, each once.
local function groups_of(identities)
  local groups, seen, group = {}, {}, nil
  for i = 1, #identities do
    local name = identities[i]
    if type(name) ~= "string" then
      return nil, ("identities[%d]: expected a string, got %s"):format(i, type(name))
    elseif not seen[name] then
      seen[name] = true
      if not group or #group == PER_CALL then
        group = {}
        groups[#groups + 1] = group
      end
      group[#group + 1] = name
    end
  end
  return groups
end

--- Reads the MAIL FROM domains of identities, a hundred in a call.
---
--- Each identity is asked for once, and the client's own pacing keeps SES's
--- rate of one call a second.
---@param v1 table a client of API v1
---@param identities string[] any number
---@return table<string, {MailFromDomain: string|nil, MailFromDomainStatus: string|nil,
---  BehaviorOnMXFailure: string|nil}>|nil attributes those that SES knows, by identity
---@return ses.Error|nil err of the first call that failed; `err.partial` has the attributes that
---  were read before it
function M.mail_from_attributes(v1, identities)
  map.transport_of(v1, "ses.batch.mail_from_attributes")
  local groups, fault
  if v1.service ~= "ses" then
    fault = "expected a client of API v1: API v2 reads identities one at a time"
  elseif type(identities) ~= "table" then
    fault = "identities: expected a list, got " .. type(identities)
  else
    groups, fault = groups_of(identities)
  end
  if fault then
    error("ses.batch.mail_from_attributes: " .. fault, 2)
  end
  local attributes = {}
  for i = 1, #groups do
    local result, err = v1:get_identity_mail_from_domain_attributes { Identities = groups[i] }
    if not result then
      err.partial = attributes
      return nil, err
    end
    for name, found in pairs(result.MailFromDomainAttributes or {}) do
      attributes[name] = found
    end
  end
  return attributes
end

return M
