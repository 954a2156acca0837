--- sesctl mail-from status.
local commands = require "ses.cli.mail_from.command"
local document = require "ses.cli.document"
local input = require "ses.cli.mail_from.input"
local mail_from = require "ses.mail_from"
local progress = require "ses.cli.mail_from.progress"
local show = require "ses.cli.mail_from.show"
local tables = require "ses.tables"

local M = {}

-- As many as API v1 is asked for at a time: what was read of them is printed.
local GROUP = 100

local function code_of(setting)
  if setting.err or not setting.is_known then
    return commands.FAILED
  end
  return setting.status == "SUCCESS" and commands.OK or commands.PENDING
end

-- Reads the settings, group after group, and takes each.
local function read(client, identities, bar, take)
  for first = 1, #identities, GROUP do
    local group = tables.from(identities, first, first + GROUP - 1)
    local list, err = mail_from.status(client, group, function(done)
      bar:show(first - 1 + done, #identities, "read")
    end)
    if not list then
      return err
    end
    take(list)
  end
end

--- Prints what SES reports.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.status(command)
  local identities, client = command:begin(input.identities)
  if not identities then
    return client
  end
  local bar = progress.new(command.globals, { verb = "read", has_lines = command:has_lines() })
  local streams, settings, lines = command:has_lines() and not bar:is_bar(), {}, {}
  local err = read(client, identities, bar, function(list)
    for _, setting in ipairs(list) do
      command:worsen(code_of(setting))
      settings[#settings + 1] = show.setting(setting)
      lines[#lines + 1] = show.setting_line(setting)
    end
    if streams then
      command:print(lines)
      lines = {}
    end
  end)
  bar:clear()
  if settings[1] then
    command:print_all(show.object("identities", document.array(settings)), lines)
  end
  return err and command:failed(err) or command.code
end

return M
