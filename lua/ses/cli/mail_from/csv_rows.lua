--- Rows of a CSV file, whose first line may name its columns.
local csv = require "ses.cli.mail_from.csv"
local members = require "ses.cli.mail_from.members"
local printable = require "ses.printable"

local M = {}

-- Whether a record names columns: an identity has a dot in it.
local function is_header(record)
  for _, field in ipairs(record.fields) do
    if field:lower() == "identity" then
      return true
    end
  end
  return not table.concat(record.fields):find(".", 1, true)
end

local function columns_of(record, faults)
  local columns, seen = {}, {}
  for i, field in ipairs(record.fields) do
    local name = field:lower()
    local fault = members.fault("column", name)
      or seen[name] and ("the column %s is there twice"):format(name)
    columns[i], seen[name] = name, true
    if fault then
      faults[#faults + 1] = ("line %d: %s"):format(record.line, fault)
    end
  end
  if not seen.identity then
    faults[#faults + 1] = ("line %d: it begins with '%s', which is no identity, and names no column"
      .. " identity"):format(record.line, printable(record.fields[1], 80))
  end
  return columns
end

local function row_of(columns, record)
  local row = {}
  for i, field in ipairs(record.fields) do
    row[columns[i] or ""] = field ~= "" and field or nil
  end
  if (row.mail_from_domain or ""):lower() == "false" then
    row.mail_from_domain = false
  end
  return row
end

local function fault_of(columns, record, row)
  if #record.fields > #columns then
    return ("expected at most %d fields (%s), got %d"):format(#columns,
      table.concat(columns, ", "), #record.fields)
  elseif not row.identity then
    return "it names no identity"
  end
end

--- Reads a text.
---@param text string
---@return ses.cli.mail_from.Input
---@return string[] faults
function M.read(text)
  local input, faults, columns = { rows = {}, labels = {} }, {}, members.NAMES
  local records, message = csv.read(text)
  for i, record in ipairs(records or {}) do
    if i == 1 and is_header(record) then
      columns = columns_of(record, faults)
      if faults[1] then
        break
      end
    else
      local row, label = row_of(columns, record), "line " .. record.line
      local fault = fault_of(columns, record, row)
      input.rows[#input.rows + 1], input.labels[#input.labels + 1] = row, label
      faults[#faults + 1] = fault and label .. ": " .. fault
    end
  end
  faults[#faults + 1] = message
  return input, faults
end

return M
