--- From a request to an answer: which service, who asks, what for, may it be.
local core = require "ses.core"
local auth = require "ses.emulator.auth"
local control = require "ses.emulator.control"
local credentials = require "ses.emulator.credentials"
local errors = require "ses.emulator.errors"
local faults = require "ses.emulator.faults"
local mailbox = require "ses.emulator.mailbox"
local mx = require "ses.emulator.mx"
local protocol = require "ses.emulator.protocol"
local services = require "ses.emulator.services"
local states = require "ses.emulator.state"
local throttle = require "ses.emulator.throttle"
local validate = require "ses.emulator.validate"

local M = {}

local LARGEST_BODY = 64 * 1024 * 1024

-- Every operation of SES but these is limited to a call a second.
local SENDS = { SendEmail = true, SendRawEmail = true, SendTemplatedEmail = true,
                SendBulkTemplatedEmail = true, SendBulkEmail = true }

local SES = { ses = true, sesv2 = true }

---@class ses.emulator.Request
---@field method string
---@field path string as it was sent
---@field query string as it was sent, without the question mark
---@field headers table<string, string> names in lower case
---@field body string

---@class ses.emulator.Context what operations of SES are given
---@field api string "ses" or "sesv2"
---@field region table see ses.emulator.state
---@field now number seconds of the movable clock
---@field limits table {production_access, max_24_hour_send, max_send_rate, throttle}
---@field assume table what is assumed of the live service, see ses.emulator
---@field looks ses.emulator.Looks|nil nil: nobody looks for MX records
---@field new_status string the status of a new identity
---@field deliver fun(mail: ses.emulator.Mail)
---@field entry_fault fun(): table|nil takes the fault that an entry of a bulk call meets

---@class ses.emulator.SourceContext what operations of all others are given
---@field api string
---@field state table see ses.emulator.state
---@field source table see ses.emulator.credentials
---@field region string the emulator's
---@field now number what the service takes for wall time
---@field caller table|nil the key pair of who asks

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

local function ses_context(emulator, call, scope, operation, now)
  local options, state = emulator.options, emulator.state
  return {
    api = call.api, region = states.region(state, scope.region), now = now,
    limits = state.limits, assume = options.assume,
    looks = mx.looks(emulator),
    new_status = options.verify == "manual" and "PENDING" or "SUCCESS",
    deliver = function(mail)
      mail.api, mail.region, mail.time, mail.largest = call.api, scope.region, now, nil
      mailbox.deliver(state, mail, options.mailbox_size)
    end,
    entry_fault = function()
      return faults.take(state.faults, "entry", call.api, operation.name)
    end,
  }
end

local function source_context(emulator, call, scope)
  local state = emulator.state
  return { api = call.api, state = state, source = state.credentials, now = call.wall,
           region = emulator.options.region, caller = scope and state.keys[scope.id] }
end

-- Runs an operation: its result, or what is wrong.
local function run(ctx, operation, read)
  local handler = services.handler(ctx.api, operation.name)
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
  if SES[ctx.api] and ctx.limits.throttle and not SENDS[operation.name]
    and not throttle.take(ctx.region, ctx.api .. "." .. operation.name, ctx.now) then
    return errors.fault("throttled", "Rate exceeded")
  end
  return handler(ctx, params)
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
  return fault and protocol.refuse(call, fault)
end

local function operate(emulator, call, scope, operation, read, now)
  local ctx = SES[call.api] and ses_context(emulator, call, scope, operation, now)
    or source_context(emulator, call, scope)
  local result, fault = run(ctx, operation, read)
  return result and protocol.write(call, operation, result) or protocol.refuse(call, fault)
end

-- Who asks; nobody, where the call needs no signature.
local function identify(emulator, request, call, operation)
  if not services.is_signed(call.api) or (operation and operation.unsigned) then
    return {}
  end
  return auth.verify(request, call.api, emulator.state.keys, call.wall, emulator.options.region)
end

local function serve(emulator, request, call, operation, read, now)
  local state = emulator.state
  local scope, fault = identify(emulator, request, call, operation)
  if not scope then
    return protocol.refuse(call, fault)
  elseif not operation then
    return protocol.refuse(call, read)
  end
  if not SES[call.api] then
    credentials.count(state.credentials, call.api, operation.name)
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
  local api, operation, read = services.of_path(request.path), nil, nil
  if api then
    operation, read = protocol.find(api, request)
  end
  local unread = faults.take(emulator.state.faults, "unread", api or services.of_form(request),
                             operation and operation.name)
  if unread then
    return spoil({}, unread)
  end
  request.body = read_body(given)
  local wall = now or emulator.clock:wall()
  local call = { api = api or services.of_form(request), id = request_id(),
                 wall = emulator.clock:service(wall) }
  if #request.body > LARGEST_BODY then
    return protocol.refuse(call, { kind = "too_large", message = "The body is longer than 64 MB" })
  elseif not api then
    operation, read = protocol.find(call.api, request)
  end
  return serve(emulator, request, call, operation, read, emulator.clock:now(wall))
end

return M
