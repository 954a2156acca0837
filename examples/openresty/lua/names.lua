--- Domains and addresses that people type. What is wrong with one is said in words.
local M = {}

-- Letters, digits and hyphens, as host names have them (RFC 1123).
local function is_label(label)
  return #label <= 63 and label:find("^%w[%w-]*$") ~= nil and not label:find("%-$")
end

--- A domain in lower case.
---@param text string
---@return string|nil
---@return string|nil fault
function M.domain(text)
  local name = text:lower():gsub("%.$", "")
  local last = name:match("%.([^.]*)$")
  if name == "" then
    return nil, "Type a domain, such as example.com."
  elseif name:find("[\128-\255]") then
    return nil, "Type the domain in ASCII, where its own letters begin with xn--."
  elseif name:find("[/:@]") then
    return nil, "Type the domain alone, such as example.com: no https://, and no address."
  elseif not last or last:find("^%d+$") then
    return nil, "'" .. text .. "' is not a domain such as example.com."
  elseif #name > 253 then
    return nil, "A domain has 253 characters at most."
  end
  for label in (name .. "."):gmatch("([^.]*)%.") do
    if not is_label(label) then
      return nil, "'" .. text .. "' is not a domain such as example.com."
    end
  end
  return name
end

--- The MAIL FROM domain of a domain.
---@param text string its name, or only what stands before the domain
---@param domain string see M.domain
---@return string|nil
---@return string|nil fault
function M.mail_from(text, domain)
  if text == "" then
    return nil, "Type a subdomain, such as bounce." .. domain .. "."
  end
  local name, fault = M.domain(text:find(".", 1, true) and text or text .. "." .. domain)
  if name and name:sub(-#domain - 1) ~= "." .. domain then
    return nil, "'" .. text .. "' is not a subdomain of " .. domain .. ": take one such as bounce."
      .. domain .. "."
  end
  return name, fault
end

--- An e-mail address. None of its characters ends a line, begins a comment or
--- separates two addresses.
---@param text string
---@return string|nil
---@return string|nil fault
function M.address(text)
  local name, right = text:match("^([%w!#$%%&'*+/=?^_`{|}~.-]+)@([^@]+)$")
  local domain = right and M.domain(right)
  if text == "" then
    return nil, "Type your address, so that we can answer."
  elseif not domain or #name > 64 or ("." .. name .. "."):find("..", 1, true) then
    return nil, "'" .. text .. "' is not an e-mail address such as you@example.com."
  end
  return name .. "@" .. domain
end

return M
