--- A client with the settings of a command line.
local client = require "ses.client"
local core = require "ses.core"
local errors = require "ses.error"
local output = require "ses.cli.output"

local M = {}

-- Zero seconds are no limit to the AWS CLI.
local function seconds(value)
  if value == 0 then
    return math.huge
  end
  return value or 60
end

local function timeout_fault(globals)
  for _, name in ipairs { "connect", "read" } do
    local value = globals["cli_" .. name .. "_timeout"]
    if value and value < 0 then
      return errors.new("config", {
        code = "InvalidTimeout",
        message = ("--cli-%s-timeout: expected seconds, 0 for no limit, got %.0f"):format(name,
          value),
      })
    end
  end
end

local function debug_log(level, message)
  output.tell("sesctl: " .. level .. ": " .. message .. "\n")
end

local function ask_for_mfa(serial)
  io.stderr:write("Enter MFA code for ", serial, ": ")
  return io.read()
end

-- What --debug shows of a request. Its body and its headers may hold secrets.
local function show(request)
  debug_log("debug", ("%s %s with %d bytes"):format(request.method, request.url,
    #(request.body or "")))
end

-- A transport that keeps the body of the last answer.
local function keeping(transport, kept, is_debug)
  return setmetatable({
    send = function(_, request, ...)
      if is_debug then
        show(request)
      end
      local response, failure = transport:send(request, ...)
      kept.body = response and response.body
      return response, failure
    end,
  }, { __index = transport })
end

--- Waits.
---@param duration number seconds
function M.pause(duration)
  require("ses.transport").default():sleep(duration)
end

--- Makes a client.
---@param service string "ses" or "sesv2"
---@param globals ses.cli.Globals
---@param kept {body: string|nil}|nil where the body of the last answer is put
---@param is_paced boolean|nil it keeps the rates that AWS documents: other calls of this process
---  were throttled
---@return ses.Client|nil
---@return ses.Error|nil
function M.open(service, globals, kept, is_paced)
  local fault = timeout_fault(globals)
  if fault then
    return nil, fault
  end
  local rate
  if not is_paced then
    rate = false
  end
  -- What cannot be loaded is told by the client.
  local ok, transport = pcall(core.without_gnutls, function()
    return require("ses.transport").default()
  end)
  local made, err = client.new(service, {
    transport = ok and keeping(transport, kept or {}, globals.debug) or nil,
    region = globals.region, profile = globals.profile, endpoint = globals.endpoint_url,
    verify = globals.verify_ssl, ca_bundle = globals.ca_bundle,
    timeout = { connect = seconds(globals.cli_connect_timeout),
                idle = seconds(globals.cli_read_timeout), attempt = math.huge },
    log = globals.debug and debug_log or nil, user_agent_extra = "sesctl", mfa = ask_for_mfa,
    rate = rate,
    credentials = globals.sign_request, -- false, or nil: what is found
  })
  if made and globals.debug then
    debug_log("debug", ("%s in the region %s at %s"):format(service, made.region, made.endpoint))
  end
  return made, err
end

return M
