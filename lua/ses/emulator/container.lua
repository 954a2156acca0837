--- The endpoints that containers get credentials from: that of ECS tasks and
--- that of EKS Pod Identity.
local errors = require "ses.emulator.errors"
local issued = require "ses.emulator.issued"
local json = require "ses.emulator.json"
local roles = require "ses.emulator.roles"

local TASK, POD = "/v2/credentials/", "/v1/credentials"

local SIX_HOURS = 21600

local M = {}

--- The operation that a method and a path name.
---@param request ses.emulator.Request
---@return {name: string, unsigned: true}|nil
---@return ses.emulator.Fault|nil
function M.find(request)
  local path = request.path
  if request.method ~= "GET" then
    local _, broken = errors.coded(405, "MethodNotAllowed", "Credentials are asked for with GET")
    broken.allow = "GET"
    return nil, broken
  elseif path == POD then
    return { name = "GetPodCredentials", unsigned = true }
  elseif path:sub(1, #TASK) ~= TASK then
    return errors.coded(404, "NotFound", "Credentials are at " .. TASK .. "<id> and " .. POD)
  elseif path == TASK then
    return errors.coded(400, "NoIdInRequest", "CredentialsV2Request: No ID in the request")
  end
  return { name = "GetTaskCredentials", unsigned = true }
end

local function credentials(ctx, kind)
  local role = roles.named(ctx.source.account, "ses-emulator-" .. kind)
  local keys = issued.kept(ctx.state, kind, roles.session(role, kind), SIX_HOURS, ctx.now)
  return {
    RoleArn = role.arn, AccessKeyId = keys.access_key_id,
    SecretAccessKey = keys.secret_access_key, Token = keys.session_token,
    Expiration = issued.time(keys.expires),
  }
end

M.operations = {
  GetTaskCredentials = function(ctx)
    return credentials(ctx, "task")
  end,

  GetPodCredentials = function(ctx, request)
    local token = request.headers.authorization or ""
    if not token:find("%S") then
      return errors.coded(400, "InvalidRequest", "Service account token cannot be empty")
    elseif token:find("%c") then
      return errors.coded(400, "InvalidRequest", "Service account token cannot be parsed")
    end
    return credentials(ctx, "pod")
  end,
}

--- The answer of an operation.
---@param result table
---@return string text
---@return string type
function M.write(result)
  return json.encode(result), "application/json"
end

--- The answer that says what is wrong.
---@param status integer
---@param fault ses.emulator.Fault
---@return string text
---@return string type
function M.refuse(status, fault)
  return json.encode { code = fault.code or "InvalidRequest", message = fault.message,
                       HTTPErrorCode = status }, "application/json"
end

return M
