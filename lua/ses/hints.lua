--- What to do about what a service said, where that can be put in a line. The
--- library's own messages say it themselves.
local M = {}

-- The account's rate of sending has a text of its own, below.
local function too_fast(err)
  if err.operation and err.operation:find("^Send") then
    return "wait a second and send it again: it was not accepted"
  end
  return "SES takes one call a second of most operations: wait a second, and make this one again"
end

-- What the names of a service's permissions begin with.
local ACTIONS = { ses = "ses", sesv2 = "ses", sts = "sts" }

local BY_CODE = {
  AccessDenied = function(err)
    local prefix = ACTIONS[err.service]
    return prefix and err.operation and ("the IAM policy of these credentials must allow %s:%s%s")
      :format(prefix, err.operation, prefix == "sts" and ", and the role must trust them" or "")
  end,
  InvalidClientTokenId = "the access key ID is not known to this service; temporary credentials"
    .. " need their session token too",
  MailFromDomainNotVerified = "the identity's MAIL FROM domain is not in state Success, and its"
    .. " behavior on MX failure is to reject the message: publish the MX record, or set the"
    .. " behavior to use the default value",
  RequestExpired = "compare the clock of this machine with the time of day",
  ExpiredToken = "the session token of the temporary credentials has expired",
  SignatureDoesNotMatch = function(err)
    return err.smtp_credentials and "these look like SES SMTP credentials, which the API does not"
      .. " accept: use the IAM secret access key that they were derived from"
      or "check the secret access key"
  end,
}
BY_CODE.Throttling = too_fast
BY_CODE.ThrottlingException = too_fast
BY_CODE.TooManyRequestsException = too_fast
BY_CODE.AccessDeniedException = BY_CODE.AccessDenied
BY_CODE.ExpiredTokenException = BY_CODE.ExpiredToken
BY_CODE.InvalidSignatureException = BY_CODE.SignatureDoesNotMatch
BY_CODE.MailFromDomainNotVerifiedException = BY_CODE.MailFromDomainNotVerified
BY_CODE.UnrecognizedClientException = BY_CODE.InvalidClientTokenId

-- SES tells these apart by their text only.
local BY_TEXT = {
  {
    "is not subdomain of",
    "give the full name of a subdomain of the identity's own domain: for example.com,"
      .. " bounce.example.com",
  },
  {
    "daily message quota",
    "the quota counts the recipients of the last 24 hours; waiting a few seconds does not help",
  },
  {
    "maximum sending rate",
    "the account sends to more recipients a second than it may: wait a second and send it again;"
      .. " it was not accepted",
  },
  -- OpenSSL's words for a server that answers a TLS greeting with something else.
  {
    "wrong version number",
    "does the endpoint speak plain http? then its URL begins with http://",
  },
  {
    "the following identities failed the check",
    "verify the sender in this region; in the SES sandbox every recipient must be verified as well",
  },
  { "signature expired", BY_CODE.RequestExpired },
  { "signature not yet current", BY_CODE.RequestExpired },
}

--- The hint for an error, if there is one.
---@param err table an error of ses.error
---@return string|nil
function M.of(err)
  local text = type(err.message) == "string" and err.message:lower() or ""
  for i = 1, #BY_TEXT do
    if text:find(BY_TEXT[i][1], 1, true) then
      return BY_TEXT[i][2]
    end
  end
  local hint = BY_CODE[err.code] or BY_CODE[err.shape]
  if type(hint) == "function" then
    return hint(err)
  end
  return hint
end

return M
