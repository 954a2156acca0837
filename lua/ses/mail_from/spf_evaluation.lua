--- What receivers make of an SPF record for mail that SES sends: RFC 7208, 4.6.
---
--- The hosts of SES are those of the record that SES's domain has, and no others,
--- so that a term that names addresses or hosts is taken not to match them.
local spf_record = require "ses.mail_from.spf_record"

local M = {}

--- More than this in one evaluation is an error for good: RFC 7208, 4.6.4.
M.MOST_LOOKUPS = 10

--- The same of those that find nothing.
M.MOST_VOID = 2

---@class ses.mail_from.SpfFault
---@field code "TooMany"|"Void"|"Syntax"|"Loop"|"NoRecord"|"SeveralRecords"|"Unanswered"
---@field domain string whose record it is about
---@field term string|nil of Syntax
---@field err ses.mail_from.DnsError|nil of Unanswered

---@class ses.mail_from.SpfEvaluation
---@field passes boolean whether mail of SES passes
---@field is_open boolean it passes because everybody does
---@field has_macro boolean|nil a term depends on the message, so that it may pass nevertheless
---@field fault ses.mail_from.SpfFault|nil why there is no result

-- Ends the evaluation.
local function stop(self, code, domain, more)
  self.fault = { code = code, domain = domain, term = more and more.term, err = more and more.err }
end

local function count(self, domain)
  self.lookups = self.lookups + 1
  if self.lookups > M.MOST_LOOKUPS then
    stop(self, "TooMany", domain)
    return false
  end
  return true
end

local function is_void(err)
  return err ~= nil and (err.code == "NODATA" or err.code == "NXDOMAIN")
end

-- Asks for what a term needs: what there is, or nil.
local function ask(self, domain, kind)
  local answers, err = self.ask(domain, kind)
  if answers then
    return answers
  elseif not is_void(err) then
    stop(self, "Unanswered", domain, { err = err })
    return nil
  end
  self.void = self.void + 1
  if self.void > M.MOST_VOID then
    stop(self, "Void", domain)
  end
end

local evaluate

-- The result of another domain's record.
local function evaluate_other(self, domain)
  if domain == self.wanted then
    return "pass"
  elseif self.active[domain] then
    return stop(self, "Loop", domain)
  end
  local found = spf_record.of(ask(self, domain, "TXT") or {})
  if self.fault then
    return nil
  elseif #found ~= 1 then
    return stop(self, #found == 0 and "NoRecord" or "SeveralRecords", domain)
  end
  return evaluate(self, domain, found[1])
end

local LOOKUPS = { include = "TXT", a = "A", mx = "MX", exists = "A", ptr = false }

-- Whether a term matches the hosts of SES: "pass" where they are allowed there,
-- "open" where everybody is; nil: it does not match them.
local function match(self, domain, term)
  if term.name == "all" then
    return "open"
  elseif LOOKUPS[term.name] == nil or not count(self, domain) then
    return nil
  elseif term.has_macro then
    self.has_macro = true
    return nil
  elseif term.name == "include" then
    local result = evaluate_other(self, term.domain)
    return result ~= "fail" and result or nil
  end
  local kind = LOOKUPS[term.name]
  local is_there = kind and ask(self, term.domain or domain, kind)
  -- A name that exists does so for everybody.
  return is_there and term.name == "exists" and "open" or nil
end

local function evaluate_terms(self, domain, record)
  for _, term in ipairs(record.terms) do
    local found = match(self, domain, term)
    if self.fault then
      return nil
    elseif found then
      return term.passes and found or "fail"
    end
  end
  if not record.redirect then
    return "fail"
  elseif record.redirect:find("%", 1, true) then
    self.has_macro = true
    return "fail"
  end
  return count(self, domain) and evaluate_other(self, record.redirect) or nil
end

-- "pass", "open", or "fail" for all other results; nil: there is none.
function evaluate(self, domain, text)
  local record, wrong = spf_record.read(text)
  if not record then
    return stop(self, "Syntax", domain, { term = wrong })
  end
  self.active[domain] = true
  local result = evaluate_terms(self, domain, record)
  self.active[domain] = nil
  return result
end

--- Evaluates a record.
---@param domain string whose record it is
---@param text string
---@param wanted string the domain whose SPF record has the hosts of SES
---@param questions ses.mail_from.Ask
---@return ses.mail_from.SpfEvaluation
function M.of(domain, text, wanted, questions)
  local self = { wanted = wanted, ask = questions, lookups = 0, void = 0, active = {} }
  local result = evaluate(self, domain, text)
  return { passes = result == "pass" or result == "open", is_open = result == "open",
           has_macro = self.has_macro, fault = self.fault }
end

return M
