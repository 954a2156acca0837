--- What the library says in Lua's terms, as a command line has it.
local M = {}

local SAID = {
  { "name that in known, or use force", "name it with --known, or replace it with --force" },
  { "mail_from_domain is missing: give the full name, or false for none",
    "nobody says which MAIL FROM domain it is to have: --mail-from-domain does, or its row in the"
      .. " file, where false means none" },
  { ", or give a receipt_client of API v1", ", or use --api ses" },
  { "; or give a resolver of your own: a function(name, type)", "" },
  { "this is the journal of another batch, or of another message or other ids: name another file",
    "this is the journal of other identities, MAIL FROM domains or behaviors, or of another region:"
      .. " give the same ones to go on with it, or name another file for a new one" },
}

--- A message as sesctl says it.
---@param text string
---@return string
function M.of(text)
  for _, pair in ipairs(SAID) do
    local first, last = text:find(pair[1], 1, true)
    if first then
      text = text:sub(1, first - 1) .. pair[2] .. text:sub(last + 1)
    end
  end
  return text
end

return M
