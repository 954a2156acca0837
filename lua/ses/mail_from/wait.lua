--- Waiting until MAIL FROM domains are in use, and why they are not.
local check = require "ses.mail_from.check"
local concerns = require "ses.mail_from.concern"
local errors = require "ses.error"
local map = require "ses.batch.map"
local names = require "ses.mail_from.names"
local options = require "ses.options"
local protect = require "ses.protect"
local reading = require "ses.mail_from.reading"
local resolvers = require "ses.mail_from.resolver"
local settings = require "ses.mail_from.setting"
local states = require "ses.mail_from.state"
local tables = require "ses.tables"
local tell = require "ses.mail_from.progress"
local waiters = require "ses.waiters"

local M = {}

-- As SES does itself.
local PATIENCE = 72 * 3600
local DELAY = 30

-- A question that is on its way when the time is over has so many seconds more.
local GRACE = 5

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
  explain = explain_fault, servers = resolvers.SCHEMA.servers,
  resolver = resolvers.SCHEMA.resolver, settled = options.of "function",
}

---@class ses.mail_from.WaitOptions
---@field timeout number|nil seconds until the last question; nil: 72 hours, after which SES itself
---  stops looking
---@field delay number|nil seconds between two questions; nil: 30
---@field progress nil|fun(state: string, elapsed: number, identity: string): boolean|nil after each
---  question, for each identity that is still waited for, with "PENDING", "TEMPORARY_FAILURE" ...,
---  and once with its last state; false stops the wait
---@field settled nil|fun(waited: ses.mail_from.Waited): boolean|nil once for each identity, as soon
---  as it is known what came of it, but not for those that an error of all leaves; false stops it
---@field explain nil|false|fun(client: table, identity: string): ses.mail_from.Report|string|nil,
---  any says why the MX record is not found; nil: ses.mail_from.check does; false: nobody does
---@field servers string[]|nil the name servers that it asks, with `resolver`: see
---  ses.mail_from.CheckOptions
---@field resolver any

---@class ses.mail_from.Waited what came of one of several
---@field identity string
---@field setting ses.mail_from.Setting|nil its MAIL FROM domain is in use
---@field err ses.Error|nil or else why not

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
local function explain(self, identity, err)
  if not self.explain or not EXPLAINED[err.code] then
    return err
  end
  local ok, reason, problem = protect(self.explain, self.client, identity)
  if not ok or reason == nil then
    err.unexplained = not ok and reason or problem
    if err.unexplained ~= nil then
      err.message = err.message .. "\n  what DNS has could not be seen: "
        .. errors.in_words(err.unexplained)
    end
    return err
  end
  err.reason = reason
  for _, sentence in ipairs(in_words(reason)) do
    err.message = err.message .. "\n  " .. sentence
  end
  return err
end

local function failed(self, name, kind, code, message, cause)
  return errors.new(kind, {
    service = self.client.service, code = code, message = message, cause = cause,
    details = { { identity = name, state = self.states[name] } },
  })
end

-- The state of a setting, and the error of one that waiting does not change.
local function judge(self, name, setting)
  local state = setting.is_known and setting.status or "NOT_FOUND"
  self.states[name] = state
  if state ~= "SUCCESS" then
    local code, words = waiters.failure("mail_from_verified", setting.is_known and state or false)
    return code and failed(self, name, "service", code, name .. ": " .. words)
  end
end

-- Takes down what came of one, and why, and tells it.
---@return ses.Error|nil err that is enough
local function settle(self, name, setting, err)
  local waited = { identity = name, setting = setting, err = err and explain(self, name, err) }
  self.found[name] = waited
  return tell(self.settled, "WaitStopped", "settled stopped the wait", waited)
end

-- Takes what SES said of some, and tells it.
local function take(self, group, some)
  for _, name in ipairs(group) do
    local setting, stopped = some[name], nil
    if setting.err then
      stopped = settle(self, name, nil, setting.err)
    else
      local err = judge(self, name, setting)
      if err or self.states[name] == "SUCCESS" then
        setting.identity = name
        stopped = settle(self, name, not err and setting or nil, err)
      end
    end
    stopped = stopped or tell(self.progress, "WaitStopped", "progress stopped the wait; " .. name
      .. " is " .. self.states[name], self.states[name], self.transport:now() - self.started, name)
    if stopped then
      return stopped
    end
  end
end

local function left(self)
  return self.ends - self.transport:now()
end

-- Asks once for those that are waited for. What cannot be answered just now is
-- asked with the next round; but whom SES cannot be reached by at all is told.
local function ask(self)
  for first = 1, #self.order, settings.PER_QUESTION[self.client.service] do
    local group = settings.group(self.client, self.order, first)
    local some, err, may_pass = reading.once(self.client, group, self.concern,
      math.max(left(self), GRACE))
    if some then
      self.trouble = nil
      err = take(self, group, some)
    elseif may_pass and not reading.is_out_of_reach(err, self.concern) then
      self.trouble, err = err, nil
    end
    if err then
      return err
    elseif left(self) <= 0 then
      return nil
    end
  end
end

local function still_waiting(self)
  local list = {}
  for _, name in ipairs(self.order) do
    if not self.found[name] then
      list[#list + 1] = name
    end
  end
  return list
end

-- Waits for all of them: the error is one that concerns all, or progress's.
local function wait(self)
  while true do
    local err = ask(self)
    self.order = still_waiting(self)
    if err or #self.order == 0 then
      return err
    elseif left(self) <= 0 then
      return nil
    end
    self.transport:sleep(math.min(left(self), self.delay))
  end
end

-- Reads for the checks of so many as can be asked for at once what they all need.
local function prepare(self, first)
  local list = {}
  for i, name in ipairs(tables.from(self.order, first, first + states.MOST - 1)) do
    list[i] = { name = name }
  end
  if rawget(self.client, "_context") then
    states.prepare(self.client, list, self.kept)
  end
end

-- What is still waited for is late, or shares the error that ended it.
---@return ses.Error|nil err
local function settle_rest(self, err)
  for i, name in ipairs(self.order) do
    local trouble = self.trouble
    if self.kept and not err and (i - 1) % states.MOST == 0 then
      prepare(self, i)
    end
    if err then
      self.found[name] = { identity = name, err = err }
    else
      err = settle(self, name, nil, failed(self, name, "timeout", "WaitTimeout",
        ("%s not enough: %s"):format(waiters.were(self.limit), self.states[name] == "UNKNOWN"
          and "no state was ever read" or name .. " is " .. self.states[name])
          .. (trouble and "; the last question met: " .. tostring(trouble.message) or ""), trouble))
    end
  end
  return err
end

-- The function that finds reasons, and what it keeps.
local function explainer_of(opts)
  if opts.explain ~= nil then
    return opts.explain
  end
  local kept = {}
  return function(client, identity)
    return check.run(identity, { client = client, kept = kept, servers = opts.servers,
                                 resolver = opts.resolver })
  end, kept
end

local function new(client, list, opts)
  local transport = client._context.transport
  local limit = opts.timeout or PATIENCE
  local started = transport:now()
  local self = {
    client = client, transport = transport, order = {}, states = {}, found = {},
    concern = concerns.new(client), progress = opts.progress, settled = opts.settled,
    delay = opts.delay or DELAY, limit = limit, started = started, ends = started + limit,
  }
  self.explain, self.kept = explainer_of(opts)
  for _, name in ipairs(list) do
    if not self.states[name] then
      self.states[name] = "UNKNOWN"
      self.order[#self.order + 1] = name
    end
  end
  return self
end

--- Waits until SES uses the MAIL FROM domain of an identity, or those of several,
--- for which there is one limit.
---
--- It ends at once where waiting does not help: the identity is not there, has no
--- MAIL FROM domain, or SES has stopped looking; of several the others are waited
--- for. TEMPORARY_FAILURE is waited through: SES still looks. What the error of a
--- failure or of the time-out is about, `explain` says.
---@param client table a client of either API
---@param identity string|string[]
---@param opts ses.mail_from.WaitOptions|nil
---@return ses.mail_from.Setting|ses.mail_from.Waited[]|nil setting with its `identity`; of a list:
---  what came of each, in its order
---@return ses.Error|nil err with the code MailFromDomainFailed, MailFromDomainNotSet,
---  IdentityNotFound, WaitTimeout or WaitStopped; its `reason` is what `explain` returned, and its
---  message has the sentences; `unexplained` is why there are none. "config" and InvalidNameServer,
---  before anything is asked. Of a list: of what concerns all, and ended the wait
function M.wait(client, identity, opts)
  map.transport_of(client, "ses.mail_from.wait")
  opts = opts == nil and {} or opts
  local fault, list = options.fault(opts, SCHEMA), nil
  if not fault then
    list, fault = names.identities(identity)
  end
  if fault then
    error("ses.mail_from.wait: " .. fault, 2)
  elseif opts.servers or opts.resolver then
    local ask_dns, err = resolvers.of(opts)
    if not ask_dns then
      return nil, err
    end
  end
  local self = new(client, list, opts)
  local err = settle_rest(self, wait(self))
  local results = {}
  for i, name in ipairs(list) do
    results[i] = self.found[name]
  end
  if type(identity) == "table" then
    return results, err
  end
  return results[1].setting, results[1].err
end

return M
