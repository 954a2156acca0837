--- Calls of the AWS services that hand out credentials: STS, the SSO portal and
--- its OIDC service.
local calls = require "ses.call"
local core = require "ses.core"
local retry = require "ses.retry"
local user_agent = require "ses.user_agent"

local M = {}

local ATTEMPT = 10 -- seconds

-- Signs nothing: what the operation needs is among its parameters.
local function nobody()
  return false
end

--- Calls an operation, with the usual retries.
---@param ctx ses.CredentialsContext
---@param service string "sts", "sso" or "sso_oidc"
---@param operation string
---@param params table
---@param options {region: string|nil, credentials: table|nil}|nil credentials nil: unsigned
---@return table|nil result
---@return ses.Error|nil
function M.call(ctx, service, operation, params, options)
  options = options or {}
  local transport = ctx.transport
  local endpoint, connection = ctx.settings:reach(service, { region = options.region })
  if not endpoint then
    return nil, connection
  end
  local credentials = options.credentials
  return calls.run({
    service = service, signing = core.service(service).signing,
    region = options.region or ctx.settings.region, endpoint = endpoint, connection = connection,
    provider = credentials and function() return credentials end or nobody,
    transport = transport, user_agent = user_agent.new(service),
    timeout = { attempt = ATTEMPT, total = math.max(ctx.ends - transport:now(), 0.001) },
    policy = retry.policy {}, quota = retry.quota(), clock = { skew = 0 },
  }, { name = operation, handle = core.handle(service, operation) }, params)
end

return M
