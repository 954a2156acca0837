--- Identities whose mail does not take the setting of the domain above them.
---
--- SES goes by the most granular verified identity: an address before its
--- domain, a subdomain before the domain above it. A setting is never taken from
--- further up, not even where the more granular identity has none.
local names = require "ses.mail_from.names"

local M = {}

-- As many names as a message holds.
local SHOWN = 3

local LISTS = {
  ses = { operation = "ListIdentities", name = function(item) return item end },
  sesv2 = { operation = "ListEmailIdentities",
            name = function(item) return item.IdentityName end },
}

--- The identities that SES has.
---@param client table a client of either API
---@return string[]|nil list
---@return ses.Error|nil
function M.list(client)
  local source = LISTS[client.service]
  local items = client:items(source.operation, {}, { page_size = 1000 })
  local list = {}
  while true do
    local item, err = items:next()
    if item == nil then
      if err then
        return nil, err
      end
      return list
    end
    local identity = names.identity(source.name(item))
    list[#list + 1] = identity and identity.name
  end
end

-- The nearest name above an identity that a set has.
local function above(identity, set)
  local name = identity:match("@([^@]*)$") or identity:match("^[^.]*%.(.*)$")
  while name and not set[name] do
    name = name:match("^[^.]*%.(.*)$")
  end
  return name
end

--- The domains whose settings have to be known as well, to say which addresses
--- override them.
---@param changes ses.mail_from.Change[]
---@param list string[]
---@return string[]
function M.domains(changes, list)
  local exists, found, domains = {}, {}, {}
  for _, name in ipairs(list) do
    exists[name] = true
  end
  for _, change in ipairs(changes) do
    found[change.identity] = true
  end
  for _, change in ipairs(changes) do
    local domain = change.is_address and above(change.identity, exists)
    if domain and not found[domain] then
      found[domain] = true
      domains[#domains + 1] = domain
    end
  end
  return domains
end

local function note(change, code, message, identities)
  change.notes[#change.notes + 1] = { code = code, message = message, identities = identities }
end

-- What an identity will have, as far as that is known.
local function outcome(name, by_name, settings)
  local change, setting = by_name[name], settings[name]
  if change and change.will_be ~= nil then
    return change.will_be or nil
  end
  return setting and setting.domain
end

-- SES passes over identities that are not verified.
local function counts(setting)
  return setting.is_known and setting.verification == "SUCCESS"
end

-- An address that is in the plan.
local function note_address(change, by_name, settings)
  local domain = above(change.identity, settings)
  while domain and not counts(settings[domain]) do
    domain = above(domain, settings)
  end
  if not domain or not counts(change.current) then
    return
  end
  local own, domains = outcome(change.identity, by_name, settings),
    outcome(domain, by_name, settings)
  if own ~= domains then
    note(change, "OverridesDomain", ("%s is an identity of its own: its mail goes out with %s, and"
      .. " not with the setting of %s, which is %s"):format(change.identity,
        own or "a MAIL FROM domain of amazonses.com", domain, domains or "none"))
  end
end

local function in_words(identities)
  local shown = {}
  for i = 1, math.min(#identities, SHOWN) do
    shown[i] = identities[i]
  end
  local more = #identities - #shown
  return table.concat(shown, ", ") .. (more > 0 and (" and %d more"):format(more) or "")
end

-- Domains that are in the plan, and identities below them that are not.
local function note_domains(list, named, by_name)
  local order, below = {}, {}
  for _, name in ipairs(list) do
    local domain = not named[name] and above(name, by_name)
    if domain then
      if not below[domain] then
        below[domain] = {}
        order[#order + 1] = domain
      end
      table.insert(below[domain], name)
    end
  end
  for _, domain in ipairs(order) do
    local identities = below[domain]
    note(by_name[domain], "OverriddenBy", "what SES has an identity of its own for does not take"
      .. " this setting, once verified: " .. in_words(identities) .. "; add what should have it",
      identities)
  end
end

--- Adds notes to changes that were decided.
---@param changes ses.mail_from.Change[]
---@param settings table<string, ses.mail_from.Setting> of them and of M.domains
---@param list string[] of M.list
function M.note(changes, settings, list)
  local named, by_name = {}, {}
  for _, change in ipairs(changes) do
    named[change.identity] = true
    if change.current and change.current.is_known then
      by_name[change.identity] = change
    end
  end
  for _, change in ipairs(changes) do
    if change.is_address and by_name[change.identity] then
      note_address(change, by_name, settings)
    end
  end
  note_domains(list, named, by_name)
end

return M
