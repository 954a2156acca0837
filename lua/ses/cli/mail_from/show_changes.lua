--- What plan, apply and disable print: a document for programs, lines for people.
local document = require "ses.cli.document"
local show = require "ses.cli.mail_from.show"
local words = require "ses.cli.mail_from.words"

local M = {}

local add, array, object = show.add, show.array, show.object

local function note(value)
  return object("code", value.code, "message", value.message)
end

-- What is wanted, or set: false is no MAIL FROM domain.
local function domain(value)
  if value == false then
    return document.null
  end
  return value
end

local function outcome_of(value)
  return object("state", value.state, "is_earlier", value.is_earlier, "code", value.code,
    "message", value.message and words.of(value.message) or nil)
end

-- Where the rows of a file are; the words of a command line are seen at once.
local function places(value)
  local list = {}
  for _, label in ipairs(value.rows or {}) do
    list[#list + 1] = not label:find("^argument ") and label or nil
  end
  return list
end

local function change(value)
  local rows = places(value)
  return object("identity", value.identity, "action", value.action, "code", value.code,
    "reason", words.of(value.reason), "mail_from_domain", domain(value.mail_from_domain),
    "behavior", value.behavior, "current", value.current and show.setting(value.current) or nil,
    "outcome", value.outcome and outcome_of(value.outcome) or nil,
    "rows", rows[1] and document.array(rows) or nil,
    "notes", value.notes[1] and array(value.notes, note) or nil)
end

local function add_notes(lines, notes)
  for _, value in ipairs(notes) do
    add(lines, "    note: %s", value.message)
  end
end

local function wish(value)
  if value.mail_from_domain == nil then
    return ""
  end
  return " -> " .. (value.mail_from_domain or "none")
end

local function reason_of(value)
  local outcome = value.outcome
  if outcome and outcome.is_earlier then
    return "an earlier run did that, as the journal says"
  elseif outcome and outcome.state == "done" then
    return value.action == "disable" and "disabled" or "set"
  elseif outcome and outcome.state == "left" and not outcome.message then
    return "its turn did not come"
  end
  return words.of(outcome and outcome.message or value.reason)
end

-- What stands in front of the reason of a row that will not do; of several the reason
-- says where they are.
local function place(value)
  local list = value.action == "invalid" and places(value) or {}
  return #list == 1 and list[1] .. ": " or ""
end

--- The lines of a change.
---@param value ses.mail_from.Change
---@return string[]
function M.change_lines(value)
  local lines = {}
  add(lines, "%-10s %s%s: %s%s", value.outcome and value.outcome.state or value.action,
    value.identity, wish(value), place(value), reason_of(value))
  add_notes(lines, value.notes)
  return lines
end

-- The lines of changes, and what concerns none of them.
local function lines_of(plan, is_told)
  local lines = {}
  for _, value in ipairs(plan.changes) do
    for _, line in ipairs(is_told[value] and {} or M.change_lines(value)) do
      lines[#lines + 1] = line
    end
  end
  add_notes(lines, plan.notes)
  return lines
end

-- A change as a row of a table.
local function row(value)
  return object("identity", value.identity, "action", value.action,
    "outcome", value.outcome and value.outcome.state or nil,
    "mail_from_domain", domain(value.mail_from_domain), "reason", place(value) .. reason_of(value))
end

local ACTIONS = { "create", "repair", "restart", "disable", "keep", "refuse", "unverified",
                  "unknown", "invalid", "error" }
local STATES = { "done", "unchanged", "refused", "failed", "left" }

-- How many there are of each kind, and the line that says it of those that there are.
local function counted(plan, kinds, counts)
  local all, parts = document.object(), {}
  for _, kind in ipairs(kinds) do
    document.set(all, kind, counts[kind])
    parts[#parts + 1] = counts[kind] > 0 and kind .. " " .. counts[kind] or nil
  end
  return all, ("MAIL FROM domains in %s: %s"):format(plan.region, table.concat(parts, ", "))
end

--- A plan.
---@param plan ses.mail_from.Plan
---@return table document
---@return string[] lines
---@return table rows of a table
function M.plan(plan)
  local lines = lines_of(plan, {})
  local counts, in_words = counted(plan, ACTIONS, plan.counts)
  add(lines, "%s; to change %d", in_words, plan.calls)
  return object("region", plan.region, "calls", plan.calls, "counts", counts,
    "notes", plan.notes[1] and array(plan.notes, note) or nil,
    "changes", array(plan.changes, change)), lines, object("changes", array(plan.changes, row))
end

--- A plan that was applied.
---@param plan ses.mail_from.Plan
---@param report ses.mail_from.Applied
---@param is_told table<ses.mail_from.Change, true> those whose lines were printed
---@return table document
---@return string[] lines
---@return table rows of a table
function M.applied(plan, report, is_told)
  local lines = lines_of(plan, is_told)
  local totals, in_words = counted(plan, STATES, report)
  add(lines, "%s", in_words)
  return object("region", plan.region, "calls", report.calls, "outcomes", totals,
    "stopped", report.stopped and words.of(tostring(report.stopped)) or nil,
    "changes", array(plan.changes, change)), lines, object("changes", array(plan.changes, row))
end

return M
