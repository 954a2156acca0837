--- One attempt of a call: a signature, a request, an answer.
local access_key = require "ses.access_key"
local classify = require "ses.classify"
local core = require "ses.core"
local errors = require "ses.error"

local sign, decode = core.sign, core.decode

local M = {}

--- Says of an error what was being called when it happened.
---@param err ses.Error
---@param call ses.Call
---@return ses.Error err
function M.locate(err, call)
  err.service = call.context.service
  err.operation = call.operation.name
  err.attempts = call.attempts
  return err
end

-- A failure after the request was handed to the transport.
local function failed(call, err)
  return classify.apply(M.locate(err, call), call.effect, call.policy.ambiguous_sends)
end

-- A transport of somebody else's may say less than it should. What is not known
-- to have stayed here counts as sent.
local function unanswered(call, failure, url)
  if type(failure) ~= "table" then
    failure = { message = tostring(failure) }
  end
  return failed(call, errors.new(failure.kind == "timeout" and "timeout" or "transport", {
    code = failure.code or "TransportFailure",
    message = failure.message,
    sent = (failure.sent == "none" or failure.sent == "part") and failure.sent or "all",
    stale = failure.stale,
    cause = failure.cause,
    url = url,
  }))
end

--- Why a call cannot be made from where it is; nil: it can.
---@param call ses.Call
---@return ses.Error|nil
function M.obstacle(call)
  local transport = call.context.transport
  local failure = transport.obstacle and transport:obstacle()
  return failure and unanswered(call, failure) or nil
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

local LEAST_TOKEN = 16

-- A refused signature is answered with what should have been signed, the session
-- token in it.
local function without(text, token)
  local parts, from = {}, 1
  local first, last = text:find(token, 1, true)
  while first do
    parts[#parts + 1] = text:sub(from, first - 1)
    from = last + 1
    first, last = text:find(token, from, true)
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts, "(session token)")
end

local function hide_token(fields, credentials)
  local token = credentials and credentials.session_token
  -- What is shorter is no token, and part of any text.
  if not token or #token < LEAST_TOKEN then
    return
  end
  if type(fields.message) == "string" then
    fields.message = without(fields.message, token)
  end
  if fields.excerpt then
    fields.excerpt = without(fields.excerpt, token)
  end
end

-- What core.decode says is a fresh table of an error's own fields.
local function refused(call, fields, response, credentials)
  fields.code = fields.code or "UnreadableResponse"
  fields.status = response.status
  if fields.kind == "decode" then
    fields.message = fields.message .. advice(response)
  end
  fields.request_id = fields.request_id or response.headers["x-amzn-requestid"]
  hide_token(fields, credentials)
  if credentials and classify.is_mismatch(fields) then
    fields.smtp_credentials = access_key.is_smtp_password(credentials.secret_access_key) or nil
  end
  return failed(call, errors.new(fields.kind, fields))
end

--- Signs the call's request, at the time that the service has.
---@param call ses.Call
---@param credentials table|false false: it goes without a signature
---@return table|nil request {method, url, headers, body}
---@return ses.Error|nil
---@return number time of this machine's clock
function M.sign(call, credentials)
  local context = call.context
  local time = context.transport:time()
  local endpoint = call.endpoint
  local signed, fault = sign(call.request, endpoint, endpoint.signing_region or context.region,
    context.signing, credentials or nil, time + context.clock.skew)
  if not signed then
    return nil, M.locate(errors.new("credentials", {
      code = "SigningFailed", message = "the request could not be signed: " .. fault,
    }), call), time
  end
  -- Not part of the signature, as in every AWS SDK: proxies rewrite it.
  signed.headers["User-Agent"] = context.user_agent
  return signed, nil, time
end

--- Sends a signed request and reads its answer.
---@param call ses.Call
---@param signed table
---@param credentials table|false that it was signed with
---@param deadline number|nil on the transport's clock
---@return table|nil result
---@return ses.Error|nil err judged by ses.classify
---@return table|nil response the answer that the error was read from, where one came
function M.send(call, signed, credentials, deadline)
  local context = call.context
  signed.connection = call.connection
  call.attempts = call.attempts + 1
  local response, failure = context.transport:send(signed, deadline)
  if not response then
    return nil, unanswered(call, failure, signed.url)
  end
  local result, extra =
    decode(call.operation.handle, response.status, response.headers, response.body)
  if not result then
    return nil, refused(call, extra, response, credentials), response
  end
  result.ResponseMetadata = {
    RequestId = extra,
    HTTPStatusCode = response.status,
    HTTPHeaders = response.headers,
    RetryAttempts = call.attempts - 1,
  }
  return result
end

return M
