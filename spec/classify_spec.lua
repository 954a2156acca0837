local classify = require "ses.classify"
local errors = require "ses.error"

local core = require "ses.core"

-- { kind, fields, what must be set after a read, a change, a send }: R is
-- retryable, T throttled, A ambiguous.
local cases = {
  { "service", { code = "Throttling", status = 400, message = "Rate exceeded" }, "RT", "RT", "RT" },
  { "service", { code = "Throttling", status = 503 }, "RT", "RT", "RT" },
  { "service", { code = "TooManyRequestsException", status = 429 }, "RT", "RT", "RT" },
  { "service", { code = "X", shape = "TooManyRequestsException", status = 429 }, "RT", "RT", "RT" },
  { "service", { code = "Whatever", status = 429 }, "", "", "" },
  { "service", { code = "Throttling", message = "Daily message quota exceeded." }, "", "", "" },
  { "service", { code = "Throttling", status = 500, message = "Daily message quota exceeded." },
    "", "", "" },
  { "service", { code = "TooManyRequestsException", status = 429,
    message = "Daily message quota exceeded" }, "", "", "" },
  { "service", { code = "LimitExceededException", status = 400 }, "", "", "" },
  { "service", { code = "LimitExceeded", status = 400 }, "", "", "" },
  { "service", { code = "InvalidParameterValue", status = 400 }, "", "", "" },
  { "service", { code = "MessageRejected", status = 400 }, "", "", "" },
  { "service", { code = "InternalFailure", status = 500 }, "R", "RA", "A" },
  { "service", { code = "ServiceUnavailable", status = 503 }, "R", "RA", "A" },
  { "service", { code = "NotImplemented", status = 501 }, "", "A", "A" },
  { "service", { code = "RequestTimeout", status = 400 }, "R", "R", "R" },
  { "service", { code = "InternalError", status = 400 }, "R", "R", "R" },
  { "service", { code = "ConcurrentModificationException", status = 500 }, "R", "R", "R" },
  { "transport", { code = "ConnectionRefused", sent = "none" }, "R", "R", "R" },
  { "transport", { code = "NameResolution", sent = "none" }, "R", "R", "R" },
  { "transport", { code = "ConnectionClosed", sent = "part" }, "R", "R", "R" },
  { "transport", { code = "ConnectionClosed", sent = "all" }, "R", "RA", "A" },
  { "transport", { code = "TLSVerification", sent = "none" }, "", "", "" },
  { "transport", { code = "UnsupportedProtocol", sent = "none" }, "", "", "" },
  { "transport", { code = "CABundle", sent = "none" }, "", "", "" },
  { "transport", { code = "Forked", sent = "none" }, "", "", "" },
  { "transport", { code = "ResponseTooLarge", sent = "all" }, "", "A", "A" },
  { "timeout", { code = "ConnectTimeout", sent = "none" }, "R", "R", "R" },
  { "timeout", { code = "AttemptTimeout", sent = "all" }, "R", "RA", "A" },
  { "decode", { status = 200 }, "", "A", "A" },
  { "decode", { status = 302 }, "", "", "" },
  { "decode", { status = 403 }, "", "", "" },
  { "decode", { status = 502 }, "R", "RA", "A" },
  { "decode", { status = 505 }, "", "A", "A" },
  { "validation", { code = "ParamValidation" }, "", "", "" },
  { "credentials", { code = "NoCredentials" }, "", "", "" },
}

describe("apply", function()
  for _, case in ipairs(cases) do
    for i, effect in ipairs { "read", "change", "send" } do
      local kind, expected = case[1], case[i + 2]
      it(("%s %s %s of a %s: '%s'"):format(kind, case[2].code or "",
        case[2].status or case[2].sent or "", effect, expected), function()
        local fields = {}
        for name, value in pairs(case[2]) do
          fields[name] = value
        end
        local err = classify.apply(errors.new(kind, fields), effect)
        assert.equal(expected, (err.retryable and "R" or "") .. (err.throttled and "T" or "")
          .. (err.ambiguous and "A" or ""))
      end)
    end
  end
end)

describe("effect", function()
  -- What the first word of an operation's name promises; an operation that
  -- begins with a new one must be looked at before it is added here.
  local VERBS = {}
  for effect, words in pairs {
    read = "Get List Describe BatchGet TestRender",
    change = "Associate Cancel Clone Create Delete Disassociate Put Reorder Set Tag Untag Update"
      .. " Verify",
    send = "Send",
  } do
    for word in words:gmatch("%a+") do
      VERBS[word] = effect
    end
  end

  local SENDS = { CreateDeliverabilityTestReport = true, VerifyEmailAddress = true,
                  VerifyEmailIdentity = true }

  local function expected(name)
    return SENDS[name] and "send" or VERBS[name:match("^(%u%l+%u%l+)")]
      or VERBS[name:match("^%u%l+")]
  end

  for _, service in ipairs { "ses", "sesv2" } do
    it("is known of each operation of " .. service, function()
      local count = { read = 0, change = 0, send = 0 }
      for _, name in ipairs(core.service(service).operations) do
        local effect = classify.effect(name, {})
        assert.equal(expected(name), effect, name)
        assert.truthy(core.operation(service, name).method ~= "GET" or effect == "read", name)
        count[effect] = count[effect] + 1
      end
      assert.truthy(count.read > 20 and count.change > 30 and count.send >= 4)
    end)
  end

  it("of CreateEmailIdentity depends on the identity: an address gets mail", function()
    local function creates(identity)
      return classify.effect("CreateEmailIdentity", { EmailIdentity = identity })
    end
    assert.equal("send", creates("user@example.com"))
    assert.equal("change", creates("example.com"))
    assert.equal("change", creates(nil))
    assert.equal("change", creates(5))
    assert.equal("change", classify.effect("CreateEmailIdentity", nil))
  end)
end)
