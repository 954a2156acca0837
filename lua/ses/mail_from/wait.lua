--- Waiting until a MAIL FROM domain is in use, and why it is not.
local check = require "ses.mail_from.check"
local names = require "ses.mail_from.names"
local map = require "ses.batch.map"
local options = require "ses.options"
local protect = require "ses.protect"
local settings = require "ses.mail_from.setting"

local M = {}

-- As SES does itself.
local PATIENCE = 72 * 3600
local DELAY = 30

-- What the records that are there, or are not, explain.
local EXPLAINED = { MailFromDomainFailed = true, WaitTimeout = true }

-- Findings that repeat what the error says.
local REPEATED = { Failed = true, Pending = true }

local function explain_fault(value)
  if value ~= false and type(value) ~= "function" then
    return "expected a function, or false for none, got " .. type(value)
  end
end

local SCHEMA = {
  timeout = options.seconds, delay = options.seconds, progress = options.of "function",
  explain = explain_fault,
}

---@class ses.mail_from.WaitOptions
---@field timeout number|nil seconds until the last question; nil: 72 hours, after which SES itself
---  stops looking
---@field delay number|nil seconds between two questions; nil: 30
---@field progress nil|fun(state: string, elapsed: number): boolean|nil after each question, with
---  "PENDING", "TEMPORARY_FAILURE" ...; false stops the wait
---@field explain nil|false|fun(client: table, identity: string): ses.mail_from.Report|string|nil,
---  any says why the MX record is not found; nil: ses.mail_from.check does, by the system's name
---  servers; false: nobody does

local function check_dns(client, identity)
  return check.run(identity, { client = client })
end

local function in_words(reason)
  if type(reason) ~= "table" or type(reason.findings) ~= "table" then
    return { tostring(reason) }
  end
  local sentences = {}
  for _, finding in ipairs(reason.findings) do
    if finding.severity ~= "info" and not REPEATED[finding.code] then
      sentences[#sentences + 1] = finding.message
    end
  end
  return sentences
end

-- Adds the reason to an error, which stands without one as well.
local function explain(client, identity, err, explainer)
  local ok, reason, problem = protect(explainer, client, identity)
  if not ok or reason == nil then
    err.unexplained = not ok and reason or problem
    return err
  end
  err.reason = reason
  for _, sentence in ipairs(in_words(reason)) do
    err.message = err.message .. "\n  " .. sentence
  end
  return err
end

local function params_of(client, name)
  if client.service == "ses" then
    return { Identities = { name } }
  end
  return { EmailIdentity = name }
end

-- One question more says what the answer of the last one did not.
local function setting_of(client, name)
  local found, err = settings.read(client, { name })
  if not found then
    return nil, err
  end
  found[name].identity = name
  return found[name]
end

--- Waits until SES uses the MAIL FROM domain of an identity.
---
--- It ends at once where waiting does not help: the identity is not there, has no
--- MAIL FROM domain, or SES has stopped looking. TEMPORARY_FAILURE is waited
--- through: SES still looks. What the error of a failure or of the time-out is
--- about, `explain` says.
---@param client table a client of either API
---@param identity string
---@param opts ses.mail_from.WaitOptions|nil
---@return ses.mail_from.Setting|nil setting with its `identity`
---@return ses.Error|nil err with the code MailFromDomainFailed, MailFromDomainNotSet,
---  IdentityNotFound, WaitTimeout or WaitStopped; its `reason` is what `explain` returned, and its
---  message has the sentences; `unexplained` is why there are none
function M.wait(client, identity, opts)
  map.transport_of(client, "ses.mail_from.wait")
  opts = opts == nil and {} or opts
  local fault, known, problem = options.fault(opts, SCHEMA), names.identity(identity)
  if fault or not known then
    error("ses.mail_from.wait: " .. (fault or problem.message), 2)
  end
  local progress = opts.progress
  local result, err = client:wait("mail_from_verified", params_of(client, known.name), {
    timeout = opts.timeout or PATIENCE, delay = opts.delay or DELAY,
    progress = progress and function(states, elapsed)
      return progress(states[1] and states[1].state or "UNKNOWN", elapsed)
    end,
  })
  if not result then
    local explainer = opts.explain
    if explainer == nil then
      explainer = check_dns
    end
    return nil, explainer and EXPLAINED[err.code] and explain(client, known.name, err, explainer)
      or err
  end
  local setting
  setting, err = setting_of(client, known.name)
  return setting, err
end

return M
