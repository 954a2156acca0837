--- Names as the command line has them.
local names = require "ses.names"

local M = {}

--- "SetIdentityMailFromDomain" becomes "set-identity-mail-from-domain".
---@param name string of an operation or a member
---@return string
function M.of(name)
  return (names.snake(name):gsub("_", "-"))
end

return M
