--- Help for the commands of a service, from the model.
local globals = require "ses.cli.globals"
local kebab = require("ses.names").kebab
local names = require "ses.cli.names"
local parameters = require "ses.cli.parameters"
local phrases = require "ses.cli.phrases"
local kinds = require "ses.waiters"
local waits = require "ses.cli.wait"

local M = {}

local TITLES = { ses = "Amazon SES, API v1", sesv2 = "Amazon SES, API v2" }
local REFERENCES = {
  ses = "https://docs.aws.amazon.com/ses/latest/APIReference/API_%s.html",
  sesv2 = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_%s.html",
}

local SHORTHAND = [[
Structures are Member=VALUE,Member=VALUE, or JSON. VALUE can be file://PATH; within a
structure that is Member@=file://PATH, or Member@=fileb://PATH for bytes.]]

local NO_DOMAIN = [[
Without --mail-from-domain the identity goes back to amazonses.com, whatever else
is given: give the domain again to change what happens without its MX record.
The text "null" is a name like any other.]]

-- What cannot be said by an option of its own.
local NOTES = {
  SetIdentityMailFromDomain = NO_DOMAIN, PutEmailIdentityMailFromAttributes = NO_DOMAIN,
  SendRawEmail = 'To read the message from a file: --raw-message Data@=fileb://PATH',
}

local WORDS = { none = "", one = " VALUE", any = " VALUE ...", some = " VALUE ...",
                maybe = " [VALUE]" }

local function add_options(lines, service, operation)
  for _, option in ipairs(parameters.options(service, operation)) do
    if not option.hidden then
      lines[#lines + 1] = ("  %s%s%s"):format(option.option, WORDS[option.words],
        option.required and not option.negates and "  (required)" or "")
      lines[#lines + 1] = "      " .. phrases.option(service, option)
    end
  end
end

local function add_globals(lines)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Options of every command:"
  for _, option in ipairs(globals.OPTIONS) do
    local value = option.choices and " " .. table.concat(option.choices, "|")
      or WORDS[option.words]
    lines[#lines + 1] = "  " .. option.option .. value
    lines[#lines + 1] = "      " .. phrases.GLOBALS[option.option]
  end
end

-- The options of a command that takes what an operation does.
local function add_all_options(lines, service, operation)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Options:"
  add_options(lines, service, operation)
  lines[#lines + 1] = ""
  lines[#lines + 1] = SHORTHAND
  add_globals(lines)
end

local function joined(lines)
  return table.concat(lines, "\n") .. "\n"
end

--- The help of an operation's command.
---@param service string
---@param operation string "SetIdentityMailFromDomain"
---@return string
function M.operation(service, operation)
  local lines = {
    ("usage: sesctl %s %s [options]"):format(service, kebab(operation)), "",
    ("Calls %s of %s."):format(operation, TITLES[service]),
    "Reference: " .. REFERENCES[service]:format(operation),
  }
  if NOTES[operation] then
    lines[#lines + 1] = ""
    lines[#lines + 1] = NOTES[operation]
  end
  add_all_options(lines, service, operation)
  return joined(lines)
end

--- The help of a waiter.
---@param service string
---@param waiter ses.cli.Waiter
---@return string
function M.waiter(service, waiter)
  local operation = waits.operation(service, waiter)
  local lines = {
    ("usage: sesctl %s wait %s [options]"):format(service, waiter.command), "",
    ("Waits %s: asks %s"):format(waiter.meaning, operation),
    ("every %d seconds, for %d at most, and ends with 255 where that was not enough."):format(
      kinds.times(waiter.name)),
  }
  add_all_options(lines, service, operation)
  return joined(lines)
end

--- The help of the waiters of a service.
---@param service string
---@return string
function M.wait(service)
  local lines = {
    ("usage: sesctl %s wait <subcommand> [options]"):format(service), "",
    "Waits for a state of an identity. Subcommands; help behind one tells its options:",
  }
  for _, waiter in ipairs(waits.WAITERS) do
    lines[#lines + 1] = ("  %-19s %s"):format(waiter.command, waiter.meaning)
  end
  add_globals(lines)
  return joined(lines)
end

--- The help of a service: its commands.
---@param service string
---@return string
function M.service(service)
  local lines = {
    ("usage: sesctl %s <command> [options]"):format(service), "", TITLES[service] .. ".", "",
    "Commands; sesctl " .. service .. " <command> help tells their options:",
  }
  for _, command in ipairs(names.commands(service)) do
    lines[#lines + 1] = command ~= "help" and "  " .. command or nil
  end
  add_globals(lines)
  return joined(lines)
end

return M
