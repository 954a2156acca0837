--- What the actions print: documents for programs, lines for people.
local document = require "ses.cli.document"

local M = {}

-- An object of pairs; what is nil is left out.
local function object(...)
  local made = document.object()
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    if value ~= nil then
      document.set(made, name, value)
    end
  end
  return made
end

local function array(list, convert)
  local made = {}
  for i, item in ipairs(list) do
    made[i] = convert(item)
  end
  return document.array(made)
end

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

local function setting(value)
  return object("identity", value.identity, "is_known", value.is_known, "verification",
    value.verification, "mail_from_domain", value.domain, "status", value.status, "behavior",
    value.behavior, "error", value.err and tostring(value.err) or nil)
end

local function change(value)
  local outcome = value.outcome
  return object("identity", value.identity, "action", value.action, "code", value.code, "reason",
    value.reason, "mail_from_domain", domain(value.mail_from_domain), "behavior", value.behavior,
    "current", value.current and setting(value.current) or nil,
    "outcome", outcome and object("state", outcome.state, "code", outcome.code, "message",
      outcome.message) or nil,
    "notes", value.notes[1] and array(value.notes, note) or nil)
end

local function add(lines, form, ...)
  lines[#lines + 1] = form:format(...)
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
  if value.outcome and value.outcome.state == "done" then
    return value.action == "disable" and "disabled" or "set"
  end
  return value.outcome and value.outcome.message or value.reason
end

--- The line of a change.
---@param value ses.mail_from.Change
---@return string
function M.change_line(value)
  local state = value.outcome and value.outcome.state or value.action
  return ("%-10s %s%s: %s"):format(state, value.identity, wish(value), reason_of(value))
end

-- The lines of all changes, and what concerns none of them.
local function change_lines(plan, is_told)
  local lines = {}
  for _, value in ipairs(plan.changes) do
    if not is_told[value] then
      add(lines, "%s", M.change_line(value))
    end
    add_notes(lines, value.notes)
  end
  add_notes(lines, plan.notes)
  return lines
end

local function counts(plan)
  local made = document.object()
  for _, name in ipairs { "create", "repair", "restart", "disable", "keep", "refuse", "unverified",
                          "unknown", "invalid", "error" } do
    document.set(made, name, plan.counts[name])
  end
  return made
end

--- A plan.
---@param plan ses.mail_from.Plan
---@return table document
---@return string[] lines
function M.plan(plan)
  local lines = change_lines(plan, {})
  add(lines, "%s; to change %d", plan:summary(), plan.calls)
  return object("region", plan.region, "calls", plan.calls, "counts", counts(plan),
    "notes", plan.notes[1] and array(plan.notes, note) or nil,
    "changes", array(plan.changes, change)), lines
end

local STATES = { "done", "unchanged", "refused", "failed", "left" }

--- A plan that was applied.
---@param plan ses.mail_from.Plan
---@param report ses.mail_from.ApplyReport
---@param is_told table<ses.mail_from.Change, true> those whose lines were printed
---@return table document
---@return string[] lines
function M.applied(plan, report, is_told)
  local lines, parts, totals = change_lines(plan, is_told), {}, document.object()
  for _, state in ipairs(STATES) do
    document.set(totals, state, report[state])
    if report[state] > 0 then
      parts[#parts + 1] = state .. " " .. report[state]
    end
  end
  add(lines, "MAIL FROM domains in %s: %s", plan.region, table.concat(parts, ", "))
  return object("region", plan.region, "calls", report.calls, "outcomes", totals,
    "stopped", report.stopped and tostring(report.stopped) or nil,
    "changes", array(plan.changes, change)), lines
end

--- Settings.
---@param list ses.mail_from.Setting[]
---@return table document
---@return string[] lines
function M.settings(list)
  local lines = {}
  for _, value in ipairs(list) do
    if value.err then
      add(lines, "%s: %s", value.identity, tostring(value.err))
    elseif not value.is_known then
      add(lines, "%s: SES does not have this identity in this region", value.identity)
    elseif not value.domain then
      add(lines, "%s: NOT_SET", value.identity)
    else
      add(lines, "%s: %s %s, %s", value.identity, value.domain, value.status,
        value.behavior or "")
    end
  end
  return object("identities", array(list, setting)), lines
end

local function record(value)
  return object("name", value.name, "type", value.type, "ttl", value.ttl, "value", value.value)
end

local function records_of(value)
  return object("mail_from_domain", value.mail_from_domain, "region", value.region,
    "source", value.source, "records", array({ value.mx, value.spf }, record))
end

--- DNS records.
---@param list ses.mail_from.Records[]
---@return table document
---@return string[] lines of a zone file
function M.records(list)
  local lines = {}
  for _, value in ipairs(list) do
    add(lines, "%s", (value:bind():gsub("\n$", "")))
  end
  return object("mail_from_domains", array(list, records_of)), lines
end

local function route53_change(value)
  local set = value.ResourceRecordSet
  return object("Action", value.Action, "ResourceRecordSet", object("Name", set.Name,
    "Type", set.Type, "TTL", set.TTL, "ResourceRecords", array(set.ResourceRecords, function(one)
      return object("Value", one.Value)
    end)))
end

--- The change batch of DNS records.
---@param records ses.mail_from.Records
---@return table document
function M.route53(records)
  local batch = records:route53()
  return object("Comment", batch.Comment, "Changes", array(batch.Changes, route53_change))
end

local function finding(value)
  return object("severity", value.severity, "code", value.code, "message", value.message,
    "record", value.record and record(value.record) or nil)
end

local function report_of(value)
  return object("identity", value.identity, "mail_from_domain", value.mail_from_domain,
    "region", value.region, "ok", value.ok, "status", value.status, "behavior", value.behavior,
    "findings", array(value.findings, finding))
end

--- What was found of identities.
---@param list ses.mail_from.Report[]
---@return table document
---@return string[] lines
function M.reports(list)
  local lines = {}
  for _, value in ipairs(list) do
    add(lines, "%s", tostring(value))
  end
  return object("reports", array(list, report_of)), lines
end

--- What came of waiting.
---@param list {identity: string, setting: ses.mail_from.Setting|nil, err: ses.Error|nil}[]
---@return table document
---@return string[] lines
function M.waited(list)
  local lines, settings = {}, {}
  for i, value in ipairs(list) do
    settings[i] = object("identity", value.identity,
      "mail_from_domain", value.setting and value.setting.domain or nil,
      "status", value.setting and value.setting.status or nil,
      "code", value.err and value.err.code or nil,
      "message", value.err and value.err.message or nil)
    add(lines, "%s: %s", value.identity, value.setting and value.setting.domain .. " "
      .. value.setting.status or value.err.message)
  end
  return object("identities", document.array(settings)), lines
end

return M
