--- What somebody wants: the identities and their MAIL FROM domains, checked by
--- name. Each identity is one change of a plan, however often it was named.
local cjson = require "cjson"
local names = require "ses.mail_from.names"
local options = require "ses.options"
local printable = require "ses.printable"

local M = {}

---@class ses.mail_from.Wanted
---@field identity string a domain or an e-mail address
---@field mail_from_domain string|false the full name; false, or ses.null: none
---@field behavior string|nil when the MX record is missing: "USE_DEFAULT_VALUE" or
---  "REJECT_MESSAGE", or API v1's words; nil: what it is already. Without a MAIL FROM domain it
---  says nothing

local BEHAVIORS = {
  USE_DEFAULT_VALUE = "USE_DEFAULT_VALUE", REJECT_MESSAGE = "REJECT_MESSAGE",
  UseDefaultValue = "USE_DEFAULT_VALUE", RejectMessage = "REJECT_MESSAGE",
}

local function anything() end

local ROW = { identity = anything, mail_from_domain = anything, behavior = anything }

local ELSEWHERE = {
  Identity = "identity", EmailIdentity = "identity", MailFromDomain = "mail_from_domain",
  domain = "mail_from_domain", mail_from = "mail_from_domain", behaviour = "behavior",
  BehaviorOnMXFailure = "behavior", BehaviorOnMxFailure = "behavior",
}

-- A list: each row with what messages call it.
local function listed(wanted, labels)
  local rows = {}
  for i = 1, #wanted do
    rows[i] = { label = labels and labels[i] or ("wanted[%d]"):format(i), row = wanted[i] }
  end
  for key in pairs(wanted) do
    if type(key) ~= "number" or not rows[key] then
      return nil, "wanted: expected a list, or a map by identity, and it is a mixture of both"
    end
  end
  return rows
end

-- A map by identity, in the order of their names.
local function mapped(wanted)
  local rows = {}
  for identity, value in pairs(wanted) do
    local row, label = value, "wanted['" .. printable(identity) .. "']"
    if type(identity) ~= "string" then
      return nil, label .. ": expected an identity as the key, got " .. type(identity)
    elseif type(value) ~= "table" then
      row = { mail_from_domain = value }
    elseif value.identity ~= nil then
      return nil, label .. ".identity: the key names the identity"
    end
    rows[#rows + 1] = {
      label = label, row = row, identity = identity,
    }
  end
  table.sort(rows, function(a, b) return a.identity < b.identity end)
  return rows
end

local function rows_of(wanted, labels)
  if type(wanted) ~= "table" then
    return nil, "wanted: expected a list, or a map by identity, got " .. type(wanted)
  end
  local rows, fault = (wanted[1] ~= nil and listed or mapped)(wanted, labels)
  for i = 1, rows and #rows or 0 do
    fault = options.fault(rows[i].row, ROW, rows[i].label, nil, ELSEWHERE)
    if fault then
      return nil, fault
    end
  end
  return rows, fault
end

local function refuse(change, code, message)
  change.action, change.code, change.reason = "invalid", code, message
  return change
end

local function read_domain(change, value)
  if value == nil then
    return refuse(change, "NoMailFromDomain",
      "mail_from_domain is missing: give the full name, or false for none")
  elseif value == false or value == cjson.null then
    change.mail_from_domain = false
    return
  end
  local name, problem, notes = names.check(change.identity, value)
  if not name then
    return refuse(change, problem.code, problem.message)
  end
  change.mail_from_domain, change.notes = name, notes
end

local function read_behavior(change, value)
  if value == nil or value == cjson.null then
    return
  end
  change.behavior = BEHAVIORS[value]
  if not change.behavior then
    refuse(change, "InvalidBehavior", ("the behavior must be USE_DEFAULT_VALUE or REJECT_MESSAGE,"
      .. " or in API v1's words UseDefaultValue or RejectMessage, got '%s'"):format(
        printable(value, 80)))
  end
end

local function read_row(entry)
  local row, given = entry.row, entry.identity
  if given == nil then
    given = row.identity
  end
  local change = { identity = printable(given), rows = { entry.label }, notes = {} }
  local identity, problem = names.identity(given)
  if not identity then
    return refuse(change, problem.code, problem.message)
  end
  change.identity, change.is_address = identity.name, identity.is_address
  read_domain(change, row.mail_from_domain)
  if not change.action then
    read_behavior(change, row.behavior)
  end
  return change, identity.name
end

-- The identity was named before.
local function unite(first, second)
  local label = second.rows[1]
  first.rows[#first.rows + 1] = label
  -- Which of two is meant is no clearer for a third.
  if first.code == "Contradiction" then
    return
  elseif first.mail_from_domain ~= second.mail_from_domain or first.behavior ~= second.behavior
    or first.reason ~= second.reason then
    refuse(first, "Contradiction", ("%s and %s want different things of %s: leave one of them out")
      :format(first.rows[1], label, first.identity))
  else
    first.notes[#first.notes + 1] = {
      code = "Duplicate", message = label .. " says the same as " .. first.rows[1],
    }
  end
end

--- Reads what is wanted.
---@param wanted ses.mail_from.Wanted[]|table<string, string|false|ses.mail_from.Wanted>
---@param labels string[]|nil what messages call the rows of a list
---@return ses.mail_from.Change[]|nil changes one for each identity; those that cannot be have
---  the action "invalid", the others none yet
---@return string|nil fault a message for the caller, who gave what is no such table
function M.read(wanted, labels)
  local rows, fault = rows_of(wanted, labels)
  if not rows then
    return nil, fault
  end
  local changes, by_name = {}, {}
  for i = 1, #rows do
    local change, name = read_row(rows[i])
    local first = name and by_name[name]
    if first then
      unite(first, change)
    else
      changes[#changes + 1] = change
      by_name[name or {}] = change
    end
  end
  return changes
end

return M
