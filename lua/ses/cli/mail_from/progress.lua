--- How far something has come: a bar on the terminal that standard error is.
local core = require "ses.core"

local M = {}

local WIDTH = 24

---@class ses.cli.mail_from.Progress
local Bar = {}
Bar.__index = Bar

--- A bar; nil: standard error is no terminal.
---@return ses.cli.mail_from.Progress|nil
function M.new()
  local columns = core.terminal(2)
  if not columns or os.getenv "TERM" == "dumb" then
    return nil
  end
  return setmetatable({ columns = columns > 0 and columns or 80 }, Bar)
end

--- Shows it.
---@param done integer
---@param total integer
---@param text string what is done
function Bar:show(done, total, text)
  local filled = total > 0 and math.floor(WIDTH * done / total) or WIDTH
  local line = ("[%s%s] %d/%d %s"):format(("#"):rep(filled), (" "):rep(WIDTH - filled), done, total,
    text)
  io.stderr:write("\r", line:sub(1, self.columns - 1), "\27[K")
end

--- Takes it away.
function Bar:clear() -- luacheck: no self
  io.stderr:write("\r\27[K")
end

return M
