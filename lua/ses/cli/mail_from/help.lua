--- What sesctl mail-from help prints.
local columns = require "ses.cli.columns"
local globals = require "ses.cli.globals"
local options = require "ses.cli.mail_from.options"

local M = {}

local USAGE = "usage: sesctl mail-from <action> [identities] [options]"

local TEXT = USAGE .. [[


Custom MAIL FROM domains, of one identity or of ten thousand. An identity is a
domain or an e-mail address that is verified with SES.

Actions; sesctl mail-from <action> help tells the options of one:
%s
Exit codes, of which the worst of all identities counts:
  0    plan, apply, disable: what is set is what is wanted, verified or not yet;
       check, status, wait: the MAIL FROM domains are verified
  1    plan: there is something to change; check, status, wait: a MAIL FROM domain
       is not verified, or check found an error
  2    something was refused, or failed
  130  interrupted
  252  the command line, a file or a setting is wrong
  255  the result could not be written
]]

local ACTION_USAGE = "usage: sesctl mail-from %s %s [options]\n"
  .. "       sesctl mail-from %s --file PATH [options]"

local ACTION = [[
%s

%s.

Options:
%s%s
Options of every command, such as --region, --profile, --endpoint-url, --query and
--output json|text|table; without --output, as with text, it prints lines for people:
  %s
]]

local FILE = [[

A CSV file has the columns identity, mail_from_domain and behavior, with commas
between them, in this order or as its first line names them. It has no comments;
lines without anything in them are passed over. A JSON file is a list of such
objects, or of identities, or a map from identities to MAIL FROM domains or such
objects. The MAIL FROM domain false means none; an empty field of CSV and null say
nothing. A file with a mistake in its form is refused as a whole.
]]

local WHERE = "\n%s\nTo see help text, you can run:\n\n  sesctl mail-from %shelp\n"

local function usage_of(action)
  return ACTION_USAGE:format(action.name, action.takes, action.name)
end

local function with_takes(names)
  local rows = {}
  for i, name in ipairs(names) do
    local option = options.OPTIONS[name]
    rows[i] = { name = name, takes = option.takes, text = option.text }
  end
  return rows
end

local function sentence(text)
  return text:sub(1, 1):upper() .. text:sub(2)
end

--- What follows the message about a wrong command line.
---@param action ses.cli.mail_from.Action|nil nil: of the command
---@return string
function M.usage(action)
  return WHERE:format(action and usage_of(action) or USAGE,
    action and action.name .. " " or "")
end

--- The help of the command.
---@return string
function M.text()
  local rows = {}
  for i, action in ipairs(options.ACTIONS) do
    rows[i] = { name = action.name, text = action.text }
  end
  return TEXT:format(columns.rows(rows, "", 12))
end

--- The help of an action.
---@param action ses.cli.mail_from.Action
---@return string
function M.action(action)
  local everywhere, lines = {}, {}
  for i, option in ipairs(globals.OPTIONS) do
    everywhere[i] = option.option
  end
  columns.fill(lines, "", table.concat(everywhere, " "), "  ", 78)
  return ACTION:format(usage_of(action), sentence(action.text),
    columns.rows(with_takes(action.options), "--", 34), FILE, table.concat(lines, "\n"))
end

return M
