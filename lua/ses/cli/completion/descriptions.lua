--- What the shells show beside a candidate, in a few words.
local phrases = require "ses.cli.phrases"

local M = {}

local LONGEST = 60 -- so that name and description fit on a line

--- A text that is short enough, on one line.
---@param text string
---@return string
function M.short(text)
  return #text > LONGEST and text:sub(1, LONGEST - 3) .. "..." or text
end

--- Of an option of an operation.
---@param service string
---@param option ses.cli.OperationOption
---@return string
function M.option(service, option)
  return M.short((option.required and "required; " or "") .. phrases.option(service, option))
end

--- Of what has a shape.
---@param service string
---@param member table as core.shape gives it
---@return string
function M.member(service, member)
  return M.short((member.required and "required; " or "") .. phrases.of(service, member.shape))
end

return M
