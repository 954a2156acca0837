--- What check and wait print: a document for programs, lines for people.
local document = require "ses.cli.document"
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

---@class ses.cli.mail_from.Waited
---@field setting ses.mail_from.Setting what SES said last
---@field problem {code: string, message: string}|nil why it is not verified
---@field findings ses.mail_from.Finding[]|nil what DNS says to that
---@field unexplained string|nil why that is not known

local function waited(value)
  local setting, problem = value.setting, value.problem or {}
  return object("identity", setting.identity, "mail_from_domain", setting.domain,
    "status", setting.status, "code", problem.code, "message", problem.message,
    "findings", value.findings and array(value.findings, finding) or nil,
    "unexplained", value.unexplained)
end

--- The lines of one that was waited for.
---@param value ses.cli.mail_from.Waited
---@return string[]
function M.waited_lines(value)
  local setting, lines = value.setting, {}
  local state = setting.domain and setting.domain .. " " .. setting.status
  local problem = value.problem and value.problem.message
  add(lines, "%s: %s%s%s", setting.identity, state or "", state and problem and ": " or "",
    problem or "")
  for _, found in ipairs(value.findings or {}) do
    add(lines, "  %s %s: %s", found.severity, found.code, words.of(found.message))
  end
  if value.unexplained then
    add(lines, "  why is not known: %s", value.unexplained)
  end
  return lines
end

--- All that were waited for.
---@param list ses.cli.mail_from.Waited[]
---@return table document
function M.waited(list)
  return object("identities", array(list, waited))
end

return M
