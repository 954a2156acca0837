-- The conformance data that SES_VECTORS names.

local generator = require "spec.support.generator"
local tree = require "spec.support.tree"

local M = {}

---@type string? the folder; nil where it is not set
M.root = os.getenv "SES_VECTORS"

--- What stands for JSON's null in what `json` returns.
M.null = generator.json.null

--- The text of a file below the folder, or nil.
---@param path string
---@return string?
function M.read(path)
  local file = io.open(M.root .. "/" .. path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

--- The JSON of a file below the folder, with its members in order.
---@param path string
---@return table
function M.json(path)
  return generator.read_json(M.root .. "/" .. path)
end

--- The names in a folder below the folder, sorted.
---@param path string
---@return string[]
function M.list(path)
  local names = tree.lines("ls '" .. M.root .. "/" .. path .. "'")
  table.sort(names)
  return names
end

return M
