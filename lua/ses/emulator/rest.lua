--- Requests of API v2: methods and paths, read by the model.
local core = require "ses.core"
local body = require "ses.emulator.body"
local errors = require "ses.emulator.errors"
local form = require "ses.emulator.form"
local model = require "ses.model"
local scalar = require "ses.emulator.scalar"

local M = {}

-- How earlier versions of the model, and with them many clients, call an
-- operation: with GET, all that is no label is in the query.
local FORMER = {
  sesv2 = {
    { name = "ListConfigurationSets", method = "GET", uri = "/v2/email/configuration-sets" },
    { name = "ListContacts", method = "GET",
      uri = "/v2/email/contact-lists/{ContactListName}/contacts" },
    { name = "ListEmailIdentities", method = "GET", uri = "/v2/email/identities" },
    { name = "ListImportJobs", method = "GET", uri = "/v2/email/import-jobs" },
    { name = "PutEmailIdentityDkimSigningAttributes", method = "PUT",
      uri = "/v1/email/identities/{EmailIdentity}/dkim/signing" },
  },
}

local function segments(path)
  local list = {}
  for segment in path:gmatch("/([^/]*)") do
    list[#list + 1] = segment
  end
  return list
end

local function add_route(root, operation, in_query)
  local node, labels = root, {}
  for i, segment in ipairs(segments(operation.uri)) do
    local label = segment:match("^{([^}]+)}$")
    labels[i] = label or false
    local branches = label and node or node.literals
    local key = label and "label" or segment
    branches[key] = branches[key] or { literals = {}, methods = {} }
    node = branches[key]
  end
  node.methods[operation.method] = { name = operation.name, labels = labels, in_query = in_query }
end

local function build(service)
  local root = { literals = {}, methods = {} }
  for _, name in ipairs(model.service(service).operations) do
    add_route(root, model.operation(service, name), false)
  end
  for _, operation in ipairs(FORMER[service] or {}) do
    add_route(root, operation, operation.method == "GET")
  end
  return root
end

-- The route of a path. What is written out goes before what a label takes;
-- a label takes an empty segment too, so that the service can refuse it.
local function follow(node, path, i, method)
  if i > #path then
    return node.methods[method]
  end
  local literal = node.literals[path[i]]
  return literal and follow(literal, path, i + 1, method)
    or node.label and follow(node.label, path, i + 1, method)
end

local routes = {}

--- The operation that a method and a path name.
---@param service string
---@param method string
---@param path string as it was sent
---@return table|nil operation see core.operation
---@return table|nil route what M.read needs of it
function M.find(service, method, path)
  routes[service] = routes[service] or build(service)
  local parts = segments(path)
  local route = follow(routes[service], parts, 1, method)
  if not route then
    return nil
  end
  local labels = {}
  for i, label in ipairs(route.labels) do
    if label then
      labels[label] = parts[i]
    end
  end
  return model.operation(service, route.name), { labels = labels, in_query = route.in_query }
end

local function from_text(shape, text, name)
  local value = scalar.read(shape.type, text)
  if value == nil then
    return errors.fault("malformed", name .. ": not a value of type " .. shape.type)
  end
  return value
end

local sources = {}

function sources.uri(_, member, shape, request)
  local text = core.decode_percent(request.labels[member.wire])
  if not text or not core.valid_utf8(text) then
    return errors.fault("bad_query", member.name .. ": not percent-encoded UTF-8")
  end
  return from_text(shape, text, member.name)
end

function sources.query(service, member, shape, request)
  local values = request.query[member.wire]
  if not values then
    return nil
  elseif shape.type ~= "list" then
    return from_text(shape, values[#values], member.name)
  end
  local item_shape, list = model.shape(service, shape.member.shape), {}
  for i, text in ipairs(values) do
    local item, fault = from_text(item_shape, text, member.name)
    if item == nil then
      return nil, fault
    end
    list[i] = item
  end
  return list
end

function sources.header(_, member, shape, request)
  local text = request.header(member.wire:lower())
  if text then
    return from_text(shape, text, member.name)
  end
end

local function by_name(pairs_)
  local query = {}
  for _, pair in ipairs(pairs_) do
    local values = query[pair[1]] or {}
    query[pair[1]] = values
    values[#values + 1] = pair[2]
  end
  return query
end

--- The parameters of an operation.
---@param service string
---@param operation table see core.operation
---@param route table see M.find
---@param request ses.emulator.Request
---@return table|nil params
---@return ses.emulator.Fault|nil
function M.read(service, operation, route, request)
  if not operation.input then
    return {}
  end
  local params, fault = body.read(service, operation.input, request.body)
  if not params then
    return nil, fault
  end
  local pairs_
  pairs_, fault = form.pairs(request.query)
  if not pairs_ then
    return nil, fault
  end
  local source = {
    labels = route.labels, query = by_name(pairs_),
    header = function(name)
      return request.headers[name]
    end,
  }
  for _, member in ipairs(model.shape(service, operation.input).members) do
    local location = route.in_query and member.location == "body" and "query" or member.location
    local read = sources[location]
    if read then
      local value, broken = read(service, member, model.shape(service, member.shape), source)
      if broken then
        return nil, broken
      end
      params[member.name] = value
    end
  end
  return params
end

return M
