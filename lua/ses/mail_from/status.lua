--- What SES has of identities, and taking their MAIL FROM domains away.
local errors = require "ses.error"
local map = require "ses.batch.map"
local names = require "ses.mail_from.names"
local plans = require "ses.mail_from.plan"
local reading = require "ses.mail_from.reading"

local M = {}

--- Reads the MAIL FROM settings of an identity, or of any number of them: a hundred
--- in two calls by API v1, one in a call by API v2.
---@param client table a client of either API
---@param identities string|string[]
---@param progress nil|fun(done: integer, total: integer): boolean|nil after each question; false
---  stops it
---@return ses.mail_from.Setting|ses.mail_from.Setting[]|nil settings with their `identity`, of a
---  list in its order; one that SES does not have is not `is_known`, and one whose question failed
---  has `err`
---@return ses.Error|nil
function M.status(client, identities, progress)
  map.transport_of(client, "ses.mail_from.status")
  local order, fault = names.identities(identities)
  if not order then
    error("ses.mail_from.status: " .. fault, 2)
  end
  local asked, seen = {}, {}
  for _, name in ipairs(order) do
    if not seen[name] then
      seen[name] = true
      asked[#asked + 1] = name
    end
  end
  local found, err = reading.all(client, asked, progress)
  if not found then
    return nil, err
  end
  local list = {}
  for i, name in ipairs(order) do
    list[i] = found[name]
    list[i].identity = name
  end
  return type(identities) == "table" and list or list[1]
end

local function unwanted(list)
  local wanted = {}
  for i, name in ipairs(list) do
    wanted[i] = { identity = name, mail_from_domain = false }
  end
  return wanted
end

-- What became of the only one.
local function outcome_of(client, change, report)
  local outcome = change.outcome
  if outcome.state == "done" or outcome.state == "unchanged" then
    return outcome.state == "done" and "disabled" or "unchanged"
  end
  return nil, outcome.err or report.stopped or errors.new("service", {
    service = client.service, code = outcome.code,
    message = change.identity .. ": " .. outcome.message,
  })
end

--- Takes the MAIL FROM domain of an identity away, or those of several. Where
--- there is none, no call is made.
---@param client table a client of either API
---@param identity string|string[]
---@return "disabled"|"unchanged"|ses.mail_from.Applied|nil done of a list: a report, as of a plan
---@return ses.Error|nil
function M.disable(client, identity)
  map.transport_of(client, "ses.mail_from.disable")
  local list, fault = names.identities(identity)
  if not list then
    error("ses.mail_from.disable: " .. fault, 2)
  end
  local plan, err = plans.plan(client, unwanted(list), { overrides = false })
  if not plan then
    return nil, err
  end
  local report = plan:apply()
  if type(identity) == "table" then
    return report
  end
  return outcome_of(client, plan.changes[1], report)
end

return M
