--- The identities of a region: domains and e-mail addresses.
---
--- Statuses are kept in API v2's spelling.
local core = require "ses.core"
local names = require "ses.emulator.names"
local paging = require "ses.emulator.paging"

local M = {}

--- Identities that a region holds at most.
M.LARGEST = 10000

---@class ses.emulator.Identity
---@field name string domain in lower case
---@field type string "DOMAIN" or "EMAIL_ADDRESS"
---@field domain string the domain itself, or the one of the address
---@field status string "PENDING", "SUCCESS" ...
---@field number integer rises in the order of creation
---@field token string of the domain's verification record
---@field mail_from table see ses.emulator.mail_from
---@field tags table[]
---@field forwards boolean whether feedback is forwarded by mail
---@field topics table<"Bounce"|"Complaint"|"Delivery", string> where it goes by SNS

local function normal(name)
  if name:find("@", 1, true) then
    local address, domain = names.address(name)
    if not address then
      return nil, "Invalid email address <" .. name .. ">: " .. domain .. "."
    end
    return address, "EMAIL_ADDRESS", domain
  end
  local domain = names.domain(name)
  if not domain then
    return nil, "Invalid domain name <" .. name .. ">."
  end
  return domain, "DOMAIN", domain
end

--- The identity of that name.
---@param region table
---@param name string
---@return ses.emulator.Identity|nil
function M.find(region, name)
  local key = normal(name)
  return key and region.identities[key]
end

--- Adds an identity where there is none of that name yet.
---@param region table
---@param name string
---@param status string
---@param wanted string|nil the type that it must have
---@return ses.emulator.Identity|nil
---@return string message nil: the name is no domain and no address, or there are too many
function M.ensure(region, name, status, wanted)
  local key, kind, domain = normal(name)
  if not key then
    return nil, kind
  elseif wanted and kind ~= wanted then
    return nil, "Invalid " .. (wanted == "DOMAIN" and "domain name" or "email address") .. " <"
      .. name .. ">."
  end
  local identity = region.identities[key]
  if identity then
    return identity
  elseif #region.order >= M.LARGEST then
    return nil, "The region has " .. M.LARGEST .. " identities already."
  end
  region.number = region.number + 1
  identity = {
    name = key, type = kind, domain = domain, status = status, number = region.number,
    token = core.encode_base64(core.random(32)), mail_from = {}, tags = {},
    forwards = true, topics = {},
  }
  region.identities[key] = identity
  region.order[#region.order + 1] = identity
  return identity
end

--- Removes an identity.
---@param region table
---@param identity ses.emulator.Identity
function M.remove(region, identity)
  region.identities[identity.name] = nil
  paging.remove(region.order, identity)
end

--- A page of the identities, in the order of their creation.
---@param region table
---@param accept fun(identity: ses.emulator.Identity): boolean
---@param limit integer how many at most
---@param token string|nil where the page before ended
---@return ses.emulator.Identity[]|nil page nil: the token is none
---@return string|nil token of the next page
function M.page(region, accept, limit, token)
  return paging.page(region.order, "identity", accept, limit, token)
end

local function verified(region, name)
  local identity = region.identities[name]
  return identity and identity.status == "SUCCESS" and identity or nil
end

--- The identity that an address is sent by: the most granular verified one.
--- A label after a plus sign needs no identity of its own.
---@param region table
---@param address string see names.address
---@return ses.emulator.Identity|nil
function M.covering(region, address)
  local localpart, domain = address:match("^(.*)@(.*)$")
  local found = verified(region, address)
    or verified(region, localpart:gsub("%+.*$", "") .. "@" .. domain)
  while domain and not found do
    found = verified(region, domain)
    domain = names.parent(domain)
  end
  return found
end

--- The three tokens of a domain's Easy DKIM records.
---@param identity ses.emulator.Identity
---@return string[]
function M.dkim_tokens(identity)
  if not identity.dkim_tokens then
    identity.dkim_tokens = {}
    for i = 1, 3 do
      identity.dkim_tokens[i] = core.sha256(identity.token .. i):sub(1, 32)
    end
  end
  return identity.dkim_tokens
end

return M
