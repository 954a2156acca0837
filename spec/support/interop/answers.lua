-- What SES answers, as texts: results, errors, and what is neither.

local M = {}

--- A result of API v1.
---@param operation string
---@param result string what is in its element
function M.xml(operation, result)
  return { body = ('<%sResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><%sResult>%s'
    .. "</%sResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></%sResponse>")
    :format(operation, operation, result, operation, operation),
    headers = { ["Content-Type"] = "text/xml", ["x-amzn-RequestId"] = "r-1" } }
end

--- An answer of API v2.
---@param body string
---@param status integer|nil
---@param kind string|nil of an error
function M.json(body, status, kind)
  return { body = body, status = status, headers = { ["Content-Type"] = "application/json",
    ["x-amzn-RequestId"] = "r-1", ["x-amzn-ErrorType"] = kind } }
end

--- An error of API v1.
---@param status integer
---@param code string
---@param message string|nil escaped
---@param more string|nil further elements
function M.fault(status, code, message, more)
  return { status = status, headers = { ["Content-Type"] = "text/xml" }, body =
    ('<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type>'
      .. "<Code>%s</Code>%s%s</Error><RequestId>r-1</RequestId></ErrorResponse>"):format(code,
      message and "<Message>" .. message .. "</Message>" or "", more or "") }
end

--- What is between here and SES answers.
---@param body string
---@param status integer|nil
---@param kind string|nil the content type
function M.plain(body, status, kind)
  return { body = body, status = status, headers = { ["Content-Type"] = kind or "text/html" } }
end

return M
