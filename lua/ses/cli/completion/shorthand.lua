--- What can follow in a value in the AWS CLI's shorthand syntax: the members of a
--- structure as Key=, and the values of those that have a few.
local descriptions = require "ses.cli.completion.descriptions"
local model = require "ses.model"

local M = {}

local CLOSING = { ["["] = "]", ["{"] = "}", ["'"] = "'", ['"'] = '"' }

-- Where the parts between commas outside of brackets and quotes begin; nil: a bracket
-- or a quote is open, or one closes that was not.
local function starts_of(text)
  local starts, awaited = { 1 }, {}
  for at = 1, #text do
    local char, wanted = text:sub(at, at), awaited[#awaited]
    local is_quoted = wanted == "'" or wanted == '"'
    if char == wanted then
      awaited[#awaited] = nil
    elseif not is_quoted and CLOSING[char] then
      awaited[#awaited + 1] = CLOSING[char]
    elseif not is_quoted and (char == "]" or char == "}") then
      return nil
    elseif char == "," and not wanted then
      starts[#starts + 1] = at + 1
    end
  end
  return #awaited == 0 and starts or nil
end

-- The key at an offset, and where its value begins; nil: there is none.
local function key_at(text, start)
  return text:match("^([^=,]*)=()", start)
end

-- The keys of all parts but the last one, and the last of them.
local function keys_before(text, starts)
  local keys, last = {}, nil
  for i = 1, #starts - 1 do
    local key = key_at(text, starts[i])
    if key then
      keys[key], last = true, key
    end
  end
  return keys, last
end

local function values_of(service, name)
  local shape = model.shape(service, name)
  if shape.type == "list" then
    shape = model.shape(service, shape.member.shape)
  end
  return shape.enum or (shape.type == "boolean" and { "true", "false" }) or {}
end

-- The members of a structure; of a map, what its keys can be.
local function members_of(service, shape)
  if shape.type ~= "map" then
    return shape.members
  end
  local members = {}
  for i, key in ipairs(model.shape(service, shape.key.shape).enum or {}) do
    members[i] = { name = key, shape = shape.value.shape, type = shape.value.type }
  end
  return members
end

local function find(members, name)
  for _, member in ipairs(members) do
    if member.name == name then
      return member
    end
  end
end

local function add_values(list, service, member, before)
  for _, value in ipairs(member and values_of(service, member.shape) or {}) do
    list[#list + 1] = { word = before .. value }
  end
end

--- What a text can become.
---@param service string
---@param shape table of a structure or a map
---@param text string what is there before the cursor
---@return ses.cli.Candidate[] whole texts, which begin with that
function M.of(service, shape, text)
  local list, starts = {}, starts_of(text)
  if not starts then
    return list
  end
  local members, start = members_of(service, shape), starts[#starts]
  local key, at = key_at(text, start)
  if key then
    add_values(list, service, find(members, key), text:sub(1, at - 1))
    return list
  end
  local before = text:sub(1, start - 1)
  local used, last = keys_before(text, starts)
  for _, member in ipairs(members) do
    if not used[member.name] then
      list[#list + 1] = { word = before .. member.name .. "=",
                          text = descriptions.member(service, member) }
    end
  end
  -- After a comma a list goes on as well.
  local open = last and find(members, last)
  if open and open.type == "list" then
    add_values(list, service, open, before)
  end
  return list
end

return M
