local errors = require "ses.error"
local hints = require "ses.hints"

local function hint(fields)
  return hints.of(errors.new("service", fields)) or ""
end

describe("a hint", function()
  it("names the permission that is missing", function()
    local expected = "must allow ses:PutEmailIdentityMailFromAttributes"
    for _, code in ipairs { "AccessDenied", "AccessDeniedException" } do
      assert.truthy(hint({ code = code, service = "sesv2",
        operation = "PutEmailIdentityMailFromAttributes" }):find(expected, 1, true))
    end
    assert.truthy(hint({ code = "AccessDenied", service = "sts", operation = "AssumeRole" })
      :find("must allow sts:AssumeRole, and the role must trust them", 1, true))
    assert.equal("", hint({ code = "AccessDenied", service = "sso", operation = "X" }))
  end)

  it("says how a MAIL FROM domain is named", function()
    assert.truthy(hint({ code = "InvalidParameterValue", message = "Provided MAIL-FROM domain"
      .. " <mail> is not subdomain of the domain of the identity <example.com>" })
      :find("full name of a subdomain", 1, true))
  end)

  it("tells the daily quota from the rate", function()
    assert.truthy(hint({ code = "Throttling", message = "Daily message quota exceeded." })
      :find("24 hours", 1, true))
    assert.truthy(hint({ code = "Throttling", message = "Maximum sending rate exceeded." })
      :find("recipients a second", 1, true))
  end)

  it("says how fast calls may come", function()
    for _, code in ipairs { "Throttling", "TooManyRequestsException", "ThrottlingException" } do
      local fields = { code = code, message = "Rate exceeded",
        operation = "SetIdentityMailFromDomain" }
      assert.truthy(hint(fields):find("one call a second of most operations", 1, true))
      fields.operation = "SendEmail"
      assert.equal("wait a second and send it again: it was not accepted", hint(fields))
    end
  end)

  it("asks whether a server that speaks no TLS was meant", function()
    assert.truthy(hint({ code = "TLSHandshake", message = "no TLS connection to h: ...:wrong"
      .. " version number" }):find("plain http", 1, true))
  end)

  it("points at the clock", function()
    assert.truthy(hint({ code = "SignatureDoesNotMatch", message = "Signature expired: 2026 ..." })
      :find("clock", 1, true))
    assert.truthy(hint({ code = "SignatureDoesNotMatch", message = "no match" })
      :find("secret access key", 1, true))
  end)

  it("tells credentials of the SMTP interface from a wrong secret", function()
    for _, code in ipairs { "SignatureDoesNotMatch", "InvalidSignatureException" } do
      assert.truthy(hint({ code = code, message = "no match", smtp_credentials = true })
        :find("look like SES SMTP credentials", 1, true))
      assert.equal("check the secret access key", hint { code = code, message = "no match" })
    end
  end)

  it("works by the model's name as well", function()
    assert.truthy(hint({ code = "X", shape = "MailFromDomainNotVerifiedException" })
      :find("MX record", 1, true))
  end)

  it("is not there where nothing is known", function()
    assert.equal("", hint { code = "Whatever", message = "something else" })
    assert.equal("", hint { message = {} })
    assert.equal("", hint { code = "AccessDenied" })
  end)
end)
