--- sesctl mail-from wait: for all identities together, within one time.
local commands = require "ses.cli.mail_from.command"
local concerns = require "ses.mail_from.concern"
local input = require "ses.cli.mail_from.input"
local mail_from = require "ses.mail_from"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show_reports"
local transports = require "ses.transport"

local M = {}

-- As SES does itself.
local PATIENCE = 72 * 3600
local DELAY = 30

local function once_each(identities)
  local list, seen = {}, {}
  for _, name in ipairs(identities) do
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  return list
end

local function read(words, given)
  local identities, message = input.identities(words, given)
  if identities and ((given.timeout or 1) < 1 or (given.delay or 1) < 1) then
    message = "--timeout and --delay: expected seconds, 1 or more"
  end
  local found = { identities = once_each(identities or {}) }
  if not message then
    found.ask, message, found.err = commands.resolver(given)
  end
  return not message and found or nil, message
end

-- What ends the wait for an identity: the code and what to do, and the exit code.
local function problem_of(setting)
  if not setting.is_known then
    return { code = "IdentityNotFound",
             message = "SES does not have this identity in this region" }, commands.FAILED
  elseif not setting.domain then
    return { code = "MailFromDomainNotSet", message = "it has no MAIL FROM domain" },
      commands.PENDING
  elseif setting.status == "FAILED" then
    return { code = "MailFromDomainFailed", message = "SES did not find its MX record in 72 hours,"
      .. " and has stopped looking: publish it, and set the MAIL FROM domain again" },
      commands.PENDING
  end
end

local function too_late(timeout)
  return { code = "WaitTimeout", message = ("not verified after %d second%s"):format(timeout,
    timeout == 1 and "" or "s") }
end

-- Adds what DNS says to a MAIL FROM domain that is not verified.
local function explain(self, waited)
  local setting = waited.setting
  if not setting.domain then
    return
  elseif self.found.err then
    waited.unexplained = tostring(self.found.err.message)
    return
  end
  local report, err = mail_from.check(setting.identity, {
    mail_from_domain = setting.domain, region = self.client.region, resolver = self.found.ask,
  })
  if not report then
    waited.unexplained = tostring(err.message)
    return
  end
  waited.findings = {}
  for _, finding in ipairs(report.findings) do
    if finding.severity ~= "info" then
      table.insert(waited.findings, finding)
    end
  end
end

-- Takes what came of one identity.
local function settle(self, setting, problem, code)
  local waited = { setting = setting, problem = problem }
  if problem then
    explain(self, waited)
  end
  self.command:worsen(code)
  self.settled = self.settled + 1
  self.results[setting.identity] = waited
  if self.streams then
    self.command:print(show.waited_lines(waited))
  end
end

-- What an error of one identity's question means: it is asked again, or not.
local function judge(self, setting)
  local verdict = self.concern:judge(setting.err)
  if verdict.state ~= "again" then
    settle(self, setting, { code = setting.err.code, message = tostring(setting.err.message) },
      commands.FAILED)
    return false
  end
  return true
end

-- Whether an identity has to be waited for on.
local function look(self, setting)
  if setting.err then
    return judge(self, setting)
  end
  local problem, code = problem_of(setting)
  if problem or setting.status == "SUCCESS" then
    settle(self, setting, problem, code or commands.OK)
    return false
  end
  return true
end

local function tell(self)
  local setting = self.waiting[1]
  if setting then
    local state = setting.identity .. " is " .. setting.status
    self.bar:show(self.settled, #self.found.identities, state)
    self.bar:say(("waiting for %d of %d; %s"):format(#self.waiting, #self.found.identities, state))
  end
end

local function names_of(settings)
  local list = {}
  for i, setting in ipairs(settings) do
    list[i] = setting.identity
  end
  return list
end

-- Asks for all that are waited for. The error is one that waiting does not cure.
local function ask(self)
  local list, err = mail_from.status(self.client, names_of(self.waiting))
  if not list then
    local verdict, stops = self.concern:judge(err)
    return (stops or verdict.state ~= "again") and err or nil
  end
  self.concern:allow()
  local waiting = {}
  for _, setting in ipairs(list) do
    if look(self, setting) then
      waiting[#waiting + 1] = setting
    end
  end
  self.waiting = waiting
end

local function wait(self, given)
  local transport, timeout = transports.default(), given.timeout or PATIENCE
  local ends = transport:now() + timeout
  while true do
    local err = ask(self)
    local left = ends - transport:now()
    if err or not self.waiting[1] then
      return err
    elseif left <= 0 then
      break
    end
    tell(self)
    transport:sleep(math.min(left, given.delay or DELAY))
  end
  for _, setting in ipairs(self.waiting) do
    settle(self, setting, too_late(timeout), commands.PENDING)
  end
end

local function waiting_for(identities)
  local list = {}
  for i, identity in ipairs(identities) do
    list[i] = { identity = identity, status = "UNKNOWN" }
  end
  return list
end

--- Waits until SES has found the MX records.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.wait(command)
  local found, client = command:begin(read)
  if not found then
    return client
  end
  local bar = progress.new(command.globals, { verb = "settled", has_lines = true })
  local self = {
    command = command, found = found, client = client, bar = bar, results = {}, settled = 0,
    waiting = waiting_for(found.identities), concern = concerns.new(client),
    streams = command:has_lines() and not bar:is_bar(),
  }
  local err = wait(self, command.given)
  bar:clear()
  local list, lines = {}, {}
  for _, identity in ipairs(found.identities) do
    local waited = self.results[identity]
    list[#list + 1] = waited
    for _, line in ipairs(waited and not self.streams and show.waited_lines(waited) or {}) do
      lines[#lines + 1] = line
    end
  end
  if list[1] then
    command:print_all(show.waited(list), lines)
  end
  return err and command:failed(err) or command.code
end

return M
