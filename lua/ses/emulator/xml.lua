--- Answers of API v1: results and errors as XML, by the shapes of the model.
local core = require "ses.core"
local model = require "ses.model"
local scalar = require "ses.emulator.scalar"

local M = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
                   ["\r"] = "&#xD;" }
local REPLACEMENT = "\239\191\189"

--- Text as the content of an element. What XML cannot hold becomes U+FFFD.
---@param text string
---@return string
function M.escape(text)
  if not core.valid_utf8(text) then
    text = text:gsub("[\128-\255]", REPLACEMENT)
  end
  text = text:gsub('[&<>"\r]', ENTITIES)
  -- %z is NUL where patterns of 5.1 cannot hold one; U+FFFE and U+FFFF are
  -- characters, but none that XML allows.
  text = text:gsub("[%z\1-\8\11\12\14-\31]", REPLACEMENT)
  return (text:gsub("\239\191[\190\191]", REPLACEMENT))
end

local write

local function element(out, service, name, shape, value)
  out[#out + 1] = "<" .. name .. ">"
  write(out, service, shape, value)
  out[#out + 1] = "</" .. name .. ">"
end

local function items(out, service, list, name, value)
  for _, item in ipairs(value) do
    element(out, service, name, list.member.shape, item)
  end
end

local function entries(out, service, map, name, value)
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for _, key in ipairs(keys) do
    out[#out + 1] = "<" .. name .. ">"
    element(out, service, map.key.wire, map.key.shape, key)
    element(out, service, map.value.wire, map.value.shape, value[key])
    out[#out + 1] = "</" .. name .. ">"
  end
end

local function members(out, service, structure, value)
  for _, member in ipairs(structure.members) do
    local item = value[member.name]
    if item ~= nil then
      local shape = model.shape(service, member.shape)
      if not member.flattened then
        element(out, service, member.wire, member.shape, item)
      elseif shape.type == "list" then
        items(out, service, shape, member.wire, item)
      else
        entries(out, service, shape, member.wire, item)
      end
    end
  end
end

-- The content of an element.
function write(out, service, shape_name, value)
  local shape = model.shape(service, shape_name)
  if shape.type == "structure" then
    members(out, service, shape, value)
  elseif shape.type == "list" then
    items(out, service, shape, shape.member.wire, value)
  elseif shape.type == "map" then
    entries(out, service, shape, "entry", value)
  else
    out[#out + 1] = M.escape(scalar.write(shape.type, value))
  end
end

local function xmlns(service)
  return ' xmlns="' .. model.service(service).xmlns .. '"'
end

--- The answer of an operation.
---@param service string
---@param operation table see core.operation
---@param result table
---@param request_id string
---@return string
function M.result(service, operation, result, request_id)
  local name = operation.name .. "Response"
  local out = { "<" .. name .. xmlns(service) .. ">" }
  if operation.output and operation.wrapper then
    element(out, service, operation.wrapper, operation.output, result)
  end
  out[#out + 1] = "<ResponseMetadata><RequestId>" .. request_id
    .. "</RequestId></ResponseMetadata></" .. name .. ">\n"
  return table.concat(out)
end

--- The answer to a request that failed.
---@param service string
---@param code string
---@param status integer
---@param message string
---@param request_id string
---@param further? table<string, string> members that the model has beside the message
---@return string
function M.error(service, code, status, message, request_id, further)
  local names, out = {}, {}
  for name in pairs(further or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    out[i] = "<" .. name .. ">" .. M.escape(further[name]) .. "</" .. name .. ">"
  end
  return "<ErrorResponse" .. xmlns(service) .. "><Error><Type>"
    .. (status >= 500 and "Receiver" or "Sender") .. "</Type><Code>" .. M.escape(code)
    .. "</Code><Message>" .. M.escape(message) .. "</Message>" .. table.concat(out)
    .. "</Error><RequestId>"
    .. request_id .. "</RequestId></ErrorResponse>\n"
end

return M
