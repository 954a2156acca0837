--- One call of an operation, from parameters to a result or an error.
---
--- Nothing here stands between the caller and the transport that PUC Lua 5.1
--- could not yield across: no pcall, no for ... in, no metamethod, no callback
--- from C.
local attempt = require "ses.attempt"
local classify = require "ses.classify"
local core = require "ses.core"
local observe = require "ses.observe"
local pace = require "ses.pace"
local retry = require "ses.retry"
local skew = require "ses.skew"
local validation = require "ses.validation"

local encode, locate = core.encode, attempt.locate

local M = {}

local NO_PARAMETERS = {}

---@class ses.ResponseMetadata
---@field RequestId string|nil
---@field HTTPStatusCode integer
---@field HTTPHeaders table<string, string> names in lower case
---@field RetryAttempts integer
---@field CallbackError any what a hook or the log raised after the call was made

---@class ses.CallContext what every call of a client shares
---@field service string "ses" or "sesv2"
---@field signing string the service's name in the credential scope
---@field region string
---@field endpoint ses.Endpoint
---@field provider fun(is_expired: boolean|nil, refused: table|nil, ends: number|nil):
---  table|false|nil, ses.Error|nil false: calls are not signed
---@field settings ses.Settings|nil of calls that can name an endpoint of their own
---@field multi_region {id: string, endpoint: ses.Endpoint, connection: ses.Connection}|nil the one
---  that was named last
---@field transport ses.Transport
---@field connection ses.Connection what the transport must know to connect; never changed
---@field user_agent string
---@field timeout {attempt: number, total: number|nil} seconds
---@field policy table of ses.retry
---@field quota table of ses.retry, shared
---@field adaptive table|nil of ses.adaptive, once a call is in that mode
---@field rate ses.Rate|nil nil: no pacing
---@field ids {prefix: string, count: integer}|nil
---@field clock {skew: number} seconds that the service's clock is ahead
---@field hooks ses.Hooks|nil
---@field log nil|fun(level: string, message: string, attempt: ses.Attempt)
---@field later ses.LaterOptions|nil
---@field queue ses.LaterQueue|nil of the calls of this worker that wait

---@class ses.Call what the attempts of one call share
---@field context ses.CallContext
---@field operation {name: string, handle: userdata}
---@field params table
---@field request userdata what core.encode made
---@field endpoint ses.Endpoint
---@field connection ses.Connection
---@field effect "read"|"change"|"send"
---@field policy table of ses.retry
---@field timeout {attempt: number|nil, total: number|nil} of this call alone
---@field begins_by number|nil when its last attempt must have begun, on the transport's clock;
---  nil: rate.max_wait limits what it waits
---@field attempts integer made so far
---@field id string|false what AWS knows its attempts by
---@field state ses.RetryState|nil once one has failed
---@field err ses.Error|nil what the last one met
---@field is_in_doubt boolean|nil one of them may have been carried out
---@field ends number|nil when the call's time is over, on the transport's clock

-- What all ids of one client begin with: the first four parts of a UUID of
-- version 4. Random bytes for each call would cost more than its signature.
local function id_prefix()
  local a, b, c, d, e, f, g, h, i, j = core.random(10):byte(1, 10)
  return ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"):format(a, b, c, d, e, f, g % 16 + 64, h,
    i % 64 + 128, j)
end

local function invocation_id(context)
  local ids = context.ids
  if not ids then
    ids = { prefix = id_prefix(), count = 0 }
    context.ids = ids
  end
  ids.count = ids.count + 1
  return ("%s%012x"):format(ids.prefix, ids.count)
end

-- In how many seconds an attempt must begin; nil: any time.
local function time_left(call)
  local by = math.min(call.ends or math.huge, call.begins_by or math.huge)
  return by < math.huge and by - call.context.transport:now() or nil
end

-- Whoever fetches credentials takes no longer than the call has.
---@return table|false|nil credentials false: the call is not signed
---@return ses.Error|nil
local function find_credentials(call, refused)
  local credentials, err = call.context.provider(refused ~= nil, refused, call.ends)
  if credentials == nil then
    return nil, locate(err, call)
  end
  return credentials
end

-- Credentials, once it is this attempt's turn.
---@return table|false|nil credentials
---@return ses.Error|nil
---@return number|nil waited
local function take_turn(call)
  local context = call.context
  local credentials, err = find_credentials(call)
  if err then
    return nil, err
  end
  local wait
  wait, err = pace.reserve(call, credentials, time_left(call))
  if not wait then
    return nil, locate(err, call)
  elseif wait > 0 then
    context.transport:sleep(wait)
    -- They can have changed meanwhile.
    credentials, err = find_credentials(call)
  end
  return credentials, err, wait
end

local function deadline_of(call, started)
  local seconds = call.timeout.attempt or call.context.timeout.attempt
  local deadline = started + seconds
  if call.ends and call.ends < deadline then
    deadline = call.ends
  end
  -- A time without end is no deadline to a transport.
  return deadline < math.huge and deadline or nil
end

-- What tells AWS which attempts belong together; not part of the signature.
local function mark(call, signed)
  call.id = call.id or invocation_id(call.context)
  signed.headers["amz-sdk-invocation-id"] = call.id
  signed.headers["amz-sdk-request"] = "attempt=" .. call.attempts + 1 .. "; max="
    .. call.policy.max_attempts
end

-- A signature that was refused because the clocks differ is good at the
-- service's own time.
local function set_clock(call, response, sent_at)
  local context = call.context
  local clock = context.clock
  local seconds = skew.of(response.headers.date, sent_at + clock.skew,
    context.transport:time() + clock.skew)
  if call.has_set_clock or not skew.should_correct(call.err, seconds) then
    return false
  end
  call.has_set_clock = true
  clock.skew = clock.skew + seconds
  return true
end

-- An expired session token is worth one look for another.
local function refresh(call, credentials)
  if call.has_refreshed or not credentials or not classify.is_expired_token(call.err) then
    return false
  end
  call.has_refreshed = true
  local fresh, err = find_credentials(call, credentials)
  if not fresh then
    call.err.cause = err
    return false
  end
  return fresh.access_key_id ~= credentials.access_key_id
    or fresh.session_token ~= credentials.session_token
end

-- How long until the next attempt; nil: there is none.
local function next_delay(call, response, credentials, sent_at)
  call.state = call.state or retry.start(call.policy, call.context.quota)
  local cured = response ~= nil
    and (set_clock(call, response, sent_at) or refresh(call, credentials))
  local hint = response and response.headers["x-amz-retry-after"]
  local delay = retry.failed(call.state, call.err, hint, call.context.transport:random(), cured)
  local left = time_left(call)
  if delay and left and delay >= left then
    return nil
  end
  return delay
end

-- One attempt. The result, or nil and the seconds until the next; neither: the
-- error of the call is final.
local function try(call)
  local context = call.context
  local transport = context.transport
  local credentials, err, waited = take_turn(call)
  local signed, sent_at, told
  if not err then
    signed, err, sent_at = attempt.sign(call, credentials)
  end
  if signed then
    told, err = observe.before(call, signed, waited)
  end
  if err then
    -- What the attempt before this one met says more than that there is none.
    call.err = call.err or locate(err, call)
    return nil
  end
  mark(call, signed)
  local started = transport:now()
  local result, response
  result, err, response = attempt.send(call, signed, credentials, deadline_of(call, started))
  local duration = told and transport:now() - started
  pace.learn(call, result, err)
  if result then
    retry.succeeded(call.state, context.quota)
    observe.after(call, told, result, nil, nil, duration)
    return result
  end
  call.err = err
  -- An attempt that may have been carried out is not undone by the next.
  err.ambiguous = err.ambiguous or call.is_in_doubt or false
  call.is_in_doubt = err.ambiguous
  local delay = next_delay(call, response, credentials, sent_at)
  observe.after(call, told, nil, err, response, duration, delay)
  return nil, delay
end

local function dry_run(call)
  local credentials, err = find_credentials(call)
  if err then
    return nil, err
  end
  return attempt.sign(call, credentials)
end

-- Where a call goes whose parameters name a multi-region endpoint.
---@return ses.Error|nil
local function set_endpoint(call, id)
  local context = call.context
  local found = context.multi_region
  if not found or found.id ~= id then
    local settings = context.settings
    local endpoint, connection = settings:reach(context.service,
      { endpoint = settings.custom, endpoint_id = id })
    if not endpoint then
      return locate(connection, call)
    end
    found = { id = id, endpoint = endpoint, connection = connection }
    context.multi_region = found
  end
  call.endpoint, call.connection = found.endpoint, found.connection
end

local NO_TIMEOUT = {}

-- A call's own rules of retries, where it has some; the client's else.
local function policy_of(given, policy)
  local ambiguous_sends = given.ambiguous_sends
  if ambiguous_sends == nil then
    ambiguous_sends = policy.ambiguous_sends
  end
  return retry.policy {
    mode = given.mode or policy.mode, ambiguous_sends = ambiguous_sends,
    max_attempts = given.max_attempts or policy.max_attempts,
  }
end

--- Looks for faults in the parameters of a call that is not made yet.
---@param context ses.CallContext
---@param operation {name: string, handle: userdata}
---@param params table|nil
---@return ses.Error|nil
function M.validate(context, operation, params)
  local request, faults = encode(operation.handle, params or NO_PARAMETERS)
  return not request and locate(validation.new(faults),
    { context = context, operation = operation, attempts = 0 }) or nil
end

--- Calls an operation.
---@param context ses.CallContext
---@param operation {name: string, handle: userdata, has_endpoint_id: boolean|nil}
---@param params table|nil
---@param opts {timeout: table|nil, dry_run: boolean|nil, retry: table|nil, max_wait: number|nil}|nil
---  checked before
---@return table|nil result
---@return ses.Error|nil
function M.run(context, operation, params, opts)
  params = params or NO_PARAMETERS
  local timeout = opts and opts.timeout or NO_TIMEOUT
  local total = timeout.total or context.timeout.total
  local call = {
    context = context, operation = operation, params = params, attempts = 0,
    request = false, id = false, endpoint = context.endpoint, connection = context.connection,
    begins_by = opts and opts.max_wait and context.transport:now() + opts.max_wait,
    effect = classify.effect(operation.name, params), timeout = timeout,
    policy = opts and opts.retry and policy_of(opts.retry, context.policy) or context.policy,
    ends = total and total < math.huge and context.transport:now() + total or nil,
  }
  local request, faults = encode(operation.handle, params)
  if not request then
    return nil, locate(validation.new(faults), call)
  end
  call.request = request
  local endpoint_id = operation.has_endpoint_id and rawget(params, "EndpointId")
  local err = type(endpoint_id) == "string" and set_endpoint(call, endpoint_id)
  if err then
    return nil, err
  elseif opts and opts.dry_run then
    return dry_run(call)
  end
  err = attempt.obstacle(call)
  if err then
    return nil, err
  end
  while true do
    local result, delay = try(call)
    if result then
      return result
    elseif not delay then
      return nil, call.err
    end
    context.transport:sleep(delay)
  end
end

return M
