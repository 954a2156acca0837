--- sesctl mail-from ...: MAIL FROM domains of many identities: what is to be done,
--- doing it, and why it does not work.
local argparse = require "ses.cli.argparse"
local commands = require "ses.cli.mail_from.command"
local failure = require "ses.cli.failure"
local options = require "ses.cli.mail_from.options"
local output = require "ses.cli.output"

local M = {}

-- By action: the module that does it.
local MODULES = {
  apply = "changes", check = "check", disable = "changes", plan = "changes", records = "records",
  status = "status", wait = "wait",
}

local function help()
  return require "ses.cli.mail_from.help"
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
  local usage_text = help().usage(action)
  local line, message = argparse.command(options.of(action), argv)
  if not line then
    return failure.tell_usage(message, globals, usage_text)
  end
  local words, unknown = words_of(line)
  if globals.help or words[1] == "help" then
    return output.print("sesctl", help().action(action))
  elseif unknown[1] then
    return failure.tell_unknown(unknown, globals, usage_text)
  end
  return require("ses.cli.mail_from." .. MODULES[action.name])[action.name](commands.new {
    given = line.values, words = words, globals = globals, usage_text = usage_text,
  })
end

local function unknown_action(name, globals)
  return failure.tell_usage("argument action: " .. argparse.choice_fault(name, options.names()),
    globals, help().usage())
end

local function tell_help(name, globals)
  local action = name and options.find(name)
  if action then
    return output.print("sesctl", help().action(action))
  elseif name and name ~= "help" then
    return unknown_action(name, globals)
  end
  return output.print("sesctl", help().text())
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
  elseif line.command == "help" then
    return tell_help(line.rest[1], globals)
  elseif not line.command and globals.help then
    return tell_help(nil, globals)
  elseif not line.command then
    return failure.tell_usage("the following arguments are required: action", globals,
      help().usage())
  end
  return unknown_action(line.command, globals)
end

return M
