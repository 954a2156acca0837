--- The text format: scalars of an object on one line with tabs between them, its
--- lists and objects on lines of their own after the name in capitals.
local document = require "ses.cli.document"
local python = require "ses.cli.python"

local M = {}

local str, is_scalar = python.str, document.is_scalar

local function line(out, parts)
  out[#out + 1] = table.concat(parts, "\t") .. "\n"
end

-- The names of members that are scalars in some object of a list, sorted.
local function scalar_names(list)
  local names, seen = {}, {}
  for i = 1, #list do
    if document.type(list[i]) == "object" then
      for _, name in ipairs(document.names(list[i])) do
        if not seen[name] and is_scalar(document.get(list[i], name)) then
          seen[name] = true
          names[#names + 1] = name
        end
      end
    end
  end
  table.sort(names)
  return names
end

-- The cells of an object's line, and the names of its other members. The objects
-- of a list all have the same columns.
local function partition(object, columns)
  local cells, others, is_column = {}, {}, {}
  for i, name in ipairs(columns or {}) do
    is_column[name] = true
    local value = document.get(object, name)
    cells[i] = value == nil and "" or str(value)
  end
  for _, name in ipairs(document.sorted_names(object)) do
    local value = document.get(object, name)
    if not columns and is_scalar(value) then
      cells[#cells + 1] = str(value)
    elseif not is_column[name] then
      others[#others + 1] = name
    end
  end
  return cells, others
end

local write

local function write_object(out, object, title, columns)
  local cells, others = partition(object, columns)
  if #cells > 0 then
    if title then
      table.insert(cells, 1, title:upper())
    end
    line(out, cells)
  end
  for _, name in ipairs(others) do
    write(out, document.get(object, name), name)
  end
end

local function write_scalars(out, scalars, title)
  if not title then
    return line(out, scalars)
  end
  title = title:upper()
  for _, text in ipairs(scalars) do
    line(out, { title, text })
  end
end

local function write_list(out, list, title)
  local scalars, others, columns = {}, {}, nil
  for i = 1, #list do
    if document.type(list[i]) == "object" then
      columns = scalar_names(list)
      break
    end
  end
  for i = 1, #list do
    if columns or not is_scalar(list[i]) then
      others[#others + 1] = list[i]
    else
      scalars[#scalars + 1] = str(list[i])
    end
  end
  if #scalars > 0 then
    write_scalars(out, scalars, title)
  end
  for _, value in ipairs(others) do
    write(out, value, title, columns)
  end
end

function write(out, value, title, columns)
  local kind = document.type(value)
  if kind == "object" then
    write_object(out, value, title, columns)
  elseif kind == "array" then
    write_list(out, value, title)
  else
    line(out, { str(value) })
  end
end

--- A value as text.
---@param value any of ses.cli.document
---@return string
function M.render(value)
  local out = {}
  write(out, value)
  return table.concat(out)
end

return M
