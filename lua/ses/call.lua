--- One call of an operation, from parameters to a result or an error.
---
--- Nothing here stands between the caller and the transport that PUC Lua 5.1
--- could not yield across: no pcall, no for ... in, no metamethod, no callback
--- from C.
local classify = require "ses.classify"
local core = require "ses.core"
local errors = require "ses.error"
local validation = require "ses.validation"

local encode, sign, decode = core.encode, core.sign, core.decode

local M = {}

local NO_PARAMETERS = {}

-- Says of an error what was being called when it happened.
local function locate(err, context, operation, attempts)
  err.service = context.service
  err.operation = operation.name
  err.attempts = attempts
  return err
end

-- A failure after the request was handed to the transport.
local function failed(context, operation, params, err)
  locate(err, context, operation, 1)
  return nil, classify.apply(err, classify.effect(operation.name, params))
end

-- A transport of somebody else's may say less than it should. What is not known
-- to have stayed here counts as sent.
local function unanswered(context, operation, params, failure)
  if type(failure) ~= "table" then
    failure = { message = tostring(failure) }
  end
  return failed(context, operation, params,
    errors.new(failure.kind == "timeout" and "timeout" or "transport", {
      code = failure.code or "TransportFailure",
      message = failure.message,
      sent = failure.sent or "all",
      cause = failure.cause,
    }))
end

-- What the answer of something between here and AWS says of what to do, where
-- its body does not.
local function advice(response)
  local status, location = response.status, response.headers.location
  if status == 407 then
    return "; the proxy asks for a user name and a password: the option proxy takes"
      .. " http://user:password@host:port"
  elseif status >= 300 and status < 400 and location then
    return "; redirects are not followed, and this one leads to "
      .. location:sub(1, 256):gsub("[^!-~]", "?")
  end
  return ""
end

-- What core.decode says is a fresh table of an error's own fields.
local function refused(context, operation, params, fields, response)
  fields.code = fields.code or "UnreadableResponse"
  fields.status = response.status
  if fields.kind == "decode" then
    fields.message = fields.message .. advice(response)
  end
  fields.request_id = fields.request_id or response.headers["x-amzn-requestid"]
  return failed(context, operation, params, errors.new(fields.kind, fields))
end

local function earliest(now, attempt, started, total)
  local deadline = now + attempt
  if total and started + total < deadline then
    deadline = started + total
  end
  -- A time without end is no deadline to a transport.
  return deadline < math.huge and deadline or nil
end

local function send(context, operation, params, request, deadline)
  request.connection = context.connection
  local response, failure = context.transport:send(request, deadline)
  if not response then
    return unanswered(context, operation, params, failure)
  end
  local result, extra =
    decode(operation.handle, response.status, response.headers, response.body)
  if not result then
    return refused(context, operation, params, extra, response)
  end
  result.ResponseMetadata = {
    RequestId = extra,
    HTTPStatusCode = response.status,
    HTTPHeaders = response.headers,
    RetryAttempts = 0,
  }
  return result
end

---@class ses.ResponseMetadata
---@field RequestId string|nil
---@field HTTPStatusCode integer
---@field HTTPHeaders table<string, string> names in lower case
---@field RetryAttempts integer

---@class ses.CallContext what every call of a client shares
---@field service string "ses" or "sesv2"
---@field signing string the service's name in the credential scope
---@field region string
---@field endpoint ses.Endpoint
---@field provider fun(): table|nil, ses.Error|nil
---@field transport table
---@field connection table what the transport must know to connect; never changed
---@field user_agent string
---@field timeout {attempt: number, total: number|nil} seconds

--- Calls an operation.
---@param context ses.CallContext
---@param operation {name: string, handle: userdata}
---@param params table|nil
---@param opts {timeout: table|nil, dry_run: boolean|nil}|nil checked before
---@return table|nil result
---@return ses.Error|nil
function M.run(context, operation, params, opts)
  local transport = context.transport
  local timeout = opts and opts.timeout or context.timeout
  local total = timeout.total or context.timeout.total
  local started = total and transport:now()

  local request, faults = encode(operation.handle, params or NO_PARAMETERS)
  if not request then
    return nil, locate(validation.new(faults), context, operation, 0)
  end
  local credentials, err = context.provider()
  if not credentials then
    return nil, locate(err, context, operation, 0)
  end
  local signed, fault = sign(request, context.endpoint, context.region, context.signing,
    credentials, transport:time())
  if not signed then
    return nil, locate(errors.new("credentials", {
      code = "SigningFailed", message = "the request could not be signed: " .. fault,
    }), context, operation, 0)
  end
  -- Not part of the signature, as in every AWS SDK: proxies rewrite it.
  signed.headers["User-Agent"] = context.user_agent
  if opts and opts.dry_run then
    return signed
  end
  return send(context, operation, params, signed,
    earliest(transport:now(), timeout.attempt or context.timeout.attempt, started, total))
end

return M
