--- Values as the command line gives them become parameters of a client's call.
local core = require "ses.core"
local document = require "ses.cli.document"
local model = require "ses.model"
local refusal = require "ses.cli.refusal"
local secret = require "ses.cli.secret"

local M = {}

-- Stands for what has the wrong type by Python's rules and would have the right one
-- by Lua's: an object without members where a list belongs, a number with a fraction
-- of nothing where an integer belongs. The client refuses it.
local function refused(shape)
  return shape.type == "boolean" and "" or false
end

-- The bytes that a text of base64 stands for, read as Python reads it: what is no
-- letter of base64 is skipped, and nothing is read after the padding.
local function decode_base64(text)
  local parts, count, padded = {}, 0, false
  for letters, pads in text:gsub("[^A-Za-z0-9+/=]", ""):gmatch("([^=]*)(=*)") do
    parts[#parts + 1] = letters
    count = count + #letters
    if count % 4 >= 2 and count % 4 + #pads >= 4 then
      padded = true
      break
    end
  end
  if not padded and count % 4 ~= 0 then
    return nil
  end
  return core.decode_base64(table.concat(parts) .. ("="):rep(-count % 4))
end

local FILE_HINT = "; within shorthand, Member@=fileb://PATH is what a file contains"

local function blob_of(text, at, shape)
  if text:find("[\128-\255]") then
    refusal.general("string argument should contain only ASCII characters")
  end
  -- Without its ':' the name of a file can be base64, of what nobody meant.
  local is_file = text:find "^fileb?://"
  local bytes = not is_file and decode_base64(text)
  if not bytes then
    local shown = secret.within(at.service, shape.name) and "(not shown)" or '"' .. text .. '"'
    refusal.general("Invalid base64: " .. shown .. (is_file and FILE_HINT or ""))
  end
  return bytes
end

-- A time with the parts that Python does without: 2026-01-02 is midnight, and what
-- names no zone is UTC.
local function time_of(text)
  local trimmed = require("ses.cli.python").strip(text)
  if trimmed:find("^[-+]?%d+%.?%d*$") then
    return tonumber((trimmed:gsub("^%+", "")))
  end
  local date, rest = trimmed:match("^(%d%d%d%d%-%d%d%-%d%d)(.*)$")
  if not date then
    return text
  end
  local mark, clock, zone = rest:match("^([T ])(%d%d:%d%d[%d:.]*)(.*)$")
  if not mark and rest ~= "" then
    return text
  end
  clock, zone = clock or "00:00:00", zone or ""
  clock = #clock == 5 and clock .. ":00" or clock
  return date .. "T" .. clock .. (zone == "" and "Z" or zone)
end

local converters = {}

local function convert(value, at, name)
  local shape = model.shape(at.service, name)
  if value == document.null then
    return value
  end
  return converters[shape.type](value, at, shape, document.type(value))
end

function converters.structure(value, at, shape, kind)
  if kind ~= "object" then
    return refused(shape)
  end
  local members, params = {}, {}
  for _, member in ipairs(shape.members) do
    members[member.name] = member.shape
  end
  for _, name in ipairs(document.names(value)) do
    local item = document.get(value, name)
    if members[name] then
      params[name] = convert(item, at, members[name])
    else
      params[name] = true -- unknown, whatever its value
    end
  end
  return params
end

function converters.map(value, at, shape, kind)
  if kind ~= "object" then
    return refused(shape)
  end
  local params = {}
  for _, name in ipairs(document.names(value)) do
    params[name] = convert(document.get(value, name), at, shape.value.shape)
  end
  return params
end

function converters.list(value, at, shape, kind)
  if kind ~= "array" then
    return refused(shape)
  end
  local params = {}
  for i = 1, #value do
    params[i] = convert(value[i], at, shape.member.shape)
  end
  return params
end

function converters.string(value, _, shape, kind)
  return kind == "string" and value or refused(shape)
end

function converters.blob(value, at, shape, kind)
  if kind == "bytes" then
    return value.bytes
  elseif kind ~= "string" then
    return refused(shape)
  end
  return at.raw and value or blob_of(value, at, shape)
end

function converters.boolean(value, _, shape, kind)
  if kind == "boolean" then
    return value
  end
  return refused(shape)
end

function converters.integer(value, _, shape)
  return type(value) == "number" and value or refused(shape)
end

converters.long = converters.integer

function converters.double(value, _, shape)
  return document.number(value) or refused(shape)
end

function converters.timestamp(value, _, shape, kind)
  return kind == "string" and time_of(value) or document.number(value) or refused(shape)
end

--- Makes the parameters of a call.
---@param service string
---@param input string|nil the operation's shape; nil: it takes none
---@param values table object of ses.cli.document
---@param raw boolean|nil texts for blobs are what they are, and no base64
---@return table params for a client's call; raises a refusal where base64 is broken
function M.params(service, input, values, raw)
  if input then
    return convert(values, { service = service, raw = raw }, input)
  end
  local params = {}
  for _, name in ipairs(document.names(values)) do
    params[name] = true -- unknown
  end
  return params
end

return M
