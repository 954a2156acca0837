--- Records of CSV (RFC 4180): commas, and quotes around what has one.
local M = {}

---@class ses.cli.mail_from.Record
---@field line integer where it begins
---@field fields string[] less the blanks around them

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

-- The fields of the record that begins at an offset, and where the next one does.
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
      return nil, "a quoted field does not end, or something follows it"
    end
    fields[#fields + 1] = field
  until mark ~= ","
  return fields, at
end

local SEPARATORS = { [";"] = "a semicolon", ["\t"] = "a tab" }

-- What other programs write, and would be taken for an identity.
local function foreign_form(text, at, fields, is_first)
  if text:find("^ *#", at) then
    return "it begins with '#', and CSV has no comments: take the line out; an identity that begins"
      .. " so goes in quotes"
  end
  local separator = is_first and #fields == 1 and fields[1]:match("[;\t]")
  return separator and ("the fields have to have commas between them, and here is %s"):format(
    SEPARATORS[separator])
end

local function is_blank(fields)
  for _, field in ipairs(fields) do
    if field ~= "" then
      return false
    end
  end
  return true
end

--- Reads a text. Records without anything in them are left out.
---@param text string with the line ends of Unix
---@return ses.cli.mail_from.Record[]|nil
---@return string|nil message
function M.read(text)
  local records, at, line = {}, 1, 1
  while at <= #text do
    local fields, next_at = read_record(text, at)
    local fault = not fields and next_at or foreign_form(text, at, fields, #records == 0)
    if fault then
      return nil, ("line %d: %s"):format(line, fault)
    end
    if not is_blank(fields) then
      records[#records + 1] = { line = line, fields = fields }
    end
    line = line + select(2, text:sub(at, next_at - 1):gsub("\n", ""))
    at = next_at
  end
  return records
end

return M
