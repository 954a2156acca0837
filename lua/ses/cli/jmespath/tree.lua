--- The nodes of a parsed expression: { kind, value, ...children }.
local errors = require "ses.cli.jmespath.errors"

local M = {}

-- What jmespath.py can go down to differs with what calls it and is less than
-- this.
M.MAX_DEPTH = 500

--- Refuses to go deeper than what every Lua has the stack for.
---@param depth integer
function M.check_depth(depth)
  if depth > M.MAX_DEPTH then
    errors.raise(("Invalid jmespath expression: nested more than %d levels deep")
      :format(M.MAX_DEPTH))
  end
end

--- Adds a child to a node.
---@param node table
---@param child table
---@return table node
function M.add(node, child)
  node[#node + 1] = child
  node.depth = math.max(node.depth, child.depth + 1)
  M.check_depth(node.depth)
  return node
end

--- A node.
---@param kind string
---@param value any|nil
---@param ... table its children
---@return table
function M.node(kind, value, ...)
  local node = { kind = kind, value = value, depth = 1 }
  for i = 1, select("#", ...) do
    M.add(node, (select(i, ...)))
  end
  return node
end

return M
