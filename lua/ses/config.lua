--- The settings of a client: its options first, then the transport's own
--- defaults, then the environment, then what holds for everybody.
---
--- A transport with defaults reaches one service only, the emulator that it
--- belongs to, so they come before the environment: AWS settings that happen to
--- be in it must not break a test.
local endpoint = require "ses.endpoint"
local errors = require "ses.error"

local M = {}

local MAX_RESPONSE_BYTES = 16 * 1024 * 1024

-- An empty variable counts as one that is not set, as in every AWS tool.
local function variable(getenv, name)
  local value = getenv(name)
  return value ~= "" and value or nil
end

local function first_variable(getenv, first, second)
  local value = variable(getenv, first)
  if value then
    return value, first
  end
  return variable(getenv, second), second
end

local function printable(text)
  return (text:gsub("[^ -~]", "?"))
end

local function fault(code, message)
  return nil, errors.new("config", { code = code, message = message })
end

--- The region of a client.
---@param option string|nil
---@param defaults table|nil the transport's defaults, if it has any
---@param getenv fun(name: string): string|nil
---@return string|nil region
---@return ses.Error|nil
function M.region(option, defaults, getenv)
  local region, source = option, "the option region"
  if not region and defaults then
    region, source = defaults.region, "the transport's default region"
  end
  if not region then
    region, source = first_variable(getenv, "AWS_REGION", "AWS_DEFAULT_REGION")
  end
  if not region then
    return fault("MissingRegion", "no region is set: pass the option region"
      .. " (region = \"eu-west-1\"), or set AWS_REGION or AWS_DEFAULT_REGION")
  end
  if not endpoint.is_host_label(region) then
    return fault("InvalidRegion", source .. " is not the name of a region: '"
      .. printable(region) .. "' (expected letters, digits and hyphens, such as eu-west-1)")
  end
  return region
end

local function configured_url(service, getenv)
  local ignore = variable(getenv, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
  if ignore and ignore:lower() == "true" then
    return nil
  end
  return first_variable(getenv, "AWS_ENDPOINT_URL_" .. service:upper(), "AWS_ENDPOINT_URL")
end

--- The endpoint of a client.
---@param service string "ses" or "sesv2"
---@param region string
---@param option string|nil
---@param defaults table|nil the transport's defaults, if it has any
---@param getenv fun(name: string): string|nil
---@return ses.Endpoint|nil
---@return ses.Error|nil
function M.endpoint(service, region, option, defaults, getenv)
  local url, source = option, "the option endpoint"
  if not url and defaults then
    url, source = defaults.endpoint, "the transport's default endpoint"
  end
  if not url then
    url, source = configured_url(service, getenv)
  end
  if not url then
    return endpoint.regional(region)
  end
  local parsed, reason = endpoint.parse(url)
  if not parsed then
    return fault("InvalidEndpoint", source .. " is not a URL that can be used: " .. reason
      .. " (expected http://host:port or https://host, with a path at most)")
  end
  return parsed
end

-- What libcurl takes for a proxy is more than is meant here, and what it makes
-- of a slip is a proxy of that name.
local function proxy_fault(url)
  if url:find("[%c%s]") then
    return "it has white space or a control character"
  end
  -- A user name and a password belong to a proxy's URL, and to no message.
  local parsed, reason = endpoint.parse((url:gsub("^(%a+://)[^/@]*@", "%1")))
  if parsed and parsed.path ~= "" then
    return "it has a path"
  end
  return reason
end

-- libcurl would say so at the first call, and not which file it was. What is in
-- the file is for it to judge.
local function file_fault(path)
  if path == "" or path:find("\0", 1, true) then
    return "it is not the name of a file"
  end
  local file, reason = io.open(path, "rb")
  if not file then
    return reason
  end
  -- A directory opens, and does not read.
  local readable, why = file:read(0)
  if not readable then
    why = why or "it is empty"
  end
  file:close()
  return not readable and ("%s: %s"):format(path, why) or nil
end

--- How a client's requests reach the endpoint: what their transport is told.
---@param given ses.Options
---@return ses.Connection|nil
---@return ses.Error|nil
function M.connection(given)
  local reason = given.ca_bundle and file_fault(given.ca_bundle)
  if reason then
    return fault("InvalidCABundle", "the option ca_bundle cannot be used: " .. printable(reason)
      .. " (expected a file of PEM certificates)")
  end
  reason = given.proxy and proxy_fault(given.proxy)
  if reason then
    return fault("InvalidProxy", "the option proxy is not a URL that can be used: " .. reason
      .. " (expected http://host:port or https://host:port)")
  end
  return {
    connect_timeout = given.timeout and given.timeout.connect or 5,
    verify = given.verify ~= false,
    ca_bundle = given.ca_bundle,
    proxy = given.proxy,
    max_response_bytes = MAX_RESPONSE_BYTES,
  }
end

---@class ses.Settings
---@field region string
---@field endpoint ses.Endpoint
---@field connection ses.Connection

--- All of these for a client.
---@param service string "ses" or "sesv2"
---@param given ses.Options
---@param defaults table|nil the transport's defaults, if it has any
---@param getenv fun(name: string): string|nil
---@return ses.Settings|nil
---@return ses.Error|nil
function M.settings(service, given, defaults, getenv)
  local region, url, connection, err
  region, err = M.region(given.region, defaults, getenv)
  if region then
    url, err = M.endpoint(service, region, given.endpoint, defaults, getenv)
  end
  if url then
    connection, err = M.connection(given)
  end
  if not connection then
    return nil, err
  end
  return { region = region, endpoint = url, connection = connection }
end

return M
