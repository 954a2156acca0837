-- Answers of STS.

local M = {}

--- A result with credentials.
---@param operation string
---@param key string the access key ID
---@param expires? string ISO 8601
---@return table response
function M.credentials(operation, key, expires)
  return {
    status = 200, headers = { ["content-type"] = "text/xml" },
    body = ('<%sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%sResult><Credentials>'
      .. "<AccessKeyId>%s</AccessKeyId><SecretAccessKey>wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
      .. "</SecretAccessKey><SessionToken>token-of-%s</SessionToken><Expiration>%s</Expiration>"
      .. "</Credentials></%sResult><ResponseMetadata><RequestId>request-1</RequestId>"
      .. "</ResponseMetadata></%sResponse>"):format(operation, operation, key, key,
      expires or "2015-08-30T13:36:00Z", operation, operation),
  }
end

--- An error.
---@param code string
---@param message string
---@return table response
function M.fault(code, message)
  return {
    status = 403, headers = { ["content-type"] = "text/xml" },
    body = ('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
      .. "<Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
      .. "<RequestId>request-2</RequestId></ErrorResponse>"):format(code, message),
  }
end

--- The parameters of a request.
---@param request table
---@return table<string, string>
function M.parameters(request)
  local core = require "ses.core"
  local found = {}
  for name, value in request.body:gmatch("([^&=]+)=([^&]*)") do
    found[name] = core.decode_percent((value:gsub("%+", " ")))
  end
  return found
end

return M
