local classify = require "ses.classify"
local errors = require "ses.error"

-- { kind, fields, is it a send?, what must be set }
local R, T, A = "retryable", "throttled", "ambiguous"
local cases = {
  { "service", { code = "Throttling", status = 400, message = "Rate exceeded" }, false, R, T },
  { "service", { code = "Throttling", status = 400 }, true, R, T },
  { "service", { code = "Throttling", status = 503 }, true, R, T },
  { "service", { code = "TooManyRequestsException", status = 429 }, true, R, T },
  { "service", { code = "TooMany", shape = "TooManyRequestsException", status = 429 }, true, R, T },
  { "service", { code = "Whatever", status = 429 }, false },
  { "service", { code = "Throttling", message = "Daily message quota exceeded." }, false },
  { "service", { code = "Throttling", message = "Daily message quota exceeded." }, true },
  { "service", { code = "TooManyRequestsException", status = 429,
    message = "Daily message quota exceeded" }, true },
  { "service", { code = "LimitExceededException", status = 400 }, false },
  { "service", { code = "LimitExceeded", status = 400 }, false },
  { "service", { code = "InvalidParameterValue", status = 400 }, false },
  { "service", { code = "MessageRejected", status = 400 }, true },
  { "service", { code = "InternalFailure", status = 500 }, false, R },
  { "service", { code = "InternalFailure", status = 500 }, true, A },
  { "service", { code = "ServiceUnavailable", status = 503 }, false, R },
  { "service", { code = "ServiceUnavailable", status = 503 }, true, A },
  { "service", { code = "NotImplemented", status = 501 }, false },
  { "service", { code = "NotImplemented", status = 501 }, true, A },
  { "service", { code = "RequestTimeout", status = 400 }, false, R },
  { "service", { code = "RequestTimeout", status = 400 }, true, R },
  { "service", { code = "InternalError", status = 400 }, false, R },
  { "service", { code = "ConcurrentModificationException", status = 500 }, false, R },
  { "transport", { code = "ConnectionRefused", sent = "none" }, true, R },
  { "transport", { code = "NameResolution", sent = "none" }, false, R },
  { "transport", { code = "ConnectionClosed", sent = "part" }, true, R },
  { "transport", { code = "ConnectionClosed", sent = "all" }, true, A },
  { "transport", { code = "ConnectionClosed", sent = "all" }, false, R, A },
  { "transport", { code = "TLSVerification", sent = "none" }, false },
  { "transport", { code = "UnsupportedProtocol", sent = "none" }, false },
  { "transport", { code = "CABundle", sent = "none" }, false },
  { "transport", { code = "Forked", sent = "none" }, false },
  { "transport", { code = "ResponseTooLarge", sent = "all" }, false, A },
  { "timeout", { code = "ConnectTimeout", sent = "none" }, true, R },
  { "timeout", { code = "AttemptTimeout", sent = "all" }, true, A },
  { "timeout", { code = "AttemptTimeout", sent = "all" }, false, R, A },
  { "decode", { status = 200 }, false, A },
  { "decode", { status = 200 }, true, A },
  { "decode", { status = 502 }, false, R },
  { "decode", { status = 502 }, true, A },
  { "decode", { status = 403 }, true },
  { "decode", { status = 413 }, false },
  { "validation", { code = "ParamValidation" }, true },
  { "credentials", { code = "NoCredentials" }, true },
}

describe("apply", function()
  for index, case in ipairs(cases) do
    local kind, fields, send = case[1], case[2], case[3]
    local title = ("%d: %s %s %s%s %s"):format(index, kind, fields.code or "",
      fields.status or fields.sent or "", send and ", a send:" or ":",
      #case > 3 and table.concat(case, " ", 4) or "nothing")
    it(title, function()
      local expected = { retryable = false, throttled = false, ambiguous = false }
      for i = 4, #case do
        expected[case[i]] = true
      end
      local err = classify.apply(errors.new(kind, fields), send)
      assert.same(expected,
        { retryable = err.retryable, throttled = err.throttled, ambiguous = err.ambiguous })
    end)
  end
end)

describe("is_send", function()
  it("knows the operations that mail somebody", function()
    for _, name in ipairs { "SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkEmail",
                            "SendBulkTemplatedEmail", "SendBounce", "SendCustomVerificationEmail",
                            "CreateDeliverabilityTestReport", "VerifyEmailIdentity",
                            "VerifyEmailAddress" } do
      assert.is_true(classify.is_send(name), name)
    end
    for _, name in ipairs { "SetIdentityMailFromDomain", "VerifyDomainIdentity", "GetSendQuota",
                            "PutEmailIdentityMailFromAttributes", "CreateConfigurationSet" } do
      assert.is_false(classify.is_send(name, {}), name)
    end
  end)

  it("looks at the identity that CreateEmailIdentity creates", function()
    local function creates(identity)
      return classify.is_send("CreateEmailIdentity", { EmailIdentity = identity })
    end
    assert.is_true(creates("user@example.com"))
    assert.is_false(creates("example.com"))
    assert.is_false(creates(nil))
    assert.is_false(creates(5))
    assert.is_false(classify.is_send("CreateEmailIdentity", nil))
  end)
end)
