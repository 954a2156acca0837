--- What check and wait print: a document for programs, lines for people.
local document = require "ses.cli.document"
local errors = require "ses.error"
local show = require "ses.cli.mail_from.show"
local words = require "ses.cli.mail_from.words"

local M = {}

local add, array, object = show.add, show.array, show.object

local function finding(value)
  return object("severity", value.severity, "code", value.code, "message", words.of(value.message),
    "record", value.record and show.record(value.record) or nil)
end

---@class ses.cli.mail_from.Checked
---@field row ses.cli.mail_from.Row
---@field label string what messages call the row
---@field report ses.mail_from.Report|nil
---@field problem {code: string, message: string}|nil a name will not do, or an error met
---@field err ses.Error|nil what the problem was

local function other_of(value)
  return value and object("mail_from_domain", value.mail_from_domain, "status", value.status) or nil
end

-- The document of what was looked at.
local function checked(value)
  local report, problem = value.report, value.problem
  if problem then
    return object("identity", value.row.identity,
      "mail_from_domain", value.row.mail_from_domain or nil,
      "error", object("code", problem.code, "message", problem.message))
  end
  return object("identity", report.identity, "mail_from_domain", report.mail_from_domain,
    "region", report.region, "ok", report.ok, "status", report.status, "behavior", report.behavior,
    "other", other_of(report.other), "findings", array(report.findings, finding))
end

--- The lines of one that was looked at.
---@param value ses.cli.mail_from.Checked
---@return string[]
function M.checked_lines(value)
  if value.report then
    return { words.of(tostring(value.report)) }
  elseif value.err then
    return { ("%s: failed: %s: %s"):format(value.row.identity, value.problem.code,
      value.problem.message) }
  end
  return { ("%s: invalid: %s"):format(value.label, value.problem.message) }
end

--- All that were looked at.
---@param list ses.cli.mail_from.Checked[]
---@param left string[] identities that were not
---@return table document
function M.checked(list, left)
  return object("reports", array(list, checked), "left", left[1] and document.array(left) or nil)
end

-- One that was looked at as a row of a table.
local function row(value)
  local report, codes = value.report, {}
  if not report then
    return object("identity", value.row.identity,
      "mail_from_domain", value.row.mail_from_domain or nil, "ok", false,
      "findings", value.problem.code)
  end
  for i, found in ipairs(report.findings) do
    codes[i] = found.code
  end
  return object("identity", report.identity, "mail_from_domain", report.mail_from_domain,
    "ok", report.ok, "status", report.status, "findings", table.concat(codes, " "))
end

--- The same as rows of a table.
---@param list ses.cli.mail_from.Checked[]
---@return table document
function M.checked_rows(list)
  return object("reports", array(list, row))
end

-- Findings that repeat what is said beside them.
local REPEATED = { Failed = true, Pending = true }

-- What ended a wait in vain, without what is told beside it: of whom it is said, his
-- state, and what DNS has.
local function message_of(identity, state, err)
  local text = tostring(err.message):match("^[^\n]*")
  local head, tail = identity .. ": ", (": %s is %s"):format(identity, state or "")
  if text:sub(1, #head) == head then
    text = text:sub(#head + 1)
  end
  local first, last = text:find(tail, 1, true)
  return first and text:sub(1, first - 1) .. text:sub(last + 1) or text
end

-- The parts of an error.
local function failure_of(identity, err)
  local state = err.details and err.details[1] and err.details[1].state
  local report, findings = err.reason, nil
  for _, found in ipairs(report and report.findings or {}) do
    findings = findings or {}
    findings[#findings + 1] = found.severity ~= "info" and not REPEATED[found.code] and found or nil
  end
  return {
    domain = report and report.mail_from_domain, state = state, code = err.code,
    message = message_of(identity, state, err), findings = findings,
    unexplained = err.unexplained and words.of(errors.in_words(err.unexplained)) or nil,
  }
end

local function waited(value)
  local setting = value.setting
  if setting then
    return object("identity", value.identity, "mail_from_domain", setting.domain,
      "status", setting.status)
  end
  local failed = failure_of(value.identity, value.err)
  return object("identity", value.identity, "mail_from_domain", failed.domain,
    "status", failed.state, "code", failed.code, "message", failed.message,
    "findings", failed.findings and array(failed.findings, finding) or nil,
    "unexplained", failed.unexplained)
end

-- One that was waited for as a row of a table.
local function waited_row(value)
  local setting, failed = value.setting, not value.setting and failure_of(value.identity, value.err)
  return object("identity", value.identity,
    "mail_from_domain", failed and failed.domain or setting and setting.domain,
    "status", failed and failed.state or setting and setting.status, "code", failed and failed.code
    or nil)
end

--- All that were waited for as rows of a table.
---@param list ses.mail_from.Waited[]
---@return table document
function M.waited_rows(list)
  return object("identities", array(list, waited_row))
end

--- The lines of one that was waited for.
---@param value ses.mail_from.Waited
---@return string[]
function M.waited_lines(value)
  local setting, lines = value.setting, {}
  if setting then
    return { ("%s: %s %s"):format(value.identity, setting.domain, setting.status) }
  end
  local failed = failure_of(value.identity, value.err)
  add(lines, "%s: %s%s%s", value.identity, failed.domain and failed.domain .. " " or "",
    failed.state and failed.state .. ": " or "", failed.message)
  for _, found in ipairs(failed.findings or {}) do
    add(lines, "  %s %s: %s", found.severity, found.code, words.of(found.message))
  end
  if failed.unexplained then
    add(lines, "  what DNS has could not be seen: %s", failed.unexplained)
  end
  return lines
end

--- All that were waited for.
---@param list ses.mail_from.Waited[]
---@return table document
function M.waited(list)
  return object("identities", array(list, waited))
end

return M
