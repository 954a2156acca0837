--- Domains and e-mail addresses.
---
--- Domains are the same in any letter case, the local parts of addresses are
--- not.
local M = {}

--- A domain name in lower case.
---@param text string
---@return string|nil domain nil: it is none
function M.domain(text)
  local name = text:lower()
  if #name > 255 or name:find("[^a-z0-9_.-]") then
    return nil
  end
  local labels = 0
  for label in (name .. "."):gmatch("([^.]*)%.") do
    if #label < 1 or #label > 63 or label:find("^%-") or label:find("%-$") then
      return nil
    end
    labels = labels + 1
  end
  return labels >= 2 and name or nil
end

local function local_part_fault(text)
  if text:find('^".*"$') then
    return text:find("[%c\128-\255]") and "Local address contains control or whitespace" or nil
  elseif text == "" or #text > 64 then
    return "Illegal address"
  elseif text:find("[%c%s]") then
    return "Local address contains control or whitespace"
  elseif text:find("[\128-\255]") then
    return "Local address contains a character that is not ASCII"
  elseif text:find('[()<>,;:\\"%[%]@]') then
    return "Local address contains illegal character"
  elseif text:find("^%.") then
    return "Local address starts with dot"
  elseif text:find("%.$") then
    return "Local address ends with dot"
  elseif text:find("..", 1, true) then
    return "Local address contains dot-dot"
  end
end

--- An e-mail address without a display name, its domain in lower case.
---@param text string
---@return string|nil address
---@return string domain, or what is wrong
function M.address(text)
  local localpart, right = text:match("^(.*)@([^@]*)$")
  if not localpart or right == "" then
    return nil, "Missing final '@domain'"
  end
  local fault = local_part_fault(localpart)
  if fault then
    return nil, fault
  end
  local domain = M.domain(right)
  if not domain then
    return nil, "Domain is not a domain name"
  end
  return localpart .. "@" .. domain, domain
end

--- Whether a domain is strictly below another; both in lower case.
---@param child string
---@param parent string
---@return boolean
function M.is_below(child, parent)
  return child:sub(-#parent - 1) == "." .. parent
end

--- The domain above a domain, or nil where none with two labels is left.
---@param domain string
---@return string|nil
function M.parent(domain)
  local rest = domain:match("^[^.]+%.(.+)$")
  return rest and rest:find(".", 1, true) and rest or nil
end

return M
