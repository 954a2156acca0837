--- sesctl mail-from ...: MAIL FROM domains of many identities: what is to be done,
--- doing it, and why it does not work.
local argparse = require "ses.cli.argparse"
local connection = require "ses.cli.connection"
local core = require "ses.core"
local failure = require "ses.cli.failure"
local formats = require "ses.cli.format"
local input = require "ses.cli.mail_from.input"
local mail_from = require "ses.mail_from"
local options = require "ses.cli.mail_from.options"
local output = require "ses.cli.output"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show"

local M = {}

--- Exit codes of its own: everything is right; a MAIL FROM domain is not verified;
--- something was refused, or failed.
M.OK, M.UNVERIFIED, M.FAILED = 0, 1, 2

---@class ses.cli.mail_from.Command what an action is given
---@field given table the values of its options
---@field words string[] what stands alone
---@field globals ses.cli.Globals

local function usage(command, message)
  return failure.tell_usage(message, command.globals)
end

local function failed(command, err)
  local told = failure.of_error(err, command.globals)
  told.rc = M.FAILED
  return failure.tell(told, command.globals)
end

-- Lines as a terminal shows all of them and obeys none.
local function visible(text)
  return core.terminal(1) and require("ses.cli.output.visible").text(text) or text
end

-- Prints what an action found: in lines, or in a format of the AWS CLI.
local function print_all(command, value, lines)
  local globals = command.globals
  local format = globals.output or "text"
  if format == "text" and not globals.expression then
    lines[#lines + 1] = ""
    return output.print("sesctl", visible(table.concat(lines, "\n")))
  end
  local found, message = formats.query(globals.expression)(value)
  local ok = not message
  if ok then
    local formatter = formats.new(globals, format, "mail-from")
    formatter:page(found)
    ok, message = formatter:finish()
  end
  return ok and M.OK or failure.tell({ message = message, rc = failure.GENERAL }, globals)
end

-- Of exit codes the greatest is the worst.
local worst = math.max

-- What an action is about, as a function reads it, and a client.
---@return any what nil: there is nothing to be done
---@return ses.Client|integer client_or_code
local function begin(command, read)
  local what, message = read(command.words, command.given)
  if not what then
    return nil, usage(command, message)
  end
  local client, err = connection.open(command.given.api or "ses", command.globals, nil, true)
  if not client then
    return nil, failed(command, err)
  end
  return what, client
end

-- What an option lists, with commas between.
local function split(text)
  local list = text and {}
  for word in (text or ""):gmatch("[^,%s]+") do
    list[#list + 1] = word
  end
  return list
end

local actions = {}

-- What is of the wrong form in a file is raised.
local function plan_of(command, client, rows)
  local bar = progress.new()
  local ok, plan, err = pcall(mail_from.plan, client, rows, {
    force = command.given.force, known = split(command.given.known),
    progress = bar and function(done, total)
      bar:show(done, total, "read")
    end,
  })
  if bar then
    bar:clear()
  end
  if not ok then
    local message = tostring(plan):match("ses%.mail_from%.plan: (.*)$")
    if not message then
      error(plan, 0)
    end
    return nil, usage(command, (command.given.file and "--file: " or "") .. message)
  elseif not plan then
    return nil, failed(command, err)
  end
  return plan
end

local REFUSED = { refuse = true, unverified = true, unknown = true, invalid = true, error = true }

-- 1: there is something to change, or to wait for.
local function code_of_plan(plan)
  local code = plan.calls > 0 and M.UNVERIFIED or M.OK
  for _, change in ipairs(plan.changes) do
    if REFUSED[change.action] then
      code = M.FAILED
    elseif change.will_be and change.current.status ~= "SUCCESS" then
      code = worst(code, M.UNVERIFIED)
    end
  end
  return code
end

local function show_plan(command, plan)
  return worst(print_all(command, show.plan(plan)), code_of_plan(plan))
end

-- Applies a plan: lines as they come, or a bar on a terminal.
local function apply(command, plan)
  local bar, is_told, done = progress.new(), {}, 0
  local has_lines = not bar and (command.globals.output or "text") == "text"
    and not command.globals.expression
  local report, err = plan:apply {
    journal = command.given.journal,
    progress = function(_, change)
      done = done + 1
      if bar then
        bar:show(done, plan.calls, change.identity)
      elseif has_lines and change.outcome.state ~= "left" then
        is_told[change] = true
        output.write(visible(show.change_line(change) .. "\n"))
      end
    end,
  }
  if bar then
    bar:clear()
  end
  if not report then
    return failed(command, err)
  end
  local code = print_all(command, show.applied(plan, report, is_told))
  if report.stopped then
    return failed(command, report.stopped)
  end
  local is_right = report.refused + report.failed + report.left == 0
  return worst(code, is_right and M.OK or M.FAILED)
end

local function run_plan(command, read)
  local rows, client = begin(command, read)
  if not rows then
    return client
  end
  local plan, code = plan_of(command, client, rows)
  if not plan then
    return code
  elseif command.given.dry_run then
    return show_plan(command, plan)
  end
  return apply(command, plan)
end

local function wanted(words, given)
  local rows, message = input.rows(words, given)
  if rows and words[1] and not given.mail_from_domain then
    return nil, "the following arguments are required: --mail-from-domain"
  end
  return rows, message
end

function actions.apply(command)
  return run_plan(command, wanted)
end

function actions.plan(command)
  command.given.dry_run = true
  return actions.apply(command)
end

local function unwanted(words, given)
  local identities, message = input.identities(words, given)
  local rows = {}
  for i, identity in ipairs(identities or {}) do
    rows[i] = { identity = identity, mail_from_domain = false }
  end
  return identities and rows, message
end

function actions.disable(command)
  return run_plan(command, unwanted)
end

local FORMS = {
  bind = function(records) return records:bind() end,
  terraform = function(records) return records:terraform() end,
  route53 = function(records)
    return require("ses.cli.json").encode(show.route53(records), 4) .. "\n"
  end,
}

local function domains(words)
  return words[1] and words or nil, "the following arguments are required: MAIL_FROM_DOMAIN"
end

function actions.records(command)
  local words, client = begin(command, domains)
  if not words then
    return client
  end
  local list, texts = {}, {}
  local form = FORMS[command.given.format]
  for i, name in ipairs(words) do
    local records, err = mail_from.records(name, client.region)
    if not records then
      return failed(command, err)
    end
    list[i] = records
    texts[i] = form and form(list[i])
  end
  if form then
    return output.print("sesctl", table.concat(texts))
  end
  return print_all(command, show.records(list))
end

function actions.check(command)
  local rows, client = begin(command, input.rows)
  if not rows then
    return client
  end
  local list, code = {}, M.OK
  local from, servers = split(command.given.from), split(command.given.servers)
  for i, row in ipairs(rows) do
    local report, err = mail_from.check(row.identity, {
      client = client, mail_from_domain = row.mail_from_domain or nil,
      from = from, servers = servers,
    })
    if not report then
      return failed(command, err)
    end
    list[i] = report
    code = worst(code, report.ok and M.OK or M.UNVERIFIED)
  end
  return worst(print_all(command, show.reports(list)), code)
end

function actions.status(command)
  local identities, client = begin(command, input.identities)
  if not identities then
    return client
  end
  local list, err = mail_from.status(client, identities)
  if not list then
    return failed(command, err)
  end
  local code = M.OK
  for _, setting in ipairs(list) do
    code = worst(code, (setting.err or not setting.is_known) and M.FAILED
      or setting.status ~= "SUCCESS" and M.UNVERIFIED or M.OK)
  end
  return worst(print_all(command, show.settings(list)), code)
end

-- Errors that say that a MAIL FROM domain is not verified.
local NOT_VERIFIED = { MailFromDomainFailed = true, MailFromDomainNotSet = true,
                       WaitTimeout = true }

local function explain(servers)
  return servers and function(client, identity)
    return mail_from.check(identity, { client = client, servers = servers })
  end
end

local function awaited(words, given)
  local identities, message = input.identities(words, given)
  if identities and ((given.timeout or 1) < 1 or (given.delay or 1) < 1) then
    return nil, "--timeout and --delay: expected seconds, 1 or more"
  end
  return identities, message
end

function actions.wait(command)
  local identities, client = begin(command, awaited)
  if not identities then
    return client
  end
  local given, bar, list, code = command.given, progress.new(), {}, M.OK
  local ends = given.timeout and os.time() + given.timeout
  local explainer = explain(split(given.servers))
  for i, identity in ipairs(identities) do
    local setting, err = mail_from.wait(client, identity, {
      timeout = ends and math.max(ends - os.time(), 1) or nil, delay = given.delay,
      explain = explainer,
      progress = bar and function(state)
        bar:show(i - 1, #identities, identity .. " " .. state)
      end,
    })
    list[i] = { identity = identity, setting = setting, err = err }
    code = worst(code, setting and M.OK or NOT_VERIFIED[err.code] and M.UNVERIFIED or M.FAILED)
  end
  if bar then
    bar:clear()
  end
  return worst(print_all(command, show.waited(list)), code)
end

-- The words that stand alone; or an option that nobody knows.
local function words_of(line)
  local words, unknown = { line.command }, {}
  for _, word in ipairs(line.rest) do
    local list = word:find("^%-.") and unknown or words
    list[#list + 1] = word
  end
  return words, unknown
end

local function run_action(action, argv, globals)
  local line, message = argparse.command(options.of(action), argv)
  if not line then
    return failure.tell_usage(message, globals)
  end
  local words, unknown = words_of(line)
  if globals.help or words[1] == "help" then
    return output.print("sesctl", require("ses.cli.mail_from.help").action(action))
  elseif unknown[1] then
    return failure.tell_unknown(unknown, globals)
  end
  return actions[action.name] { given = line.values, words = words, globals = globals }
end

--- Runs the command.
---@param _ string its name
---@param argv string[] what follows that, without what is in globals
---@param globals ses.cli.Globals
---@return integer exit code
function M.run(_, argv, globals)
  local line = assert(argparse.command({}, argv))
  local action = line.command and options.find(line.command)
  if action then
    return run_action(action, line.rest, globals)
  elseif line.command == "help" or not line.command and globals.help then
    return output.print("sesctl", require("ses.cli.mail_from.help").text())
  elseif not line.command then
    return failure.tell_usage("the following arguments are required: action", globals)
  end
  return failure.tell_usage("argument action: "
    .. argparse.choice_fault(line.command, options.names()), globals)
end

return M
