--- What SES has of identities, and taking their MAIL FROM domains away.
local errors = require "ses.error"
local map = require "ses.batch.map"
local names = require "ses.mail_from.names"
local plans = require "ses.mail_from.plan"

local M = {}

--- Reads the MAIL FROM settings of any number of identities: a hundred in two
--- calls by API v1, one in a call by API v2.
---@param client table a client of either API
---@param identities string[]
---@param progress nil|fun(done: integer, total: integer): boolean|nil after each question; false
---  stops it
---@return ses.mail_from.Setting[]|nil list in the order given, each with its `identity`; one that
---  SES does not have is not `is_known`, and one whose question failed has `err`
---@return ses.Error|nil
function M.status(client, identities, progress)
  map.transport_of(client, "ses.mail_from.status")
  if type(identities) ~= "table" then
    error("ses.mail_from.status: identities: expected a list, got " .. type(identities), 2)
  end
  local asked, seen, order = {}, {}, {}
  for i = 1, #identities do
    local known, problem = names.identity(identities[i])
    if not known then
      error(("ses.mail_from.status: identities[%d]: %s"):format(i, problem.message), 2)
    end
    order[i] = known.name
    if not seen[known.name] then
      seen[known.name] = true
      asked[#asked + 1] = known.name
    end
  end
  local found, err = plans.read(client, asked, progress)
  if not found then
    return nil, err
  end
  local list = {}
  for i = 1, #order do
    list[i] = found[order[i]]
    list[i].identity = order[i]
  end
  return list
end

--- Takes the MAIL FROM domain of an identity away. Where there is none, no call
--- is made.
---@param client table a client of either API
---@param identity string
---@return "disabled"|"unchanged"|nil
---@return ses.Error|nil
function M.disable(client, identity)
  map.transport_of(client, "ses.mail_from.disable")
  local known, problem = names.identity(identity)
  if not known then
    error("ses.mail_from.disable: " .. problem.message, 2)
  end
  local plan, err = plans.plan(client, { [known.name] = false }, { overrides = false })
  if not plan then
    return nil, err
  end
  local change = plan.changes[1]
  if change.action == "unknown" then
    return nil, errors.new("service", {
      service = client.service, code = change.code, message = known.name .. ": " .. change.reason,
    })
  end
  local report = plan:apply()
  local outcome = change.outcome
  if outcome.state == "done" or outcome.state == "unchanged" then
    return outcome.state == "done" and "disabled" or "unchanged"
  end
  return nil, outcome.err or report.stopped or errors.new("service", {
    service = client.service, code = outcome.code, message = outcome.message,
  })
end

return M
