--- The role of an EC2 instance, by the instance metadata service, version 2.
---
--- Version 1, which answers whoever asks, is not used: where a token is refused
--- there are no credentials.
local document = require "ses.credentials.document"
local fault = require "ses.credentials.fault"
local http = require "ses.credentials.http"
local sets = require "ses.credentials.set"
local urls = require "ses.url"

local M = {}

local ENDPOINTS = { ipv4 = "http://169.254.169.254", ipv6 = "http://[fd00:ec2::254]" }
local ROLES = "/latest/meta-data/iam/security-credentials"
local TOKEN_SECONDS = "21600"

local DEFAULTS = { timeout = 1, attempts = 3 }

local NAME = "the instance metadata service"

local function find_endpoint(lookup, options)
  local text, source = options.endpoint, "the option endpoint"
  if not text then
    text, source = lookup:text("imds_endpoint")
  end
  if text then
    local parsed, reason = urls.parse(text)
    if not parsed then
      return fault.new("InvalidSetting", source .. " is not a URL that can be used: " .. reason)
    end
    return parsed.url
  end
  text, source = lookup:text("imds_mode")
  local endpoint = ENDPOINTS[(text or "IPv4"):lower()]
  if not endpoint then
    return fault.new("InvalidSetting", ("%s is '%s' (expected IPv4 or IPv6)"):format(source,
      fault.quote(text)))
  end
  return endpoint
end

local function find_rules(lookup, options)
  local timeout, attempts, err = options.timeout, options.attempts, nil
  if not timeout then
    timeout, err = lookup:number("imds_timeout", false)
  end
  if not attempts and not err then
    attempts, err = lookup:number("imds_attempts", true)
  end
  if err then
    return nil, err
  end
  return { timeout = timeout or DEFAULTS.timeout, attempts = attempts or DEFAULTS.attempts }
end

-- An answer of the service, or why there is none.
local function ask(ctx, rules, method, url, headers)
  local response, failure = http.ask(ctx, method, url, headers, rules)
  if response then
    return response
  end
  local message = ("%s at %s does not answer: %s"):format(NAME, url:match("^%a+://[^/]+"),
    http.in_words(failure))
  if http.is_unreachable(failure) then
    return fault.nothing(message)
  end
  return fault.passing("MetadataFailed", message, failure)
end

local function find_token(ctx, rules, endpoint)
  local response, err = ask(ctx, rules, "PUT", endpoint .. "/latest/api/token",
    { ["x-aws-ec2-metadata-token-ttl-seconds"] = TOKEN_SECONDS })
  if not response then
    return nil, err
  elseif response.status == 403 then
    return fault.new("MetadataFailed", NAME .. " refuses a token (HTTP 403): it is turned off, or"
      .. " the caller has not the permission; version 1 of the service is not used")
  elseif response.status ~= 200 then
    return http.refused("MetadataFailed", ("%s gives no token (HTTP %d); version 1 of the service"
      .. " is not used"):format(NAME, response.status), response)
  elseif not response.body:find("^[!-~]+$") then
    return fault.new("MetadataFailed", NAME .. " gave a token that no header can carry")
  end
  return response.body
end

local function find_role(ctx, rules, endpoint, headers)
  local response, err = ask(ctx, rules, "GET", endpoint .. ROLES, headers)
  if not response then
    return nil, err
  elseif response.status == 404 then
    return fault.nothing("the instance has no role")
  elseif response.status ~= 200 then
    return http.refused("MetadataFailed", ("%s does not name the instance's role (HTTP %d)")
      :format(NAME, response.status), response)
  end
  local role = response.body:match("^%s*([^\r\n]*)")
  -- It becomes part of a path.
  if not role:find("^[%w+=,.@_-]+$") or role:find("^%.+$") then
    return fault.new("MetadataFailed", NAME .. " named a role that no role can be called")
  end
  return role
end

local function read(response)
  local said = response.status == 200 and document.json(response.body)
  if not said then
    return http.refused("MetadataFailed", ("%s gave no credentials (HTTP %d): %s"):format(NAME,
      response.status, response.status == 200 and "the answer is no JSON object" or
      "that is no answer of a role with credentials"), response)
  elseif said.Code ~= nil and said.Code ~= "Success" then
    return fault.new("MetadataFailed", ("%s gave no credentials: %s"):format(NAME,
      fault.quote(said.Code)))
  end
  -- What it hands out while it cannot renew it is still good: without a check
  -- of the time.
  return sets.new(NAME, {
    access_key_id = said.AccessKeyId, secret_access_key = said.SecretAccessKey,
    session_token = said.Token, expires = said.Expiration,
  })
end

---@class ses.ImdsOptions
---@field endpoint string|nil the URL of the service
---@field timeout number|nil seconds of an attempt; 1
---@field attempts integer|nil 3

--- Fetches the credentials of the instance's role.
---@param ctx ses.CredentialsContext
---@param options ses.ImdsOptions|nil before what is configured
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, options)
  options = options or {}
  local is_disabled, err = ctx.lookup:flag("imds_disabled")
  if err then
    return nil, err
  elseif is_disabled then
    return fault.nothing("AWS_EC2_METADATA_DISABLED turns the instance metadata service off")
  end
  local endpoint, rules, token, role, response
  endpoint, err = find_endpoint(ctx.lookup, options)
  if endpoint then
    rules, err = find_rules(ctx.lookup, options)
  end
  if rules then
    token, err = find_token(ctx, rules, endpoint)
  end
  local headers = token and { ["x-aws-ec2-metadata-token"] = token }
  if token then
    role, err = find_role(ctx, rules, endpoint, headers)
  end
  if role then
    response, err = ask(ctx, rules, "GET", endpoint .. ROLES .. "/" .. role, headers)
  end
  if not response then
    return nil, err
  end
  return read(response)
end

return M
