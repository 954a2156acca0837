--- DNS as the world sees it beside what SES reports of a MAIL FROM domain.
local errors = require "ses.error"
local feedback = require "ses.mail_from.feedback"
local findings = require "ses.mail_from.finding"
local mx = require "ses.mail_from.mx"
local names = require "ses.mail_from.names"
local options = require "ses.options"
local receiving = require "ses.mail_from.receiving"
local records = require "ses.mail_from.records"
local resolvers = require "ses.mail_from.resolver"
local spf = require "ses.mail_from.spf"
local states = require "ses.mail_from.state"

local M = {}

local function client_fault(value)
  if type(value) ~= "table" or type(rawget(value, "_context")) ~= "table" then
    return "expected a client that is open, got " .. type(value)
  end
end

local function receipt_client_fault(value)
  local fault = client_fault(value)
  if not fault and value.service ~= "ses" then
    return "expected a client of API v1: API v2 has no receipt rules"
  end
  return fault
end

local function from_fault(value)
  if type(value) ~= "table" then
    return "expected a list of addresses, got " .. type(value)
  end
  for i = 1, #value do
    if type(value[i]) ~= "string" then
      return ("the one at %d: expected a string, got %s"):format(i, type(value[i]))
    end
  end
end

local function region_fault(value)
  if type(value) ~= "string" or not value:find("^%w[%w-]*$") then
    return "expected a region such as eu-west-1"
  end
end

local SCHEMA = {
  client = client_fault, receipt_client = receipt_client_fault, from = from_fault,
  kept = options.of "table", mail_from_domain = options.of "string", region = region_fault,
  resolver = resolvers.SCHEMA.resolver, servers = resolvers.SCHEMA.servers,
  timeout = resolvers.SCHEMA.timeout, tries = resolvers.SCHEMA.tries,
}

---@class ses.mail_from.Report
---@field identity string
---@field mail_from_domain string|nil the one that was looked at
---@field region string
---@field status string|nil what SES reports: "NOT_SET", "PENDING", "SUCCESS", "FAILED",
---  "TEMPORARY_FAILURE"; nil: it was not asked, or has another MAIL FROM domain
---@field other {mail_from_domain: string, status: string}|nil the other one that SES has
---@field behavior string|nil what SES does without the MX record: "USE_DEFAULT_VALUE" or
---  "REJECT_MESSAGE"; nil: it was not asked
---@field ok boolean there is no finding of the severity "error", and SES, if it was asked, reports
---  SUCCESS
---@field findings ses.mail_from.Finding[]
---@field records ses.mail_from.Records|nil what to publish; nil: that is not known for the region
---@field dns {mx: ses.mail_from.Answer[]|nil, txt: ses.mail_from.Answer[]|nil} what was found
local Report = {}
Report.__index = Report
Report.__name = "ses.mail_from.report"

local function state_of(report)
  if report.other then
    return ("not set; SES has %s (%s)"):format(report.other.mail_from_domain, report.other.status)
  end
  return report.ok and "ok" or report.status or "not ok"
end

function Report:__tostring()
  local lines = { ("%s, MAIL FROM domain %s: %s"):format(self.identity,
    self.mail_from_domain or "not set", state_of(self)) }
  for _, finding in ipairs(self.findings) do
    lines[#lines + 1] = ("  %s %s: %s"):format(finding.severity, finding.code, finding.message)
  end
  return table.concat(lines, "\n")
end

local function refuse(kind, code, message)
  return nil, errors.new(kind, { code = code, message = message })
end

-- What is to be looked at: by what was given, or by what SES has.
local function begin(identity, given)
  local known, problem = names.identity(identity)
  if not known then
    return refuse("validation", problem.code, problem.message)
  end
  local wanted
  if given.mail_from_domain then
    wanted, problem = names.check(identity, given.mail_from_domain)
    if not wanted then
      return refuse("validation", problem.code, problem.message)
    end
  end
  local region = given.region or (given.client and given.client.region)
  if not region then
    return refuse("config", "MissingRegion", "there is no region: give one such as eu-west-1, or a"
      .. " client")
  elseif not wanted and not given.client then
    return refuse("validation", "MissingMailFromDomain", "there is neither a MAIL FROM domain nor a"
      .. " client that could ask SES for it")
  end
  local ask, err = resolvers.of(given)
  if not ask then
    return nil, err
  end
  return findings.new_case {
    identity = known, domain = wanted, region = region:lower(), ask = ask,
    feedback = feedback.of(region:lower()), from = given.from or {},
  }
end

-- Everything that there is to say of a MAIL FROM domain; or why nothing can be asked
-- from here, which says nothing of DNS.
local function judge(case, given)
  case.records = records.of(case.domain, case.region)
  local mx_answers, mx_err = mx.check(case)
  if mx_err and mx_err.code == "WrongPhase" then
    return nil, errors.new("transport", { code = mx_err.code, message = mx_err.message,
                                          sent = "none" })
  end
  local dns = { mx = mx_answers, txt = spf.check(case, mx_err) }
  if case.state then
    states.judge_status(case)
  end
  receiving.check_from(case)
  if given.client or given.receipt_client then
    local v1 = given.receipt_client or given.client
    receiving.check_rules(case, v1.service == "ses" and v1 or nil, given.kept or {})
  end
  return dns
end

local function report_of(case, dns)
  local state, other, has_error = case.state, case:other(), false
  for _, finding in ipairs(case.findings) do
    has_error = has_error or finding.severity == "error"
  end
  return setmetatable({
    identity = case.identity.name, mail_from_domain = case.domain, region = case.region,
    status = state and not other and state.status or nil, other = other,
    behavior = state and state.behavior,
    ok = not has_error and (not state or state.status == "SUCCESS"),
    findings = case.findings, records = case.records, dns = dns,
  }, Report)
end

---@class ses.mail_from.CheckOptions
---@field client table|nil a client of either API, which is asked what SES has; nil: DNS alone
---@field mail_from_domain string|nil the full name; nil: the one that SES has
---@field region string|nil nil: the client's
---@field receipt_client table|nil a client of API v1 for the receipt rules, beside one of API v2
---@field from string[]|nil addresses that mail is sent from
---@field kept table|nil an empty table that the checks of several identities share: what they read
---  is kept in it where it is the same for all of them, as the receipt rules are; nil: each reads
---@field resolver any a function(name, type), or an object with such a method query, see
---  ses.mail_from.Ask; or an object of lua-resty-dns that this request made; nil: c-ares, or in
---  nginx its own sockets
---@field servers string[]|nil IP addresses of name servers, with a port or without; nil: the
---  system's
---@field timeout number|nil seconds for a question to name servers, 5 by default
---@field tries integer|nil how often a question is put to a server, 3 by default

--- Says of a MAIL FROM domain what is wrong, what to publish, and what happens to
--- mail meanwhile.
---@param identity string a domain or an e-mail address
---@param opts ses.mail_from.CheckOptions
---@return ses.mail_from.Report|nil
---@return ses.Error|nil err "validation" and the code of a name that will not do; "config" and
---  MissingRegion, NoResolver or InvalidNameServer; or that of a call to SES
function M.run(identity, opts)
  local fault = options.fault(opts, SCHEMA)
  if fault then
    error("ses.mail_from.check: " .. fault, 2)
  end
  local case, err = begin(identity, opts)
  if not case then
    return nil, err
  end
  if opts.client then
    case.state, err = states.read(opts.client, case.identity.name, case.domain, opts.kept or {})
    if not case.state then
      return nil, err
    end
    local wanted = case.domain
    case.domain = wanted or case.state.domain
    states.judge_identity(case, wanted)
  end
  local dns = {}
  if case.domain then
    dns, err = judge(case, opts)
  end
  if not dns then
    return nil, err
  end
  return report_of(case, dns)
end

return M
