--- A client with the settings of a command line.
local client = require "ses.client"
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
        message = ("--cli-%s-timeout: expected seconds, 0 for no limit, got %d"):format(name,
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

-- A transport that keeps the body of the last answer.
local function keeping(transport, kept)
  return setmetatable({
    send = function(_, ...)
      local response, failure = transport:send(...)
      kept.body = response and response.body
      return response, failure
    end,
  }, { __index = transport })
end

--- Makes a client.
---@param service string "ses" or "sesv2"
---@param globals ses.cli.Globals
---@param kept {body: string|nil}|nil where the body of the last answer is put
---@return ses.Client|nil
---@return ses.Error|nil
function M.open(service, globals, kept)
  local fault = timeout_fault(globals)
  if fault then
    return nil, fault
  end
  -- What cannot be loaded is told by the client.
  local ok, transport = pcall(function()
    return require("ses.transport").default()
  end)
  return client.new(service, {
    transport = ok and kept and keeping(transport, kept) or nil,
    region = globals.region, profile = globals.profile, endpoint = globals.endpoint_url,
    verify = globals.verify_ssl, ca_bundle = globals.ca_bundle,
    timeout = { connect = seconds(globals.cli_connect_timeout),
                idle = seconds(globals.cli_read_timeout), attempt = math.huge },
    log = globals.debug and debug_log or nil, user_agent_extra = "sesctl", mfa = ask_for_mfa,
    credentials = globals.sign_request, -- false, or nil: what is found
  })
end

return M
