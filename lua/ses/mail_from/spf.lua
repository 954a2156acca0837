--- The SPF record of a MAIL FROM domain: RFC 7208, as far as SES is concerned.
---
--- SES's own state does not depend on it. Receivers look it up for each message.
local mx = require "ses.mail_from.mx"
local names = require "ses.mail_from.names"
local printable = require "ses.printable"

local M = {}

-- RFC 7208, 4.6.4: more than this in one evaluation is an error for good.
local MOST_LOOKUPS = 10

local NO_RESULT = "mail with this MAIL FROM domain passes no SPF check, so that DMARC rests on DKIM"
  .. " alone"
local ERROR = "receivers take it for a permanent error, so that DMARC rests on DKIM alone"

-- The texts that are SPF records: RFC 7208, 4.5.
local function records_of(answers)
  local list = {}
  for _, answer in ipairs(answers) do
    local text = answer.type == "TXT" and answer.text:lower() or ""
    if text == "v=spf1" or text:find("^v=spf1 ") then
      list[#list + 1] = answer.text
    end
  end
  return list
end

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

-- The terms that decide for mail of SES, in their order; and whether one stands
-- behind `all`, where nobody looks.
local function terms_of(text)
  local list, redirect, is_over = {}, nil, false
  for term in text:gmatch("%S+") do
    local word = term:lower()
    local qualifier, domain = word:match("^([-+~?]?)include:(.+)$")
    if domain then
      list[#list + 1] = {
        domain = names.normal(domain), passes = qualifier == "" or qualifier == "+",
        is_late = is_over,
      }
    elseif word:match("^redirect=(.+)$") then
      redirect = names.normal(word:match("^redirect=(.+)$"))
    elseif word:find("^[-+~?]?all$") then
      is_over = true
    end
  end
  return list, not is_over and redirect or nil
end

-- A search for SES through the records that others include.
local function search(case, text, search_state)
  local wanted = case.feedback.spf
  local terms, redirect = terms_of(text)
  local next_ones = {}
  for _, term in ipairs(terms) do
    if term.domain == wanted then
      if term.is_late then
        search_state.is_late = true
      elseif term.passes then
        return true
      end
    elseif term.passes and not term.is_late then
      next_ones[#next_ones + 1] = term.domain
    end
  end
  if redirect == wanted then
    return true
  end
  next_ones[#next_ones + 1] = redirect
  for _, domain in ipairs(next_ones) do
    if search_state.lookups >= MOST_LOOKUPS then
      search_state.is_too_long = true
      return false
    elseif not domain:find("%", 1, true) and not search_state.seen[domain] then
      search_state.lookups, search_state.seen[domain] = search_state.lookups + 1, true
      local found = records_of(case.ask(domain, "TXT") or {})
      if #found == 1 and search(case, found[1], search_state) then
        return true
      end
    end
  end
  return false
end

local function remedy_of(case, verb)
  local record = case:record("spf")
  return record and ("%s the TXT record %s"):format(verb, record.value), record
end

local function judge_one(case, text)
  local search_state = { lookups = 0, seen = {} }
  if search(case, text, search_state) then
    return
  end
  local wanted = "include:" .. case.feedback.spf
  local remedy = ("add %s to it, in front of its all"):format(wanted)
  if search_state.is_late then
    case:add("warning", "SpfWithoutSes", ("the SPF record of %s has %s behind its all, where nobody"
      .. " looks"):format(case.domain, wanted), "move it in front of that", NO_RESULT,
      case:record("spf"))
  elseif search_state.is_too_long then
    case:add("warning", "SpfTooLong", ("the SPF record of %s takes more than %d look-ups, and has"
      .. " no %s of its own"):format(case.domain, MOST_LOOKUPS, wanted), remedy, ERROR,
      case:record("spf"))
  else
    case:add("warning", "SpfWithoutSes", ("the SPF record of %s does not allow SES to send: '%s'")
      :format(case.domain, printable(text, 200)), remedy, NO_RESULT, case:record("spf"))
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
  local found = records_of(answers or {})
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
