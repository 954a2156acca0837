--- Errors of expressions: raised inside, returned by ses.cli.jmespath. Their
--- texts are jmespath.py's, because the AWS CLI prints those.
local python = require "ses.cli.python"
local unicode = require "ses.cli.jmespath.unicode"

local M = {}

local Error = {}

--- Ends what `catch` has called.
---@param message string
function M.raise(message)
  error(setmetatable({ message = message }, Error), 0)
end

--- Calls a function; what it raises and is no error of an expression goes on.
---@param call function
---@return any result nil: raised
---@return string|nil message
function M.catch(call, ...)
  local ok, result = pcall(call, ...)
  if ok then
    return result
  elseif getmetatable(result) ~= Error then
    error(result, 0)
  end
  return nil, result.message
end

-- How many code points stand before an offset in bytes.
local function column_of(text, at)
  return unicode.length(text:sub(1, at - 1))
end

--- What is no token.
---@param text string the expression
---@param at integer the offset in bytes, from 1
---@param message string
function M.lexer(text, at, message)
  M.raise("Bad jmespath expression: " .. message .. ":\n" .. text .. "\n"
    .. (" "):rep(column_of(text, at)) .. "^")
end

--- A token that cannot stand where it does.
---@param text string the expression
---@param token {type: string, value: any, at: integer}
---@param reason string
function M.parse(text, token, reason)
  local column = column_of(text, token.at)
  M.raise(reason .. ": Parse error at column " .. column .. ', token "' .. python.str(token.value)
    .. '" (' .. token.type:upper() .. '), for expression:\n"' .. text .. '"\n'
    .. (" "):rep(column + 1) .. "^")
end

--- The expression ends too early.
---@param text string the expression
function M.incomplete(text)
  M.raise('Invalid jmespath expression: Incomplete expression:\n"' .. text .. '"\n'
    .. (" "):rep(unicode.length(text) + 1) .. "^")
end

--- An argument, or an item of one, that a function does not take.
---@param name string
---@param value any
---@param received string what type it has
---@param types string[] what it takes
function M.type(name, value, received, types)
  M.raise("In function " .. name .. "(), invalid type for value: " .. python.str(value)
    .. ", expected one of: " .. python.list(types) .. ', received: "' .. received .. '"')
end

--- Too few arguments, or too many.
---@param name string
---@param expected integer
---@param received integer
---@param variadic boolean|nil it takes more as well
function M.arity(name, expected, received, variadic)
  M.raise(("Expected %s%d argument%s for function %s(), received %d"):format(
    variadic and "at least " or "", expected, expected == 1 and "" or "s", name, received))
end

return M
