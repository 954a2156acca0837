--- The instance metadata service of EC2, version 2: what an instance's role
--- gives credentials through.
local bounded = require "ses.emulator.bounded"
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local issued = require "ses.emulator.issued"
local json = require "ses.emulator.json"
local roles = require "ses.emulator.roles"
local xml = require "ses.emulator.xml"

local TOKEN = "/latest/api/token"
local ROLES = "/latest/meta-data/iam/security-credentials"
local REGION = "/latest/meta-data/placement/region"

local INSTANCE = "i-1234567890abcdef0"
local SIX_HOURS = 21600

local M = {}

local function refused(status, reason)
  return errors.coded(status, nil, reason)
end

local function operation_of(path)
  if path == TOKEN then
    return "PutToken"
  elseif path == ROLES or path == ROLES .. "/" then
    return "GetRole"
  elseif path:sub(1, #ROLES + 1) == ROLES .. "/" then
    return "GetCredentials"
  end
  return path == REGION and "GetRegion" or "GetOther"
end

--- The operation that a method and a path name.
---@param request ses.emulator.Request
---@return {name: string, unsigned: true}|nil
---@return ses.emulator.Fault|nil
function M.find(request)
  local name = operation_of(request.path)
  local method = name == "PutToken" and "PUT" or "GET"
  if request.method ~= method then
    local _, broken = refused(405, "Method Not Allowed")
    broken.allow = method
    return nil, broken
  end
  return { name = name, unsigned = true }
end

local operations = {}

function operations.PutToken(ctx, request)
  if not ctx.source.metadata or request.headers["x-forwarded-for"] then
    return refused(403, "Forbidden")
  end
  local text = request.headers["x-aws-ec2-metadata-token-ttl-seconds"] or ""
  local seconds = text:find("^%d+$") and #text <= 5 and tonumber(text, 10) or 0
  if seconds < 1 or seconds > SIX_HOURS then
    return refused(400, "Bad Request")
  end
  local source, token = ctx.source, issued.random_text(42)
  bounded.put(source.sessions, source.session_order, token, ctx.now + seconds)
  return { text = token,
           headers = { ["x-aws-ec2-metadata-token-ttl-seconds"] = ("%d"):format(seconds) } }
end

-- Everything but the token itself is for those that have one.
local function with_token(operation)
  return function(ctx, request)
    local ends = ctx.source.sessions[request.headers["x-aws-ec2-metadata-token"] or ""]
    if not ctx.source.metadata then
      return refused(403, "Forbidden")
    elseif not ends or ctx.now >= ends then
      return refused(401, "Unauthorized")
    end
    local result = operation(ctx, request)
    if not result then
      return refused(404, "Not Found")
    end
    return result
  end
end

operations.GetRole = with_token(function(ctx)
  local role = ctx.source.instance_role
  return role and { text = role }
end)

operations.GetCredentials = with_token(function(ctx, request)
  local role = ctx.source.instance_role
  if not role or core.decode_percent(request.path:sub(#ROLES + 2)) ~= role then
    return nil
  end
  local principal = roles.session(roles.named(ctx.source.account, role), INSTANCE)
  local keys = issued.kept(ctx.state, "instance", principal, SIX_HOURS, ctx.now)
  return { text = json.encode {
    Code = "Success", LastUpdated = issued.time(keys.since), Type = "AWS-HMAC",
    AccessKeyId = keys.access_key_id, SecretAccessKey = keys.secret_access_key,
    Token = keys.session_token, Expiration = issued.time(keys.expires),
  } }
end)

operations.GetRegion = with_token(function(ctx)
  return { text = ctx.region }
end)

operations.GetOther = with_token(function() end)

M.operations = operations

--- The answer of an operation.
---@param result table
---@return string text
---@return string type
function M.write(result)
  return result.text, "text/plain"
end

--- The page that says what is wrong.
---@param status integer
---@param fault ses.emulator.Fault
---@return string text
---@return string type
function M.refuse(status, fault)
  local title = status .. " - " .. xml.escape(fault.message)
  return '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
    .. "<head><title>" .. title .. "</title></head><body><h1>" .. title
    .. "</h1></body></html>\n", "text/html"
end

return M
