--- What a command prints: text of its own, and results in the formats of the AWS
--- CLI.
local M = {}

--- The formats, in the order in which the AWS CLI names them.
M.names = { "json", "text", "table", "yaml", "yaml-stream", "off" }

local function render_nothing()
  return ""
end

local renderers = {
  json = function() return require("ses.cli.output.json").render end,
  text = function() return require("ses.cli.output.text").render end,
  table = function() return require("ses.cli.output.table").render end,
  yaml = function() return require("ses.cli.output.yaml").render end,
  ["yaml-stream"] = function() return require("ses.cli.output.yaml").render_page end,
  off = function() return render_nothing end,
}

--- Writes to standard output, at once: what comes later may be an interrupt.
---@param text string
---@return boolean ok
---@return string|nil message why not, on a full disk say
function M.write(text)
  local ok, message = io.stdout:write(text)
  if ok then
    ok, message = io.stdout:flush()
  end
  if not ok then
    return false, "standard output: " .. tostring(message)
  end
  return true
end

--- Writes to standard output, all of it, or says on standard error why not.
---@param program string "sesctl emulator": whose message it is
---@param text string
---@return integer exit code 0; 255 where it could not be written
function M.print(program, text)
  local ok, message = M.write(text)
  if not ok then
    io.stderr:write(program, ": ", message, "\n")
    return 255
  end
  return 0
end

--- Writes to standard error, so that a terminal shows all of it.
---@param text string
function M.tell(text)
  local is_terminal = require("ses.core").terminal(2)
  io.stderr:write(is_terminal and require("ses.cli.output.visible").text(text) or text)
end

local Formatter = {}
Formatter.__index = Formatter

-- A value in the format. What JSON and YAML cannot write as it is, they escape by
-- themselves, and the rest of their text is escaped as JSON is; the other two have
-- columns, or colours, of their own.
function Formatter:rendered(value)
  if not self.is_terminal then
    return self.render(value, self.options)
  end
  local visible = require "ses.cli.output.visible"
  local text, fault = self.render(self.is_plain and visible.value(value) or value, self.options)
  return text and not self.is_plain and visible.text(text) or text, fault
end

--- Writes a result, or a page of one: in text and yaml-stream each page, in the
--- other formats all of them as one value. Nothing is written once a write failed.
---@param value any of ses.cli.document; nil: there is no result, and no text
---@return boolean whether to go on: false where a write failed, or the format cannot
---  show the value
function Formatter:page(value)
  if value ~= nil and not self.stopped then
    self.render = self.render or renderers[self.name]()
    local text, fault = self:rendered(value)
    local ok = text ~= nil
    if ok and text ~= "" then
      ok, fault = self.options.write(text)
      self.unwritten = not ok
    end
    self.fault, self.stopped = fault, not ok
  end
  return not self.stopped
end

--- How it ended.
---@return boolean|nil true: all was written; false: a write failed; nil: the format cannot
---  show the value
---@return string|nil message why it failed, or cannot
function Formatter:finish()
  if self.unwritten then
    return false, self.fault
  elseif self.stopped then
    return nil, self.fault
  end
  return true
end

---@class ses.cli.output.options
---@field operation string a table's title: "GetSendQuota"
---@field write fun(text: string): any, string|nil what is false or nil says that it failed,
---  the text why
---@field color boolean|nil whether tables have colours; nil: where it is a terminal
---@field is_terminal boolean|nil whether control characters are to be shown, not obeyed
---@field width integer|nil columns of the terminal; nil: 80
---@field paged boolean|nil whether the operation has pages: yaml-stream writes an empty one

--- A formatter.
---@param name string one of M.names
---@param options ses.cli.output.options
---@return table formatter
function M.new(name, options)
  local color = options.color
  if color == nil then
    color = options.is_terminal
  end
  return setmetatable({
    name = name,
    options = { operation = options.operation, write = options.write, color = color,
                width = options.width or 80, paged = options.paged },
    is_terminal = options.is_terminal, is_plain = name == "text" or name == "table",
    stopped = false,
  }, Formatter)
end

return M
