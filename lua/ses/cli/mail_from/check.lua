--- sesctl mail-from check: of any number of identities, each with its own outcome.
local commands = require "ses.cli.mail_from.command"
local concerns = require "ses.mail_from.concern"
local input = require "ses.cli.mail_from.input"
local mail_from = require "ses.mail_from"
local names = require "ses.mail_from.names"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show_reports"
local states = require "ses.mail_from.state"
local tables = require "ses.tables"

local M = {}

-- What SES is asked for about a row, or what is wrong with its names.
---@return ses.mail_from.Asked|nil
---@return table|nil problem
local function asked_of(row)
  local identity, problem = names.identity(row.identity)
  local wanted
  if row.mail_from_domain then
    wanted, problem = names.check(row.identity, row.mail_from_domain)
  end
  return not problem and { name = identity.name, wanted = wanted } or nil, problem
end

local function read(words, given)
  local found, message = input.read(words, given)
  if not found then
    return nil, message
  end
  local is_any_right, faults = false, {}
  found.asked, found.problems = {}, {}
  for i, row in ipairs(found.rows) do
    local asked, problem = asked_of(row)
    found.asked[i], found.problems[i] = asked or false, problem or false
    is_any_right = is_any_right or not problem
    faults[#faults + 1] = problem and (given.file and found.labels[i] .. ": " or "")
      .. problem.message
  end
  if not is_any_right then
    return nil, input.joined(faults, given.file ~= nil)
  end
  found.from, message = commands.list(given, "from")
  if not message then
    found.ask, message, found.err = commands.resolver(given)
  end
  return not message and found or nil, message
end

-- What SES has of the row of that number and of those behind it, as many as are read
-- at once.
local function prepare(found, first, client, kept)
  local list = {}
  for _, asked in ipairs(tables.from(found.asked, first, first + states.MOST - 1)) do
    list[#list + 1] = asked or nil
  end
  states.prepare(client, list, kept)
end

-- Whether an error is met by all, and not by one identity alone.
local function stops(concern, err)
  return select(2, concern:judge(err)) or err.kind == "transport" and concern.allowed == 0
end

-- Looks at one. The error is one that ends it for all.
local function look(found, i, options, concern)
  local row = found.rows[i]
  local checked = { row = row, label = found.labels[i], problem = found.problems[i] or nil }
  if checked.problem then
    return checked, nil, commands.USAGE
  end
  options.mail_from_domain = row.mail_from_domain or nil
  local report, err = mail_from.check(row.identity, options)
  if report then
    concern:allow()
    checked.report = report
    return checked, nil, report.ok and commands.OK or commands.PENDING
  elseif stops(concern, err) then
    return nil, err
  end
  checked.err, checked.problem = err, { code = err.code, message = tostring(err.message) }
  return checked, nil, commands.FAILED
end

local function identities_from(found, first)
  local list = {}
  for i = first, #found.rows do
    list[#list + 1] = found.rows[i].identity
  end
  return list
end

local function look_at_all(command, client, found, take)
  local bar = progress.new(command.globals, { verb = "checked", has_lines = command:has_lines() })
  local total = #found.rows
  local concern = concerns.new(client)
  local options = { client = client, from = found.from, resolver = found.ask, kept = {} }
  for i = 1, total do
    bar:show(i - 1, total, found.rows[i].identity)
    if (i - 1) % states.MOST == 0 then
      prepare(found, i, client, options.kept)
    end
    local checked, err, code = look(found, i, options, concern)
    if err then
      bar:clear()
      return err, identities_from(found, i)
    end
    command:worsen(code)
    bar:hide()
    take(checked)
  end
  bar:clear()
  return nil, {}
end

--- Looks at DNS beside what SES reports.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.check(command)
  local found, client = command:begin(read)
  if not found then
    return client
  elseif found.err then
    return command:failed(found.err)
  end
  local list = {}
  local err, left = look_at_all(command, client, found, function(checked)
    list[#list + 1] = checked
    if command:has_lines() then
      command:print(show.checked_lines(checked))
    end
  end)
  if list[1] then
    local lines = {}
    if left[1] then
      lines[1] = ("not checked: %d of %d, from %s on"):format(#left, #found.rows, left[1])
    end
    command:print_all(show.checked(list, left), lines, show.checked_rows(list))
  end
  return err and command:failed(err) or command.code
end

return M
