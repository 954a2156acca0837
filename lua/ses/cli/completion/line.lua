--- What the words of a line before the cursor are: options that were given, values of
--- them, and words that stand alone.
local globals = require "ses.cli.globals"

local M = {}

-- The value after "=" is not of interest: the option has it.
local function name_of(word)
  return word:match("^(%-%-[^=]+)=") or word
end

--- The option that a word names, in full or by the beginning of no other.
---@param options ses.cli.Option[]
---@param word string
---@return ses.cli.Option|nil
function M.find(options, word)
  local name, found = name_of(word), nil
  for _, option in ipairs(options) do
    if option.option == name then
      return option
    elseif name:find("^%-%-.") and option.option:sub(1, #name) == name and not option.whole then
      found = found == nil and option or false
    end
  end
  return found or nil
end

--- Takes the options of every command out of a line, as ses.cli.argparse does.
---@param words string[]
---@return {given: table<string, boolean>, open: ses.cli.Option|nil, rest: string[]} state
---  open is the option whose value is what the cursor is at
function M.split(words)
  local state, i = { given = {}, rest = {} }, 1
  while words[i] and words[i] ~= "--" do
    local option = M.find(globals.OPTIONS, words[i])
    if not option then
      state.rest[#state.rest + 1] = words[i]
    else
      state.given[option.option] = true
      if option.words ~= "none" and not words[i]:find("=", 1, true) then
        state.open = i == #words and option or nil
        i = i + 1
      end
    end
    i = i + 1
  end
  for j = i, #words do
    state.rest[#state.rest + 1] = words[j]
  end
  return state
end

-- Whether the parser takes a word for an option.
local function is_option(word)
  return word:find("^%-.") and not word:find("^%-[%d.]+$") and not word:find(" ", 1, true)
end

local MOST = { none = 0, one = 1, maybe = 1, any = math.huge, some = math.huge }

--- Reads the words after a command's name, as ses.cli.argparse does.
---@param options ses.cli.Option[]
---@param words string[]
---@return {given: table<string, boolean>, open: ses.cli.Option|nil, taken: table<string, true>,
---  ended: boolean|nil} state open is the option that takes a word at the cursor, taken are
---  those that it has; ended: a "--" stands before the cursor
function M.read(options, words)
  local state, room = { given = {}, taken = {} }, 0
  for _, word in ipairs(words) do
    if word == "--" then
      state.open, state.ended = nil, true
      return state
    elseif is_option(word) then
      local option = M.find(options, word)
      state.open, state.taken, room = option, {}, 0
      if option then
        state.given[option.key or option.option] = true
        room = word:find("=", 1, true) and 0 or MOST[option.words]
      end
    elseif room > 0 then
      state.taken[word] = true
      room = room - 1
    end
    state.open = room > 0 and state.open or nil
  end
  return state
end

return M
