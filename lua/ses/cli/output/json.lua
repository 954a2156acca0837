--- The json format.
local document = require "ses.cli.document"
local json = require "ses.cli.json"

local M = {}

--- A value as JSON; an empty object is no text at all.
---@param value any of ses.cli.document
---@return string
function M.render(value)
  if document.is_empty_object(value) then
    return ""
  end
  return json.encode(value, 4) .. "\n"
end

return M
