--- What the word at the cursor can be after the name of a service, and of options of
--- every command, which may stand before it.
local descriptions = require "ses.cli.completion.descriptions"
local globals = require "ses.cli.globals"
local line = require "ses.cli.completion.line"
local names = require "ses.cli.names"
local operation_options = require "ses.cli.operation_options"
local phrases = require "ses.cli.phrases"
local tables = require "ses.tables"
local values = require "ses.cli.completion.values"

local M = {}

---@class ses.cli.completion.State what is known of a line
---@field word string the one at the cursor
---@field rest string[] the words before it that are of no option of every command
---@field given table<string, boolean> which of those options they are
---@field open ses.cli.Option|nil the one whose value is at the cursor

--- Reads a line.
---@param words string[] the last is the one at the cursor
---@return ses.cli.completion.State
function M.split(words)
  local before = {}
  for i = 1, #words - 1 do
    before[i] = words[i]
  end
  local state = line.split(before)
  state.word = words[#words]
  return state
end

-- Puts a text before all candidates.
local function after(before, list)
  for _, candidate in ipairs(list) do
    candidate.word = before .. candidate.word
  end
  if list.files then
    list.files.before = before .. list.files.before
  end
  return list
end

-- Up to "=" of "--option=value", and what stands after it.
local function inline(word)
  return word:match("^(%-%-[^=]+=)(.*)$")
end

--- The values of an option of every command, where the cursor is at one.
---@param state ses.cli.completion.State
---@return ses.cli.Candidates|nil
function M.of_globals(state)
  if state.open then
    return values.of_global(state.open, state.word)
  end
  local before, text = inline(state.word)
  local option = before and line.find(globals.OPTIONS, before)
  return option and after(before, values.of_global(option, text))
end

--- Adds the options of every command that were not given.
---@param list ses.cli.Candidates
---@param state ses.cli.completion.State
---@return ses.cli.Candidates list
function M.add_globals(list, state)
  for _, option in ipairs(globals.OPTIONS) do
    if not state.given[option.option] then
      list[#list + 1] = { word = option.option,
                          text = descriptions.short(phrases.GLOBALS[option.option]) }
    end
  end
  return list
end

-- Whether an option can stand at the cursor. Where values can, it is told once the word
-- begins as one.
local function may_be_option(word, list)
  return word:find("^%-") ~= nil or word == "" and not list[1] and not list.files
end

-- The options of a command that were not given, and those of every command.
local function add_options(list, state, command, given)
  for _, option in ipairs(command.options) do
    if not option.hidden and not given[option.key or option.option] then
      list[#list + 1] = { word = option.option, text = command.describe(option) }
    end
  end
  return M.add_globals(list, state)
end

---@class ses.cli.completion.Command
---@field options ses.cli.Option[]
---@field describe fun(option: ses.cli.Option): string
---@field values fun(option: ses.cli.Option, text: string, taken: table<string, true>):
---  ses.cli.Candidates what a value can be of which there is a text

--- What a command takes: options and their values.
---@param state ses.cli.completion.State
---@param command ses.cli.completion.Command
---@param words string[] those behind its name
---@return ses.cli.Candidates
function M.of_words(state, command, words)
  local read = line.read(command.options, words)
  local before, text = inline(state.word)
  if read.ended then
    return {}
  elseif read.open and read.open.words == "one" then
    return command.values(read.open, state.word, read.taken)
  elseif before then
    local option = line.find(command.options, before)
    return option and option.words ~= "none" and after(before, command.values(option, text, {}))
      or {}
  end
  local list = {}
  if read.open and not state.word:find("^%-") then
    list = command.values(read.open, state.word, read.taken)
  end
  local needs = read.open and read.open.words == "some" and not next(read.taken)
  if may_be_option(state.word, list) and not needs then
    add_options(list, state, command, read.given)
  end
  if #words == 0 and not state.word:find("^%-") then
    list[#list + 1] = { word = "help", text = "tell the options of the command" }
  end
  return list
end

local function of_operation(state, service, operation, words)
  return M.of_words(state, {
    options = operation_options.of(service, operation),
    describe = function(option) return descriptions.option(service, option) end,
    values = function(option, text, taken)
      return values.of_option(service, option, text, taken)
    end,
  }, words)
end

local function of_wait(state, service)
  local waits = require "ses.cli.wait"
  local list = {}
  for _, waiter in ipairs(waits.WAITERS) do
    if waiter.command == state.rest[3] then
      return of_operation(state, service, waits.operation(service, waiter),
        tables.from(state.rest, 4))
    end
    list[#list + 1] = { word = waiter.command, text = descriptions.short(waiter.meaning) }
  end
  list[#list + 1] = { word = "help", text = "tell the waiters" }
  return not state.rest[3] and list or {}
end

local TEXTS = { wait = "wait for a state of identities", help = "tell the commands" }

-- The commands of a service.
local function of_commands(service)
  local list, operations = {}, names.operations(service)
  for i, command in ipairs(names.commands(service)) do
    list[i] = { word = command, text = TEXTS[command] or "calls " .. operations[command] }
  end
  return list
end

--- What the word at the cursor can be.
---@param state ses.cli.completion.State whose first word is the name of a service
---@return ses.cli.Candidates
function M.of(state)
  local list = M.of_globals(state)
  if list then
    return list
  end
  local service, command = state.rest[1], state.rest[2]
  local is_name = not command or command == "wait" and not state.rest[3]
  if is_name and state.word:find("^%-") then
    return M.add_globals({}, state)
  elseif not command then
    return of_commands(service)
  elseif command == "wait" then
    return of_wait(state, service)
  end
  local operation = names.operations(service)[command]
  return operation and of_operation(state, service, operation, tables.from(state.rest, 3)) or {}
end

return M
