--- sesctl mail-from plan, apply and disable.
local commands = require "ses.cli.mail_from.command"
local decide = require "ses.mail_from.decide"
local input = require "ses.cli.mail_from.input"
local journals = require "ses.batch.journal"
local mail_from = require "ses.mail_from"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show_changes"

local M = {}

local REFUSED = { refuse = true, unverified = true, unknown = true, invalid = true, error = true }

local function code_of_plan(plan)
  local code = plan.calls > 0 and commands.PENDING or commands.OK
  for _, change in ipairs(plan.changes) do
    if REFUSED[change.action] then
      code = commands.FAILED
    end
  end
  return code
end

local function plan_of(command, client, found)
  local bar = progress.new(command.globals, { verb = "read" })
  local plan, err = mail_from.plan(client, found.rows, {
    force = command.given.force, known = commands.list(command.given, "known"),
    labels = found.labels,
    progress = function(done, total)
      bar:show(done, total, "read")
    end,
  })
  bar:clear()
  return plan, err
end

-- Applies a plan: lines as they come, or a bar on a terminal.
local function apply(command, plan)
  local bar = progress.new(command.globals, {
    verb = "done", has_lines = command:has_lines(),
    outlook = "run it again for the rest: what is right is left alone",
  })
  local is_told, done = {}, 0
  bar:show(done, plan.calls, "")
  local report, err = plan:apply {
    journal = command.given.journal,
    progress = function(_, change)
      local is_settled = change.outcome.state ~= "left"
      done = done + (is_settled and 1 or 0)
      if is_settled and command:has_lines() then
        is_told[change] = true
        bar:hide()
        command:print(show.change_lines(change))
      end
      bar:show(done, plan.calls, change.identity)
    end,
  }
  bar:clear()
  if not report then
    return command:failed(err)
  end
  command:print_all(show.applied(plan, report, is_told))
  if report.stopped then
    return command:failed(report.stopped)
  end
  command:worsen(report.refused + report.failed + report.left == 0 and commands.OK
    or commands.FAILED)
  return command.code
end

local function run(command, read)
  local found, client = command:begin(read)
  if not found then
    return client
  end
  local plan, err = plan_of(command, client, found)
  if not plan then
    return command:failed(err)
  elseif not command.given.dry_run then
    return apply(command, plan)
  end
  command:worsen(code_of_plan(plan))
  command:print_all(show.plan(plan))
  return command.code
end

local function options_fault(given)
  local known, message = commands.list(given, "known")
  local fault = known and not message and decide.known_fault(known)
  if fault then
    return "--known: " .. fault
  end
  fault = given.journal and journals.path_fault(given.journal)
  return message or fault and "--journal: " .. fault or nil
end

local function wanted(words, given)
  local found, message = input.read(words, given)
  if found and words[1] and not given.mail_from_domain then
    return nil, "the following arguments are required: --mail-from-domain"
  end
  message = message or options_fault(given)
  return not message and found or nil, message
end

local function unwanted(words, given)
  local identities, message, labels = input.identities(words, given)
  local found = { rows = {}, labels = labels }
  for i, identity in ipairs(identities or {}) do
    found.rows[i] = { identity = identity, mail_from_domain = false }
  end
  return identities and found, message
end

--- Changes what has to be changed.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.apply(command)
  return run(command, wanted)
end

--- Says what would have to be changed.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.plan(command)
  command.given.dry_run = true
  return run(command, wanted)
end

--- Takes MAIL FROM domains away.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.disable(command)
  return run(command, unwanted)
end

return M
