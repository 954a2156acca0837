--- Text that a terminal shows and does not obey: what a service sends may come from
--- anybody. Control characters, and marks that turn the direction of text, are shown as
--- JSON writes them: \u001b. Lines and tabs stay.
local document = require "ses.cli.document"
local unicode = require "ses.cli.output.unicode"

local M = {}

local ASCII = "[%z\1-\8\11-\31\127]"

-- The first bytes that some of them begin with, and those of Unicode that follow.
local BEYOND = { "\194[\128-\159]", "\216\156", "\226\128[\142\143\168-\174]",
                 "\226\129[\166-\169]" }

local function escape(char)
  return ("\\u%04x"):format(unicode.code_point(char))
end

--- A text that can be shown.
---@param text string
---@return string
function M.text(text)
  text = text:gsub(ASCII, escape)
  if text:find("[\128-\255]") then
    for _, pattern in ipairs(BEYOND) do
      text = text:gsub(pattern, escape)
    end
  end
  return text
end

--- A value whose texts, and names of members, can be shown.
---@param value any of ses.cli.document
---@return any
function M.value(value)
  local kind = document.type(value)
  if kind == "string" then
    return M.text(value)
  elseif kind == "array" then
    local list = document.array()
    for i = 1, #value do
      list[i] = M.value(value[i])
    end
    return list
  elseif kind == "object" then
    local object = document.object()
    for _, name in ipairs(document.names(value)) do
      document.set(object, M.text(name), M.value(document.get(value, name)))
    end
    return object
  end
  return value
end

return M
