--- The words of a command line as a shell has them while they are typed: in quotes,
--- whose end may be missing.
local command_line = require "ses.command_line"

local M = {}

-- What may be missing at the end, which the cursor is at.
local ENDS = { "", "\\", '"', "'" }

--- What a word stands for.
---@param raw string
---@return string
function M.unquoted(raw)
  for _, missing in ipairs(ENDS) do
    -- A word that stands for nothing would be no program.
    local words = command_line.split("." .. raw .. missing)
    if words then
      return table.concat(words, " "):sub(2)
    end
  end
  return raw
end

return M
