--- Just enough of RFC 5322: the header fields of a message, and lists of
--- addresses.
local M = {}

-- A pattern that looks for white space before the end would try every run of
-- white space anew.
local function trim(text)
  local first, last = text:find("%S"), #text
  if not first then
    return ""
  end
  while text:find("^%s", last) do
    last = last - 1
  end
  return text:sub(first, last)
end
M.trim = trim

-- Where a quoted text or a comment that begins at a position ends.
local function closing(text, at)
  local quoted, depth = text:byte(at) == 34, 1
  while true do
    at = text:find(quoted and '["\\]' or "[()\\]", at + 1)
    if not at then
      return #text
    end
    local char = text:sub(at, at)
    if char == "\\" then
      at = at + 1
    elseif char == "(" then
      depth = depth + 1
    else
      depth = depth - 1
      if depth == 0 then
        return at
      end
    end
  end
end

--- Splits at commas and semicolons that separate addresses, drops comments and
--- the names of groups.
---@param text string "Ann <ann@example.com>, bob@example.com"
---@return string[] items none of them empty; what is in them is not looked at
function M.split(text)
  local items, piece, at = {}, {}, 1
  local function finish()
    local item = trim(table.concat(piece))
    if item ~= "" then
      items[#items + 1] = item
    end
    piece = {}
  end
  while at <= #text do
    local i = text:find('["(,;:<]', at) or #text + 1
    local char = text:sub(i, i)
    piece[#piece + 1] = text:sub(at, i - 1)
    at = i + 1
    if char == '"' or char == "(" then
      local stop = closing(text, i)
      piece[#piece + 1] = char == '"' and text:sub(i, stop) or " "
      at = stop + 1
    elseif char == "<" then
      local stop = text:find(">", i, true) or #text
      piece[#piece + 1] = text:sub(i, stop)
      at = stop + 1
    elseif char == ":" then
      piece = {}
    else
      finish()
    end
  end
  finish()
  return items
end

local function add_field(fields, parts)
  if parts then
    fields[#fields + 1] = { name = parts.name, value = trim(table.concat(parts, " ")) }
  end
end

--- The header fields of a message, in its order, unfolded.
---@param raw string
---@return {name: string, value: string}[] names in lower case
function M.fields(raw)
  local fields, parts, at = {}, nil, 1
  while at <= #raw do
    local stop = raw:find("\n", at, true) or #raw + 1
    local line = raw:sub(at, stop - 1):gsub("\r$", "")
    at = stop + 1
    local name, value = line:match("^([!-9;-~]+)[ \t]*:[ \t]*(.*)$")
    if name then
      add_field(fields, parts)
      parts = { value, name = name:lower() }
    elseif parts and line:find("^[ \t]+%S") then
      parts[#parts + 1] = trim(line)
    else
      break
    end
  end
  add_field(fields, parts)
  return fields
end

return M
