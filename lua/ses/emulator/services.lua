--- The services that the emulator has, and how a request tells which it is for.
local container = require "ses.emulator.container"
local metadata = require "ses.emulator.metadata"
local model = require "ses.model"
local sso = require "ses.emulator.sso"
local sts = require "ses.emulator.sts"
local v1 = require "ses.emulator.v1"
local v2 = require "ses.emulator.v2"

local M = {}

--- Their names.
M.LIST = { "ses", "sesv2", "sts", "sso", "sso_oidc", "imds", "container" }

local OPERATIONS = {
  ses = v1, sesv2 = v2, sts = sts, sso = sso.portal, sso_oidc = sso.oidc,
  imds = metadata.operations, container = container.operations,
}

local SIGNED = { ses = true, sesv2 = true, sts = true }

-- The first that a path is, or is below. The first clients of API v2 called one
-- operation below /v1/.
local PATHS = {
  { "/latest", "imds" }, { "/v1/credentials", "container" }, { "/v2/credentials", "container" },
  { "/v2", "sesv2" }, { "/v1/email", "sesv2" }, { "/federation", "sso" },
  { "/token", "sso_oidc" }, { "/client/register", "sso_oidc" },
  { "/device_authorization", "sso_oidc" },
}

local BY_VERSION = { ["2010-12-01"] = "ses", ["2011-06-15"] = "sts" }

-- The service of the API version that a form names. A form may be as long as a
-- message is.
local function of_form(text)
  local _, stop = text:find("^Version=")
  if not stop then
    _, stop = text:find("&Version=", 1, true)
  end
  return stop and BY_VERSION[text:match("^[^&]*", stop + 1)]
end

local function of_scope(authorization)
  return authorization and authorization:find("/sts/aws4_request", 1, true) and "sts"
end

--- The service whose operations paths name.
---@param path string
---@return string|nil service nil: a form names the operation
function M.of_path(path)
  for _, known in ipairs(PATHS) do
    if path == known[1] or path:sub(1, #known[1] + 1) == known[1] .. "/" then
      return known[2]
    end
  end
end

--- The service of a request whose form names the operation: by the version of
--- the API, or else by what the signature is for.
---@param request ses.emulator.Request its body may not have been read yet
---@return string
function M.of_form(request)
  return of_form(request.query) or of_form(request.body or "")
    or of_scope(request.headers.authorization) or "ses"
end

--- The handler of an operation.
---@param service string
---@param name string
---@return function|nil handler nil: the emulator does not have it
function M.handler(service, name)
  return OPERATIONS[service][name]
end

--- Whether calls are signed, but for those that the model has otherwise.
---@param service string
---@return boolean
function M.is_signed(service)
  return SIGNED[service] == true
end

--- The names of a service's operations, those that the emulator lacks too.
---@param service string
---@return string[]
function M.operations(service)
  if service ~= "imds" and service ~= "container" then
    return model.service(service).operations
  end
  local names = {}
  for name in pairs(OPERATIONS[service]) do
    names[#names + 1] = name
  end
  return names
end

return M
