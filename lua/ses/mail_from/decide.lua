--- What is to be done for an identity, by what is wanted and what SES has.
local names = require "ses.mail_from.names"
local printable = require "ses.printable"
local tables = require "ses.tables"

local M = {}

---@class ses.mail_from.Rules
---@field force boolean MAIL FROM domains of others are replaced
---@field known table<string, true> the MAIL FROM domains that are one's own
---@field beginnings string[] the same, less the identity's domain at their ends: "mail."

--- What is wrong with the option `known`.
---@param known any
---@return string|nil fault
function M.known_fault(known)
  if type(known) ~= "table" then
    return "expected a list such as {\"mail.*\"}, got " .. type(known)
  end
  for i = 1, #known do
    local text = known[i]
    if type(text) ~= "string" then
      return ("the one at %d: expected a string, got %s"):format(i, type(text))
    elseif not names.domain((text:gsub("%.%*$", ".example.com"))) then
      return ("the one at %d: expected a domain, or one such as mail.* where * stands for the"
        .. " domain of the identity, got '%s'"):format(i, printable(text, 80))
    end
  end
end

--- The rules of a plan.
---@param force boolean|nil
---@param known string[]|nil checked before
---@return ses.mail_from.Rules
function M.rules(force, known)
  local rules = { force = force == true, known = {}, beginnings = {} }
  for _, text in ipairs(known or {}) do
    local beginning = text:lower():match("^(.*%.)%*$")
    if beginning then
      table.insert(rules.beginnings, beginning)
    else
      rules.known[names.normal(text)] = true
    end
  end
  return rules
end

-- Whether a MAIL FROM domain that is another than the wanted one may go.
local function may_replace(change, domain, rules)
  if rules.force or rules.known[domain] then
    return true
  end
  local parent = change.identity:match("[^@]*$")
  for _, beginning in ipairs(rules.beginnings) do
    if domain == beginning .. parent then
      return true
    end
  end
  return false
end

local RIGHT = {
  SUCCESS = "it is in use", PENDING = "it is set, and SES looks for its MX record",
  TEMPORARY_FAILURE = "it is set, and SES does not find its MX record at present",
}

local UNVERIFIED = tables.set { "PENDING", "FAILED", "NOT_STARTED" }

-- Whether the wanted domain is set already, and as it should be.
local function decide_same(change, setting)
  if setting.status == "FAILED" then
    return "restart", "Failed", "SES has stopped looking for the MX record of " .. setting.domain
  elseif change.behavior and change.behavior ~= setting.behavior then
    return "repair", "Behavior", ("its behavior is %s, and not %s"):format(setting.behavior,
      change.behavior)
  end
  return "keep", "AsWanted", RIGHT[setting.status] or "it is set (" .. setting.status .. ")"
end

local function decide_known(change, setting, rules)
  local wanted = change.mail_from_domain
  if not wanted then
    if setting.domain then
      return "disable", "Unwanted", "it has the MAIL FROM domain " .. setting.domain
    end
    return "keep", "AsWanted", "it has no MAIL FROM domain"
  elseif setting.domain == wanted then
    return decide_same(change, setting)
  elseif setting.domain and not may_replace(change, setting.domain, rules) then
    return "refuse", "ForeignMailFromDomain", ("it has the MAIL FROM domain %s, which somebody else"
      .. " may depend on: name that in known, or use force"):format(setting.domain)
  elseif UNVERIFIED[setting.verification] then
    return "unverified", "IdentityNotVerified", ("SES has not verified it (%s), and takes no MAIL"
      .. " FROM domain for it before"):format(setting.verification)
  elseif setting.domain then
    return "repair", "OtherMailFromDomain", "it has the MAIL FROM domain " .. setting.domain
  end
  return "create", "NotConfigured", "it has no MAIL FROM domain"
end

--- Decides.
---@param change ses.mail_from.Change what is wanted of it
---@param setting ses.mail_from.Setting
---@param rules ses.mail_from.Rules
---@return string action
---@return string code a word for programs
---@return string reason a clause for people
function M.decide(change, setting, rules)
  if setting.is_known then
    return decide_known(change, setting, rules)
  end
  return "unknown", "IdentityNotFound", "SES does not have this identity in this region"
    .. (change.is_address and "; what is sent from it goes by its domain's identity, if there is"
      .. " one, and by the MAIL FROM domain of that" or "")
end

return M
