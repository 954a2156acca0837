--- YAML 1.2 as the AWS CLI reads it, by way of lyaml's parser.
local core = require "ses.core"
local document = require "ses.cli.document"
local python = require "ses.cli.python"

local M = {}

local MAX_DEPTH = 512

-- What aliases may stand for altogether, in bytes and 16 for each value: nine lines
-- of aliases can stand for a thousand million values.
local MAX_ALIASED, VALUE = 16 * 1024 * 1024, 16

local TAG = "tag:yaml.org,2002:"

local WORDS = {
  ["true"] = true, ["True"] = true, ["TRUE"] = true,
  ["false"] = false, ["False"] = false, ["FALSE"] = false,
  [""] = document.null, ["~"] = document.null, ["null"] = document.null,
  ["Null"] = document.null, ["NULL"] = document.null,
}

local BASES = { b = 2, o = 8, x = 16 }

local FLOATS = { "^[-+]?%d[%d_]*%.[%d_]*$", "^[-+]?%d[%d_]*%.[%d_]*[eE][-+]?%d+$",
                 "^[-+]?%d[%d_]*[eE][-+]?%d+$", "^[-+]?%.[%d_]+$", "^[-+]?%.[%d_]+[eE][-+]%d+$" }
local INFINITE = { [".inf"] = 1, [".Inf"] = 1, [".INF"] = 1 }

local function fail(message)
  error({ message = message }, 0)
end

local function integer(text)
  local sign, digits = text:match("^([-+]?)([%d_]+)$")
  local number = digits and text:find("^[-+%d]") and tonumber((digits:gsub("_", "")))
  if not number then
    local base
    sign, base, digits = text:match("^([-+]?)0([box])([%x_]+)$")
    number = base and tonumber((digits:gsub("_", "")), BASES[base])
  end
  return number and (sign == "-" and -number or number)
end

local function float(text)
  for _, pattern in ipairs(FLOATS) do
    if text:find(pattern) then
      return document.double(tonumber((text:gsub("_", ""):gsub("^%+", ""))))
    end
  end
  local sign, word = text:match("^([-+]?)(%..*)$")
  if INFINITE[word] then
    return document.double(sign == "-" and -math.huge or math.huge)
  end
  return (text == ".nan" or text == ".NaN" or text == ".NAN") and document.double(0 / 0) or nil
end

-- What a plain scalar is. A time stays text: that is what parameters take.
local function resolve(text)
  if WORDS[text] ~= nil then
    return WORDS[text]
  elseif text:find("^[-+.%d]") then
    return integer(text) or float(text) or text
  end
  return text
end

local function binary(text)
  return document.bytes(core.decode_base64(text) or fail("!!binary is not base64"))
end

local NULS = { "\\0", "\\x00", "\\u0000", "\\U00000000" }

local function has_nul(text)
  text = text:gsub("\\\\", "")
  for _, escape in ipairs(NULS) do
    if text:find(escape, 1, true) then
      return true
    end
  end
  return false
end

-- The offset of a character, counted from 0; one further on than any before.
local function offset(reader, index)
  while reader.index < index do
    reader.index, reader.at = reader.index + 1, reader.text:match("^.[\128-\191]*()", reader.at)
  end
  return reader.at
end

-- lyaml cuts a text where a NUL is.
local function check_nul(reader, event)
  if reader.nuls and event.style == "DOUBLE_QUOTED" then
    local first = offset(reader, event.start_mark.index)
    if has_nul(reader.text:sub(first, offset(reader, event.end_mark.index) - 1)) then
      fail("a text has a NUL in it")
    end
  end
end

local function scalar(reader, event)
  local tag = event.tag
  check_nul(reader, event)
  if tag == TAG .. "binary" then
    return binary(event.value)
  elseif tag == TAG .. "str" or tag == "!" then
    return event.value
  elseif tag and tag ~= TAG .. "int" and tag ~= TAG .. "float" and tag ~= TAG .. "bool"
      and tag ~= TAG .. "null" then
    fail("the tag " .. tag .. " is unknown")
  elseif tag or event.plain_implicit then
    return resolve(event.value)
  end
  return event.value
end

local read_node

local function read_sequence(reader, depth)
  local array, size = document.array(), VALUE
  while true do
    local event = reader.next()
    if event.type == "SEQUENCE_END" then
      return array, size
    end
    local item_size
    array[#array + 1], item_size = read_node(reader, event, depth + 1)
    size = size + item_size
  end
end

-- What "<<" brings: the members of an object, or of several.
local function merge(object, value)
  local kind = document.type(value)
  if kind == "array" then
    for i = 1, #value do
      merge(object, value[i])
    end
  elseif kind == "object" then
    for _, name in ipairs(document.names(value)) do
      if document.get(object, name) == nil then
        document.set(object, name, document.get(value, name))
      end
    end
  else
    fail("<< wants a mapping, or a list of them")
  end
end

local function read_mapping(reader, depth)
  local object, merged, size = document.object(), nil, VALUE
  while true do
    local event = reader.next()
    if event.type == "MAPPING_END" then
      break
    end
    local key, key_size = read_node(reader, event, depth + 1)
    local value, value_size = read_node(reader, reader.next(), depth + 1)
    size = size + key_size + value_size
    if event.type == "SCALAR" and event.value == "<<" and event.plain_implicit then
      merged = value
    else
      local name = python.str(key)
      if document.get(object, name) ~= nil then
        fail("the key " .. name .. " stands there twice")
      end
      document.set(object, name, value)
    end
  end
  if merged ~= nil then
    merge(object, merged)
  end
  return object, size
end

local function alias(reader, event)
  local found = reader.anchors[event.anchor] or fail("nothing has the anchor " .. event.anchor)
  reader.aliased = reader.aliased + found.size
  if reader.aliased > MAX_ALIASED then
    fail("aliases stand for more than 16 MiB")
  end
  return found.value, found.size
end

-- The value that an event begins, and how much it weighs.
function read_node(reader, event, depth)
  local value, size
  if depth > MAX_DEPTH then
    fail("nested too deeply")
  elseif event.type == "ALIAS" then
    return alias(reader, event)
  elseif event.type == "SCALAR" then
    value, size = scalar(reader, event), VALUE + #event.value
  elseif event.tag and event.tag ~= TAG .. "map" and event.tag ~= TAG .. "seq" then
    fail("the tag " .. event.tag .. " is unknown")
  elseif event.type == "SEQUENCE_START" then
    value, size = read_sequence(reader, depth)
  else
    value, size = read_mapping(reader, depth)
  end
  if event.anchor then
    reader.anchors[event.anchor] = { value = value, size = size }
  end
  return value, size
end

-- The only document of a text.
local function read(text, parser)
  local reader = { text = text, next = parser, anchors = {}, aliased = 0, nuls = has_nul(text),
                   index = 0, at = 1 }
  parser() -- the stream begins
  if parser().type == "STREAM_END" then
    return document.null
  end
  local value = read_node(reader, parser(), 1)
  parser() -- the document ends
  if parser().type ~= "STREAM_END" then
    fail("there is more than one document")
  end
  return value
end

--- Reads a text.
---@param text string
---@return any|nil value of ses.cli.document; nil on error
---@return string|nil message
---@return boolean|nil missing lyaml is not installed
function M.decode(text)
  local found, library = pcall(require, "yaml")
  if not found or type(library.parser) ~= "function" then
    return nil, "reading YAML takes lyaml: install Debian's package lua-yaml, or the rock lyaml",
      true
  elseif not core.valid_utf8(text) then
    return nil, "it is not UTF-8"
  end
  local ok, value = pcall(function()
    return read(text, library.parser(text))
  end)
  if ok then
    return value
  end
  -- What the library raises are strings.
  return nil, type(value) == "table" and value.message or value
end

return M
