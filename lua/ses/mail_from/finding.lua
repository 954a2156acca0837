--- What a check finds: each finding is one sentence, and its parts.
local M = {}

---@class ses.mail_from.Finding
---@field code string a word for programs, such as "NoMx"
---@field severity "error"|"warning"|"info" error: SES does not use the MAIL FROM domain, or mail is
---  lost; warning: mail goes out with it, but something is not as it should be; info: worth knowing
---@field message string one sentence: what is so, what to do, and what happens to mail meanwhile
---@field what string the first of these alone
---@field remedy string|nil what to do
---@field meanwhile string|nil what happens to mail until then
---@field record ses.mail_from.Record|nil what to publish

---@class ses.mail_from.Case what is known while a check goes on
---@field identity ses.mail_from.Identity
---@field domain string|nil the MAIL FROM domain
---@field region string
---@field feedback ses.mail_from.Feedback|nil nil: the region's host is not known
---@field records ses.mail_from.Records|nil
---@field state ses.mail_from.State|nil what SES reports; nil: it was not asked
---@field ask ses.mail_from.Ask
---@field from string[] addresses that mail is sent from
---@field has_mx boolean|nil whether DNS has the MX record as SES wants it
---@field findings ses.mail_from.Finding[]
local Case = {}
Case.__index = Case

--- Adds a finding.
---@param severity "error"|"warning"|"info"
---@param code string
---@param what string
---@param remedy string|nil
---@param meanwhile string|nil
---@param record ses.mail_from.Record|nil
function Case:add(severity, code, what, remedy, meanwhile, record)
  self.findings[#self.findings + 1] = {
    code = code, severity = severity, what = what, remedy = remedy, meanwhile = meanwhile,
    message = what .. (remedy and ": " .. remedy or "") .. (meanwhile and "; " .. meanwhile or ""),
    record = record,
  }
end

local FALLBACK = {
  USE_DEFAULT_VALUE = "mail goes out with a MAIL FROM domain of amazonses.com",
  REJECT_MESSAGE = "SES refuses what is sent from this identity, with the error"
    .. " MailFromDomainNotVerified",
}

local EITHER = "mail goes out with a MAIL FROM domain of amazonses.com, or is refused where"
  .. " BehaviorOnMXFailure is RejectMessage"

--- What happens to mail where SES does not find the MX record.
---@return string
function Case:fallback()
  return self.state and FALLBACK[self.state.behavior] or EITHER
end

--- The MAIL FROM domain that SES has in place of the one that is looked at.
---@return {mail_from_domain: string, status: string}|nil
function Case:other()
  local state = self.state
  if state and state.domain and state.domain ~= self.domain then
    return { mail_from_domain = state.domain, status = state.status }
  end
end

--- What happens to mail as long as the MX record is not right.
---@return string
function Case:without_mx()
  if self:other() then
    return "if it is set before that, " .. self:fallback()
  end
  local is_verified = self.state and self.state.status == "SUCCESS"
  return (is_verified and "once SES notices, " or "until then ") .. self:fallback()
end

--- How the MX record to publish is asked for.
---@param verb string "publish"
---@return string
function Case:mx_remedy(verb)
  if not self.records then
    return verb .. " the MX record that SES's console shows"
  end
  return ("%s the MX record '%s'"):format(verb, self.records.mx.value)
end

--- The record to publish, if it is known.
---@param kind "mx"|"spf"
---@return ses.mail_from.Record|nil
function Case:record(kind)
  return self.records and self.records[kind]
end

--- A case of which nothing is found yet.
---@param fields table
---@return ses.mail_from.Case
function M.new_case(fields)
  fields.findings = {}
  return setmetatable(fields, Case)
end

return M
