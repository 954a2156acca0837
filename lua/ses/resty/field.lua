--- Names of HTTP's header fields (RFC 9110, section 5.1).
local M = {}

-- They come again and again; not for ever all that ever came, from whomever.
local MOST_NAMES, MOST_BYTES = 512, 64
local names, count = {}, 0

--- Whether a text is a token: a method, or a field's name.
---@param text string
---@return boolean
function M.is_token(text)
  return text:find("^[%w!#$%%&'*+%-.^_`|~]+$") ~= nil
end

--- A field's name in lower case; nil: it is none.
---@param text string
---@return string|nil
function M.name(text)
  local name = names[text]
  if name then
    return name
  elseif not M.is_token(text) then
    return nil
  end
  name = text:lower()
  if #text > MOST_BYTES then
    return name
  elseif count >= MOST_NAMES then
    names, count = {}, 0
  end
  names[text] = name
  count = count + 1
  return name
end

return M
