-- What a call says went wrong.

local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local PAIR = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}

local IDENTITY = { Identity = "example.com", MailFromDomain = "bounce.example.com" }

local function client(service, answers, options)
  local given = { region = "eu-west-1", credentials = PAIR, retry = { mode = "off" },
    transport = fake_transport.new(answers) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), given.transport
end

describe("an error", function()
  local function fails(service, answer, operation, params, options)
    local made, transport = client(service, { answer }, options)
    local result, err = made:call(operation, params)
    assert.is_nil(result)
    assert.equal(service, err.service)
    assert.equal(operation, err.operation)
    return err, transport
  end

  it("of the parameters lists every fault, and sends nothing", function()
    local err, transport = fails("ses", nil, "SetIdentityMailFromDomain",
      { MailFromDomain = 5, BehaviorOnMxFailure = "RejectMessage" })
    assert.is_true(ses.is_error(err, "validation", "ParamValidation"))
    assert.equal(3, #err.details)
    assert.equal("Identity", err.path)
    assert.equal("Identity", err.details[1].path)
    assert.equal("required", err.details[1].rule)
    assert.equal("unknown", err.details[2].rule)
    assert.truthy(err.details[2].message:find("did you mean 'BehaviorOnMXFailure'?", 1, true),
      err.details[2].message)
    assert.equal("3 faults in the parameters", err.message)
    assert.equal(0, err.attempts)
    assert.equal(0, #transport.sent)
    local text = tostring(err)
    for _, detail in ipairs(err.details) do
      assert.truthy(text:find(detail.message, 1, true), text)
    end
  end)

  it("of one parameter is that fault", function()
    local err = fails("ses", nil, "GetIdentityMailFromDomainAttributes",
      { Identities = "example.com" })
    assert.equal("Identities: expected a list, got a string", err.message)
    assert.equal("Identities", err.path)
  end)

  it("of the service has its code, status and request", function()
    local err = fails("ses", fake_transport.fault(400, "InvalidParameterValue",
      "Invalid domain &lt;x&gt;"), "SetIdentityMailFromDomain", IDENTITY)
    assert.is_true(ses.is_error(err, "service", "InvalidParameterValue"))
    assert.equal("Invalid domain <x>", err.message)
    assert.equal(400, err.status)
    assert.equal("request-2", err.request_id)
    assert.equal(1, err.attempts)
    assert.is_false(err.retryable)
    assert.equal("ses SetIdentityMailFromDomain: InvalidParameterValue: Invalid domain <x>"
      .. " (HTTP 400, request id request-2)", tostring(err))
  end)

  it("of API v2 has the same", function()
    local err = fails("sesv2", fake_transport.json(404, '{"message":"no such identity"}',
      "NotFoundException"), "GetEmailIdentity", { EmailIdentity = "example.com" })
    assert.is_true(ses.is_error(err, "service", "NotFound"))
    assert.equal("no such identity", err.message)
    assert.equal(404, err.status)
    assert.equal("request-3", err.request_id)
  end)

  it("of the service says when calls come too fast", function()
    local err = fails("ses", fake_transport.fault(400, "Throttling", "Rate exceeded"),
      "SetIdentityMailFromDomain", IDENTITY)
    assert.is_true(err.throttled)
    assert.is_true(err.retryable)
  end)

  it("of a send is ambiguous when the service broke", function()
    local raw = { RawMessage = { Data = "From: a@example.com\r\n\r\n" } }
    local broken = fake_transport.fault(500, "InternalFailure", "oops")
    local err = fails("ses", broken, "SendRawEmail", raw)
    assert.is_true(err.ambiguous)
    assert.is_false(err.retryable)
    err = fails("ses", broken, "SetIdentityMailFromDomain", IDENTITY)
    assert.is_true(err.ambiguous)
    assert.is_true(err.retryable)
  end)

  it("of the transport says how much was sent", function()
    local failure = { kind = "transport", code = "ConnectionClosed", message = "closed",
      sent = "all" }
    local err = fails("ses", failure, "SetIdentityMailFromDomain", IDENTITY)
    assert.is_true(ses.is_error(err, "transport", "ConnectionClosed"))
    assert.equal("all", err.sent)
    assert.is_true(err.ambiguous)
    assert.equal(1, err.attempts)
    assert.is_nil(err.status)
    assert.is_nil(failure.operation)
    err = fails("ses", { kind = "timeout", code = "ConnectTimeout", message = "late",
      sent = "none" }, "SetIdentityMailFromDomain", IDENTITY)
    assert.is_true(ses.is_error(err, "timeout", "ConnectTimeout"))
    assert.is_false(err.ambiguous)
  end)

  it("of a transport that says little counts as sent", function()
    for _, failure in ipairs { "timeout", false, {} } do
      local err = fails("ses", function()
        return nil, failure
      end, "SetIdentityMailFromDomain", IDENTITY)
      assert.is_true(ses.is_error(err, "transport", "TransportFailure"))
      assert.is_true(err.ambiguous)
      assert.truthy(tostring(err))
    end
  end)

  it("of an answer that cannot be read keeps its status", function()
    local html = { status = 503, headers = { ["x-amzn-requestid"] = "r" },
      body = "<html><body><h1>503 Service Unavailable</h1><br></body></html>" }
    local err = fails("ses", html, "SetIdentityMailFromDomain", IDENTITY)
    assert.equal(503, err.status)
    assert.equal("r", err.request_id)
    assert.is_true(err.retryable)
    local empty = { status = 200, headers = {}, body = "" }
    err = fails("ses", empty, "GetSendQuota", {})
    assert.is_true(ses.is_error(err, "decode"))
    assert.is_false(err.ambiguous)
    empty = { status = 200, headers = {}, body = "" }
    err = fails("ses", empty, "VerifyDomainDkim", { Domain = "example.com" })
    assert.is_true(ses.is_error(err, "decode"))
    assert.is_true(err.ambiguous)
  end)

  it("of an answer that AWS did not give says its status, and what to do", function()
    local function message(status, headers, body, service)
      local operation = service == "sesv2" and "GetAccount" or "GetSendQuota"
      return fails(service or "ses", { status = status, headers = headers, body = body },
        operation, {}).message
    end
    assert.equal("HTTP 403 without an error code in the body, which is not XML: mismatched tag",
      message(403, {}, "<html><br></html>"))
    assert.equal("HTTP 502 without an error code: the body is empty", message(502, {}, ""))
    assert.equal("HTTP 301 without an error code: the body is empty; redirects are not followed,"
      .. " and this one leads to https://login.example/??",
      message(301, { location = "https://login.example/\r\n" }, ""))
    assert.truthy(message(302, { location = "https://login.example/" }, "", "sesv2")
      :find("leads to https://login.example/", 1, true))
    for _, service in ipairs { "ses", "sesv2" } do
      assert.truthy(message(407, {}, "denied", service):find("the proxy asks for a user name"))
      assert.is_nil(message(403, { location = "https://x" }, "", service):find("redirect"))
    end
  end)

  it("of a read is never ambiguous: there is nothing to carry out", function()
    for _, answer in ipairs {
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" },
      fake_transport.fault(500, "InternalFailure", "oops"),
      { status = 200, headers = {}, body = "" },
    } do
      local err = fails("ses", answer, "GetSendQuota", {})
      assert.is_false(err.ambiguous)
      assert.is_nil(tostring(err):find("carried out", 1, true))
    end
  end)

  it("of the credentials says what was tried, and sends nothing", function()
    local err, transport = fails("ses", nil, "GetSendQuota", {}, { credentials = function()
      return nil, "sealed"
    end })
    assert.is_true(ses.is_error(err, "credentials", "ProviderError"))
    assert.equal(0, err.attempts)
    assert.equal(0, #transport.sent)
  end)

  it("of a signature says where it was made with an SMTP password", function()
    local password = "BOntiZFm/r+5s3psZ/RpsjB+aSGsj2J0rXdiLuO0cQL7"
    local answers = {
      ses = fake_transport.fault(403, "SignatureDoesNotMatch", "no match"),
      sesv2 = fake_transport.json(403, '{"message":"no match"}', "InvalidSignatureException"),
    }
    for service, answer in pairs(answers) do
      local operation = service == "ses" and "GetSendQuota" or "GetAccount"
      for _, secret in ipairs {
        PAIR.secret_access_key, password:sub(2), password .. "A", "C" .. password:sub(2),
        "BQ" .. password:sub(3), (password:gsub("/", "-", 1)),
      } do
        local err = fails(service, answer, operation, {}, {
          credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = secret } })
        assert.is_nil(err.smtp_credentials)
        assert.truthy(tostring(err):find("hint: check the secret access key", 1, true))
      end
      local err = fails(service, answer, operation, {}, {
        credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = password } })
      assert.is_true(err.smtp_credentials)
      assert.truthy(tostring(err):find("hint: these look like SES SMTP credentials, which the API"
        .. " does not accept: use the IAM secret access key that they were derived from", 1, true))
      assert.is_nil(tostring(err):find(password, 1, true))
    end
    local err = fails("ses", fake_transport.fault(403, "AccessDenied", "no"), "GetSendQuota", {}, {
      credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = password } })
    assert.is_nil(err.smtp_credentials)
  end)

  it("never shows a secret, a signature or a body", function()
    local v1 = client("ses", { fake_transport.fault(403, "SignatureDoesNotMatch", "no"),
      { kind = "transport", code = "ConnectionClosed", message = "closed", sent = "all" },
      { status = 200, headers = {}, body = "garbage" } })
    for _ = 1, 3 do
      local _, err = v1:send_raw_email { RawMessage = { Data = "Subject: topsecret\r\n\r\n" } }
      local seen = tostring(err)
      for _, value in pairs(err) do
        seen = seen .. tostring(value)
      end
      assert.is_nil(seen:find(PAIR.secret_access_key, 1, true))
      assert.is_nil(seen:find("topsecret", 1, true))
      assert.is_nil(seen:find("Signature=", 1, true))
    end
  end)
end)
