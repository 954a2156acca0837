--- How far something has come: a bar on the terminal that standard error is, else
--- now and then a line; and what Ctrl-C leaves behind.
local core = require "ses.core"
local failure = require "ses.cli.failure"
local printable = require "ses.printable"

local M = {}

local WIDTH = 24

-- Seconds between two lines: what is over sooner has none.
local PERIOD = 10

local CLEAR = "\r\27[K"

---@class ses.cli.mail_from.Progress
local Progress = {}
Progress.__index = Progress

---@class ses.cli.mail_from.ProgressOptions
---@field verb string what has been done with identities: "read"
---@field outlook string|nil what an interrupt means; nil: nothing was changed
---@field has_lines boolean|nil whether results are written meanwhile, which say it as well
---@field clock nil|fun(): number seconds

local function columns_of_bar()
  local columns = core.terminal(2)
  if not columns or os.getenv "TERM" == "dumb" then
    return nil
  end
  return columns > 0 and columns or 80
end

--- Shows nothing yet.
---@param globals ses.cli.Globals
---@param options ses.cli.mail_from.ProgressOptions
---@return ses.cli.mail_from.Progress
function M.new(globals, options)
  local clock = options.clock or os.time
  local columns, is_quiet = columns_of_bar(), failure.is_machine_readable(globals)
  return setmetatable({
    columns = columns, verb = options.verb, clock = clock, last = clock(), is_quiet = is_quiet,
    has_lines = not columns and not is_quiet and not options.has_lines,
    outlook = options.outlook or "nothing was changed",
  }, Progress)
end

--- Whether there is a bar.
---@return boolean
function Progress:is_bar()
  return self.columns ~= nil
end

-- What is left behind if it is interrupted now.
local function prepare(self, done, total)
  local words = ("sesctl mail-from: interrupted when %d of %d were %s; %s\n"):format(done, total,
    self.verb, self.outlook)
  core.last_words((self.columns and CLEAR or "") .. (self.is_quiet and "" or words))
end

--- Shows it.
---@param done integer
---@param total integer
---@param text string what is done
function Progress:show(done, total, text)
  prepare(self, done, total)
  text = printable(text)
  if self.columns then
    local filled = total > 0 and math.floor(WIDTH * done / total) or WIDTH
    local line = ("[%s%s] %d/%d %s"):format(("#"):rep(filled), (" "):rep(WIDTH - filled), done,
      total, text)
    io.stderr:write("\r", line:sub(1, self.columns - 1), "\27[K")
  elseif self.has_lines and self.clock() - self.last >= PERIOD then
    self.last = self.clock()
    io.stderr:write(("sesctl mail-from: %s %d of %d\n"):format(self.verb, done, total))
  end
end

--- Says where there is no bar what is waited for, each thing once.
---@param text string
function Progress:say(text)
  if not self.columns and not self.is_quiet and text ~= self.said then
    self.said = text
    io.stderr:write("sesctl mail-from: ", printable(text), "\n")
  end
end

--- Makes room for lines: the bar is there again when it is shown.
function Progress:hide()
  if self.columns then
    io.stderr:write(CLEAR)
  end
end

--- Takes it away.
function Progress:clear()
  core.last_words ""
  self:hide()
end

return M
