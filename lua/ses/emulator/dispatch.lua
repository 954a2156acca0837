--- From a request to an answer: which API, who asks, what for, may it be.
local core = require "ses.core"
local auth = require "ses.emulator.auth"
local body = require "ses.emulator.body"
local control = require "ses.emulator.control"
local errors = require "ses.emulator.errors"
local faults = require "ses.emulator.faults"
local form = require "ses.emulator.form"
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
local SENDS = { SendEmail = true, SendRawEmail = true }

---@class ses.emulator.Request
---@field method string
---@field path string as it was sent
---@field query string as it was sent, without the question mark
---@field headers table<string, string> names in lower case
---@field body string

---@class ses.emulator.Context
---@field api string "ses" or "sesv2"
---@field region table see ses.emulator.state
---@field now number seconds of the movable clock
---@field limits table {production_access, max_24_hour_send, max_send_rate, throttle}
---@field assume table what is assumed of the live service, see ses.emulator
---@field new_status string the status of a new identity
---@field deliver fun(mail: ses.emulator.Mail)

local function request_of(given)
  local path, query = given.target:match("^([^?]*)%??(.*)$")
  local headers = {}
  for name, value in pairs(given.headers or {}) do
    -- A header that came several times is one with a list.
    headers[name:lower()] = type(value) == "table" and table.concat(value, ",") or tostring(value)
  end
  return { method = given.method, path = path, query = query, headers = headers,
           body = given.body or "" }
end

local function request_id()
  local digits = core.random(16):gsub(".", function(char)
    return ("%02x"):format(char:byte())
  end)
  return (digits:gsub("^(%x%x%x%x%x%x%x%x)(%x%x%x%x).(%x%x%x).(%x%x%x)(.*)$", "%1-%2-4%3-8%4-%5"))
end

local function answer(api, status, text, id, wall)
  return {
    status = status, body = text,
    headers = {
      ["Content-Type"] = api == "ses" and "text/xml" or "application/json",
      ["x-amzn-RequestId"] = id,
      Date = core.format_time(math.floor(wall), "http"),
    },
  }
end

local function refusal(api, fault, id, wall)
  local code, status = errors.wire(api, fault)
  if api == "ses" then
    return answer(api, status, xml.error(api, code, status, fault.message, id), id, wall)
  end
  local refused = answer(api, status, body.error(fault.message), id, wall)
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
  local operation, route = rest.find("sesv2", request.method, request.path)
  if not operation then
    return errors.fault("unknown_operation", "No operation of API v2 is called with "
      .. request.method .. " " .. request.path)
  end
  return operation, function()
    return rest.read("sesv2", operation, route, request)
  end
end

-- The first clients of API v2 called one operation below /v1/.
local function api_of(path)
  return (path:find("^/v2/") or path:find("^/v1/email/")) and "sesv2" or "ses"
end

local function context(emulator, api, scope, now)
  local options = emulator.options
  return {
    api = api, region = states.region(emulator.state, scope.region), now = now,
    limits = options.limits, assume = options.assume,
    new_status = options.verify == "manual" and "PENDING" or "SUCCESS",
    deliver = function(mail)
      mail.api, mail.region, mail.time, mail.largest = api, scope.region, now, nil
      states.deliver(emulator.state, mail, options.mailbox_size)
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

local function written(api, operation, result, id, wall)
  local text = api == "ses" and xml.result(api, operation, result, id)
    or body.write(api, operation.output, result)
  return answer(api, 200, text, id, wall)
end

-- What a fault on demand makes of an answer; the host carries it out.
local function spoil(response, injected)
  response.delay, response.truncate = injected.delay, injected.truncate
  response.drop = injected.drop
  return response
end

-- The answer that a fault gives in place of the operation's, if it gives one.
local function planned(injected, api, id, wall)
  if injected.body then
    -- Something between client and service answers, and knows neither.
    return { status = injected.status or 200, body = injected.body,
             headers = { ["Content-Type"] = "text/html" } }
  end
  local fault = faults.answer(injected)
  return fault and refusal(api, fault, id, wall)
end

local function serve(emulator, request, api, id, wall)
  local find = api == "ses" and find_v1 or find_v2
  if #request.body > LARGEST_BODY then
    return refusal(api, { kind = "too_large", message = "The body is longer than 64 MB" }, id, wall)
  end
  local scope, fault = auth.verify(request, api, emulator.options.keys, wall)
  if not scope then
    return refusal(api, fault, id, wall)
  end
  local operation, read = find(request)
  if not operation then
    return refusal(api, read, id, wall)
  end
  local injected = faults.take(emulator.state.faults, api, operation.name) or {}
  local response = planned(injected, api, id, wall)
  if response then
    return spoil(response, injected)
  elseif injected.drop == "before" then
    return spoil({}, injected)
  end
  local ctx = context(emulator, api, scope, emulator.clock:now(wall))
  local result
  result, fault = run(ctx, operation, read)
  response = result and written(api, operation, result, id, wall)
    or refusal(api, fault, id, wall)
  return spoil(response, injected)
end

--- Answers a request.
---@param emulator table
---@param given table see Emulator:handle
---@param wall number wall time in seconds
---@return table response
function M.handle(emulator, given, wall)
  local request = request_of(given)
  if request.path:find("^/_emulator/") then
    return control.handle(emulator, request)
  end
  return serve(emulator, request, api_of(request.path), request_id(), wall)
end

return M
