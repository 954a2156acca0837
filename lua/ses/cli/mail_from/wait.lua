--- sesctl mail-from wait: for all identities together, within one time.
local commands = require "ses.cli.mail_from.command"
local input = require "ses.cli.mail_from.input"
local mail_from = require "ses.mail_from"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show_reports"
local tables = require "ses.tables"

local M = {}

-- States that waiting may change.
local CHANGEABLE = tables.set { "PENDING", "TEMPORARY_FAILURE" }

-- Errors that say that a MAIL FROM domain is not verified.
local NOT_VERIFIED = tables.set { "MailFromDomainFailed", "MailFromDomainNotSet", "WaitTimeout" }

local function read(words, given)
  local identities, message = input.identities(words, given)
  if identities and ((given.timeout or 1) < 1 or (given.delay or 1) < 1) then
    message = "--timeout and --delay: expected seconds, 1 or more"
  end
  local ask, problem
  if not message then
    ask, problem = commands.resolver(given)
  end
  message = message or problem
  return not message and { identities = identities, ask = ask } or nil, message
end

-- What is told while it waits: states that others may follow, and what followed.
local function teller(bar, total)
  local states, settled = {}, 0
  return function(state, _, identity)
    local is_waiting, before = CHANGEABLE[state], states[identity]
    if not is_waiting and (not before or CHANGEABLE[before]) then
      settled = settled + 1
    end
    bar:show(settled, total, identity .. " is " .. state)
    if state ~= before and is_waiting then
      bar:say(identity .. " is " .. state)
    end
    states[identity] = state
  end
end

local function code_of(err)
  if not err then
    return commands.OK
  end
  -- Of whom SES said nothing, that is not known.
  local is_known = err.details and err.details[1].state ~= "UNKNOWN"
  return NOT_VERIFIED[err.code] and is_known and commands.PENDING or commands.FAILED
end

--- Waits until SES has found the MX records.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.wait(command)
  local found, client = command:begin(read)
  if not found then
    return client
  end
  local given, total = command.given, #found.identities
  local bar = progress.new(command.globals, { verb = "settled", has_lines = true })
  local list, err = mail_from.wait(client, found.identities, {
    timeout = given.timeout, delay = given.delay, resolver = found.ask,
    progress = teller(bar, total),
    settled = function(waited)
      if command:has_lines() then
        bar:hide()
        command:print(show.waited_lines(waited))
      end
    end,
  })
  bar:clear()
  local ended = {}
  for _, waited in ipairs(list or {}) do
    -- What ended the wait for all is told once.
    if not err or waited.err ~= err then
      command:worsen(code_of(waited.err))
      ended[#ended + 1] = waited
    end
  end
  if ended[1] and not command:has_lines() then
    command:print_all(show.waited(ended), {}, show.waited_rows(ended))
  end
  return err and command:failed(err) or command.code
end

return M
