--- From a request to an answer: which API, who asks, what for, may it be.
local core = require "ses.core"
local auth = require "ses.emulator.auth"
local body = require "ses.emulator.body"
local control = require "ses.emulator.control"
local errors = require "ses.emulator.errors"
local faults = require "ses.emulator.faults"
local form = require "ses.emulator.form"
local mailbox = require "ses.emulator.mailbox"
local model = require "ses.emulator.model"
local rest = require "ses.emulator.rest"
local states = require "ses.emulator.state"
local throttle = require "ses.emulator.throttle"
local v1 = require "ses.emulator.v1"
local v2 = require "ses.emulator.v2"
local validate = require "ses.emulator.validate"
local xml = require "ses.emulator.xml"

local M = {}

local LARGEST_BODY = 64 * 1024 * 1024

local OPERATIONS = { ses = v1, sesv2 = v2 }

-- Every operation but these is limited to a call a second.
local SENDS = { SendEmail = true, SendRawEmail = true, SendTemplatedEmail = true,
                SendBulkTemplatedEmail = true, SendBulkEmail = true }

---@class ses.emulator.Request
---@field method string
---@field path string as it was sent
---@field query string as it was sent, without the question mark
---@field headers table<string, string> names in lower case
---@field body string
---@field operation table|nil of API v2, whose path names it
---@field route table|nil see ses.emulator.rest

---@class ses.emulator.Context
---@field api string "ses" or "sesv2"
---@field region table see ses.emulator.state
---@field now number seconds of the movable clock
---@field limits table {production_access, max_24_hour_send, max_send_rate, throttle}
---@field assume table what is assumed of the live service, see ses.emulator
---@field new_status string the status of a new identity
---@field deliver fun(mail: ses.emulator.Mail)
---@field entry_fault fun(): table|nil takes the fault that an entry of a bulk call meets

---@class ses.emulator.Call what the answer to a call is made with
---@field api string "ses" or "sesv2"
---@field id string of the request
---@field wall number what the service takes for wall time

local function request_of(given)
  local path, query = given.target:match("^([^?]*)%??(.*)$")
  local headers = {}
  for name, value in pairs(given.headers or {}) do
    -- A header that came several times is one with a list.
    headers[name:lower()] = type(value) == "table" and table.concat(value, ",") or tostring(value)
  end
  return { method = given.method, path = path, query = query, headers = headers }
end

-- A host that has not read the body yet gives a function that does.
local function read_body(given)
  local text = given.body
  if type(text) == "function" then
    text = text()
  end
  return text or ""
end

local function request_id()
  local digits = core.random(16):gsub(".", function(char)
    return ("%02x"):format(char:byte())
  end)
  return (digits:gsub("^(%x%x%x%x%x%x%x%x)(%x%x%x%x).(%x%x%x).(%x%x%x)(.*)$", "%1-%2-4%3-8%4-%5"))
end

local function answer(call, status, text)
  return {
    status = status, body = text,
    headers = {
      ["Content-Type"] = call.api == "ses" and "text/xml" or "application/json",
      ["x-amzn-RequestId"] = call.id,
      Date = core.format_time(math.floor(call.wall), "http"),
    },
  }
end

local function refusal(call, fault)
  local code, status = errors.wire(call.api, fault)
  if call.api == "ses" then
    return answer(call, status, xml.error("ses", code, status, fault.message, call.id,
                                          fault.members))
  end
  local refused = answer(call, status, body.error(fault.message))
  refused.headers["x-amzn-ErrorType"] = code
  return refused
end

-- A form's Action and Version name the operation.
local function find_v1(request)
  if request.method ~= "POST" and request.method ~= "GET" then
    return errors.fault("missing_action", "API v1 is called with POST or GET, not with "
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
  local operation = version == model.service("ses").version and model.operation("ses", action)
  if not operation then
    return errors.fault("unknown_operation", "Could not find operation " .. action
      .. " for version " .. (version or "NO_VERSION_SPECIFIED"))
  end
  return operation, function()
    if not operation.input then
      return {}
    end
    return form.read("ses", operation.input, root)
  end
end

local function find_v2(request)
  if not request.operation then
    return errors.fault("unknown_operation", "No operation of API v2 is called with "
      .. request.method .. " " .. request.path)
  end
  return request.operation, function()
    return rest.read("sesv2", request.operation, request.route, request)
  end
end

-- The first clients of API v2 called one operation below /v1/.
local function api_of(path)
  return (path:find("^/v2/") or path:find("^/v1/email/")) and "sesv2" or "ses"
end

local function context(emulator, api, scope, operation, now)
  local options, state = emulator.options, emulator.state
  return {
    api = api, region = states.region(state, scope.region), now = now,
    limits = state.limits, assume = options.assume,
    new_status = options.verify == "manual" and "PENDING" or "SUCCESS",
    deliver = function(mail)
      mail.api, mail.region, mail.time, mail.largest = api, scope.region, now, nil
      mailbox.deliver(state, mail, options.mailbox_size)
    end,
    entry_fault = function()
      return faults.take(state.faults, "entry", api, operation)
    end,
  }
end

-- Runs an operation: its result, or what is wrong.
local function run(ctx, operation, read)
  local handler = OPERATIONS[ctx.api][operation.name]
  if not handler then
    return errors.fault("not_implemented", "The emulator does not have " .. operation.name .. ".")
  end
  local params, fault = read()
  if not params then
    return nil, fault
  end
  local message = operation.input and validate.check(ctx.api, operation.input, params)
  if message then
    return errors.fault("validation", message)
  end
  if ctx.limits.throttle and not SENDS[operation.name]
    and not throttle.take(ctx.region, ctx.api .. "." .. operation.name, ctx.now) then
    return errors.fault("throttled", "Rate exceeded")
  end
  return handler(ctx, params)
end

local function written(call, operation, result)
  local text = call.api == "ses" and xml.result("ses", operation, result, call.id)
    or body.write(call.api, operation.output, result)
  return answer(call, 200, text)
end

-- What a fault on demand makes of an answer; the host carries it out.
local function spoil(response, injected)
  response.delay, response.truncate = injected.delay, injected.truncate
  response.drop, response.reset = injected.drop, injected.reset
  return response
end

-- The answer that a fault gives in place of the operation's, if it gives one.
local function planned(call, injected)
  if injected.body then
    -- Something between client and service answers, and knows neither.
    return { status = injected.status or 200, body = injected.body,
             headers = { ["Content-Type"] = "text/html" } }
  end
  local fault = faults.answer(injected)
  return fault and refusal(call, fault)
end

local function operate(emulator, call, scope, operation, read, now)
  local ctx = context(emulator, call.api, scope, operation.name, now)
  local result, fault = run(ctx, operation, read)
  return result and written(call, operation, result) or refusal(call, fault)
end

local function serve(emulator, request, call, now)
  if #request.body > LARGEST_BODY then
    return refusal(call, { kind = "too_large", message = "The body is longer than 64 MB" })
  end
  local state = emulator.state
  local scope, fault = auth.verify(request, call.api, state.keys, call.wall,
                                   emulator.options.region)
  if not scope then
    return refusal(call, fault)
  end
  local operation, read = (call.api == "ses" and find_v1 or find_v2)(request)
  if not operation then
    return refusal(call, read)
  end
  local injected = faults.take(state.faults, "call", call.api, operation.name) or {}
  local instead = planned(call, injected)
  if injected.drop == "before" then
    return spoil({}, injected)
  elseif instead and injected.when ~= "after" then
    return spoil(instead, injected)
  end
  local response = operate(emulator, call, scope, operation, read, now)
  return spoil(instead or response, injected)
end

--- Answers a request.
---@param emulator ses.Emulator
---@param given ses.emulator.GivenRequest
---@param now number|nil wall time in seconds; nil: when the body has been read
---@return ses.emulator.Response
function M.handle(emulator, given, now)
  local request = request_of(given)
  if request.path:find("^/_emulator/") then
    request.body = read_body(given)
    return control.handle(emulator, request)
  end
  local api = api_of(request.path)
  if api == "sesv2" then
    request.operation, request.route = rest.find(api, request.method, request.path)
  end
  local unread = faults.take(emulator.state.faults, "unread", api,
                             request.operation and request.operation.name)
  if unread then
    return spoil({}, unread)
  end
  request.body = read_body(given)
  local wall = now or emulator.clock:wall()
  local call = { api = api, id = request_id(), wall = emulator.clock:service(wall) }
  return serve(emulator, request, call, emulator.clock:now(wall))
end

return M
