--- Requests to what hands out credentials near this machine: instance metadata,
--- the agents of containers. They go through the client's transport, by no proxy.
local fault = require "ses.credentials.fault"

local M = {}

local MAX_BYTES = 64 * 1024

-- What says that there is nobody, so that trying again would only take longer.
local UNREACHABLE = { ConnectionRefused = true, ConnectionFailed = true, ConnectTimeout = true,
                      NameResolution = true }

---@class ses.CredentialsContext what a provider has to fetch with
---@field transport ses.Transport
---@field settings ses.Settings
---@field lookup ses.Lookup
---@field ends number when the fetch must be over, on the transport's clock: others wait so long

local function connection_of(ctx, timeout)
  return {
    connect_timeout = timeout, max_response_bytes = MAX_BYTES,
    verify = ctx.settings.given.verify ~= false, ca_bundle = ctx.settings.ca_bundle,
  }
end

--- Whether an answer is of the kind that another one follows.
---@param response ses.TransportResponse
---@return boolean
function M.is_passing(response)
  return response.status >= 500 or response.status == 429
end

local function is_worth_another(response, failure)
  if failure then
    return not UNREACHABLE[failure.code]
  end
  return M.is_passing(response)
end

--- The error of an answer that is not what it should be.
---@param code string
---@param message string
---@param response ses.TransportResponse
---@return nil
---@return ses.Error
function M.refused(code, message, response)
  return (M.is_passing(response) and fault.passing or fault.new)(code, message)
end

--- Asks, and again where what went wrong may pass.
---@param ctx ses.CredentialsContext
---@param method string
---@param url string
---@param headers table<string, string>
---@param rules {timeout: number, attempts: integer} seconds of an attempt
---@return ses.TransportResponse|nil
---@return ses.TransportError|nil
function M.ask(ctx, method, url, headers, rules)
  local transport = ctx.transport
  local connection = connection_of(ctx, rules.timeout)
  local attempt = 1
  while true do
    local response, failure = transport:send({
      method = method, url = url, headers = headers, connection = connection,
    }, math.min(transport:now() + rules.timeout, ctx.ends))
    local pause = 0.1 * 2 ^ (attempt - 1) * (0.5 + transport:random())
    if attempt >= rules.attempts or not is_worth_another(response, failure)
      or transport:now() + pause >= ctx.ends then
      return response, failure
    end
    attempt = attempt + 1
    transport:sleep(pause)
  end
end

--- Whether nobody is there to ask.
---@param failure ses.TransportError
---@return boolean
function M.is_unreachable(failure)
  return UNREACHABLE[failure.code] or failure.kind == "timeout"
end

--- A failure of a transport in words. A transport of somebody else's may say less
--- than it should.
---@param failure any
---@return string
function M.in_words(failure)
  return fault.quote(type(failure) == "table" and (failure.message or failure.code) or failure)
end

return M
