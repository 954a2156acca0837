--- A plan: what has to be done so that identities have the MAIL FROM domains
--- that are wanted, and what has to be left alone.
---
--- Whose a MAIL FROM domain is that differs from the wanted one, nobody can see:
--- SES keeps no owner. So it is taken for somebody else's and refused, unless it
--- is named in `known` or `force` is set. What differs in the behavior alone is
--- drift, and is repaired; letter case and a dot at the end are no difference.
--- To disable is an order about whatever there is: nothing is foreign to it.
---
--- SES has one call that changes the domain and the behavior, and takes it for a
--- new start where SES has stopped looking. Whether it looks anew for the MX
--- record of a domain whose behavior alone changes is not known.
---
--- What a plan needs: ses:GetIdentityVerificationAttributes and
--- ses:GetIdentityMailFromDomainAttributes, by API v1; ses:GetEmailIdentity, by
--- API v2; and ses:ListIdentities or ses:ListEmailIdentities, without which it
--- says in `notes` that it could not look for addresses that override their
--- domains. It reads a hundred identities in two calls by API v1, and one in a
--- call by API v2: ten thousand take two minutes by the one and three hours by the
--- other. Applying it takes a call, and a second, for each change.
local apply = require "ses.mail_from.apply"
local decide = require "ses.mail_from.decide"
local map = require "ses.batch.map"
local options = require "ses.options"
local overrides = require "ses.mail_from.overrides"
local reading = require "ses.mail_from.reading"
local wanted_list = require "ses.mail_from.wanted"

local M = {}

-- In the order in which a plan tells of them, and whether they take a call.
local ACTIONS = {
  { "create", true }, { "repair", true }, { "restart", true }, { "disable", true },
  { "keep", false }, { "refuse", false }, { "unverified", false }, { "unknown", false },
  { "invalid", false }, { "error", false },
}

---@class ses.mail_from.Note
---@field code "Duplicate"|"TrailingDot"|"UpperCase"|"OverridesDomain"|"OverriddenBy"
---  |"IdentitiesNotListed"
---@field message string a sentence
---@field identities string[]|nil of OverriddenBy: all of them

---@class ses.mail_from.Change
---@field identity string as SES has it
---@field is_address boolean|nil
---@field mail_from_domain string|false|nil the wanted one; false: none
---@field behavior "USE_DEFAULT_VALUE"|"REJECT_MESSAGE"|nil the wanted one; nil: what it is
---@field action "create"|"repair"|"restart"|"disable"|"keep"|"refuse"|"unverified"|"unknown"
---  |"invalid"|"error" those after "disable" take no call
---@field code string a word for programs: why that is the action
---@field reason string a clause for people
---@field current ses.mail_from.Setting|nil what SES has; nil: it was not asked, or did not say
---@field err ses.Error|nil of the action "error": why SES did not say
---@field will_be string|false|nil the MAIL FROM domain once the plan is applied; nil: what it is
---@field notes ses.mail_from.Note[]
---@field rows string[] where it was wanted: "wanted[3]", or what `labels` call that
---@field outcome ses.mail_from.Outcome|nil once the plan was applied

---@class ses.mail_from.Plan
---@field changes ses.mail_from.Change[] one for each identity, in the order in which they were
---  named; of a map, in the order of the names
---@field counts table<string, integer> by action, 0 included
---@field calls integer calls that change something: what applying it takes, in seconds as well
---@field notes ses.mail_from.Note[] what concerns no single identity
---@field region string
---@field client table that it was made with
---@field rules ses.mail_from.Rules
---@field tried table<ses.mail_from.Change, true> those that earlier runs made a call for
local Plan = {}
Plan.__index = Plan
Plan.__name = "ses.mail_from.plan"

Plan.apply = apply.apply

--- How many identities take which action, in one line.
---@return string
function Plan:summary()
  local parts = {}
  for _, action in ipairs(ACTIONS) do
    local count = self.counts[action[1]]
    if count > 0 then
      parts[#parts + 1] = action[1] .. " " .. count
    end
  end
  return ("MAIL FROM domains in %s: %s"):format(self.region,
    #parts > 0 and table.concat(parts, ", ") or "nothing is wanted")
end

-- With a line for each identity that is not as wanted.
function Plan:__tostring()
  local lines = { self:summary() }
  for _, change in ipairs(self.changes) do
    if change.action ~= "keep" then
      local wish = change.mail_from_domain ~= nil
        and " -> " .. (change.mail_from_domain or "none") or ""
      lines[#lines + 1] = ("  %s%s: %s, %s"):format(change.identity, wish, change.action,
        change.reason)
    end
  end
  return table.concat(lines, "\n")
end

local SCHEMA = {
  force = options.of "boolean", known = decide.known_fault, overrides = options.of "boolean",
  labels = options.of "table", progress = options.of "function",
}

local WILL_BE = { create = true, repair = true, restart = true, keep = true, disable = true }

local function decide_one(change, setting, rules)
  if setting.err then
    change.action, change.code, change.err = "error", setting.err.code, setting.err
    change.reason = "SES did not say what it has: " .. tostring(setting.err.message)
    return
  end
  change.current = setting
  change.action, change.code, change.reason = decide.decide(change, setting, rules)
  if WILL_BE[change.action] then
    change.will_be = change.mail_from_domain
  end
end

local function names_of(changes, more)
  local list = {}
  for _, change in ipairs(changes) do
    if change.action ~= "invalid" then
      list[#list + 1] = change.identity
    end
  end
  for _, name in ipairs(more) do
    list[#list + 1] = name
  end
  return list
end

-- The identities that SES has; none where it does not tell, which is noted.
local function list_identities(plan, is_wanted)
  if not is_wanted or #plan.changes == 0 then
    return {}
  end
  local list, err = overrides.list(plan.client)
  if not list then
    plan.notes[1] = {
      code = "IdentitiesNotListed", message = "which identities override their domains cannot be"
        .. " said, because SES did not list them: " .. tostring(err.message),
    }
  end
  return list or {}
end

local function count(plan)
  for _, action in ipairs(ACTIONS) do
    local name, takes_call = action[1], action[2]
    plan.counts[name] = 0
    for _, change in ipairs(plan.changes) do
      if change.action == name then
        plan.counts[name] = plan.counts[name] + 1
        plan.calls = plan.calls + (takes_call and 1 or 0)
      end
    end
  end
end

---@class ses.mail_from.PlanOptions
---@field force boolean|nil true: replace MAIL FROM domains that are not known either
---@field known string[]|nil MAIL FROM domains of one's own, which a wanted one may replace:
---  "old.example.com", or "mail.*", where * stands for the domain of the identity
---@field overrides boolean|nil false: do not list the identities that there are, to say which
---  override their domains
---@field labels string[]|nil of a list: what messages call its rows, such as "line 3" of a file
---@field progress nil|fun(done: integer, total: integer): boolean|nil after each question; false
---  stops it

--- Makes a plan. It only reads.
---
--- Raises for misuse: what is no list or map, or has members of other names.
--- Values that will not do make their identity's change "invalid", and no other.
---@param client table a client of either API
---@param wanted ses.mail_from.Wanted[]|table<string, string|false|ses.mail_from.Wanted> a list, or
---  a map by identity
---@param opts ses.mail_from.PlanOptions|nil
---@return ses.mail_from.Plan|nil
---@return ses.Error|nil err SES could not be asked, or `progress` ended it
function M.plan(client, wanted, opts)
  map.transport_of(client, "ses.mail_from.plan")
  opts = opts == nil and {} or opts
  local fault, changes = options.fault(opts, SCHEMA), nil
  if not fault then
    changes, fault = wanted_list.read(wanted, opts.labels)
  end
  if fault then
    error("ses.mail_from.plan: " .. fault, 2)
  end
  local plan = setmetatable({
    changes = changes, counts = {}, calls = 0, notes = {}, region = client.region, client = client,
    rules = decide.rules(opts.force, opts.known), tried = {},
  }, Plan)
  local list = list_identities(plan, opts.overrides ~= false)
  local found, err = reading.all(client, names_of(changes, overrides.domains(changes, list)),
    opts.progress)
  if not found then
    return nil, err
  end
  for _, change in ipairs(changes) do
    if change.action ~= "invalid" then
      decide_one(change, found[change.identity], plan.rules)
    end
  end
  overrides.note(changes, found, list)
  count(plan)
  return plan
end

return M
