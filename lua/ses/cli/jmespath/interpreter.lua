--- Evaluates the tree of an expression.
local document = require "ses.cli.document"
local errors = require "ses.cli.jmespath.errors"
local functions = require "ses.cli.jmespath.functions"
local values = require "ses.cli.jmespath.values"

local M = {}

local null = document.null

-- By the kind of node.
local EVALUATE = {}

local function evaluate(node, value)
  return EVALUATE[node.kind](node, value)
end

function EVALUATE.current(_, value)
  return value
end

function EVALUATE.literal(node)
  return node.value
end

function EVALUATE.field(node, value)
  local member
  if document.type(value) == "object" then
    member = document.get(value, node.value)
  end
  if member == nil then
    return null
  end
  return member
end

-- Each child of what the one before it found.
local function chain(node, value)
  for _, child in ipairs(node) do
    value = evaluate(child, value)
  end
  return value
end

EVALUATE.subexpression, EVALUATE.index_expression, EVALUATE.pipe = chain, chain, chain

function EVALUATE.index(node, value)
  local item
  if document.type(value) == "array" then
    item = value[node.value + (node.value < 0 and #value or 0) + 1]
  end
  if item == nil then
    return null
  end
  return item
end

-- Where a slice's bound is, counted from 0; `low` and `high` are where those
-- beyond the ends are.
local function bound(given, count, low, high)
  if given < 0 then
    return math.max(given + count, low)
  end
  return math.min(given, high)
end

function EVALUATE.slice(node, value)
  if document.type(value) ~= "array" then
    return null
  end
  local slice, count, part = node.value, #value, document.array()
  -- A step over all items is as good as any longer one, and no loop wraps.
  local step = math.max(-count - 1, math.min(slice.step or 1, count + 1))
  if step == 0 then
    errors.raise("slice step cannot be zero")
  elseif step > 0 then
    for i = bound(slice.start or 0, count, 0, count),
            bound(slice.stop or count, count, 0, count) - 1, step do
      part[#part + 1] = value[i + 1]
    end
  else
    local stop = slice.stop and bound(slice.stop, count, -1, count - 1) or -1
    for i = bound(slice.start or count, count, -1, count - 1), stop + 1, step do
      part[#part + 1] = value[i + 1]
    end
  end
  return part
end

-- What the node makes of each item, without the nulls.
local function project(node, items)
  local results = document.array()
  for _, item in ipairs(items) do
    local result = evaluate(node, item)
    if result ~= null then
      results[#results + 1] = result
    end
  end
  return results
end

function EVALUATE.projection(node, value)
  local base = evaluate(node[1], value)
  return document.type(base) == "array" and project(node[2], base) or null
end

function EVALUATE.value_projection(node, value)
  local base = evaluate(node[1], value)
  return document.type(base) == "object" and project(node[2], functions.values(base)) or null
end

function EVALUATE.filter_projection(node, value)
  local base = evaluate(node[1], value)
  if document.type(base) ~= "array" then
    return null
  end
  local chosen = {}
  for _, item in ipairs(base) do
    if not values.is_false(evaluate(node[3], item)) then
      chosen[#chosen + 1] = item
    end
  end
  return project(node[2], chosen)
end

function EVALUATE.flatten(node, value)
  local base = evaluate(node[1], value)
  if document.type(base) ~= "array" then
    return null
  end
  local flat = document.array()
  for _, item in ipairs(base) do
    if document.type(item) == "array" then
      for _, inner in ipairs(item) do
        flat[#flat + 1] = inner
      end
    else
      flat[#flat + 1] = item
    end
  end
  return flat
end

function EVALUATE.multi_select_list(node, value)
  if value == null then
    return null
  end
  local list = document.array()
  for i, child in ipairs(node) do
    list[i] = evaluate(child, value)
  end
  return list
end

function EVALUATE.multi_select_hash(node, value)
  if value == null then
    return null
  end
  local hash = document.object()
  for i, child in ipairs(node) do
    document.set(hash, node.value[i], evaluate(child, value))
  end
  return hash
end

EVALUATE["or"] = function(node, value)
  local left = evaluate(node[1], value)
  if values.is_false(left) then
    return evaluate(node[2], value)
  end
  return left
end

EVALUATE["and"] = function(node, value)
  local left = evaluate(node[1], value)
  if values.is_false(left) then
    return left
  end
  return evaluate(node[2], value)
end

EVALUATE["not"] = function(node, value)
  return values.is_false(evaluate(node[1], value))
end

local ORDERS = { lt = "<", lte = "<=", gt = ">", gte = ">=" }

function EVALUATE.comparator(node, value)
  local left, right = evaluate(node[1], value), evaluate(node[2], value)
  if not ORDERS[node.value] then
    return values.equal(left, right) == (node.value == "eq")
  end
  local holds = values.compare(ORDERS[node.value], left, right)
  if holds == nil then
    return null
  end
  return holds
end

-- jmespath.py hands out what only it can evaluate.
function EVALUATE.expref()
  errors.raise "An expression behind & can only be an argument of a function"
end

EVALUATE["function"] = function(node, value)
  local arguments = {}
  for i, child in ipairs(node) do
    if child.kind == "expref" then
      arguments[i] = functions.reference(function(item)
        return evaluate(child[1], item)
      end)
    else
      arguments[i] = evaluate(child, value)
    end
  end
  return functions.call(node.value, arguments)
end

M.evaluate = evaluate

return M
