-- Command lines that say the same in different ways, for parameters that are given.

local core = require "ses.core"
local json_text = require "spec.support.json_text"
local names = require "ses.names"
local samples = require "spec.support.samples"

local M = {}

local function quoted(text)
  return "'" .. text:gsub("\\", "\\\\"):gsub("'", "\\'") .. "'"
end

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local shorthand

local function pairs_of(service, shape, value)
  local parts = {}
  local function add(key, name)
    parts[#parts + 1] = key .. "=" .. shorthand(service, name, value[key])
  end
  if shape.type == "map" then
    for _, key in ipairs(sorted_keys(value)) do add(key, shape.value.shape) end
  end
  for _, member in ipairs(shape.members or {}) do
    if value[member.name] ~= nil then add(member.name, member.shape) end
  end
  return table.concat(parts, ",")
end

-- A value within shorthand.
function shorthand(service, name, value)
  local shape = core.shape(service, name)
  if shape.type == "list" then
    local parts = {}
    for i, item in ipairs(value) do parts[i] = shorthand(service, shape.member.shape, item) end
    return "[" .. table.concat(parts, ",") .. "]"
  elseif type(value) == "table" then
    return "{" .. pairs_of(service, shape, value) .. "}"
  end
  return quoted(shape.type == "blob" and core.encode_base64(value) or tostring(value))
end

-- Whether shorthand can name all the keys of maps in a value.
local function has_plain_keys(service, name, value)
  local shape = core.shape(service, name)
  if shape.type == "map" then
    for key, item in pairs(value) do
      if not key:find("^[-%w_.#/:]+$") or not has_plain_keys(service, shape.value.shape, item) then
        return false
      end
    end
  end
  for i = 1, shape.type == "list" and #value or 0 do
    if not has_plain_keys(service, shape.member.shape, value[i]) then return false end
  end
  for _, member in ipairs(shape.members or {}) do
    if value[member.name] ~= nil
        and not has_plain_keys(service, member.shape, value[member.name]) then
      return false
    end
  end
  return true
end

local function json(service, name, value)
  return json_text.encode(samples.plain(service, name, value))
end

local function is_structure(service, name)
  local kind = core.shape(service, name).type
  return kind == "structure" or kind == "map" or kind == "list"
end

-- The words after the option of a member that is no boolean.
local function words_of(service, member, value, random)
  local shape = core.shape(service, member.shape)
  local as_json = random:int(1, 3) == 1 or not has_plain_keys(service, member.shape, value)
  if shape.type == "list" then
    if as_json then return { json(service, member.shape, value) } end
    local words = {}
    for i, item in ipairs(value) do
      words[i] = is_structure(service, shape.member.shape)
        and pairs_of(service, core.shape(service, shape.member.shape), item) or item
    end
    return words
  elseif type(value) == "table" then
    return { as_json and json(service, member.shape, value) or pairs_of(service, shape, value) }
  end
  return { tostring(value) }
end

local function as_words(service, input, params, random)
  local argv = {}
  for _, member in ipairs(input.members) do
    local value, option = params[member.name], "--" .. names.kebab(member.name)
    if type(value) == "boolean" then
      argv[#argv + 1] = value and option or "--no-" .. option:sub(3)
    elseif value ~= nil then
      local words = words_of(service, member, value, random)
      if #words == 1 and random:int(1, 3) == 1 then
        argv[#argv + 1] = option .. "=" .. words[1]
      else
        argv[#argv + 1] = option
        for _, word in ipairs(words) do argv[#argv + 1] = word end
      end
    end
  end
  return argv
end

--- Parameters as a text of --cli-input-json.
M.json = json

--- Parameters as words: JSON and shorthand, "--option value" and "--option=value".
---@param service string
---@param name string of the input's shape
---@param params table
---@param random table of spec.support.random
---@return string[]
function M.words(service, name, params, random)
  return as_words(service, core.shape(service, name), params, random)
end

return M
