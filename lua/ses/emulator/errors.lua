--- What can be wrong with a request, and how each API says it.
---
--- The rules of the service are the same for both APIs and know kinds of
--- faults; codes and HTTP statuses belong to the API that answers.
local M = {}

-- kind = { status of v1, code of v1, status of v2, code of v2 }, the latter where
-- API v2 has such a thing
local KINDS = {
  -- authentication
  missing_token = { 403, "MissingAuthenticationToken", 403, "MissingAuthenticationTokenException" },
  incomplete = { 400, "IncompleteSignature", 400, "IncompleteSignatureException" },
  unknown_key = { 403, "InvalidClientTokenId", 403, "UnrecognizedClientException" },
  expired_token = { 403, "ExpiredToken", 403, "ExpiredTokenException" },
  mismatch = { 403, "SignatureDoesNotMatch", 403, "SignatureDoesNotMatch" },
  -- protocol
  bad_query = { 404, "MalformedQueryString", 400, "BadRequestException" },
  malformed = { 400, "MalformedInput", 400, "SerializationException" },
  missing_action = { 400, "MissingAction", 404, "UnknownOperationException" },
  unknown_operation = { 400, "InvalidAction", 404, "UnknownOperationException" },
  too_large = { 413, "RequestEntityTooLarge", 413, "RequestEntityTooLargeException" },
  not_implemented = { 400, "NotImplemented", 400, "NotImplemented" },
  validation = { 400, "ValidationError", 400, "BadRequestException" },
  -- the service's own rules
  invalid = { 400, "InvalidParameterValue", 400, "BadRequestException" },
  not_found = { 400, "InvalidParameterValue", 404, "NotFoundException" },
  exists = { 400, "AlreadyExists", 400, "AlreadyExistsException" },
  limit = { 400, "LimitExceeded", 400, "LimitExceededException" },
  no_configuration_set = { 400, "ConfigurationSetDoesNotExist", 404, "NotFoundException" },
  rejected = { 400, "MessageRejected", 400, "MessageRejected" },
  mail_from = {
    400, "MailFromDomainNotVerifiedException", 400, "MailFromDomainNotVerifiedException",
  },
  throttled = { 400, "Throttling", 429, "TooManyRequestsException" },
  daily_quota = { 400, "Throttling", 429, "TooManyRequestsException" },
  daily_limit = { 400, "Throttling", 400, "LimitExceededException" },
  no_template = { 400, "TemplateDoesNotExist", 404, "NotFoundException" },
  no_rule_set = { 400, "RuleSetDoesNotExist" },
  no_rule = { 400, "RuleDoesNotExist" },
  cannot_delete = { 400, "CannotDelete" },
  invalid_template = { 400, "InvalidTemplate", 400, "BadRequestException" },
  missing_attribute = { 400, "MissingRenderingAttribute", 400, "BadRequestException" },
  invalid_data = { 400, "InvalidRenderingParameter", 400, "BadRequestException" },
}

---@class ses.emulator.Fault
---@field kind string|nil
---@field message string
---@field code string|nil where there is no kind: the code on the wire
---@field status integer|nil where there is no kind: the HTTP status
---@field members table<string, string>|nil what API v1's error has beside its message
---@field allow string|nil the method that the path is asked with

--- A result that says what is wrong.
---@param kind string
---@param message string
---@param members? table<string, string> what API v1's error has beside its message
---@return nil
---@return ses.emulator.Fault
function M.fault(kind, message, members)
  return nil, { kind = kind, message = message, members = members }
end

--- What is wrong with a request that names a configuration set: there are none.
---@param name string
---@return nil
---@return ses.emulator.Fault
function M.no_configuration_set(name)
  return M.fault("no_configuration_set", "Configuration set <" .. name .. "> does not exist.",
                 { ConfigurationSetName = name })
end

--- A result that says what is wrong in the terms of one service.
---@param status integer
---@param code string|nil nil: that service has no codes
---@param message string
---@return nil
---@return ses.emulator.Fault
function M.coded(status, code, message)
  return nil, { status = status, code = code, message = message }
end

-- STS says what is wrong as API v1 does, IAM Identity Center as API v2 does but
-- for this.
local AS_V1 = { ses = true, sts = true }
local IDENTITY_CENTER = { sso = true, sso_oidc = true }
local INVALID_REQUEST = { bad_query = true, malformed = true, validation = true }

--- How a service says a fault.
---@param api string see ses.emulator.services
---@param fault ses.emulator.Fault
---@return string|nil code
---@return integer status
function M.wire(api, fault)
  local kind = KINDS[fault.kind]
  if not kind then
    return fault.code, fault.status
  elseif IDENTITY_CENTER[api] and INVALID_REQUEST[fault.kind] then
    return "InvalidRequestException", 400
  end
  local first = AS_V1[api] and 1 or 3
  return kind[first + 1], kind[first]
end

return M
