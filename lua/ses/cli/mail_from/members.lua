--- What a file says of an identity: the names that there are.
local nearest = require "ses.nearest"
local printable = require "ses.printable"
local tables = require "ses.tables"

local M = {}

--- In the order of a CSV file without a first line that names them.
M.NAMES = { "identity", "mail_from_domain", "behavior" }

local KNOWN = tables.set(M.NAMES)

-- What the APIs and others call them.
local MEANT = {
  emailidentity = "identity", mailfrom = "mail_from_domain",
  behaviour = "behavior", behavioronmxfailure = "behavior",
}

local function meant(name)
  local other = MEANT[name:lower():gsub("[_%- ]", "")]
  return other and ("; did you mean '%s'?"):format(other) or nearest.hint(name, KNOWN)
end

--- What is wrong with a name.
---@param kind "column"|"member"
---@param name string
---@return string|nil
function M.fault(kind, name)
  if not KNOWN[name] then
    return ("no %s is called '%s' (%s)%s"):format(kind, printable(name, 80),
      table.concat(M.NAMES, ", "), meant(name))
  end
end

return M
