--- What a command line asks of the shape of a result: the format, and --query.
local core = require "ses.core"
local document = require "ses.cli.document"
local output = require "ses.cli.output"

local M = {}

-- The AWS CLI colours what it writes to a dumb terminal as well.
local function is_coloured(color, is_terminal)
  return color == "on" or color ~= "off" and is_terminal and os.getenv "TERM" ~= "dumb"
end

--- A formatter that writes to standard output.
---@param globals ses.cli.Globals
---@param format string one of ses.cli.output's names
---@param title string a table's: "GetSendQuota"
---@param is_paged boolean|nil whether the result has pages
---@return table formatter see ses.cli.output
function M.new(globals, format, title, is_paged)
  local columns = core.terminal(1)
  return output.new(format, {
    operation = title, color = is_coloured(globals.color, columns ~= nil),
    is_terminal = columns ~= nil, width = columns and columns > 0 and columns or nil,
    paged = is_paged, write = output.write,
  })
end

local function unchanged(value)
  return value
end

--- What --query makes of a result, or of a page of one. Nothing is nothing, unless
--- asked about.
---@param expression ses.cli.jmespath.Expression|nil
---@return fun(value: any): any, string|nil
function M.query(expression)
  return expression and function(value)
    return require("ses.cli.jmespath").search(expression, value or document.object())
  end or unchanged
end

return M
