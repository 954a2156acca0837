--- What the word at the cursor can be after the name of a service, and of options of
--- every command, which may stand before it.
local descriptions = require "ses.cli.completion.descriptions"
local globals = require "ses.cli.globals"
local line = require "ses.cli.completion.line"
local names = require "ses.cli.names"
local operation_options = require "ses.cli.operation_options"
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
  local option = before and line.global(before)
  return option and after(before, values.of_global(option, text))
end

--- Adds the options of every command that were not given.
---@param list ses.cli.Candidates
---@param state ses.cli.completion.State
function M.add_globals(list, state)
  for _, option in ipairs(globals.OPTIONS) do
    if not state.given[option.option] then
      list[#list + 1] = { word = option.option,
                          text = descriptions.short(descriptions.GLOBALS[option.option]) }
    end
  end
end

local function add_options(list, state, options, given, text_of)
  for _, option in ipairs(options) do
    if not option.hidden and not given[option.key or option.option] then
      list[#list + 1] = { word = option.option, text = text_of(option) }
    end
  end
  M.add_globals(list, state)
end

-- Whether an option can stand at the cursor. Where values can, it is told once the word
-- begins as one.
local function may_be_option(word, list)
  return word:find("^%-") ~= nil or word == "" and not list[1] and not list.files
end

-- What a command takes: options and their values.
---@param state ses.cli.completion.State
---@param options ses.cli.Option[]
---@param words string[] those after the command's name
---@param value_of fun(option: ses.cli.Option, text: string, taken: table): ses.cli.Candidates
---@param text_of fun(option: ses.cli.Option): string
local function of_command(state, options, words, value_of, text_of)
  local read = line.read(options, words)
  local before, text = inline(state.word)
  if read.ended then
    return {}
  elseif read.open and read.open.words == "one" then
    return value_of(read.open, state.word, read.taken)
  elseif before then
    local option = line.find(options, before)
    return option and option.words ~= "none" and after(before, value_of(option, text, {})) or {}
  end
  local list = {}
  if read.open and not state.word:find("^%-") then
    list = value_of(read.open, state.word, read.taken)
  end
  local needs = read.open and read.open.words == "some" and not next(read.taken)
  if may_be_option(state.word, list) and not needs then
    add_options(list, state, options, read.given, text_of)
  end
  return list
end

local function of_operation(state, service, operation)
  local words = {}
  for i = 3, #state.rest do
    words[#words + 1] = state.rest[i]
  end
  local list = of_command(state, operation_options.of(service, operation), words,
    function(option, text, taken)
      return values.of_option(service, option, text, taken)
    end, function(option)
      return descriptions.option(service, option)
    end)
  if #words == 0 and not state.word:find("^%-") then
    list[#list + 1] = { word = "help", text = "tell the options of the command" }
  end
  return list
end

local function of_wait(state, service)
  local waiters = require "ses.cli.wait"
  local words, list = {}, {}
  for i = 4, #state.rest do
    words[#words + 1] = state.rest[i]
  end
  if state.rest[3] then
    return waiters.WAITERS[state.rest[3]] and of_command(state, { waiters.OPTIONS[service] }, words,
      function()
        return {}
      end, function()
        return "required; what to wait for"
      end) or {}
  elseif state.word:find("^%-") then
    M.add_globals(list, state)
    return list
  end
  for name, waiter in pairs(waiters.WAITERS) do
    list[#list + 1] = { word = name, text = "waits for " .. waiter.title }
  end
  return list
end

-- The commands of a service.
local function of_names(state, service)
  local list = {}
  if state.word:find("^%-") then
    M.add_globals(list, state)
    return list
  end
  for name, operation in pairs(names.operations(service)) do
    list[#list + 1] = { word = name, text = "calls " .. operation }
  end
  list[#list + 1] = { word = "wait", text = "wait for a state of identities" }
  list[#list + 1] = { word = "help", text = "tell the commands" }
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
  if not command then
    return of_names(state, service)
  elseif command == "wait" then
    return of_wait(state, service)
  end
  local operation = names.operations(service)[command]
  return operation and of_operation(state, service, operation) or {}
end

return M
