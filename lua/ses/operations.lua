--- The names of operations, and what somebody may have meant by one that there
--- is not.
local core = require "ses.core"
local names = require "ses.names"
local nearest = require "ses.nearest"

local M = {}

--- The services, and how one speaks of them.
M.SERVICES = { ses = "API v1", sesv2 = "API v2" }

-- What does in one API what the other does by another name, or as part of
-- something else.
local COUNTERPARTS = {
  ses = {
    PutEmailIdentityMailFromAttributes = "SetIdentityMailFromDomain",
    GetEmailIdentity = "GetIdentityMailFromDomainAttributes",
    DeleteEmailIdentity = "DeleteIdentity", ListEmailIdentities = "ListIdentities",
    CreateEmailIdentity = "VerifyDomainIdentity", GetAccount = "GetSendQuota",
  },
  sesv2 = {
    SetIdentityMailFromDomain = "PutEmailIdentityMailFromAttributes",
    GetIdentityMailFromDomainAttributes = "GetEmailIdentity",
    DeleteIdentity = "DeleteEmailIdentity", ListIdentities = "ListEmailIdentities",
    VerifyDomainIdentity = "CreateEmailIdentity", VerifyEmailIdentity = "CreateEmailIdentity",
    SendRawEmail = "SendEmail", GetSendQuota = "GetAccount",
  },
}

--- The names of a service's operations: those in snake_case by AWS's own, and the
--- other way round.
---@param service string
---@return table<string, string> by_method
---@return table<string, string> by_name
function M.names(service)
  local by_method, by_name = {}, {}
  for _, name in ipairs(core.service(service).operations) do
    local method = names.snake(name)
    by_method[method] = name
    by_name[name] = method
  end
  return by_method, by_name
end

--- What a message about an operation that a service lacks ends with.
---@param service string
---@param name any in snake_case or AWS's own
---@param known table<string, any> the names of the service, in the same form
---@return string
function M.hint(service, name, known)
  local other = service == "ses" and "sesv2" or "ses"
  local by_method, by_name = M.names(other)
  local operation = by_method[name] or (by_name[name] and name)
  if not operation or core.operation(service, operation) then
    return nearest.hint(name, known)
  end
  local hint = (", which is of %s: ses.client(\"%s\")"):format(M.SERVICES[other], other)
  local counterpart = COUNTERPARTS[service][operation]
  if counterpart then
    hint = ("%s; in %s that is '%s'"):format(hint, M.SERVICES[service],
      known[counterpart] and counterpart or names.snake(counterpart))
  end
  return hint
end

return M
