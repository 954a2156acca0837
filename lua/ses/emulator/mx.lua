--- Whether a MAIL FROM domain has the MX record that it needs, as name servers
--- have it.
local feedback = require "ses.mail_from.feedback"
local resolver = require "ses.mail_from.resolver"

local M = {}

-- Somebody waits for the emulator meanwhile.
local TIMEOUT, TRIES = 2, 2

---@alias ses.emulator.HasMx fun(domain: string): boolean

local function servers_of(given)
  return type(given) == "string" and { given }
    or type(given) == "table" and type(given[1]) == "string" and given or nil
end

--- What is wrong with what is to be asked; nil: nothing.
---@param given any
---@return string|nil
function M.fault(given)
  return not servers_of(given) and resolver.SCHEMA.resolver(given) or nil
end

--- A function that asks.
---
--- The record is there where the domain has one MX record alone, and that is the
--- feedback host of any region: AWS lets identities of several regions share one.
--- An answer that does not come is none.
---@param given string|string[]|function|table name servers, such as "127.0.0.1:5353"; or a resolver,
---  as ses.mail_from.check takes it
---@return ses.emulator.HasMx|nil
---@return string|nil message
function M.new(given)
  local servers = servers_of(given)
  local ask, err = resolver.of {
    servers = servers, resolver = not servers and given or nil, timeout = TIMEOUT, tries = TRIES,
  }
  if not ask then
    return nil, (err.message:gsub("^.*dns%.new: ", ""))
  end
  return function(domain)
    local hosts = {}
    for _, answer in ipairs(ask(domain, "MX") or {}) do
      hosts[#hosts + 1] = answer.exchange
    end
    return #hosts == 1 and feedback.at(hosts[1]) ~= nil
  end
end

--- The same for one request: each domain is asked for once.
---@param has_mx ses.emulator.HasMx|nil
---@return ses.emulator.HasMx|nil
function M.once(has_mx)
  local known = {}
  return has_mx and function(domain)
    if known[domain] == nil then
      known[domain] = has_mx(domain)
    end
    return known[domain]
  end
end

return M
