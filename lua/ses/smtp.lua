--- Credentials of SES's SMTP interface, derived from those of the API.
local access_key = require "ses.access_key"
local core = require "ses.core"
local endpoint = require "ses.endpoint"
local errors = require "ses.error"
local printable = require "ses.printable"
local static = require "ses.credentials.static"

local M = {}

local function refuse(code, fault)
  return nil, errors.new("credentials", {
    code = code,
    message = "no SMTP password can be derived from these credentials: " .. fault,
  })
end

local function refuse_region(code, fault)
  return nil, errors.new("config", {
    code = code,
    message = fault .. " (an SMTP password is good in one region: name it, such as eu-west-1)",
  })
end

-- What tells that credentials are temporary; nil: nothing.
local function temporary(credentials)
  local token = credentials.session_token
  if token ~= nil and token ~= "" then
    return "they have a session token"
  elseif access_key.is_temporary(credentials.access_key_id) then
    return "their access key ID begins with ASIA"
  end
  return nil
end

--- The user name and the password of SES's SMTP interface in a region.
---
--- They are computed here, and nothing is sent. The password is as secret as the
--- key that it comes from, and good for as long as that is.
---@param credentials {access_key_id: string, secret_access_key: string} those of an IAM user
---@param region string "eu-west-1"
---@return {username: string, password: string}|nil
---@return ses.Error|nil err of kind "credentials" or, where it is about the region, "config"
function M.credentials(credentials, region)
  if type(credentials) ~= "table" then
    error("smtp.credentials: the credentials must be a table with access_key_id and"
      .. " secret_access_key, got " .. type(credentials), 2)
  end
  local sign = temporary(credentials)
  if sign then
    return refuse("TemporaryCredentials", sign .. ", so they are temporary, and SES derives SMTP"
      .. " passwords from the long-term access keys of IAM users only; create an access key for a"
      .. " user that may call ses:SendRawEmail, and give that")
  end
  local copy, fault = static.copy(credentials)
  if not copy then
    return refuse("InvalidCredentials", fault)
  elseif access_key.is_smtp_password(copy.secret_access_key) then
    return refuse("InvalidCredentials", "secret_access_key: it looks like an SMTP password already")
  elseif region == nil then
    return refuse_region("MissingRegion", "no region was given")
  elseif not endpoint.is_host_label(region) then
    return refuse_region("InvalidRegion", "this is not the name of a region: '"
      .. printable(region, 60) .. "'")
  end
  local password
  password, fault = core.smtp_password(copy.secret_access_key, region:lower())
  if not password then
    return refuse("InvalidCredentials", fault)
  end
  return { username = copy.access_key_id, password = password }
end

return M
