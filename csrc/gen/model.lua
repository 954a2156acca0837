--- From botocore's model of a service to the rows that the generator prints.
--
-- `resolve` follows the references from the wanted operations, so that what it
-- returns holds every shape that is needed and none that is not, each after
-- the shapes it refers to.  A trait that the tables cannot express is a
-- problem with a name and a place; it is never left out in silence.

local json = require "gen.json"
local pager = require "gen.pager"

local M = {}

local function set(words)
  local result = {}
  for word in words:gmatch("%S+") do result[word] = true end
  return result
end

-- What the rows carry or what changes nothing on the wire.  The name that a
-- shape gives itself matters only where it is the root of an XML document,
-- which neither protocol sends.
local notes = "documentation documentationUrl deprecated deprecatedMessage " ..
  "deprecatedSince xmlNamespace xmlOrder box synthetic "
local known_traits = {
  operation = set(notes .. "name http input output errors auth authtype " ..
    "idempotent readonly staticContextParams operationContextParams"),
  http = set("method requestUri responseCode"),
  input = set(notes .. "shape"),
  output = set(notes .. "shape resultWrapper"),
  error = set(notes .. "shape exception fault error"),
  shape = set(notes .. "type members required member key value enum min max " ..
    "pattern sensitive union exception error fault payload timestampFormat " ..
    "flattened locationName"),
  member = set(notes .. "shape location locationName flattened " ..
    "timestampFormat contextParam hostLabel"),
}

local types = {
  structure = "structure", list = "list", map = "map",
  string = "string", character = "string", blob = "blob", boolean = "boolean",
  byte = "integer", short = "integer", integer = "integer", long = "long",
  float = "double", double = "double", timestamp = "timestamp",
}

local locations = {
  uri = "uri", querystring = "query", header = "header", headers = "headers",
  statusCode = "status",
}

local formats = {
  unixTimestamp = "epoch", iso8601 = "iso8601", rfc822 = "rfc822",
}

---@class gen.Member
---@field name? string AWS's member name; nil for an element, a key, a value
---@field wire? string nil where it equals the name
---@field shape gen.Shape
---@field location string "body", "uri", "query", "header", "headers", "status"
---@field required boolean
---@field flattened boolean

---@class gen.Shape
---@field name string
---@field type string
---@field members gen.Member[]? of a structure, a list (1) and a map (2)
---@field forward boolean used by a shape that comes before it

---@class gen.Operation
---@field name string
---@field method string
---@field uri string
---@field input? gen.Shape
---@field output? gen.Shape
---@field wrapper? string
---@field errors gen.Shape[]
---@field pager? table
---@field unsigned boolean

---@class gen.Service
---@field operations gen.Operation[] sorted by name
---@field shapes gen.Shape[] in the order of their dependencies

local Resolver = {}
Resolver.__index = Resolver

function Resolver:problem(what, where)
  self.problems[#self.problems + 1] = what .. " at " .. where
end

function Resolver:unsupported(trait, where)
  self:problem("unsupported: " .. trait, where)
end

function Resolver:check_traits(kind, object, where)
  for trait, value in json.each(object) do
    if value and not known_traits[kind][trait] then
      self:unsupported(trait, where)
    end
  end
end

function Resolver:integer(value, trait, where)
  if value == nil then return nil end
  if type(value) ~= "number" or value % 1 ~= 0 or math.abs(value) > 2 ^ 53 then
    self:unsupported(trait .. " " .. tostring(value), where)
    return nil
  end
  return value
end

function Resolver:format(name, where)
  if name == nil then return nil end
  local format = formats[name]
  if not format then self:unsupported("timestampFormat " .. name, where) end
  return format
end

-- The same timestamp in the format that a member asks for.
function Resolver:variant(shape, format, where)
  if shape.type ~= "timestamp" then
    self:unsupported("timestampFormat", where)
    return shape
  end
  if format == nil or shape.format == format then return shape end
  local name = shape.name .. "_" .. format
  local made = self.by_name[name]
  if not made then
    made = { name = name, type = "timestamp", format = format,
      sensitive = shape.sensitive, done = true }
    self.by_name[name] = made
    self.shapes[#self.shapes + 1] = made
  end
  return made
end

function Resolver:member(owner, name, ref, wire)
  local where = owner.name .. "." .. name
  self:check_traits("member", ref, where)
  local shape = self:shape(ref.shape, where)
  if ref.timestampFormat then
    local format = self:format(ref.timestampFormat, where)
    shape = self:variant(shape, format, where)
  end
  local member = { shape = shape, wire = ref.locationName or wire,
    location = "body", required = false, flattened = false }
  if ref.location then
    member.location = locations[ref.location]
    if not member.location or self.protocol ~= "rest-json" then
      self:unsupported("location " .. ref.location, where)
    end
  end
  if ref.flattened then
    member.flattened = true
    if shape.type ~= "list" and shape.type ~= "map" then
      self:unsupported("flattened", where)
    end
  end
  return member
end

function Resolver:structure(shape, model)
  local by_name = {}
  shape.members = {}
  for name, ref in json.each(model.members or json.object()) do
    local member = self:member(shape, name, ref)
    member.name = name
    if member.wire == name then member.wire = nil end
    by_name[name] = member
    shape.members[#shape.members + 1] = member
  end
  for _, name in ipairs(model.required or {}) do
    if by_name[name] then
      by_name[name].required = true
    else
      self:problem("required names an unknown member", shape.name .. "." .. name)
    end
  end
  if model.payload then
    shape.payload = model.payload
    if not by_name[model.payload] then
      self:problem("payload names an unknown member",
        shape.name .. "." .. model.payload)
    end
  end
end

-- The fault that a structure with `exception` or `error` describes.
function Resolver:exception(shape, model)
  shape.error = true
  local fault = model.error or json.object()
  for trait in json.each(fault) do
    if trait ~= "code" and trait ~= "httpStatusCode" and
        trait ~= "senderFault" then
      self:unsupported("error." .. trait, shape.name)
    end
  end
  if fault.code ~= shape.name then shape.code = fault.code end
  shape.status = self:integer(fault.httpStatusCode, "httpStatusCode", shape.name)
end

function Resolver:fill(shape, model)
  local elements = self.protocol == "query"
  if shape.type == "structure" then
    self:structure(shape, model)
    if model.exception or model.error then self:exception(shape, model) end
  elseif shape.type == "list" then
    shape.members = {
      self:member(shape, "member", model.member, elements and "member" or nil),
    }
  elseif shape.type == "map" then
    shape.members = {
      self:member(shape, "key", model.key, elements and "key" or nil),
      self:member(shape, "value", model.value, elements and "value" or nil),
    }
    if shape.members[1].shape.type ~= "string" then
      self:unsupported("key of type " .. model.key.shape, shape.name)
    end
  end
end

--- The shape of that name, resolved with all that it refers to.
function Resolver:shape(name, where)
  local shape = self.by_name[name]
  if shape then
    if not shape.done then shape.forward = true end
    return shape
  end
  local model = self.model.shapes[name]
  shape = { name = name, forward = false }
  self.by_name[name] = shape
  if not model then
    self:problem("unknown shape " .. tostring(name), where)
    return shape
  end
  self:check_traits("shape", model, name)
  shape.type = types[model.type]
  if not shape.type then self:unsupported("type " .. tostring(model.type), name) end
  shape.values = model.enum
  shape.pattern = model.pattern
  shape.sensitive = model.sensitive
  shape.union = model.union
  shape.flattened = model.flattened
  shape.format = self:format(model.timestampFormat, name)
  shape.min = self:integer(model.min, "min", name)
  shape.max = self:integer(model.max, "max", name)
  self:fill(shape, model)
  shape.done = true
  self.shapes[#self.shapes + 1] = shape
  return shape
end

-- The shape that an operation names as its input, its output or an error.
function Resolver:reference(kind, ref, where)
  if not ref then return nil end
  self:check_traits(kind, ref, where)
  local shape = self:shape(ref.shape, where)
  if shape.type and shape.type ~= "structure" then
    self:unsupported(kind .. " of type " .. shape.type, where)
    return nil
  end
  return shape
end

local function is_unsigned(model)
  if model.authtype then return model.authtype == "none" end
  local auth = model.auth or {}
  return #auth == 1 and auth[1] == "smithy.api#noAuth"
end

function Resolver:operation(name, model)
  self:check_traits("operation", model, name)
  self:check_traits("http", model.http, name .. ".http")
  if model.authtype and model.authtype ~= "none" and model.authtype ~= "v4" then
    self:unsupported("authtype " .. model.authtype, name)
  end
  local operation = {
    name = name,
    method = model.http.method,
    uri = model.http.requestUri,
    input = self:reference("input", model.input, name .. ".input"),
    output = self:reference("output", model.output, name .. ".output"),
    wrapper = model.output and model.output.resultWrapper,
    errors = {},
    unsigned = is_unsigned(model),
  }
  for i, ref in ipairs(model.errors or {}) do
    operation.errors[i] = self:reference("error", ref, name .. ".errors")
  end
  local problem
  operation.pager, problem = pager.of(operation, self.pagination[name])
  if problem then self:problem(problem, name) end
  return operation
end

-- The names of the wanted operations, sorted as strcmp sorts.
local function wanted(model, only)
  local names = {}
  for _, name in ipairs(only or json.names(model.operations)) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

---@class gen.Options
---@field name string what the service is called here: "sso_oidc"
---@field source string where the model came from: "botocore 1.44.5"
---@field operations? string[] only these operations
---@field paginators? table the decoded paginators-1.json

--- Resolves a decoded service-2.json.
---@param model table
---@param options gen.Options
---@return gen.Service? service
---@return string[]? problems "unsupported: document at Shape.member", ...
function M.resolve(model, options)
  local metadata = model.metadata
  local self = setmetatable({
    model = model, problems = {}, by_name = {}, shapes = {},
    protocol = metadata.protocol,
    pagination = options.paginators and options.paginators.pagination or {},
  }, Resolver)
  if self.protocol ~= "query" and self.protocol ~= "rest-json" then
    self:unsupported("protocol " .. tostring(self.protocol), "metadata")
  end
  local service = {
    name = options.name,
    id = metadata.serviceId or options.name,
    version = metadata.apiVersion,
    source = options.source,
    endpoint = metadata.endpointPrefix or options.name,
    signing = metadata.signingName or metadata.endpointPrefix or options.name,
    xmlns = metadata.xmlNamespace,
    protocol = self.protocol,
    operations = {},
    shapes = self.shapes,
  }
  for i, name in ipairs(wanted(model, options.operations)) do
    local operation = model.operations[name]
    if operation then
      service.operations[i] = self:operation(name, operation)
    else
      self:problem("unknown operation", name)
    end
  end
  if #self.problems > 0 then return nil, self.problems end
  return service
end

return M
