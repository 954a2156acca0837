-- Samples of shapes, made from what reflection says of them: params, results,
-- and the responses that hold them.

local core = require "ses.core"
local json_text = require "spec.support.json_text"

local M = {}

-- What identities, names and labels may hold, and what they should not.
local texts = {
  "sender@example.com", "a:b/c+d%e~f*g", "with a space", "caf\195\169", "<&\"'>\\{}",
  "\226\130\172 and \240\159\152\185", "100%25", "x=y&z;w", "(round) [square]!", "tab\there",
  "..", "line\nbreak", "?#$,", "-._~",
}

local Maker = {}
Maker.__index = Maker

-- A text of at least the least length, the next of the pool.
function Maker:text(shape, location)
  self.count = self.count + 1
  if shape.enum then return shape.enum[(self.count - 1) % #shape.enum + 1] end
  local text = texts[(self.count - 1) % #texts + 1]
  if location == "uri" or location == "header" then
    text = text:gsub("%c", " ")
    if text == ".." then text = "..." end
  end
  return text .. ("x"):rep((shape.min or 0) - 1)
end

function Maker:number(shape)
  self.count = self.count + 1
  local n = self.count % 7 + (shape.min or 0)
  if shape.type == "double" then return n + 0.25 end
  if shape.type == "long" then return n + 2 ^ 40 end
  return n
end

function Maker:blob()
  self.count = self.count + 1
  return "\0\255" .. ("b"):rep(self.count % 5)
end

function Maker:structure(shape, depth)
  local made = {}
  for _, member in ipairs(shape.members) do
    local wanted = member.required or (not self.required_only and depth < 8)
    if wanted and not (shape.union and next(made)) then
      made[member.name] = self:value(member.shape, depth + 1, member.location)
    end
  end
  return made
end

function Maker:list(shape, depth)
  local made = {}
  for i = 1, math.max(shape.min or 0, self.required_only and 1 or 2) do
    made[i] = self:value(shape.member.shape, depth + 1)
  end
  return made
end

function Maker:map(shape, depth)
  local made = {}
  for i = 1, 2 do
    made[self:text(core.shape(self.service, shape.key.shape)) .. i] =
      self:value(shape.value.shape, depth + 1)
  end
  return made
end

function Maker:value(name, depth, location)
  local shape = core.shape(self.service, name)
  local kind = shape.type
  if kind == "structure" then return self:structure(shape, depth) end
  if kind == "list" then return self:list(shape, depth) end
  if kind == "map" then return self:map(shape, depth) end
  if kind == "string" then return self:text(shape, location) end
  if kind == "blob" then return self:blob() end
  self.count = self.count + 1
  if kind == "boolean" then return self.count % 2 == 0 end
  if kind == "timestamp" then return 1440938160 + self.count end
  return self:number(shape)
end

--- A sample of a shape.
---@param service string
---@param shape string
---@param required_only boolean leave out what may be left out
---@param seed integer? where in the pool of texts to begin
---@return any
function M.of(service, shape, required_only, seed)
  return setmetatable({ service = service, required_only = required_only, count = seed or 0 },
    Maker):value(shape, 0)
end

--- A value as JSON text has it: blobs in base64, lists marked.
---@param service string
---@param name string the shape's
---@param value any
---@return any
function M.plain(service, name, value)
  local shape = core.shape(service, name)
  if shape.type == "blob" then return core.encode_base64(value) end
  if type(value) ~= "table" then return value end
  local made = {}
  if shape.type == "list" then
    for i, item in ipairs(value) do made[i] = M.plain(service, shape.member.shape, item) end
    return json_text.list(made)
  elseif shape.type == "map" then
    for key, item in pairs(value) do made[key] = M.plain(service, shape.value.shape, item) end
    return made
  end
  for _, member in ipairs(shape.members) do
    local item = value[member.name]
    if item ~= nil then made[member.name] = M.plain(service, member.shape, item) end
  end
  return made
end

return M
