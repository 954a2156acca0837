--- Fills Handlebars templates in.
---
--- Values are not escaped: the developer guide says that SES escapes no HTML.
local json = require "ses.emulator.json"

local M = {}

-- What keeps a template from filling the memory, or from running for ever.
local LONGEST = 40 * 1024 * 1024
local MOST_STEPS = 1000000
local DEEPEST = 200

---@class ses.emulator.RenderFault
---@field message string
---@field missing boolean whether an attribute is not in the data

local function fault(message, missing)
  return nil, { message = message, missing = missing or false }
end

local Renderer = {}
Renderer.__index = Renderer

local function is_missing(value)
  return value == nil or value == json.null
end

-- What Handlebars takes for false.
local function is_empty(value)
  return is_missing(value) or value == false or value == "" or value == 0
    or (json.is_array(value) and #value == 0)
end

local function member(value, name)
  if type(value) ~= "table" then
    return nil
  elseif not json.is_array(value) then
    return value[name]
  elseif name == "length" then
    return #value
  end
  local index = name:find("^%d+$") and tonumber(name, 10)
  return index and value[index + 1]
end

-- A name of a block's parameters, which goes before all contexts.
local function parameter(frame, name)
  while frame do
    if frame.params and frame.params[name] ~= nil then
      return true, frame.params[name]
    end
    frame = frame.parent
  end
  return false
end

local function datum(frame, name)
  while frame do
    if frame.data and frame.data[name] ~= nil then
      return frame.data[name]
    end
    frame = frame.parent
  end
end

function Renderer:lookup(path, frame)
  local value, first = nil, 1
  if path.data then
    value = path.data == "root" and self.root or datum(frame, path.data)
  else
    local found
    if path.up == 0 and path.segments[1] then
      found, value = parameter(frame, path.segments[1])
      first = found and 2 or 1
    end
    if not found then
      for _ = 1, path.up do
        frame = frame and frame.parent
      end
      value = frame and frame.value
    end
  end
  for i = first, #path.segments do
    value = member(value, path.segments[i])
  end
  return value
end

local function text_of(value)
  if type(value) == "number" then
    return json.number(value)
  elseif type(value) ~= "table" then
    return tostring(value)
  elseif not json.is_array(value) then
    return "[object Object]"
  end
  local items = {}
  for i, item in ipairs(value) do
    items[i] = is_missing(item) and "" or text_of(item)
  end
  return table.concat(items, ",")
end

function Renderer:add(text)
  self.size = self.size + #text
  if self.size > LONGEST then
    return fault("The message is longer than " .. LONGEST .. " bytes.")
  end
  self.out[#self.out + 1] = text
  return true
end

local nodes = {}

function nodes.value(renderer, node, frame)
  local value = renderer:lookup(node.path, frame)
  if is_missing(value) then
    return fault("Attribute '" .. node.path.name .. "' is not present in the rendering data.",
                 true)
  end
  return renderer:add(text_of(value))
end

function nodes.partial(renderer, node, frame)
  local inner = frame
  if node.path then
    inner = { value = renderer:lookup(node.path, frame), parent = frame }
  end
  return renderer:list(renderer.template.partials[node.name], inner)
end

local function named(params, ...)
  local values = { ... }
  local result = {}
  for i, name in ipairs(params or {}) do
    result[name] = values[i]
  end
  return result
end

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

-- The keys of a value that can be gone through; an array's are its numbers.
local function keys_of(value)
  if type(value) ~= "table" then
    return {}, false
  elseif not json.is_array(value) then
    return sorted_keys(value), false
  end
  local keys = {}
  for i = 1, #value do
    keys[i] = i
  end
  return keys, true
end

local blocks = {}

function blocks.each(renderer, node, frame, value)
  local keys, is_array = keys_of(value)
  if #keys == 0 then
    return renderer:list(node.inverse, frame)
  end
  for i, key in ipairs(keys) do
    local item, name = value[key], is_array and i - 1 or key
    local ok, broken = renderer:list(node.body, {
      value = item, parent = frame, params = named(node.params, item, name),
      data = { index = i - 1, key = name, first = i == 1, last = i == #keys },
    })
    if not ok then
      return nil, broken
    end
  end
  return true
end

blocks["if"] = function(renderer, node, frame, value)
  return renderer:list(is_empty(value) and node.inverse or not is_empty(value) and node.body,
                       frame)
end

function blocks.unless(renderer, node, frame, value)
  return renderer:list(is_empty(value) and node.body or not is_empty(value) and node.inverse,
                       frame)
end

function blocks.with(renderer, node, frame, value)
  if is_empty(value) then
    return renderer:list(node.inverse, frame)
  end
  return renderer:list(node.body, { value = value, parent = frame,
                                    params = named(node.params, value) })
end

-- A block that is named after a value does what the value is made for.
function blocks.section(renderer, node, frame, value)
  local kind = json.is_array(value) and "each" or value == true and "if" or "with"
  return blocks[kind](renderer, node, frame, value)
end

function nodes.block(renderer, node, frame)
  return blocks[node.helper](renderer, node, frame, renderer:lookup(node.path, frame))
end

function Renderer:list(list, frame)
  self.depth = self.depth + 1
  if self.depth > DEEPEST then
    return fault("Blocks and partials are nested deeper than " .. DEEPEST .. ".")
  end
  -- An item that has no nodes takes a step as well.
  self.steps = self.steps + 1 + (list and #list or 0)
  if self.steps > MOST_STEPS then
    return fault("The template takes more than " .. MOST_STEPS .. " steps.")
  end
  for _, node in ipairs(list or {}) do
    local ok, broken
    if type(node) == "string" then
      ok, broken = self:add(node)
    else
      ok, broken = nodes[node.op](self, node, frame)
    end
    if not ok then
      return nil, broken
    end
  end
  self.depth = self.depth - 1
  return true
end

--- Fills a template in.
---@param template ses.emulator.Template see ses.emulator.handlebars
---@param data table as ses.emulator.json reads it
---@return string|nil text
---@return ses.emulator.RenderFault|nil
function M.render(template, data)
  local renderer = setmetatable({ template = template, root = data, out = {}, size = 0,
                                  steps = 0, depth = 0 }, Renderer)
  local ok, broken = renderer:list(template.body, { value = data })
  if not ok then
    return nil, broken
  end
  return table.concat(renderer.out)
end

return M
