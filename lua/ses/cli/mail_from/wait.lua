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
  if not message then
    message = select(2, commands.resolver(given))
  end
  return not message and identities or nil, message
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
    if state ~= before and (is_waiting or before) then
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
  local identities, client = command:begin(read)
  if not identities then
    return client
  end
  local given = command.given
  local bar = progress.new(command.globals, { verb = "settled", has_lines = true })
  local list, err = mail_from.wait(client, identities, {
    timeout = given.timeout, delay = given.delay, servers = commands.list(given, "servers"),
    progress = teller(bar, #identities),
  })
  bar:clear()
  local ended, lines = {}, {}
  for _, waited in ipairs(list or {}) do
    -- What ended the wait for all is told once.
    if not err or waited.err ~= err then
      command:worsen(code_of(waited.err))
      ended[#ended + 1] = waited
      for _, line in ipairs(show.waited_lines(waited)) do
        lines[#lines + 1] = line
      end
    end
  end
  if ended[1] then
    command:print_all(show.waited(ended), lines)
  end
  return err and command:failed(err) or command.code
end

return M
