--- What the word at the cursor can be after sesctl emulator.
local descriptions = require "ses.cli.completion.descriptions"
local emulator = require "ses.cli.emulator"
local help = require "ses.cli.emulator_help"
local model = require "ses.model"
local values = require "ses.cli.completion.values"

local M = {}

-- What follows an option: as its row in the help names it.
local takes = {}
for _, row in ipairs(help.OPTIONS) do
  takes[row.name] = row.takes
end

local function split(text)
  local words = {}
  for word in text:gmatch("[^|]+") do
    words[#words + 1] = word
  end
  return words
end

local function value_of(name, text, before)
  if name == "region" then
    return values.regions()
  elseif takes[name] == "PATH" then
    return values.files(text, before)
  end
  return takes[name]:find("|", 1, true) and values.listed(split(takes[name])) or {}
end

-- The option that a word names, with a value in the word or without.
local function option_of(word)
  local name = word:match("^%-%-([^=]+)")
  return emulator.OPTIONS[name] and name
end

-- What the words before the cursor are: the options that were given, the one whose
-- value is next, and the others.
local function read(words)
  local state, i = { given = {}, alone = {} }, 1
  while i < #words do
    local name = option_of(words[i])
    if not name then
      state.alone[#state.alone + 1] = words[i]
    else
      state.given[name] = true
      if emulator.OPTIONS[name] ~= "flag" and not words[i]:find("=", 1, true) then
        i = i + 1
        state.open = i == #words and name or nil
      end
    end
    i = i + 1
  end
  return state
end

local function add(list, rows, before, accept)
  for _, row in ipairs(rows) do
    if accept(row.name) then
      list[#list + 1] = { word = before .. row.name, text = descriptions.short(row.text) }
    end
  end
end

local function add_options(list, state, action)
  add(list, help.OPTIONS, "--", function(name)
    local fits = not action or name == "port" or name == "region" and action.region
    return fits and not state.given[name]
  end)
  if not state.given.help then
    list[#list + 1] = { word = "--help", text = "tell the options and actions" }
  end
end

--- What the word at the cursor can be.
---@param words string[] the last is the one at the cursor
---@return ses.cli.Candidates
function M.of(words)
  local state, word = read(words), words[#words]
  if state.open then
    return value_of(state.open, word)
  end
  local before, text = word:match("^(%-%-[^=]+=)(.*)$")
  if before then
    local name = option_of(word)
    local list = name and takes[name] and value_of(name, text, before) or {}
    for _, candidate in ipairs(list) do
      candidate.word = before .. candidate.word
    end
    return list
  end
  local list, action = {}, emulator.ACTIONS[state.alone[1]]
  if not state.alone[1] and not word:find("^%-") then
    add(list, help.ACTIONS, "", function() return true end)
  elseif action and action.takes[#state.alone] == "STATUS" and not word:find("^%-") then
    list = values.listed(model.shape("ses", "CustomMailFromStatus").enum)
  end
  local is_known = action or not state.alone[1]
  if is_known and (word:find("^%-") or word == "" and not list[1]) then
    add_options(list, state, action)
  end
  return list
end

return M
