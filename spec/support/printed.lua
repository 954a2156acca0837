-- What a format prints.

local json = require "ses.cli.json"
local output = require "ses.cli.output"

local M = {}

--- What a format prints for one value.
---@param format string
---@param value any of ses.cli.document
---@param options table|nil of ses.cli.output.new
---@return string text
---@return boolean|nil ok what finish() says
---@return string|nil message
function M.value(format, value, options)
  local parts = {}
  local given = { operation = "GetThing", write = function(text)
    parts[#parts + 1] = text
    return true
  end }
  for name, option in pairs(options or {}) do
    given[name] = option
  end
  local formatter = output.new(format, given)
  formatter:page(value)
  return table.concat(parts), formatter:finish()
end

--- What a format prints for one JSON text.
---@param format string
---@param text string
---@param options table|nil of ses.cli.output.new
---@return string text
---@return boolean|nil ok what finish() says
---@return string|nil message
function M.json(format, text, options)
  local value, message = json.decode(text)
  assert(message == nil, message)
  return M.value(format, value, options)
end

return M
