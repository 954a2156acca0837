--- The SPF record of a MAIL FROM domain: RFC 7208, as far as SES is concerned.
---
--- SES's own state does not depend on it. Receivers look it up for each message.
local mx = require "ses.mail_from.mx"
local printable = require "ses.printable"
local spf_evaluation = require "ses.mail_from.spf_evaluation"
local spf_record = require "ses.mail_from.spf_record"

local M = {}

local NO_RESULT = "mail with this MAIL FROM domain passes no SPF check, so that DMARC rests on DKIM"
  .. " alone"
local ERROR = "receivers take it for a permanent error, so that DMARC rests on DKIM alone"

-- A record that somebody meant to be one.
local function intended(answers)
  for _, answer in ipairs(answers) do
    local text = answer.type == "TXT" and answer.text:lower() or ""
    if text:find('^%s*["\']+%s*v=spf1') then
      return answer.text, "has quotes that are part of its text"
    elseif text:find("^%s*v%s*=%s*spf") then
      return answer.text, "does not begin with 'v=spf1' and a space"
    end
  end
end

local UNSEEN = "receivers that fare no better put it off, so that mail is late"

local function remedy_of(case, verb)
  local record = case:record("spf")
  return record and ("%s the TXT record %s"):format(verb, record.value), record
end

-- Whether the record names SES behind its `all`.
local function is_late(text, wanted)
  local record = spf_record.read(text)
  for _, term in ipairs(record and record.late or {}) do
    if term.domain == wanted and term.passes then
      return true
    end
  end
  return false
end

-- A name that stands in somebody's record.
local function shown(domain)
  return printable(domain, 100)
end

-- What is wrong where receivers come to no result, and what to do: by code.
local FAULTS = {
  TooMany = function()
    return "SpfTooLong", ("takes more than %d look-ups before it allows SES"):format(
      spf_evaluation.MOST_LOOKUPS)
  end,
  Void = function(fault)
    return "SpfVoid", ("asks for more than %d names that have no such records before it allows SES,"
      .. " %s the last"):format(spf_evaluation.MOST_VOID, shown(fault.domain))
  end,
  Loop = function(fault)
    return "SpfLoop", ("leads back to %s, which it came from"):format(shown(fault.domain))
  end,
  NoRecord = function(fault)
    return "SpfInclude", ("leads to %s, which has no SPF record"):format(shown(fault.domain))
  end,
  SeveralRecords = function(fault)
    return "SpfInclude", ("leads to %s, which has several SPF records"):format(shown(fault.domain))
  end,
  Unanswered = function(fault)
    return "SpfUnanswered", ("leads to %s, which could not be looked up (%s)"):format(
      shown(fault.domain), printable(fault.err.code, 40))
  end,
}

local function judge_fault(case, fault, remedy)
  if fault.code == "Syntax" then
    local of = fault.domain ~= case.domain
      and " leads to that of " .. shown(fault.domain) .. ", which" or ""
    return case:add("warning", "SpfSyntax", ("the SPF record of %s%s has '%s', which is no term of"
      .. " SPF"):format(case.domain, of, printable(fault.term, 100)), "mend it", ERROR,
      case:record("spf"))
  end
  local code, clause = FAULTS[fault.code](fault)
  case:add("warning", code, ("the SPF record of %s %s"):format(case.domain, clause), remedy,
    fault.code == "Unanswered" and UNSEEN or ERROR, case:record("spf"))
end

local function judge_one(case, text)
  local wanted = case.feedback.spf
  local found = spf_evaluation.of(case.domain, text, wanted, case.ask)
  local record = spf_record.read(text)
  local first = ("put include:%s at its beginning"):format(wanted)
  if found.fault then
    judge_fault(case, found.fault, first)
  elseif found.is_open or (found.passes and record.all_passes) then
    case:add("warning", "SpfAllowsAll", ("the SPF record of %s allows everybody to send: '%s'")
      :format(case.domain, printable(text, 200)), remedy_of(case, "replace it with"),
      "mail of anybody with this MAIL FROM domain passes SPF", case:record("spf"))
  elseif found.passes then
    return
  elseif found.has_macro then
    case:add("info", "SpfNotJudged", ("the SPF record of %s has macros, which depend on the"
      .. " message, so that whether it allows SES cannot be said: '%s'"):format(case.domain,
      printable(text, 200)), first .. ", where nothing depends on them")
  elseif is_late(text, wanted) then
    case:add("warning", "SpfWithoutSes", ("the SPF record of %s has include:%s behind its all,"
      .. " where nobody looks"):format(case.domain, wanted), "move it in front of that", NO_RESULT,
      case:record("spf"))
  else
    case:add("warning", "SpfWithoutSes", ("the SPF record of %s does not allow SES to send: '%s'")
      :format(case.domain, printable(text, 200)), ("add include:%s to it, in front of its all")
      :format(wanted), NO_RESULT, case:record("spf"))
  end
end

local function judge_absence(case, answers)
  local text, fault = intended(answers)
  local remedy, record = remedy_of(case, text and "replace it with" or "publish")
  if text then
    case:add("warning", "SpfMalformed", ("a TXT record of %s is no SPF record, because it %s: '%s'")
      :format(case.domain, fault, printable(text, 200)), remedy, NO_RESULT, record)
  else
    case:add("warning", "NoSpf", case.domain .. " has no SPF record", remedy, NO_RESULT, record)
  end
end

--- Looks the SPF record up, and adds what there is to say of it.
---@param case ses.mail_from.Case
---@param mx_err ses.mail_from.DnsError|nil why the MX record was not found
---@return ses.mail_from.Answer[]|nil records
function M.check(case, mx_err)
  local answers, err = case.ask(case.domain, "TXT")
  if not answers and err.code ~= "NODATA" and err.code ~= "NXDOMAIN" then
    -- What holds of both was said once.
    if not mx_err or mx_err.code ~= err.code then
      mx.unanswered(case, "warning", "TXT", err, "if receivers fare no better, mail with this MAIL"
        .. " FROM domain passes no SPF check")
    end
    return nil
  elseif not case:record("spf") then
    case:add("info", "SpfNotJudged", ("which domain an SPF record includes in the region %s is not"
      .. " known here, so that the one of %s is not judged"):format(case.region, case.domain))
    return answers
  end
  local found = spf_record.of(answers or {})
  if #found > 1 then
    local remedy, record = remedy_of(case, "leave one, such as")
    case:add("warning", "SeveralSpf", ("%s has %d SPF records, and one is allowed"):format(
      case.domain, #found), remedy, ERROR, record)
  elseif #found == 1 then
    judge_one(case, found[1])
  else
    judge_absence(case, answers or {})
  end
  return answers
end

return M
