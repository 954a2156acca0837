--- JMESPath, the language of --query, as jmespath.py has it.
local document = require "ses.cli.document"
local errors = require "ses.cli.jmespath.errors"
local interpreter = require "ses.cli.jmespath.interpreter"
local parser = require "ses.cli.jmespath.parser"

local M = {}

---@class ses.cli.jmespath.Expression what compile has made of a text

--- Parses an expression.
---@param text string
---@return ses.cli.jmespath.Expression|nil
---@return string|nil message several lines, as the AWS CLI prints them
function M.compile(text)
  if text == "" then
    return nil, "Invalid JMESPath expression: cannot be empty."
  end
  return errors.catch(parser.parse, text)
end

--- Evaluates an expression.
---@param expression ses.cli.jmespath.Expression
---@param value any of ses.cli.document
---@return any|nil result not to be changed: parts of it are parts of the value; document.null
---   where there is none; nil on error
---@return string|nil message
function M.search(expression, value)
  if value == nil then
    value = document.null
  end
  return errors.catch(interpreter.evaluate, expression, value)
end

return M
