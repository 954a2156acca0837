-- Every place of a sample, to put something else there.

local core = require "ses.core"

local M = {}

-- Visits a value and what it holds; set(new) puts another in its place.
local function visit(service, name, value, path, location, set, call)
  local shape = core.shape(service, name)
  call({ path = path, shape = shape, value = value, location = location, set = set })
  if shape.type == "structure" then
    for _, member in ipairs(shape.members) do
      if value[member.name] ~= nil then
        visit(service, member.shape, value[member.name],
          path == "" and member.name or path .. "." .. member.name, member.location,
          function(new) value[member.name] = new end, call)
      end
    end
  elseif shape.type == "list" then
    for i, item in ipairs(value) do
      visit(service, shape.member.shape, item, ("%s[%d]"):format(path, i), location,
        function(new) value[i] = new end, call)
    end
  elseif shape.type == "map" then
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    for _, key in ipairs(keys) do
      visit(service, shape.value.shape, value[key],
        path .. "." .. key:gsub("[^\32-\126]", "?"), location,
        function(new) value[key] = new end, call)
    end
  end
end

---@class spec.Place
---@field path string "Message.Body[1]", as the core writes it
---@field shape table what reflection says of the shape there
---@field value any
---@field location string? of the member it is or is in
---@field set fun(new: any) puts another value there

--- The places below a value, outermost first.
---@param service string
---@param name string the value's shape
---@param value table
---@return spec.Place[]
function M.places(service, name, value)
  local found = {}
  visit(service, name, value, "", nil, nil, function(place) found[#found + 1] = place end)
  table.remove(found, 1)
  return found
end

return M
