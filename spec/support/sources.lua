-- Calls of what the emulator gives credentials through.

local core = require "ses.core"
local cjson = require "cjson"
local ses = require "ses"
local emulated = require "spec.support.emulated"

local M = {}

M.ROLE = "arn:aws:iam::123456789012:role/mailer"

local KEYS = { access_key_id = emulated.ID, secret_access_key = emulated.SECRET }

local HOSTS = { sts = "sts.us-east-1.amazonaws.com", sso = "portal.sso.us-east-1.amazonaws.com",
                sso_oidc = "oidc.us-east-1.amazonaws.com" }

--- An emulator whose wall time stands still at emulated.TIME, until somebody sets
--- another.
---@param options table|nil of ses.emulator.new
---@return table emulator
---@return {now: number} clock
function M.emulator(options)
  local clock = { now = emulated.TIME }
  options = options or {}
  options.time = function()
    return clock.now
  end
  return ses.emulator.new(options), clock
end

--- Calls an operation, by the name of its host, through the emulator's transport.
---@param emulator table
---@param service string "sts", "sso" or "sso_oidc"
---@param name string
---@param params table|nil
---@param credentials table|nil nil: those that every emulator knows, where it is signed
---@return table|nil result
---@return table|nil err {code=, message=, status=, headers=}
function M.call(emulator, service, name, params, credentials)
  local operation = assert(core.operation(service, name), name)
  local handle = core.handle(service, name)
  local request, faults = core.encode(handle, params or {})
  assert(request, faults and faults[1] and faults[1].path)
  local host = HOSTS[service]
  local transport = emulator:transport()
  local signed = assert(core.sign(request, { origin = "https://" .. host, host = host, path = "" },
    "us-east-1", core.service(service).signing,
    not operation.unsigned and (credentials or KEYS) or nil, transport:time()))
  local response = assert(transport:send(signed))
  local result, err = core.decode(handle, response.status, response.headers, response.body)
  if not result then
    err.status, err.headers = response.status, response.headers
    return nil, err
  end
  return result
end

--- Sends a request as it is.
---@param emulator table
---@param method string
---@param target string
---@param headers table|nil
---@param body string|nil
---@return table response
function M.fetch(emulator, method, target, headers, body)
  return emulator:handle { method = method, target = target, headers = headers or {}, body = body }
end

--- Gets a token of the metadata service, with which documents can be fetched.
---@param emulator table
---@param seconds integer|nil
---@return table headers
function M.session(emulator, seconds)
  local response = M.fetch(emulator, "PUT", "/latest/api/token",
    { ["X-aws-ec2-metadata-token-ttl-seconds"] = tostring(seconds or 21600) })
  assert(response.status == 200, response.status)
  return { ["X-aws-ec2-metadata-token"] = response.body }
end

--- Credentials by the names that AWS has for them in JSON and in STS.
---@param given table
---@return table
function M.credentials(given)
  return { access_key_id = given.AccessKeyId, secret_access_key = given.SecretAccessKey,
           session_token = given.SessionToken or given.Token }
end

--- The JSON of an answer.
---@param response table
---@return table
function M.json(response)
  return cjson.decode(response.body)
end

--- A client of each API with some credentials.
---@param emulator table
---@param credentials table
---@return table v1
---@return table v2
function M.clients(emulator, credentials)
  local options = { transport = emulator:transport(), region = "us-east-1", rate = false,
                    retry = { mode = "off" }, credentials = credentials }
  return assert(ses.client("ses", options)), assert(ses.client("sesv2", options))
end

--- Who has some credentials.
---@param emulator table
---@param credentials table|nil
---@return string|nil arn
---@return string|nil account, or the error
---@return string|nil user_id
function M.whoami(emulator, credentials)
  local result, err = M.call(emulator, "sts", "GetCallerIdentity", {}, credentials)
  if not result then
    return nil, err
  end
  return result.Arn, result.Account, result.UserId
end

--- Text as base64 without padding, in the alphabet of URLs.
---@param text string
---@return string
function M.base64url(text)
  return (core.encode_base64(text):gsub("%+", "-"):gsub("/", "_"):gsub("=", ""))
end

--- A web identity token that nobody signed.
---@param claims table
---@return string
function M.jwt(claims)
  return M.base64url('{"alg":"RS256"}') .. "." .. M.base64url(cjson.encode(claims)) .. "."
    .. M.base64url "signature"
end

return M
