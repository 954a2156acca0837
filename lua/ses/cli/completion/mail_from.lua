--- What the word at the cursor can be after sesctl mail-from.
local descriptions = require "ses.cli.completion.descriptions"
local options = require "ses.cli.mail_from.options"
local service = require "ses.cli.completion.service"
local tables = require "ses.tables"
local values = require "ses.cli.completion.values"

local M = {}

local function value_of(option, text)
  if option.takes == "PATH" then
    return values.files(text)
  end
  return option.choices and values.listed(option.choices) or {}
end

local function describe(option)
  return descriptions.short(option.text)
end

local function actions(is_help)
  local list = {}
  for i, action in ipairs(options.ACTIONS) do
    list[i] = { word = action.name, text = descriptions.short(action.text) }
  end
  list[#list + 1] = not is_help and { word = "help", text = "tell the actions" } or nil
  return list
end

--- What the word at the cursor can be.
---@param state ses.cli.completion.State whose first word is mail-from
---@return ses.cli.Candidates
function M.of(state)
  local list = service.of_globals(state)
  if list then
    return list
  elseif not state.rest[2] then
    return state.word:find("^%-") and service.add_globals({}, state) or actions()
  end
  if state.rest[2] == "help" then
    return not state.rest[3] and actions(true) or {}
  end
  local action = options.find(state.rest[2])
  return action and service.of_words(state, {
    options = options.of(action), describe = describe, values = value_of,
  }, tables.from(state.rest, 3)) or {}
end

return M
