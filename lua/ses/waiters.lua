--- Waiting until something of an identity is as it should be.
---
--- AWS's own waiter is IdentityExists of API v1; the SDKs have no other. Unlike
--- it, the others stop at once where waiting cannot help any more.
local errors = require "ses.error"
local names = require "ses.names"
local nearest = require "ses.nearest"
local options = require "ses.options"
local protect = require "ses.protect"
local tables = require "ses.tables"

local M = {}

-- How the states are read from the answer of an operation: by identity, in API
-- v2's spelling. False: the answer does not know the identity.

local function upper(state)
  if not state or state == "" then
    return "NOT_SET"
  end
  return (state:gsub("(%l)(%u)", "%1_%2"):upper())
end

-- Domains are the same in every letter case; what stands before an @ is not.
local function lowered(identity)
  local localpart, domain = identity:match("^(.*@)(.*)$")
  return (localpart or "") .. (domain or identity):lower()
end

-- Of API v1, which answers for a list of identities.
local function listed(operation, map, member)
  return {
    operation = operation, parameter = "Identities",
    read = function(result, params)
      local states, known = {}, result[map] or {}
      for i = 1, #params.Identities do
        local name = params.Identities[i]
        local found = known[name] or known[lowered(name)]
        states[name] = found and upper(found[member]) or false
      end
      return states
    end,
  }
end

-- Of API v2, which answers for one.
local function single(group, member)
  return {
    operation = "GetEmailIdentity", parameter = "EmailIdentity",
    read = function(result, params)
      local found = group and (result[group] or {}) or result
      return { [params.EmailIdentity] = upper(found[member]) }
    end,
  }
end

local VERIFICATION = {
  ses = listed("GetIdentityVerificationAttributes", "VerificationAttributes",
    "VerificationStatus"),
  sesv2 = single(nil, "VerificationStatus"),
}

local NOT_FOUND = { "IdentityNotFound", "SES does not have this identity in this region" }

---@class ses.WaiterKind
---@field services table<string, table> by service: what to ask for
---@field failures table<string|boolean, string[]> by state: the code and what to do
---@field delay number seconds between two questions
---@field timeout number seconds

---@type table<string, ses.WaiterKind>
local WAITERS = {
  -- As AWS has it: every 3 s, 20 times, and no state ends it.
  identity_exists = { services = VERIFICATION, failures = {}, delay = 3, timeout = 57 },
  identity_verified = {
    services = VERIFICATION, delay = 5, timeout = 600,
    failures = {
      [false] = NOT_FOUND,
      FAILED = { "IdentityVerificationFailed", "its record was not found in 72 hours: publish it,"
        .. " and verify the identity again" },
      NOT_STARTED = { "IdentityVerificationNotStarted", "its verification was never asked for" },
    },
  },
  dkim_verified = {
    services = {
      ses = listed("GetIdentityDkimAttributes", "DkimAttributes", "DkimVerificationStatus"),
      sesv2 = single("DkimAttributes", "Status"),
    },
    delay = 5, timeout = 600,
    failures = {
      [false] = NOT_FOUND,
      FAILED = { "DkimFailed", "its DKIM records were not found in 72 hours: publish them, and set"
        .. " DKIM up again" },
      NOT_STARTED = { "DkimNotStarted", "DKIM was never set up for it" },
      NOT_SET = { "DkimNotStarted", "DKIM was never set up for it" },
    },
  },
  mail_from_verified = {
    services = {
      ses = listed("GetIdentityMailFromDomainAttributes", "MailFromDomainAttributes",
        "MailFromDomainStatus"),
      sesv2 = single("MailFromAttributes", "MailFromDomainStatus"),
    },
    delay = 5, timeout = 600,
    failures = {
      [false] = NOT_FOUND,
      FAILED = { "MailFromDomainFailed", "the MX record was not found in 72 hours, and SES has"
        .. " stopped looking: publish it, and set the MAIL FROM domain again" },
      NOT_SET = { "MailFromDomainNotSet", "it has no MAIL FROM domain" },
    },
  },
}

local SCHEMA = {
  timeout = options.seconds, delay = options.seconds_from_0, progress = options.of "function",
  retry_errors = options.of "boolean",
}

local function params_fault(source, params)
  local value = type(params) == "table" and params[source.parameter]
  if source.parameter == "EmailIdentity" then
    return type(value) ~= "string" and "expected {EmailIdentity = a string}" or nil
  elseif type(value) ~= "table" or #value == 0 then
    return "expected {Identities = a list with one at least}"
  end
  for i = 1, #value do
    if type(value[i]) ~= "string" then
      return ("Identities[%d]: expected a string, got %s"):format(i, type(value[i]))
    end
  end
end

local function check(client, name, params, opts)
  -- AWS's spelling will do.
  local method = type(name) == "string" and names.snake(name) or name
  local waiter = WAITERS[method]
  if not waiter then
    return "no waiter is called '" .. tostring(name) .. "'" .. nearest.hint(method, WAITERS)
  end
  local source = waiter.services[client.service]
  return options.fault(opts, SCHEMA) or params_fault(source, params), waiter, source
end

local function failed(client, source, kind, code, message, states, cause)
  return nil, errors.new(kind, {
    service = client.service, operation = source.operation, code = code, message = message,
    details = states, cause = cause,
  })
end

-- The states in a fixed order, so that messages do not depend on a table's.
local function in_order(states)
  local list = {}
  for identity, state in pairs(states) do
    list[#list + 1] = { identity = identity, state = state or "NOT_FOUND", found = state }
  end
  table.sort(list, function(a, b) return a.identity < b.identity end)
  return list
end

-- Whether all is well; or the state that ends the wait.
local function judge(waiter, list)
  local is_done = true
  for i = 1, #list do
    local failure = waiter.failures[list[i].found]
    if failure then
      return false, list[i], failure
    end
    is_done = is_done and list[i].found == "SUCCESS"
  end
  return is_done
end

local function summary(list)
  local parts = {}
  for i = 1, math.min(#list, 5) do
    parts[i] = list[i].identity .. " is " .. list[i].state
  end
  if #list > 5 then
    parts[6] = ("and %d more"):format(#list - 5)
  end
  return #list > 0 and table.concat(parts, ", ") or "no state was ever read"
end

local function public(list)
  local copy = {}
  for i = 1, #list do
    copy[i] = { identity = list[i].identity, state = list[i].state }
  end
  return copy
end

-- A question that is on its way when the limit comes has so many seconds more.
local GRACE = 5

-- Asks once: the states, which are empty where a question has to be put again;
-- and the result, or the error that there was instead.
local function ask(client, source, params, left, retry_errors)
  local total = math.min(math.max(left, GRACE), client._context.timeout.total or math.huge)
  local result, err = client:call(source.operation, params, { timeout = { total = total } })
  if result then
    return in_order(source.read(result, params)), result
  elseif retry_errors and (err.retryable or err.throttled) then
    return {}, nil, err
  elseif errors.is_error(err, "service", "NotFound") then
    return in_order { [params[source.parameter]] = false }, nil, err
  end
  return nil, nil, err
end

local function tell(client, source, progress, list, elapsed)
  local ok, answer = protect(progress, public(list), elapsed)
  if not ok then
    return failed(client, source, "callback", "CallbackError",
      "progress raised an error: " .. errors.in_words(answer), public(list), answer)
  elseif answer == false then
    return failed(client, source, "callback", "WaitStopped", "progress stopped the wait; "
      .. summary(list), public(list))
  end
  return true
end

--- The error of a state that ends a wait.
---@param name string "mail_from_verified"
---@param state string|false as API v2 has it; false: there is no such identity
---@return string|nil code nil: waiting may change it
---@return string|nil words a clause that follows the identity's name
function M.failure(name, state)
  local failure = WAITERS[name].failures[state]
  if failure then
    return failure[1], failure[2]
  end
end

--- "1 second was", "60 seconds were".
---@param seconds number
---@return string
function M.were(seconds)
  return seconds == 1 and "1 second was" or ("%g seconds were"):format(seconds)
end

--- How long a waiter waits, by itself.
---@param name string "identity_exists"
---@return number delay seconds between two questions
---@return number timeout seconds
function M.times(name)
  return WAITERS[name].delay, WAITERS[name].timeout
end

---@class ses.WaitOptions
---@field timeout number|nil seconds until the last question; nil: the waiter's own, ten minutes
---@field delay number|nil seconds between two questions; nil: the waiter's own, 5
---@field retry_errors boolean|nil false: an error that the attempts of one question did not get over
---  ends the wait; nil: the question is put again
---@field progress nil|fun(states: {identity: string, state: string}[], elapsed: number): boolean|nil
---  after each question; false stops the wait

--- Waits.
---
--- `identity_exists`, `identity_verified`, `dkim_verified` and
--- `mail_from_verified`, in both APIs; AWS's spelling, IdentityExists, will do.
---@param client table a client of ses.client
---@param name string
---@param params table {Identities = {...}} in API v1, {EmailIdentity = ...} in API v2
---@param opts ses.WaitOptions|nil
---@return table|nil result the answer that said that all is well
---@return ses.Error|nil err "timeout" and WaitTimeout; or "service" and the code of a state that
---  waiting does not change, such as MailFromDomainFailed; `details` has the states
function M.wait(client, name, params, opts)
  opts = opts == nil and {} or opts
  local fault, waiter, source = check(client, name, params, opts)
  if fault then
    error("wait: " .. fault, 3)
  end
  params = tables.deep_copy(params)
  local transport = client._context.transport
  local started = transport:now()
  local limit = opts.timeout or waiter.timeout
  local list = {}
  while true do
    if not client._context then
      error("wait: the client is closed", 3)
    end
    local latest, result, err = ask(client, source, params, started + limit - transport:now(),
      opts.retry_errors ~= false)
    if not latest then
      return nil, err
    end
    list = #latest > 0 and latest or list
    local is_done, culprit, failure = judge(waiter, list)
    if opts.progress then
      local ok, problem = tell(client, source, opts.progress, list, transport:now() - started)
      if not ok then
        return nil, problem
      end
    end
    if culprit then
      return failed(client, source, "service", failure[1], culprit.identity .. ": " .. failure[2],
        public(list), err)
    elseif is_done and result then
      return result
    end
    local left = started + limit - transport:now()
    if left <= 0 then
      return failed(client, source, "timeout", "WaitTimeout",
        ("%s not enough: %s"):format(M.were(limit), summary(list))
          .. (err and "; the last question met: " .. tostring(err.message) or ""),
        public(list), err)
    end
    transport:sleep(math.min(left, opts.delay or waiter.delay))
  end
end

return M
