--- The yaml and yaml-stream formats: members sorted, everything in block style but
--- what is empty, as ruamel.yaml writes through libyaml.
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local scalar = require "ses.cli.output.scalar"

local M = {}

local STEP = 2
local NUMBERS = { NaN = ".nan", Infinity = ".inf", ["-Infinity"] = "-.inf" }

-- What is written, and in which column it goes on.
local Out = {}
Out.__index = Out

function Out:put(text, column)
  self[#self + 1] = text
  self.column = column or self.column + 1
end

-- Lists and objects that a query gives more than once are written once, with an
-- anchor, and referred to by it.
local function count_uses(value, uses, order)
  if document.is_scalar(value) then
    return
  end
  uses[value] = (uses[value] or 0) + 1
  if uses[value] > 1 then
    if uses[value] == 2 then
      order[#order + 1] = value
    end
  elseif document.type(value) == "array" then
    for i = 1, #value do
      count_uses(value[i], uses, order)
    end
  else
    for _, name in ipairs(document.sorted_names(value)) do
      count_uses(document.get(value, name), uses, order)
    end
  end
end

local function anchors_of(value)
  local order, anchors = {}, {}
  count_uses(value, {}, order)
  for i, shared in ipairs(order) do
    anchors[shared] = ("id%03d"):format(i)
  end
  return anchors
end

local function write_word(out, value, kind)
  local text = kind == "null" and "null" or kind == "boolean" and tostring(value)
    or json.format_number(value)
  text = NUMBERS[text] or text
  out:put(text, out.column + #text)
end

local write_array, write_object

-- Writes a value that stands after "key:", after the "-" of an item, or after the
-- ":" of a key on lines of its own. A list of a key is not set in; what follows a
-- "-" or such a ":" begins in its line, unless an anchor stands there.
local function write_value(out, value, indent, place)
  local kind, anchor = document.type(value), out.anchors[value]
  if anchor then
    if out.written[value] then
      return out:put(" *" .. anchor)
    end
    out.written[value] = true
    out:put(" &" .. anchor)
    place = place == "item" and "anchored item" or "key"
  end
  local first = (place == "item" or place == "value") and " " or nil
  if kind == "string" then
    out:put " "
    scalar.write(out, value, indent + STEP)
  elseif document.is_scalar(value) then
    out:put " "
    write_word(out, value, kind)
  elseif document.is_empty_object(value) then
    out:put " {}"
  elseif kind == "object" then
    write_object(out, value, indent + STEP, first)
  elseif #value == 0 then
    out:put " []"
  else
    write_array(out, value, place == "key" and indent or indent + STEP, first)
  end
end

-- Begins an item or a member: `first` is what comes before the first one, where it
-- is not a new line.
local function start(out, indent, first)
  if first then
    out:put(first, out.column + #first)
  else
    out:put("\n" .. (" "):rep(indent), indent)
  end
end

function write_array(out, list, indent, first)
  for i = 1, #list do
    start(out, indent, i == 1 and first)
    out:put "-"
    write_value(out, list[i], indent, "item")
  end
end

function write_object(out, object, indent, first)
  for i, name in ipairs(document.sorted_names(object)) do
    start(out, indent, i == 1 and first)
    if scalar.is_simple_key(name) then
      scalar.write(out, name)
      out:put ":"
      write_value(out, document.get(object, name), indent, "key")
    else
      out:put("? ", indent + 2)
      scalar.write(out, name, indent + STEP)
      start(out, indent)
      out:put ":"
      write_value(out, document.get(object, name), indent, "value")
    end
  end
end

--- A value as YAML. A scalar is JSON, and an empty object no text at all.
---@param value any of ses.cli.document
---@return string
function M.render(value)
  if document.is_empty_object(value) then
    return ""
  elseif document.is_scalar(value) then
    return json.encode(value) .. "\n"
  elseif #value == 0 and document.type(value) == "array" then
    return "[]\n"
  end
  local out = setmetatable({ column = 0, anchors = anchors_of(value), written = {} }, Out)
  local write = document.type(value) == "object" and write_object or write_array
  write(out, value, 0, "")
  out:put "\n"
  return table.concat(out)
end

--- A page as YAML: an item of a list. Of an operation that has no pages an empty
--- object is no text at all.
---@param value any of ses.cli.document
---@param options {paged: boolean|nil}
---@return string
function M.render_page(value, options)
  if document.is_empty_object(value) and not options.paged then
    return ""
  end
  return M.render(document.array { value })
end

return M
