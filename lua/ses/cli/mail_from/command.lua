--- What the actions of sesctl mail-from have in common: their exit codes, what they
--- are given, and how they print what they found.
local connection = require "ses.cli.connection"
local core = require "ses.core"
local failure = require "ses.cli.failure"
local formats = require "ses.cli.format"
local output = require "ses.cli.output"
local resolvers = require "ses.mail_from.resolver"
local words = require "ses.cli.mail_from.words"

local M = {}

--- Exit codes of its own: everything is right; a MAIL FROM domain is not verified, or
--- has to be changed; something was refused, or failed. Of several the greatest is
--- the worst.
M.OK, M.PENDING, M.FAILED, M.USAGE = 0, 1, 2, failure.USAGE

---@class ses.cli.mail_from.Command what an action is given
---@field given table the values of its options
---@field words string[] what stands alone
---@field globals ses.cli.Globals
---@field usage_text string
local Command = {}
Command.__index = Command

--- A command line that was read.
---@param fields table
---@return ses.cli.mail_from.Command
function M.new(fields)
  fields.code = M.OK
  return setmetatable(fields, Command)
end

--- Tells that the command line, or a file, is wrong.
---@param message string
---@return integer exit code
function Command:usage(message)
  return failure.tell_usage(message, self.globals, self.usage_text)
end

--- Tells of an error.
---@param err ses.Error
---@return integer exit code
function Command:failed(err)
  local told = failure.of_error(err, self.globals)
  if err.kind == "journal" then
    told.code, told.message = err.code, err.message
  end
  told.rc, told.message = M.FAILED, words.of(told.message)
  return failure.tell(told, self.globals)
end

--- What the action is about, as a function reads it, and a client.
---@param read fun(words: string[], given: table): any, string|nil
---@return any what nil: there is nothing to be done
---@return ses.Client|integer client_or_code
function Command:begin(read)
  local what, message = read(self.words, self.given)
  if not what then
    return nil, self:usage(message)
  end
  local client, err = connection.open(self.given.api or "ses", self.globals, nil, true)
  if client then
    return what, client
  end
  local told = failure.of_error(err, self.globals)
  told.rc = M.USAGE
  return nil, failure.tell(told, self.globals)
end

--- Makes the exit code no better than this.
---@param code integer
function Command:worsen(code)
  self.code = math.max(self.code, code)
end

--- Whether it prints lines for people.
---@return boolean
function Command:has_lines()
  return (self.globals.output or "text") == "text" and not self.globals.expression
end

-- Lines as a terminal shows all of them and obeys none.
local function visible(text)
  return core.terminal(1) and require("ses.cli.output.visible").text(text) or text
end

--- Prints lines at once.
---@param lines string[]
function Command:print(lines)
  if lines[1] and not self.is_unwritten then
    local code = output.print("sesctl", visible(table.concat(lines, "\n") .. "\n"))
    self.is_unwritten = code ~= M.OK
    self:worsen(code)
  end
end

--- Prints a document, in a format of the AWS CLI.
---@param value any of ses.cli.document
function Command:print_document(value)
  local globals = self.globals
  local found, message = formats.query(globals.expression)(value)
  local ok = not message
  if ok then
    local formatter = formats.new(globals, globals.output or "text", "mail-from")
    formatter:page(found)
    ok, message = formatter:finish()
  end
  if not ok then
    self:worsen(failure.tell({ message = message, rc = failure.GENERAL }, globals))
  end
end

--- Prints all that an action found.
---@param value any of ses.cli.document
---@param lines string[] the same for people
---@param flat any the same for --output table, which is wide soon; nil: value
function Command:print_all(value, lines, flat)
  if self:has_lines() then
    self:print(lines)
  elseif self.globals.output == "table" and not self.globals.expression then
    self:print_document(flat or value)
  else
    self:print_document(value)
  end
end

--- What an option lists, with commas between.
---@param given table the options
---@param name string "servers"
---@return string[]|nil list nil: it is not given
---@return string|nil message it lists nothing
function M.list(given, name)
  if not given[name] then
    return nil
  end
  local list = {}
  for word in given[name]:gmatch("[^,%s]+") do
    list[#list + 1] = word
  end
  return list, not list[1] and ("--%s: it lists nothing"):format(name) or nil
end

-- Questions in a row that nobody answers, after which it is looked at whether the name
-- servers of the domains are silent, or those that are asked for all: so many seconds.
local MOST_SILENT, PERIOD = 4, 30

-- A name that there is.
local PROBE = "amazonses.com"

local SILENT = { TIMEOUT = true, NETWORK = true }

local function is_silent(err)
  return err ~= nil and SILENT[err.code] or false
end

--- A resolver for many questions: whoever puts them does not wait for dead name
--- servers with each of them.
---@param ask ses.mail_from.Ask
---@param clock nil|fun(): number seconds; nil: os.time
---@return ses.mail_from.Ask
function M.impatient(ask, clock)
  clock = clock or os.time
  local silent, reason, asks_from = 0, nil, 0
  return function(name, kind)
    if silent >= MOST_SILENT and clock() >= asks_from then
      local _, err = ask(PROBE, "TXT")
      if is_silent(err) then
        asks_from = clock() + PERIOD
      else
        silent, asks_from = 0, 0
      end
    end
    if silent >= MOST_SILENT then
      return nil, reason
    end
    local answers, err = ask(name, kind)
    silent = is_silent(err) and silent + 1 or 0
    reason = err
    return answers, err
  end
end

--- What asks the name servers that are given, or the system's.
---@param given table the options
---@return ses.mail_from.Ask|nil
---@return string|nil message what is wrong with --servers
---@return ses.Error|nil err why name servers cannot be asked
function M.resolver(given)
  local servers, message = M.list(given, "servers")
  if message then
    return nil, message
  end
  local ask, err = resolvers.of { servers = servers }
  if err and err.code == "InvalidNameServer" then
    return nil, "--servers: " .. err.message:gsub("^dns%.new: servers%[(%d+)%]", function(i)
      return "'" .. servers[tonumber(i)] .. "'"
    end)
  end
  return ask and M.impatient(ask), nil, err
end

return M
