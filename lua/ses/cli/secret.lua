--- Which parameters may hold what no message must show. The AWS CLI shows all.
local model = require "ses.model"

local M = {}

local known = {}

local function search(service, name)
  local shape = model.shape(service, name)
  if shape.sensitive then
    return true
  end
  for _, member in ipairs(shape.members or { shape.member or shape.value }) do
    if M.within(service, member.shape) then
      return true
    end
  end
  return false
end

--- Whether a shape is sensitive by AWS's model, or something within it is.
---@param service string
---@param shape string
---@return boolean
function M.within(service, shape)
  local key = service .. "/" .. shape
  if known[key] == nil then
    known[key] = false -- a shape within itself adds nothing
    known[key] = search(service, shape)
  end
  return known[key]
end

return M
