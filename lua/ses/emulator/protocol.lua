--- What the services' protocols differ in: how a request names its operation and
--- holds its parameters, and how answers are written.
local body = require "ses.emulator.body"
local container = require "ses.emulator.container"
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local form = require "ses.emulator.form"
local metadata = require "ses.emulator.metadata"
local model = require "ses.model"
local rest = require "ses.emulator.rest"
local xml = require "ses.emulator.xml"

local M = {}

---@class ses.emulator.Call what the answer to a call is made with
---@field api string the service, see ses.emulator.services
---@field id string of the request
---@field wall number what the service takes for wall time

local TITLES = { ses = "API v1", sesv2 = "API v2", sts = "STS", sso = "SSO",
                 sso_oidc = "SSO OIDC" }

local function answer(call, status, text, kind)
  return {
    status = status, body = text,
    headers = {
      ["Content-Type"] = kind, ["x-amzn-RequestId"] = call.id,
      Date = core.format_time(math.floor(call.wall), "http"),
    },
  }
end

-- Forms, answered with XML.
local query = {}

-- A form's Action and Version name the operation.
function query.find(api, request)
  if request.method ~= "POST" and request.method ~= "GET" then
    return errors.fault("missing_action", TITLES[api] .. " is called with POST or GET, not with "
      .. request.method)
  end
  local list, fault = form.pairs(request.query .. "&" .. request.body)
  if not list then
    return nil, fault
  end
  local root
  root, fault = form.tree(list)
  if not root then
    return nil, fault
  end
  local children = root.children or {}
  local action = children.Action and children.Action.value
  local version = children.Version and children.Version.value
  if not action then
    return errors.fault("missing_action", "Missing Action")
  end
  local operation = version == model.service(api).version and model.operation(api, action)
  if not operation then
    return errors.fault("unknown_operation", "Could not find operation " .. action
      .. " for version " .. (version or "NO_VERSION_SPECIFIED"))
  end
  return operation, function()
    if not operation.input then
      return {}
    end
    return form.read(api, operation.input, root)
  end
end

function query.write(call, operation, result)
  return answer(call, 200, xml.result(call.api, operation, result, call.id), "text/xml")
end

function query.refuse(call, fault)
  local code, status = errors.wire(call.api, fault)
  return answer(call, status, xml.error(call.api, code, status, fault.message, call.id,
                                        fault.members), "text/xml")
end

-- Methods and paths, with JSON in bodies.
local json = {}

function json.find(api, request)
  local operation, route = rest.find(api, request.method, request.path)
  if not operation then
    return errors.fault("unknown_operation", "No operation of " .. TITLES[api]
      .. " is called with " .. request.method .. " " .. request.path)
  end
  return operation, function()
    return rest.read(api, operation, route, request)
  end
end

function json.write(call, operation, result)
  return answer(call, 200, body.write(call.api, operation.output, result), "application/json")
end

function json.refuse(call, fault)
  local code, status = errors.wire(call.api, fault)
  local text = call.api == "sso_oidc" and body.oauth_error(code, fault.message)
    or body.error(fault.message)
  local refused = answer(call, status, text, "application/json")
  refused.headers["x-amzn-ErrorType"] = code
  return refused
end

-- Documents below paths, which no model describes.
local function documents(service)
  local plain = {}

  function plain.find(_, request)
    local operation, fault = service.find(request)
    return operation, fault or function()
      return request
    end
  end

  function plain.write(call, _, result)
    local response = answer(call, 200, service.write(result))
    for name, value in pairs(result.headers or {}) do
      response.headers[name] = value
    end
    return response
  end

  function plain.refuse(call, fault)
    local _, status = errors.wire(call.api, fault)
    local response = answer(call, status, service.refuse(status, fault))
    response.headers.Allow = fault.allow
    return response
  end

  return plain
end

local PROTOCOLS = {
  ses = query, sts = query, sesv2 = json, sso = json, sso_oidc = json,
  imds = documents(metadata), container = documents(container),
}

--- The operation that a request names.
---@param api string
---@param request ses.emulator.Request only a form's needs its body
---@return table|nil operation see core.operation
---@return ses.emulator.Fault|(fun(): table|nil, ses.emulator.Fault|nil) read gives the
---  parameters, once the body is there
function M.find(api, request)
  return PROTOCOLS[api].find(api, request)
end

--- The answer of an operation.
---@param call ses.emulator.Call
---@param operation table
---@param result table
---@return ses.emulator.Response
function M.write(call, operation, result)
  return PROTOCOLS[call.api].write(call, operation, result)
end

--- The answer to a request that failed.
---@param call ses.emulator.Call
---@param fault ses.emulator.Fault
---@return ses.emulator.Response
function M.refuse(call, fault)
  return PROTOCOLS[call.api].refuse(call, fault)
end

return M
