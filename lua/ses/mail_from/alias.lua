--- CNAME records: where they lead.
local M = {}

--- Where a name leads by the CNAME records of an answer.
---@param answers ses.mail_from.Answer[]
---@param name string in normal form
---@return string|nil target the end of the chain; nil: the name is no alias
---@return boolean is_loop whether it has none
function M.follow(answers, name)
  local targets = {}
  for _, answer in ipairs(answers) do
    if answer.type == "CNAME" then
      -- Those that a function of the user's made may be of no name.
      targets[answer.name or name] = answer.target
    end
  end
  local seen, at = {}, name
  while targets[at] and not seen[at] do
    seen[at] = true
    at = targets[at]
  end
  return at ~= name and at or targets[name], seen[at] or false
end

return M
