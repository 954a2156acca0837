--- The AWS CLI's shorthand syntax: Key=a,Value=b; Names=a,b; Names=[a,b]; To={Key=a}.
---
--- It is read as AWS CLI 2.36.7 reads it, its faults with their texts included.
local document = require "ses.cli.document"
local model = require "ses.model"
local paramfile = require "ses.cli.paramfile"
local python = require "ses.cli.python"

local M = {}

local MAX_DEPTH = 512

-- What words are made of: the characters of a first value, and of those that
-- follow it after commas. Bytes from 240 on begin characters beyond U+FFFF, which
-- no word has.
local START = "[!#-&(-+--<>-Z\\-z|-\239]"
local FIRST = "^[\t-\r\28-\32!#-&(-+--\\^-|~-\239]*()"
local SECOND = "^[\t-\r\28-\32!#-&(-+--<>-\239]*()"

local QUOTED = { ["'"] = "<singled quoted>", ['"'] = "<double quoted>" }

-- A parser is {text, at, depth, from_files}: at is the offset of the next byte;
-- from_files says that "@=" stood before the values.

-- Raises a message, and what of it does not repeat the text.
local function fail(kind, message, brief)
  error({ kind = kind, message = message, brief = brief or message }, 0)
end

local function length(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end

-- The text with a caret below the character at a byte.
local function location(text, at)
  local line = 1
  for after in text:sub(1, at - 1):gmatch("\n()") do
    line = after
  end
  local caret = (" "):rep(length(text:sub(line, at - 1))) .. "^"
  local stop = text:find("\n", at, true) or #text + 1
  return text:sub(1, stop - 1) .. "\n" .. caret .. text:sub(stop)
end

local function refuse(parser, expected, received)
  local brief = "Expected: '" .. expected .. "', received: '" .. received .. "'"
  fail("syntax", brief .. " for input:\n " .. location(parser.text, parser.at), brief)
end

local function current(parser)
  return parser.text:sub(parser.at, parser.at)
end

local function at_end(parser)
  return parser.at > #parser.text
end

local function skip_space(parser)
  parser.at = parser.text:match("^[ \t-\r]*()", parser.at)
end

-- Takes a mark, with the white space around it.
local function take(parser, mark)
  skip_space(parser)
  if current(parser) ~= mark then
    return false
  end
  parser.at = parser.at + 1
  skip_space(parser)
  return true
end

local function expect(parser, mark)
  if not take(parser, mark) then
    refuse(parser, mark, parser.text:match("^.[\128-\191]*", parser.at) or "EOF")
  end
end

-- What a value is: the contents of the file that it names, where "@=" stood
-- before it.
local function resolved(parser, text)
  if not parser.from_files then
    return text
  end
  local contents, message = paramfile.load(text)
  if message then
    fail("file", message)
  end
  return contents or text
end

-- Takes a word, in which a comma stands after a backslash; nil: there is none.
local function word(parser, follow)
  local text, start = parser.text, parser.at
  local at = text:match("^\\,()", start) or text:match("^" .. START .. "()", start)
  if not at then
    return nil
  end
  while true do
    at = text:match(follow, at)
    if text:sub(at, at) ~= "," or at == start or text:sub(at - 1, at - 1) ~= "\\" then
      break
    end
    at = at + 1
  end
  parser.at = at
  return resolved(parser, python.rstrip((text:sub(start, at - 1):gsub("\\,", ","))))
end

-- Takes what stands in quotes, up to one with no backslash before it, or to the
-- last one.
local function quoted(parser, mark)
  local text, start = parser.text, parser.at + 1
  local last, found
  local at = start
  while not found do
    at = text:find(mark, at, true)
    if not at then
      break
    end
    last, found = at, at == start or text:sub(at - 1, at - 1) ~= "\\"
    at = at + 1
  end
  if not last then
    refuse(parser, QUOTED[mark], "<none>")
  end
  parser.at = last + 1
  local value = text:sub(start, last - 1):gsub("\\" .. mark, mark):gsub("\\\\", "\\")
  return resolved(parser, value)
end

local function first_value(parser)
  local mark = current(parser)
  if QUOTED[mark] then
    return quoted(parser, mark)
  end
  return word(parser, FIRST) or ""
end

-- A value after a comma; nil: there is none.
local function second_value(parser)
  local mark = current(parser)
  if QUOTED[mark] and parser.text:find(mark, parser.at + 1, true) then
    return quoted(parser, mark)
  end
  return not QUOTED[mark] and word(parser, SECOND) or nil
end

-- Goes back to the last comma: what stands after it turned out to be a key.
local function go_back(parser)
  while current(parser) ~= "," do
    parser.at = parser.at - 1
  end
end

-- a, or the list a,b,c.
local function csv(parser)
  local first = first_value(parser)
  skip_space(parser)
  if current(parser) ~= "," then
    return first
  end
  take(parser, ",")
  local list = document.array { first }
  while true do
    local value = second_value(parser)
    if value then
      skip_space(parser)
    end
    if value and at_end(parser) then
      list[#list + 1] = value
      break
    elseif value and take(parser, ",") then
      list[#list + 1] = value
    elseif at_end(parser) then
      refuse(parser, "<second>", "<none>")
    else
      go_back(parser)
      break
    end
  end
  return #list > 1 and list or first
end

local explicit_value

local function deeper(parser)
  parser.depth = parser.depth + 1
  if parser.depth > MAX_DEPTH then
    fail("syntax", "nested too deeply")
  end
end

local function explicit_list(parser)
  local list = document.array()
  deeper(parser)
  expect(parser, "[")
  while current(parser) ~= "]" do
    list[#list + 1] = explicit_value(parser)
    skip_space(parser)
    if current(parser) ~= "]" then
      expect(parser, ",")
    end
  end
  parser.at, parser.depth = parser.at + 1, parser.depth - 1
  return list
end

-- A key and "=" or "@=".
local function key(parser)
  local name, at = parser.text:match("^([%-A-Za-z0-9_.#/:]*)()", parser.at)
  parser.at = at
  parser.from_files = take(parser, "@")
  expect(parser, "=")
  return name
end

local function hash_literal(parser)
  local object = document.object()
  deeper(parser)
  expect(parser, "{")
  while current(parser) ~= "}" do
    local name = key(parser)
    document.set(object, name, explicit_value(parser))
    skip_space(parser)
    if current(parser) ~= "}" then
      expect(parser, ",")
    end
  end
  parser.at, parser.depth = parser.at + 1, parser.depth - 1
  return object
end

function explicit_value(parser)
  local mark = current(parser)
  if mark == "[" then
    return explicit_list(parser)
  elseif mark == "{" then
    return hash_literal(parser)
  end
  return first_value(parser)
end

local function value_of(parser)
  local mark = current(parser)
  if mark == "[" or mark == "{" then
    return explicit_value(parser)
  end
  return mark == "" and "" or csv(parser)
end

local function pairs_of(parser)
  local object = document.object()
  while true do
    local start = parser.at
    if #document.names(object) > 0 then
      expect(parser, ",")
    end
    local name = key(parser)
    local value = value_of(parser)
    if document.get(object, name) ~= nil then
      fail("syntax", 'Second instance of key "' .. name .. '" encountered for input:\n'
        .. location(parser.text, start + 1) .. '\nThis is often because there is a preceding "," '
        .. "instead of a space.", "Second instance of a key encountered")
    end
    document.set(object, name, value)
    if at_end(parser) then
      return object
    end
  end
end

-- Calls a function that may fail; returns what it returns, or nil, message and kind.
local function try(called, ...)
  local ok, value = pcall(called, ...)
  if ok then
    return value
  elseif type(value) ~= "table" then
    error(value, 0)
  end
  return nil, value.message, value.kind, value.brief
end

--- Reads a text.
---@param text string
---@return table|nil object see ses.cli.document; all values in it are texts, bytes,
---  arrays and objects
---@return string|nil message
---@return "syntax"|"file"|nil kind what the message is about: the text, or a file that
---  it names
---@return string|nil brief the message without the text in it
function M.parse(text)
  return try(pairs_of, { text = text, at = 1, depth = 0, from_files = false })
end

local BOOLEANS = { ["true"] = true, ["false"] = false }

local coerce

local coercers = {}

function coercers.structure(value, service, shape)
  if document.type(value) == "object" then
    for _, member in ipairs(shape.members) do
      local item = document.get(value, member.name)
      if item ~= nil then
        document.set(value, member.name, coerce(item, service, member.shape))
      end
    end
  end
  return value
end

function coercers.map(value, service, shape)
  if document.type(value) == "object" then
    for _, name in ipairs(document.names(value)) do
      document.set(value, name, coerce(document.get(value, name), service, shape.value.shape))
    end
  end
  return value
end

-- One value stands for a list of it, and then stays as it is.
function coercers.list(value, service, shape)
  if document.type(value) ~= "array" then
    return document.array { value }
  end
  for i = 1, #value do
    value[i] = coerce(value[i], service, shape.member.shape)
  end
  return value
end

function coercers.boolean(value)
  local boolean
  if type(value) == "string" then
    boolean = BOOLEANS[value:lower()]
  end
  if boolean == nil then
    return value
  end
  return boolean
end

function coercers.integer(value)
  if type(value) ~= "string" then
    return value
  end
  return python.int(value) or fail("number", python.int_fault(value))
end

coercers.long = coercers.integer

function coerce(value, service, name)
  local shape = model.shape(service, name)
  local coercer = coercers[shape.type]
  if coercer then
    return coercer(value, service, shape)
  end
  return value
end

--- Makes of texts what a shape wants, in place: numbers, booleans, lists of one item.
--- What cannot be made fit stays.
---@param value any of M.parse
---@param service string
---@param shape string
---@return any|nil value
---@return string|nil message
---@return "number"|nil kind a text that is no number where one belongs
function M.coerce(value, service, shape)
  return try(coerce, value, service, shape)
end

return M
