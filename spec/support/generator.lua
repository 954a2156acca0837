-- The generator's modules, which lie apart from the library, and small models
-- for them.

if not package.path:find("csrc/?.lua", 1, true) then
  package.path = "csrc/?.lua;" .. package.path
end

local json = require "gen.json"

local M = {
  json = json,
  ctext = require "gen.ctext",
  pager = require "gen.pager",
  partitions = require "gen.partitions",
  service = require "gen.service",
  types = require "gen.types",
}

--- Reads a JSON file, keeping the order of members.
---@param path string
---@return table
function M.read_json(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return assert(json.decode(text))
end

--- A model whose one operation takes `Input`, of these shapes.
---@param shapes string JSON members: '"Input": {...}, "Name": {...}'
---@param changes? {protocol: string?, metadata: string?, operation: string?} JSON
---   members to add to the metadata and to the operation
---@return table model
function M.model(shapes, changes)
  changes = changes or {}
  return assert(json.decode(([[{
    "metadata": {"apiVersion": "2020-01-08", "protocol": "%s"%s},
    "operations": {"Do": {"name": "Do", "input": {"shape": "Input"},
      "http": {"method": "POST", "requestUri": "/"}%s}},
    "shapes": {%s}
  }]]):format(changes.protocol or "rest-json", changes.metadata or "",
    changes.operation or "", shapes)))
end

--- What emit makes of a model.
---@param model table
---@param options? table what to add to the options
---@return string? text
---@return string[]? problems
function M.emit(model, options)
  local all = { name = "sample", source = "a spec" }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return M.service.emit(model, all)
end

return M
