-- Modules of the command line on a model of the spec's own.

local M = {}

local PHRASES, MODEL = "ses.cli.phrases", "ses.model"

--- Loads a module anew, on this model.
---@param name string
---@param model {operations: table, shapes: table, protocol: string|nil}
---@return table module
function M.load(name, model)
  for shape_name, shape in pairs(model.shapes) do
    shape.name = shape_name
  end
  local loaded, before = package.loaded, {}
  for _, replaced in ipairs { name, PHRASES, MODEL } do
    before[replaced], loaded[replaced] = loaded[replaced], nil
  end
  loaded[MODEL] = {
    service = function() return { protocol = model.protocol } end,
    operation = function(_, operation) return model.operations[operation] end,
    shape = function(_, shape) return model.shapes[shape] end,
  }
  local module = require(name)
  for _, replaced in ipairs { name, PHRASES, MODEL } do
    loaded[replaced] = before[replaced]
  end
  return module
end

return M
