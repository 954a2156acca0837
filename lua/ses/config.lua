--- The settings of a client: its options first, then the transport's own
--- defaults, then the environment, then the profile, then what holds for
--- everybody.
---
--- A transport with defaults reaches one service only, the emulator that it
--- belongs to, so they come before the environment: AWS settings that happen to
--- be in it must not break a test.
local core = require "ses.core"
local endpoints = require "ses.endpoint"
local errors = require "ses.error"
local lookups = require "ses.lookup"
local printable = require "ses.printable"
local proxies = require "ses.proxy"
local retry = require "ses.retry"
local url = require "ses.url"

local M = {}

local MAX_RESPONSE_BYTES = 16 * 1024 * 1024
local MAX_CA_BUNDLE_BYTES = 16 * 1024 * 1024

local function fault(code, message)
  return nil, errors.new("config", { code = code, message = message })
end

local function find_region(given, lookup, defaults)
  local region, source = given.region, "the option region"
  if not region and defaults then
    region, source = defaults.region, "the transport's default region"
  end
  if not region then
    region, source = lookup:text("region")
  end
  if not region then
    return fault("MissingRegion", "no region is set: pass the option region"
      .. " (region = \"eu-west-1\"), set AWS_REGION or AWS_DEFAULT_REGION, or give the profile '"
      .. printable(lookup.profile_name) .. "' a region in "
      .. printable(lookup.paths.config or "~/.aws/config")
      .. lookup:advice { "AWS_REGION", "AWS_PROFILE", "HOME" })
  end
  if not endpoints.is_host_label(region) then
    return fault("InvalidRegion", source .. " is not the name of a region: '"
      .. printable(region) .. "' (expected letters, digits and hyphens, such as eu-west-1)")
  end
  return region
end

-- Finds a flag: of the options, or what is configured.
local function flag(name)
  return function(given, lookup)
    if given[name] ~= nil then
      return given[name]
    end
    return lookup:flag(name)
  end
end

-- Whether STS is to be reached by its global endpoint.
local function is_sts_legacy(_, lookup)
  local text, source = lookup:text("sts_regional_endpoints")
  local word = text and text:lower()
  if word and word ~= "regional" and word ~= "legacy" then
    return fault("InvalidSetting", ("%s is '%s' (expected regional or legacy)"):format(source,
      printable(text)))
  end
  return word == "legacy"
end

-- libcurl would say so at the first call, and not which file it was. What is in
-- the file is for it to judge.
local function file_fault(path)
  if path == "" or path:find("\0", 1, true) then
    return "it is not the name of a file"
  end
  local bytes, reason = core.measure_file(path, MAX_CA_BUNDLE_BYTES)
  reason = bytes == 0 and "it is empty" or reason
  return reason and ("%s: %s"):format(path, reason) or nil
end

local function find_ca_bundle(given, lookup)
  local path, source = given.ca_bundle, "the option ca_bundle"
  if not path then
    path, source = lookup:text("ca_bundle")
  end
  local reason = path and file_fault(path)
  if reason then
    return fault("InvalidCABundle", source .. " cannot be used: " .. printable(reason)
      .. " (expected a file of PEM certificates)")
  end
  return path
end

local function find_proxy(given, lookup, endpoint)
  local text, source = given.proxy, "the option proxy"
  if text == nil then
    text, source = proxies.of(lookup, endpoint)
  end
  local reason = text and proxies.fault(text)
  if reason then
    return fault("InvalidProxy", source .. " is not a URL that can be used: " .. reason
      .. " (expected http://host:port or https://host:port)")
  end
  return text or nil
end

---@class ses.Settings
---@field region string
---@field endpoint ses.Endpoint
---@field connection ses.Connection how requests reach it
---@field retry ses.RetryOptions
---@field lookup ses.Lookup
---@field mfa nil|fun(serial: string): string|nil, any
---@field custom string|nil the option endpoint
local Settings = {}
Settings.__index = Settings

--- How to reach an endpoint: what the transport is told.
---@param endpoint ses.Endpoint
---@return ses.Connection|nil
---@return ses.Error|nil
function Settings:connection_to(endpoint)
  local given = self.given
  local proxy, err = find_proxy(given, self.lookup, endpoint)
  if err then
    return nil, err
  end
  return {
    connect_timeout = given.timeout.connect or 5,
    idle_timeout = given.timeout.idle,
    verify = given.verify ~= false,
    ca_bundle = self.ca_bundle,
    proxy = proxy,
    max_response_bytes = MAX_RESPONSE_BYTES,
  }
end

--- The endpoint of a service where one is set: an option of the client for its own
--- service, the transport's, or what is configured.
---@param service string AWS's name in lower case, with "_" for spaces: "sesv2"
---@param option string|nil
---@return ses.Endpoint|nil
---@return ses.Error|nil
function Settings:custom_endpoint(service, option)
  local text, source, err = option, "the option endpoint", nil
  if not text and self.defaults then
    text, source = self.defaults.endpoint, "the transport's default endpoint"
  end
  if not text and not self.ignores_endpoint_urls then
    text, source, err = self.lookup:endpoint_url(service)
  end
  if not text then
    return nil, err
  end
  local parsed, reason = url.parse(text)
  if not parsed then
    return fault("InvalidEndpoint", source .. " is not a URL that can be used: " .. reason
      .. " (expected http://host:port or https://host, with a path at most)")
  end
  return parsed
end

--- Where a service is for this client, and how to reach it.
---@param service string "ses", "sesv2", "sts", "sso" or "sso_oidc"
---@param options? {endpoint: string|nil, endpoint_id: string|nil, region: string|nil} in place of
---  what is configured
---@return ses.Endpoint|nil
---@return ses.Connection|ses.Error|nil
function Settings:reach(service, options)
  options = options or {}
  if options.region and not endpoints.is_host_label(options.region) then
    return fault("InvalidRegion", "'" .. printable(options.region) .. "' is not the name of a"
      .. " region (expected letters, digits and hyphens, such as eu-west-1)")
  end
  local custom, err = self:custom_endpoint(service, options.endpoint)
  if err then
    return nil, err
  end
  local found, reason = endpoints.resolve(service, {
    region = options.region or self.region, endpoint = custom, endpoint_id = options.endpoint_id,
    use_fips = self.use_fips, use_dualstack = self.use_dualstack,
    use_global_endpoint = self.sts_legacy,
  })
  if not found then
    return fault("InvalidConfiguration", reason)
  end
  local connection
  connection, err = self:connection_to(found)
  if not connection then
    return nil, err
  end
  return found, connection
end

--- What clients that may share credentials have in common, apart from functions and
--- files: who fetches them, and how.
---@return string
function Settings:key()
  local given, lookup = self.given, self.lookup
  local keys = {}
  for i, name in ipairs { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN" } do
    keys[i] = lookup:variable(name) or ""
  end
  local parts = {
    lookup.profile_name, tostring(lookup.is_option), self.region,
    tostring(self.use_fips), tostring(self.use_dualstack), tostring(self.sts_legacy),
    tostring(self.ignores_endpoint_urls), self.ca_bundle or "", tostring(given.verify),
    tostring(given.proxy), tostring(given.timeout.connect), tostring(given.timeout.idle),
    -- The environment's own credentials may change, and are nothing to be kept.
    core.sha256(table.concat(keys, "\n")),
  }
  return table.concat(parts, "\n")
end

-- The options of retries, with what is configured in place of what is not given.
local function find_retry(options, lookup)
  local given = options.retry or {}
  local mode, max_attempts = given.mode, given.max_attempts
  if not mode then
    local source
    mode, source = lookup:text("retry_mode")
    mode = mode and mode:lower()
    if mode and retry.fault({ mode = mode }, "") then
      return fault("InvalidSetting", ("%s is '%s' (expected standard, adaptive or legacy, which is"
        .. " read as standard)"):format(source, printable(mode)))
    end
  end
  if not max_attempts then
    local err
    max_attempts, err = lookup:number("max_attempts", true)
    if err then
      return nil, err
    end
  end
  return { mode = mode, max_attempts = max_attempts, ambiguous_sends = given.ambiguous_sends }
end

-- The settings, and what finds each of them.
local READERS = {
  { "region", find_region },
  { "ignores_endpoint_urls", flag "ignore_configured_endpoint_urls" },
  { "use_fips", flag "use_fips" },
  { "use_dualstack", flag "use_dualstack" },
  { "sts_legacy", is_sts_legacy },
  { "ca_bundle", find_ca_bundle },
  { "retry", find_retry },
}

local function read_all(self, given)
  for _, reader in ipairs(READERS) do
    local value, err = reader[2](given, self.lookup, self.defaults)
    if err then
      return err
    end
    self[reader[1]] = value
  end
end

--- All of these for a client.
---@param service string "ses" or "sesv2"
---@param given ses.Options
---@param defaults table|nil the transport's defaults, if it has any
---@param getenv fun(name: string): string|nil
---@return ses.Settings|nil
---@return ses.Error|nil of kind "config"
function M.settings(service, given, defaults, getenv)
  local lookup, err
  if defaults and not given.profile then
    lookup = lookups.nothing()
  else
    lookup, err = lookups.new(given.profile, getenv)
  end
  if not lookup then
    return nil, err
  end
  local timeout = given.timeout or {}
  local self = setmetatable({
    lookup = lookup, defaults = defaults, mfa = given.mfa,
    given = { timeout = { connect = timeout.connect, idle = timeout.idle },
              verify = given.verify, proxy = given.proxy },
  }, Settings)
  err = read_all(self, given)
  if err then
    return nil, err
  end
  local connection
  self.endpoint, connection = self:reach(service, { endpoint = given.endpoint })
  if not self.endpoint then
    return nil, connection
  end
  self.connection, self.custom = connection, given.endpoint
  return self
end

return M
