local errors = require "ses.error"
local hints = require "ses.hints"

local function hint(fields)
  return hints.of(errors.new("service", fields)) or ""
end

describe("a hint", function()
  it("names the permission that is missing", function()
    local expected = "must allow ses:PutEmailIdentityMailFromAttributes"
    for _, code in ipairs { "AccessDenied", "AccessDeniedException" } do
      assert.truthy(hint({ code = code, operation = "PutEmailIdentityMailFromAttributes" })
        :find(expected, 1, true))
    end
  end)

  it("says how a MAIL FROM domain is named", function()
    assert.truthy(hint({ code = "InvalidParameterValue", message = "Provided MAIL-FROM domain"
      .. " <mail> is not subdomain of the domain of the identity <example.com>" })
      :find("full name of a subdomain", 1, true))
  end)

  it("tells the daily quota from the rate", function()
    assert.truthy(hint({ code = "Throttling", message = "Daily message quota exceeded." })
      :find("24 hours", 1, true))
    assert.equal("", hint({ code = "Throttling", message = "Maximum sending rate exceeded." }))
  end)

  it("points at the clock", function()
    assert.truthy(hint({ code = "SignatureDoesNotMatch", message = "Signature expired: 2026 ..." })
      :find("clock", 1, true))
    assert.truthy(hint({ code = "SignatureDoesNotMatch", message = "no match" })
      :find("secret access key", 1, true))
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
