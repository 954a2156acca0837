local cjson = require "cjson"
local errors = require "ses.error"

local function service_error(fields)
  local err = {
    code = "InvalidParameterValue",
    message = "Invalid domain name",
    service = "ses",
    operation = "SetIdentityMailFromDomain",
    status = 400,
    request_id = "7c4a8d09-ca37",
  }
  for name, value in pairs(fields or {}) do
    err[name] = value
  end
  return errors.new("service", err)
end

describe("an error", function()
  it("has every flag from the start", function()
    local err = errors.new("config", { code = "MissingRegion", message = "no region" })
    assert.equal("config", err.kind)
    assert.equal(0, err.attempts)
    assert.is_false(err.retryable)
    assert.is_false(err.throttled)
    assert.is_false(err.ambiguous)
  end)

  it("prints what was called, what went wrong and where to look", function()
    assert.equal("ses SetIdentityMailFromDomain: InvalidParameterValue: Invalid domain name"
      .. " (HTTP 400, request id 7c4a8d09-ca37)", tostring(service_error()))
  end)

  it("prints without a code, an operation, a status", function()
    assert.equal("ses: MissingRegion: no region",
      tostring(errors.new("config", { code = "MissingRegion", message = "no region" })))
    assert.equal("sesv2: decode: not JSON",
      tostring(errors.new("decode", { service = "sesv2", message = "not JSON" })))
  end)

  it("prints although the service sent no message", function()
    assert.equal("ses: Whatever (HTTP 400)",
      tostring(errors.new("service", { code = "Whatever", status = 400 })))
    assert.equal("ses: X", tostring(errors.new("service", { code = "X", message = cjson.null })))
  end)

  it("says that its outcome is unknown", function()
    local err = errors.new("timeout", { code = "AttemptTimeout", message = "no answer in 60 s",
      ambiguous = true })
    assert.equal("ses: AttemptTimeout: no answer in 60 s (the request may have been carried out)",
      tostring(err))
  end)

  it("shows how an answer begins that cannot be read", function()
    local err = errors.new("decode", { code = "UnreadableResponse", message = "not XML",
      status = 502, excerpt = "<html>\\x0a" })
    assert.equal("ses: UnreadableResponse: not XML (HTTP 502)\n  the answer begins: <html>\\x0a",
      tostring(err))
    err.excerpt = ""
    assert.equal("ses: UnreadableResponse: not XML (HTTP 502)", tostring(err))
  end)

  it("lists every fault of the parameters", function()
    local err = errors.new("validation", {
      code = "ParamValidation", message = "2 faults in the parameters", service = "ses",
      operation = "GetIdentityMailFromDomainAttributes",
      details = { { message = "Identities: expected a list, got a string" },
        { message = "Identity: unknown member" } },
    })
    assert.equal("ses GetIdentityMailFromDomainAttributes: ParamValidation:"
      .. " 2 faults in the parameters\n  Identities: expected a list, got a string\n"
      .. "  Identity: unknown member", tostring(err))
  end)

  it("says a single fault once", function()
    local err = errors.new("validation", { code = "ParamValidation", message = "A: bad",
      details = { { message = "A: bad" } } })
    assert.equal("ses: ParamValidation: A: bad", tostring(err))
  end)

  it("ends with a hint where there is one", function()
    local text = tostring(service_error { code = "AccessDenied", message = "no" })
    assert.truthy(text:find("\n  hint: the IAM policy of these credentials must allow"
      .. " ses:SetIdentityMailFromDomain", 1, true), text)
  end)

  it("joins with text on either side", function()
    local err = errors.new("config", { code = "C", message = "m" })
    assert.equal("failed: ses: C: m.", "failed: " .. err .. ".")
    assert.equal("ses: C: mses: C: m", err .. err)
  end)

  it("has a name for those who print types", function()
    assert.equal("ses.error", getmetatable(service_error()).__name)
  end)
end)

describe("is_error", function()
  local err = service_error { code = "LimitExceeded", shape = "LimitExceededException" }

  it("knows an error of ours from anything else", function()
    assert.is_true(errors.is_error(err))
    for _, other in ipairs { false, 1, "text", {}, setmetatable({}, {}), print } do
      assert.is_false(errors.is_error(other))
      assert.is_false(errors.is_error(other, "service", "LimitExceeded"))
    end
    assert.is_false(errors.is_error(nil))
  end)

  it("asks for a kind", function()
    assert.is_true(errors.is_error(err, "service"))
    assert.is_false(errors.is_error(err, "transport"))
  end)

  it("asks for a code, on the wire or in the model, with Exception or without", function()
    assert.is_true(errors.is_error(err, nil, "LimitExceeded"))
    assert.is_true(errors.is_error(err, "service", "LimitExceededException"))
    assert.is_false(errors.is_error(err, "service", "Limit"))
    assert.is_false(errors.is_error(err, "timeout", "LimitExceeded"))
    assert.is_false(errors.is_error(err, nil, "LimitExceptionExceeded"))
    local verified = service_error { code = "MailFromDomainNotVerifiedException" }
    assert.is_true(errors.is_error(verified, "service", "MailFromDomainNotVerified"))
    assert.is_true(errors.is_error(verified, "service", "MailFromDomainNotVerifiedException"))
    local renamed = service_error { code = "Gone", shape = "NotFoundException" }
    assert.is_true(errors.is_error(renamed, nil, "Gone"))
    assert.is_true(errors.is_error(renamed, nil, "NotFound"))
    assert.is_false(errors.is_error(errors.new("decode", { message = "m" }), nil, "NotFound"))
  end)

  it("raises on a kind that does not exist, at the caller's line", function()
    local ok, message = pcall(function()
      return errors.is_error(err, "LimitExceeded"), nil
    end)
    assert.is_false(ok)
    assert.truthy(message:find("error_spec.lua:%d+: ses.is_error: no kind of error is called"
      .. " 'LimitExceeded'"), message)
    ok, message = pcall(errors.is_error, err, "sevrice")
    assert.is_false(ok)
    assert.truthy(message:find("did you mean 'service'", 1, true), message)
  end)
end)

describe("check", function()
  it("passes a result on", function()
    local result = {}
    assert.equal(result, errors.check(result))
    assert.equal(result, errors.check(result, nil))
  end)

  it("raises the text of the error, and nothing else", function()
    local err = service_error()
    local ok, message = pcall(errors.check, nil, err)
    assert.is_false(ok)
    assert.equal(tostring(err), message)
    ok, message = pcall(errors.check, nil, "plain text")
    assert.is_false(ok)
    assert.equal("plain text", message)
  end)

  it("says that there is neither a result nor an error", function()
    for _, nothing in ipairs { { n = 0 }, { false, n = 1 } } do
      local ok, message = pcall(errors.check, nothing[1])
      assert.is_false(ok)
      assert.equal("ses.check: no result and no error", message)
    end
  end)
end)
