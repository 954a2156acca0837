--- Whether a MAIL FROM domain has the MX record that it needs, as name servers
--- have it.
local feedback = require "ses.mail_from.feedback"
local resolver = require "ses.mail_from.resolver"

local M = {}

-- Somebody waits for the emulator meanwhile.
local TIMEOUT, TRIES = 2, 2

-- Questions that are put at a time, where the host can do that.
local MOST = 16

---@alias ses.emulator.HasMx fun(domain: string): boolean, string|nil the latter: the code of why
---  name servers did not say

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
    local answers, problem = ask(domain, "MX")
    for _, answer in ipairs(answers or {}) do
      hosts[#hosts + 1] = answer.exchange
    end
    return #hosts == 1 and feedback.at(hosts[1]) ~= nil, problem and problem.code
  end
end

---@class ses.emulator.Looks what one request sees of MX records: each domain is asked for once
---@field has_mx ses.emulator.HasMx
---@field known table<string, boolean>
---@field is_silent boolean a question was not answered in time
---@field host table see ses.Emulator
local Looks = {}
Looks.__index = Looks

-- Nobody answers: said once, until somebody does.
local function tell(host, code)
  local is_out = code == "TIMEOUT" or code == "NETWORK"
  if is_out and not host.is_told and host.warn then
    host.warn("no name server answers (" .. code .. "): MAIL FROM domains are taken to have no MX"
      .. " record")
  end
  host.is_told = is_out
end

--- Whether a domain has its record. Who waits for the emulator waits for one
--- silent name server once: after that nobody is asked any more.
---@param domain string
---@return boolean|nil nil: it was not asked for
function Looks:has(domain)
  if self.known[domain] == nil and not self.is_silent then
    local found, code = self.has_mx(domain)
    self.known[domain] = found
    self.is_silent = self.is_silent or code == "TIMEOUT"
    tell(self.host, code)
  end
  return self.known[domain]
end

--- Asks for many domains, at the same time where the host can do that.
---@param domains string[] each once
function Looks:prepare(domains)
  local all = self.host.all or function(n, _, fn)
    for i = 1, n do
      fn(i)
    end
  end
  all(#domains, MOST, function(i) self:has(domains[i]) end)
end

--- What one request sees.
---@param emulator ses.Emulator
---@return ses.emulator.Looks|nil looks nil: nobody looks
function M.looks(emulator)
  return emulator.has_mx and setmetatable({
    has_mx = emulator.has_mx, known = {}, is_silent = false, host = emulator.host,
  }, Looks) or nil
end

return M
