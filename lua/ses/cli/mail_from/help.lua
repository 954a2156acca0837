--- What sesctl mail-from help prints.
local columns = require "ses.cli.columns"
local globals = require "ses.cli.globals"
local options = require "ses.cli.mail_from.options"

local M = {}

local TEXT = [[
usage: sesctl mail-from <action> [identities] [options]

Custom MAIL FROM domains, of one identity or of ten thousand. An identity is a
domain or an e-mail address that is verified with SES.

Actions; sesctl mail-from <action> help tells the options of one:
%s
Exit codes: 0 everything is right; 1 a MAIL FROM domain is not verified, or a
plan has something to change; 2 something was refused or failed; 252 the command
line or a file is wrong; 130 interrupted.
]]

local ACTION = [[
usage: sesctl mail-from %s %s [options]

%s.

Options:
%s%s
Options of every command, such as --region, --profile, --endpoint-url, --query and
--output json|text|table; without --output, as with text, it prints lines for people:
  %s
]]

local FILE = [[

A CSV file has the columns identity, mail_from_domain and behavior, with commas
between them, in this order or as its first line names them. A JSON file is a list
of such objects, or of identities, or a map from identities to MAIL FROM domains.
The MAIL FROM domain false means none; what is empty or null is not said.
]]

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
  local has_file, everywhere, lines = false, {}, {}
  for _, name in ipairs(action.options) do
    has_file = has_file or name == "file"
  end
  for i, option in ipairs(globals.OPTIONS) do
    everywhere[i] = option.option
  end
  columns.fill(lines, "", table.concat(everywhere, " "), "  ", 78)
  return ACTION:format(action.name, action.takes, sentence(action.text),
    columns.rows(with_takes(action.options), "--", 34), has_file and FILE or "",
    table.concat(lines, "\n"))
end

return M
