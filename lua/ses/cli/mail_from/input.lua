--- What a command is about: identities and the MAIL FROM domains that they are to
--- have, from the command line, a CSV file or a JSON file.
local document = require "ses.cli.document"
local names = require "ses.mail_from.names"
local paramfile = require "ses.cli.paramfile"

local M = {}

---@class ses.cli.mail_from.Row
---@field identity any
---@field mail_from_domain any
---@field behavior any

-- The columns of a CSV file without a first line that names them.
local COLUMNS = { "identity", "mail_from_domain", "behavior" }

-- As in a file.
local MOST_BYTES = 128 * 1024 * 1024

-- The text of a file; "-" is standard input.
local function load(path)
  local text, message
  if path == "-" then
    text = io.stdin:read(MOST_BYTES + 1) or ""
    message = #text > MOST_BYTES and "standard input is longer than 128 MiB" or nil
    text = text:gsub("\r\n?", "\n")
  else
    text, message = paramfile.load("file://" .. path)
  end
  return not message and text or nil, message and "--file: " .. message
end

-- A value of JSON as Lua has it.
local function plain(value)
  local kind = document.type(value)
  if kind == "array" then
    local list = {}
    for i = 1, #value do
      list[i] = plain(value[i])
    end
    return list
  elseif kind == "object" then
    local map = {}
    for _, name in ipairs(document.names(value)) do
      map[name] = plain(document.get(value, name))
    end
    return map
  elseif kind == "null" then
    return nil
  end
  return value
end

-- A list of identities, a list of rows, or a map from an identity to its MAIL FROM
-- domain or to a row.
local function from_json(text)
  local value, message = require("ses.cli.json").decode(text)
  if message then
    return nil, message
  end
  local rows = {}
  if document.type(value) == "object" then
    for i, name in ipairs(document.names(value)) do
      local row = plain(document.get(value, name))
      rows[i] = type(row) == "table" and row or { mail_from_domain = row }
      rows[i].identity = rows[i].identity or name
    end
    return rows
  elseif document.type(value) ~= "array" then
    return nil, "expected a list, or a map by identity"
  end
  for i = 1, #value do
    local row = plain(value[i])
    rows[i] = type(row) == "table" and row or { identity = row }
  end
  return rows
end

-- A field in quotes, and where it ends.
local function read_quoted(text, at)
  local field, last = text:match('^"([^"]*)"()', at)
  while field and text:sub(last, last) == '"' do
    local more
    more, last = text:match('^"([^"]*)"()', last)
    field = more and field .. '"' .. more
  end
  return field, last
end

-- The fields of a record of CSV (RFC 4180) that begins at an offset, and where the
-- next one begins.
local function read_record(text, at)
  local fields, mark = {}, nil
  repeat
    local field, last
    at = text:match('^ *()"', at) or at
    if text:sub(at, at) == '"' then
      field, last = read_quoted(text, at)
    else
      field, last = text:match("^([^,\n]*)()", at)
      field = field:match("^%s*(.-)%s*$")
    end
    if field then
      mark, at = text:match("^ *([,\n]?)()", last)
    end
    if not field or mark == "" and at <= #text then
      return nil
    end
    fields[#fields + 1] = field
  until mark ~= ","
  return fields, at
end

local function header_of(fields)
  for _, field in ipairs(fields) do
    if field:lower() == "identity" then
      for i, name in ipairs(fields) do
        fields[i] = name:lower()
      end
      return fields
    end
  end
end

local function from_csv(text)
  local rows, columns, at, number = {}, nil, 1, 0
  while at <= #text do
    local fields
    number = number + 1
    fields, at = read_record(text, at)
    if not fields then
      return nil, ("record %d: a quoted field does not end, or something follows it"):format(number)
    end
    local header = not columns and header_of(fields)
    columns = columns or header or COLUMNS
    if #fields > #columns then
      return nil, ("record %d: expected at most %d fields (%s), got %d"):format(number, #columns,
        table.concat(columns, ", "), #fields)
    elseif not header and not (#fields == 1 and fields[1] == "") then
      local row = {}
      for i, field in ipairs(fields) do
        row[columns[i]] = field ~= "" and field or nil
      end
      if row.mail_from_domain == "false" then
        row.mail_from_domain = false
      end
      rows[#rows + 1] = row
    end
  end
  return rows
end

local function from_file(path)
  local text, message = load(path)
  local rows
  if text then
    text = text:gsub("^\239\187\191", "")
    rows, message = (text:find("^%s*[%[{]") and from_json or from_csv)(text)
    message = message and "--file: " .. message
  end
  return rows, message
end

-- "mail.*" stands for mail. and the identity's own domain.
local function domain_for(pattern, identity)
  local beginning = type(identity) == "string" and pattern:match("^(.+%.)%*$")
  return beginning and beginning .. identity:match("[^@]*$") or pattern
end

--- What is wanted.
---@param positional string[] identities
---@param given table the options: file, mail_from_domain, behavior
---@return ses.cli.mail_from.Row[]|nil
---@return string|nil message
function M.rows(positional, given)
  local rows, message = {}, nil
  if given.file and positional[1] then
    return nil, "give identities, or --file, and not both"
  elseif given.file then
    rows, message = from_file(given.file)
  end
  for i, identity in ipairs(positional) do
    rows[i] = { identity = identity }
  end
  if rows and #rows == 0 then
    message = given.file and "--file: it names no identity"
      or "the following arguments are required: IDENTITY, or --file"
  end
  for _, row in ipairs(not message and rows or {}) do
    local name = row.mail_from_domain
    if name == nil then
      name = given.mail_from_domain
    end
    row.mail_from_domain = type(name) == "string" and domain_for(name, row.identity) or name
    row.behavior = row.behavior or given.behavior
  end
  return not message and rows or nil, message
end

--- The identities alone.
---@param positional string[]
---@param given table the options: file
---@return string[]|nil
---@return string|nil message
function M.identities(positional, given)
  local rows, message = M.rows(positional, { file = given.file })
  local list = {}
  for i, row in ipairs(rows or {}) do
    local identity, problem = names.identity(row.identity)
    if not identity then
      return nil, problem.message
    end
    list[i] = identity.name
  end
  return rows and list, message
end

return M
