--- Prints the tables of a service as C: one file, one exported symbol.
--
-- Every identifier carries what it is as a prefix (shape_, members_, values_,
-- errors_, pager_), so that no name of a model can meet a keyword or a macro.

local model = require "gen.model"
local ctext = require "gen.ctext"

local M = {}

local identifier = ctext.identifier

local function shape_ref(shape)
  return "&" .. identifier("shape", shape.name)
end

-- Fields of a designated initializer, in the order they were added; those
-- without a value are left out.
local Fields = {}
Fields.__index = Fields

local function fields()
  return setmetatable({}, Fields)
end

function Fields:add(name, value)
  if value ~= nil then self[#self + 1] = ("." .. name .. " = " .. value) end
  return self
end

function Fields:text(name, value)
  if value == nil then return self end
  return self:add(name, ctext.string(value, 4 + #name + 4))
end

function Fields:flags(name, ...)
  local set = {}
  for i = 1, select("#", ...), 2 do
    local flag, on = select(i, ...)
    if on then set[#set + 1] = flag end
  end
  return self:add(name, #set > 0 and table.concat(set, " | ") or nil)
end

function Fields:integer(name, value)
  if value == nil then return self end
  return self:add(name, ("%d"):format(value))
end

local function constant(prefix, word)
  return word and prefix .. word:upper() or nil
end

local function member_row(member)
  local location = member.location
  if location == "body" then location = nil end
  local row = fields()
    :add("name", member.name and ctext.string(member.name))
    :add("wire", member.wire and ctext.string(member.wire))
    :add("shape", shape_ref(member.shape))
    :add("location", constant("SES_IN_", location))
    :flags("flags", "SES_REQUIRED", member.required,
      "SES_FLATTENED", member.flattened)
  return ctext.row(row, 4)
end

local function strings(values)
  local items = {}
  for i, value in ipairs(values) do items[i] = ctext.string(value) end
  items[#items + 1] = "NULL"
  return items
end

-- The definition of a shape, after those of its members and values.
local function shape_text(shape, out)
  local tag = shape.name
  local members, values
  if shape.members and #shape.members > 0 then
    members = identifier("members", tag)
    local rows = {}
    for i, member in ipairs(shape.members) do rows[i] = member_row(member) end
    out[#out + 1] = ctext.array("static const struct ses_member", members, rows)
  end
  if shape.values then
    values = identifier("values", tag)
    out[#out + 1] = ctext.list("static const char *const", values,
      strings(shape.values))
  end
  local row = fields()
    :text("name", shape.name)
    :add("type", constant("SES_", shape.type))
    :flags("flags", "SES_SENSITIVE", shape.sensitive, "SES_UNION", shape.union,
      "SES_ERROR", shape.error, "SES_FLAT", shape.flattened)
    :text("code", shape.code)
    :integer("status", shape.status)
    :add("format", constant("SES_FORMAT_", shape.format))
    :integer("count", members and #shape.members)
    :add("members", members)
    :text("payload", shape.payload)
    :add("values", values)
    :text("pattern", shape.pattern)
    :integer("min", shape.min)
    :integer("has_min", shape.min and 1)
    :integer("max", shape.max)
    :integer("has_max", shape.max and 1)
  out[#out + 1] = ctext.definition("static const struct ses_shape",
    identifier("shape", tag), row)
end

local function shapes_text(service, out)
  local forward = {}
  for _, shape in ipairs(service.shapes) do
    if shape.forward then
      forward[#forward + 1] = ("static const struct ses_shape %s;"):format(
        identifier("shape", shape.name))
    end
  end
  if #forward > 0 then out[#out + 1] = table.concat(forward, "\n") end
  for _, shape in ipairs(service.shapes) do shape_text(shape, out) end
end

local function errors_text(operation, out)
  if #operation.errors == 0 then return nil end
  local name, items = identifier("errors", operation.name), {}
  for i, shape in ipairs(operation.errors) do items[i] = shape_ref(shape) end
  items[#items + 1] = "NULL"
  out[#out + 1] = ctext.list("static const struct ses_shape *const", name,
    items)
  return name
end

local function pager_text(operation, out)
  local pager = operation.pager
  if not pager then return nil end
  local name = identifier("pager", operation.name)
  local row = fields()
    :text("input_token", pager.input_token)
    :text("output_token", pager.output_token)
    :text("limit", pager.limit)
    :text("items", pager.items)
  out[#out + 1] = ctext.definition("static const struct ses_pager", name,
    row)
  return "&" .. name
end

local function operations_text(service, out)
  local rows = {}
  for i, operation in ipairs(service.operations) do
    local row = fields()
      :text("name", operation.name)
      :text("method", operation.method)
      :text("uri", operation.uri)
      :add("input", operation.input and shape_ref(operation.input))
      :add("output", operation.output and shape_ref(operation.output))
      :text("wrapper", operation.wrapper)
      :add("errors", errors_text(operation, out))
      :add("pager", pager_text(operation, out))
      :integer("unsigned_", operation.unsigned and 1 or nil)
    rows[i] = ctext.row(row, 4)
  end
  if #rows == 0 then return nil end
  out[#out + 1] = ctext.array("static const struct ses_operation",
    "operations", rows)
  return "operations"
end

local function index_text(service, out)
  local names, by_name, items = {}, {}, {}
  for i, shape in ipairs(service.shapes) do
    names[i], by_name[shape.name] = shape.name, shape
  end
  if #names == 0 then return nil end
  table.sort(names)
  for i, name in ipairs(names) do items[i] = shape_ref(by_name[name]) end
  out[#out + 1] = ctext.list("static const struct ses_shape *const", "shapes",
    items)
  return "shapes"
end

local protocols = { query = "SES_QUERY", ["rest-json"] = "SES_REST_JSON" }

local header = [[
/*
 * %s, API version %s
 * Source: %s.  Generated by csrc/gen; run "make gen".
 */
/* clang-format off */
#include "model.h"]]

--- Prints the C text of a service's tables; it defines
--- `const struct ses_service ses_service_<name>` and nothing else that is
--- visible outside.
---@param service_model table a decoded service-2.json
---@param options gen.Options
---@return string? text
---@return string[]? problems "unsupported: document at Shape.member", ...
function M.emit(service_model, options)
  local service, problems = model.resolve(service_model, options)
  if not service then return nil, problems end
  local out = { header:format(service.id, service.version, service.source) }
  shapes_text(service, out)
  local operations = operations_text(service, out)
  local shapes = index_text(service, out)
  local row = fields()
    :text("name", service.name)
    :text("id", service.id)
    :text("version", service.version)
    :text("source", service.source)
    :text("endpoint", service.endpoint)
    :text("signing", service.signing)
    :text("xmlns", service.xmlns)
    :add("protocol", protocols[service.protocol])
    :integer("noperations", #service.operations)
    :integer("nshapes", #service.shapes)
    :add("operations", operations)
    :add("shapes", shapes)
  out[#out + 1] = ctext.definition("const struct ses_service",
    identifier("ses_service", service.name), row)
  return table.concat(out, "\n\n") .. "\n"
end

return M
