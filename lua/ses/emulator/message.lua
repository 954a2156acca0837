--- Just enough of RFC 5322: header fields and lists of addresses.
local names = require "ses.emulator.names"

local M = {}

local function trim(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

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

-- Splits at commas and semicolons that separate addresses, drops comments and
-- the names of groups.
local function split(text)
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

--- The addresses of a list as headers and parameters have it.
---@param text string "Ann <ann@example.com>, bob@example.com"
---@return string[]|nil addresses without display names, domains in lower case
---@return string|nil fault
function M.addresses(text)
  local list = {}
  for i, item in ipairs(split(text)) do
    local address, fault = names.address(trim(item:match("<([^<>]*)>$") or item))
    if not address then
      return nil, fault
    end
    list[i] = address
  end
  return list
end

local function add_field(fields, parts)
  if parts then
    fields[#fields + 1] = { name = parts.name, value = trim(table.concat(parts, " ")) }
  end
end

--- The header fields of a message, in its order, unfolded.
---@param raw string
---@return {name: string, value: string}[]
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

--- The value of the first header field of that name.
---@param fields {name: string, value: string}[]
---@param name string in lower case
---@return string|nil
function M.field(fields, name)
  for _, field in ipairs(fields) do
    if field.name == name then
      return field.value
    end
  end
end

local function values(fields, name)
  local list = {}
  for _, field in ipairs(fields) do
    if field.name == name then
      list[#list + 1] = field.value
    end
  end
  return list
end

--- What a raw message says of itself.
---@param raw string
---@return ses.emulator.Mail
function M.mail(raw)
  local fields = M.fields(raw)
  local return_path = M.field(fields, "return-path")
  return {
    from = M.field(fields, "from"), return_path = return_path ~= "<>" and return_path or nil,
    to = values(fields, "to"), cc = values(fields, "cc"), bcc = values(fields, "bcc"),
    reply_to = values(fields, "reply-to"), subject = M.field(fields, "subject"),
    headers = fields, raw = raw, size = #raw,
  }
end

--- Message tags as a table.
---@param list {Name: string, Value: string}[]|nil
---@return table<string, string>
function M.tags(list)
  local tags = {}
  for _, tag in ipairs(list or {}) do
    tags[tag.Name] = tag.Value
  end
  return tags
end

return M
