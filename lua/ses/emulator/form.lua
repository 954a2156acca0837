--- Requests of API v1: forms, read by the shapes of the model.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local model = require "ses.model"
local scalar = require "ses.emulator.scalar"

local M = {}

local MAX_PAIRS = 10000
local MAX_DEPTH = 32

local function decode(text)
  return core.decode_percent((text:gsub("%+", " ")))
end

--- The names and values of a form or of a query string, in its order.
---@param text string
---@return {[1]: string, [2]: string}[]|nil pairs
---@return ses.emulator.Fault|nil
function M.pairs(text)
  local list = {}
  for piece in text:gmatch("[^&]+") do
    if #list == MAX_PAIRS then
      return errors.fault("bad_query", "More than " .. MAX_PAIRS .. " parameters")
    end
    local name, value = piece:match("^([^=]*)=?(.*)$")
    name, value = decode(name), decode(value)
    if not name or not value then
      return errors.fault("bad_query", "A percent sign is not followed by two hex digits")
    elseif not core.valid_utf8(name) or not core.valid_utf8(value) then
      return errors.fault("bad_query", "A parameter is not valid UTF-8")
    end
    list[#list + 1] = { name, value }
  end
  return list
end

local function child(node, name)
  node.children = node.children or {}
  local found = node.children[name]
  if not found then
    found = {}
    node.children[name] = found
    node.count = (node.count or 0) + 1
  end
  return found
end

--- Arranges parameters by the dots of their names.
---@param pairs_ {[1]: string, [2]: string}[]
---@return table|nil root {value=, children={name=node}, count=}
---@return ses.emulator.Fault|nil
function M.tree(pairs_)
  local root = {}
  for _, pair in ipairs(pairs_) do
    local node, depth = root, 0
    for segment in pair[1]:gmatch("[^.]+") do
      node, depth = child(node, segment), depth + 1
      if depth > MAX_DEPTH then
        return errors.fault("malformed", "A parameter is nested deeper than " .. MAX_DEPTH)
      end
    end
    if node.value then
      return errors.fault("malformed", "Parameter given twice: " .. pair[1])
    end
    node.value = pair[2]
  end
  return root
end

local readers = {}

local function read(service, shape_name, node, path)
  local shape = model.shape(service, shape_name)
  if scalar.is_simple(shape.type) then
    if not node.value or node.children then
      return errors.fault("malformed", path .. ": expected one value")
    end
    local value = scalar.read(shape.type, node.value)
    if value == nil then
      return errors.fault("malformed", path .. ": not a value of type " .. shape.type)
    end
    return value
  elseif node.value and node.value ~= "" then
    return errors.fault("malformed", path .. ": expected a " .. shape.type .. ", got one value")
  end
  return readers[shape.type](service, shape, node, path)
end

-- The items that are numbered below a node; numbers may come in any order.
local function numbered(node, path)
  local items = {}
  for i = 1, node.count or 0 do
    items[i] = node.children[tostring(i)]
    if not items[i] then
      return errors.fault("malformed", path .. ": the numbers of its " .. node.count
        .. " items are not 1 to " .. node.count)
    end
  end
  return items
end

-- What holds the numbers: the node itself where the list is flattened, or
-- else its only child. A lone "List=" is an empty list.
local function holder(node, name, flattened, path)
  if flattened or not node.children then
    return node
  end
  local held = node.children[name]
  if not held or node.count > 1 then
    return errors.fault("malformed", path .. ": expected " .. path .. "." .. name .. ".1 and so on")
  end
  return held
end

local function items_of(node, name, flattened, path)
  local held, fault = holder(node, name, flattened, path)
  if not held then
    return nil, fault
  end
  return numbered(held, path)
end

function readers.list(service, shape, node, path, flattened)
  local nodes, fault = items_of(node, shape.member.wire, flattened, path)
  local list = {}
  for i = 1, nodes and #nodes or 0 do
    list[i], fault = read(service, shape.member.shape, nodes[i], path .. "." .. i)
    if list[i] == nil then
      return nil, fault
    end
  end
  return nodes and list, fault
end

function readers.map(service, shape, node, path, flattened)
  local nodes, fault = items_of(node, "entry", flattened, path)
  local map = {}
  for i = 1, nodes and #nodes or 0 do
    local parts = nodes[i].children or {}
    local key, value = parts[shape.key.wire], parts[shape.value.wire]
    if not key or not value or not key.value then
      return errors.fault("malformed", path .. ": entry " .. i .. " has no key or no value")
    end
    map[key.value], fault = read(service, shape.value.shape, value, path .. "." .. key.value)
    if fault then
      return nil, fault
    end
  end
  return nodes and map, fault
end

local function read_member(service, member, node, path)
  local shape = model.shape(service, member.shape)
  if member.flattened and readers[shape.type] then
    return readers[shape.type](service, shape, node, path, true)
  end
  return read(service, member.shape, node, path)
end

function readers.structure(service, shape, node, path)
  local structure = {}
  for _, member in ipairs(shape.members) do
    local item = node.children and node.children[member.wire]
    if item then
      local at = path == "" and member.wire or path .. "." .. member.wire
      local value, fault = read_member(service, member, item, at)
      if value == nil then
        return nil, fault
      end
      structure[member.name] = value
    end
  end
  return structure
end

--- The parameters of an operation.
---@param service string
---@param shape_name string the operation's input
---@param root table see M.tree
---@return table|nil params
---@return ses.emulator.Fault|nil
function M.read(service, shape_name, root)
  return readers.structure(service, model.shape(service, shape_name), root, "")
end

return M
