--- The table format: a box for the whole, and one, set in, for each list and
--- object within.
local document = require "ses.cli.document"
local python = require "ses.cli.python"
local boxes = require "ses.cli.output.boxes"

local M = {}

local str, is_scalar = python.str, document.is_scalar

-- What cannot be shown is found deep in the recursion, and raised as this.
local Fault = {}

local function fail(message)
  error(setmetatable({ message = message }, Fault), 0)
end

local function fail_to_fit(cells, columns)
  fail(("Row should have %d elements, instead it has %d"):format(columns, #cells))
end

-- What Python takes for false is not shown.
local function is_nothing(value)
  local kind = document.type(value)
  return kind == "null" or value == false or value == "" or document.number(value) == 0
    or kind == "array" and #value == 0 or document.is_empty_object(value)
end

local function add_widths(section, cells)
  local widths = section.widths
  for i, cell in ipairs(cells) do
    if widths.count and i > widths.count then
      fail_to_fit(cells, widths.count)
    end
    widths[i] = math.max(widths[i] or 0, boxes.width(cell))
  end
  widths.count = #widths > 0 and #widths or nil
end

local function add_headers(section, headers)
  add_widths(section, headers)
  section.columns = section.columns or #headers
  section.headers = headers
end

local function add_row(section, cells)
  section.columns = section.columns or #cells
  if #cells ~= section.columns then
    fail_to_fit(cells, section.columns)
  end
  section.rows[#section.rows + 1] = cells
  add_widths(section, cells)
end

-- The names of the scalars in some objects, and of the lists and objects, each
-- sorted. A name can be in both.
local function group(objects)
  local scalars, others, seen = {}, {}, { [true] = {}, [false] = {} }
  for i = 1, #objects do
    if document.type(objects[i]) ~= "object" then
      fail("A table cannot show a list of objects that has other values in it")
    end
    for _, name in ipairs(document.names(objects[i])) do
      local scalar = is_scalar(document.get(objects[i], name))
      if not seen[scalar][name] then
        seen[scalar][name] = true
        local names = scalar and scalars or others
        names[#names + 1] = name
      end
    end
  end
  table.sort(scalars)
  table.sort(others)
  return scalars, others
end

local function cells_of(object, headers)
  local cells = {}
  for i, name in ipairs(headers) do
    local value = document.get(object, name)
    cells[i] = value == nil and "" or str(value)
  end
  return cells
end

-- All sections of a table, and the one that rows go into.
local Builder = {}
Builder.__index = Builder

function Builder:section(title, level)
  self.current = boxes.section(title, level)
  self.sections[#self.sections + 1] = self.current
end

function Builder:add_others(object, names, level)
  for _, name in ipairs(names) do
    local value = document.get(object, name)
    if value ~= nil then
      self:add(name, value, level + 1)
    end
  end
end

function Builder:add_object(object, level)
  local headers, others = group { object }
  if #headers == 1 then
    add_row(self.current, { headers[1], str(document.get(object, headers[1])) })
  elseif #headers > 0 then
    add_headers(self.current, headers)
    add_row(self.current, cells_of(object, headers))
  end
  self:add_others(object, others, level)
end

function Builder:add_objects(list, title, level)
  local headers, others = group(list)
  add_headers(self.current, headers)
  for i = 1, #list do
    if i > 1 and #others > 0 then
      self:section(title, level)
      add_headers(self.current, headers)
    end
    add_row(self.current, cells_of(list[i], headers))
    self:add_others(list[i], others, level)
  end
end

-- A list within a list is a row where it holds nothing but scalars.
function Builder:add_items(list)
  for i = 1, #list do
    local item, cells = list[i], {}
    if is_scalar(item) then
      cells[1] = str(item)
    elseif document.type(item) == "object" then
      cells = document.names(item)
    else
      for j = 1, #item do
        if not is_scalar(item[j]) then
          cells = nil
          break
        end
        cells[j] = str(item[j])
      end
    end
    if cells then
      add_row(self.current, cells)
    else
      self:add(nil, item, 0)
    end
  end
end

-- Without a title the rows go into the section that there is.
function Builder:add(title, value, level)
  if is_nothing(value) then
    return
  elseif title then
    self:section(title, level)
  end
  local kind = document.type(value)
  if kind == "object" then
    self:add_object(value, level)
  elseif kind == "array" and document.type(value[1]) == "object" then
    self:add_objects(value, title, level)
  elseif kind == "array" then
    self:add_items(value)
  end
end

--- A value as a table; what is empty is no text at all.
---@param value any of ses.cli.document
---@param options {operation: string, color: boolean|nil, width: integer} the title; whether
---  to colour; columns of the terminal
---@return string|nil text
---@return string|nil message why a table cannot show it
function M.render(value, options)
  local builder = setmetatable({ sections = {} }, Builder)
  local ok, fault = pcall(builder.add, builder, options.operation, value, 0)
  if not ok then
    if getmetatable(fault) ~= Fault then
      error(fault, 0)
    end
    return nil, fault.message
  elseif #builder.sections == 0 then
    return ""
  end
  return boxes.render(builder.sections, options.width, options.color)
end

return M
