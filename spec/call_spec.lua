local cjson = require "cjson"
local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"
local version = require "ses.version"

local PAIR = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}

local IDENTITY = { Identity = "example.com", MailFromDomain = "bounce.example.com" }

local function client(service, answers, options)
  local given = { region = "eu-west-1", credentials = PAIR,
    transport = fake_transport.new(answers) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), given.transport
end

local set_result = fake_transport.result("SetIdentityMailFromDomain")
local GET_RESULT = "<MailFromDomainAttributes><entry><key>example.com</key><value>"
  .. "<MailFromDomain>bounce.example.com</MailFromDomain>"
  .. "<MailFromDomainStatus>Pending</MailFromDomainStatus>"
  .. "<BehaviorOnMXFailure>RejectMessage</BehaviorOnMXFailure></value></entry>"
  .. "</MailFromDomainAttributes>"

describe("a request", function()
  it("of API v1 is a signed form", function()
    local v1, transport = client("ses", { set_result })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local sent = transport.sent[1]
    assert.equal("POST", sent.method)
    assert.equal("https://email.eu-west-1.amazonaws.com/", sent.url)
    assert.equal("Action=SetIdentityMailFromDomain&Version=2010-12-01&Identity=example.com"
      .. "&MailFromDomain=bounce.example.com", sent.body)
    assert.equal("email.eu-west-1.amazonaws.com", sent.headers.Host)
    assert.equal("20150830T123600Z", sent.headers["X-Amz-Date"])
    assert.truthy(sent.headers["Content-Type"]:find("^application/x%-www%-form%-urlencoded"))
    assert.truthy(sent.headers.Authorization:find("^AWS4%-HMAC%-SHA256 Credential=AKIDEXAMPLE/"
      .. "20150830/eu%-west%-1/ses/aws4_request"))
  end)

  it("of API v2 is signed JSON with labels in its path", function()
    local v2, transport = client("sesv2", { fake_transport.json(200, "{}") },
      { endpoint = "http://[::1]:4579/base/" })
    assert(v2:put_email_identity_mail_from_attributes {
      EmailIdentity = "a b+c@example.com", MailFromDomain = "bounce.example.com" })
    local sent = transport.sent[1]
    assert.equal("PUT", sent.method)
    assert.equal("http://[::1]:4579/base/v2/email/identities/a%20b%2Bc%40example.com/mail-from",
      sent.url)
    assert.equal("[::1]:4579", sent.headers.Host)
    assert.same({ MailFromDomain = "bounce.example.com" }, cjson.decode(sent.body))
  end)

  it("says who sends it, outside the signature", function()
    local v1, transport = client("ses", { set_result }, { user_agent_extra = "shop/2" })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local headers = transport.sent[1].headers
    assert.truthy(headers["User-Agent"]:find("lua-ses/" .. version .. " ", 1, true))
    assert.truthy(headers["User-Agent"]:find(" shop/2$"))
    assert.is_nil(headers.Authorization:find("user%-agent"))
  end)

  it("carries a session token", function()
    local v1, transport = client("ses", { set_result }, { credentials = {
      access_key_id = "AKIDEXAMPLE", secret_access_key = "s", session_token = "token" } })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal("token", transport.sent[1].headers["X-Amz-Security-Token"])
  end)

  it("carries the client's connection, one table for all calls", function()
    local v1, transport = client("ses", { set_result, set_result }, {
      timeout = { connect = 2 }, verify = false, ca_bundle = "LICENSE", proxy = "http://p:3128" })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    local connection = transport.sent[1].connection
    assert.equal(connection, transport.sent[2].connection)
    assert.same({ connect_timeout = 2, verify = false, ca_bundle = "LICENSE",
      proxy = "http://p:3128", max_response_bytes = 16777216 }, connection)
  end)

  it("verifies certificates and connects in 5 s unless told otherwise", function()
    local v1, transport = client("ses", { set_result })
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.same({ connect_timeout = 5, verify = true, max_response_bytes = 16777216 },
      transport.sent[1].connection)
  end)

  it("leaves out what is ses.null, which is cjson.null", function()
    assert.equal(cjson.null, ses.null)
    local v1, transport = client("ses", { set_result })
    assert(v1:set_identity_mail_from_domain { Identity = "example.com", MailFromDomain = ses.null })
    assert.is_nil(transport.sent[1].body:find("MailFromDomain=", 1, true))
  end)

  it("is only returned by a dry run", function()
    local v1, transport = client("ses")
    local signed = assert(v1:set_identity_mail_from_domain(IDENTITY, { dry_run = true }))
    assert.equal(0, #transport.sent)
    local keys = {}
    for key in pairs(signed) do
      keys[#keys + 1] = key
    end
    table.sort(keys)
    assert.same({ "body", "headers", "method", "url" }, keys)
    assert.truthy(signed.headers.Authorization)
    assert.truthy(signed.headers["User-Agent"])
  end)
end)

describe("a result", function()
  it("of API v1 has the operation's members and the response's", function()
    local answer = fake_transport.result("GetIdentityMailFromDomainAttributes", GET_RESULT)
    local v1 = client("ses", { answer })
    local result = assert(v1:get_identity_mail_from_domain_attributes {
      Identities = { "example.com" } })
    assert.same({
      MailFromDomainAttributes = { ["example.com"] = {
        MailFromDomain = "bounce.example.com", MailFromDomainStatus = "Pending",
        BehaviorOnMXFailure = "RejectMessage" } },
      ResponseMetadata = { RequestId = "request-1", HTTPStatusCode = 200, RetryAttempts = 0,
        HTTPHeaders = { ["content-type"] = "text/xml" } },
    }, result)
  end)

  it("of API v2 too", function()
    local v2 = client("sesv2", { fake_transport.json(200,
      '{"MailFromAttributes":{"BehaviorOnMxFailure":"USE_DEFAULT_VALUE"}}') })
    local result = assert(v2:get_email_identity { EmailIdentity = "example.com" })
    assert.same({ BehaviorOnMxFailure = "USE_DEFAULT_VALUE" }, result.MailFromAttributes)
    assert.equal("request-3", result.ResponseMetadata.RequestId)
    assert.equal(200, result.ResponseMetadata.HTTPStatusCode)
  end)
end)

describe("a deadline", function()
  local function deadline(timeout, call_timeout)
    local v1, transport = client("ses", { set_result }, { timeout = timeout })
    assert(v1:set_identity_mail_from_domain(IDENTITY,
      call_timeout and { timeout = call_timeout }))
    return transport.deadlines[1]
  end

  it("is 60 s for an attempt", function()
    assert.equal(1060, deadline())
  end)

  it("is the earlier of the attempt's and the call's", function()
    assert.equal(1007, deadline { attempt = 7, total = 9 })
    assert.equal(1009, deadline { attempt = 17, total = 9 })
    assert.equal(1009, deadline { total = 9 })
  end)

  it("can be set for one call", function()
    assert.equal(1003, deadline({ attempt = 7, total = 9 }, { attempt = 3 }))
    assert.equal(1009, deadline({ attempt = 7, total = 9 }, { attempt = 30 }))
    assert.equal(1002, deadline({ attempt = 7 }, { total = 2 }))
    assert.equal(1007, deadline({ attempt = 7, total = 2 }, { total = math.huge }))
  end)

  it("is none where there is no limit", function()
    assert.is_false(deadline { attempt = math.huge })
  end)

  it("counts the time that finding credentials takes", function()
    local transport = fake_transport.new { set_result, set_result }
    local v1 = assert(ses.client("ses", {
      region = "eu-west-1", transport = transport, timeout = { attempt = 10, total = 15 },
      credentials = function()
        transport:sleep(7)
        return PAIR
      end,
    }))
    assert(v1:set_identity_mail_from_domain(IDENTITY))
    assert.equal(1015, transport.deadlines[1])
    assert(v1:set_identity_mail_from_domain(IDENTITY, { timeout = { total = 100 } }))
    assert.equal(1024, transport.deadlines[2])
  end)
end)

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

describe("a transport that yields at every verb", function()
  -- Runs a function in a coroutine to its end; what it yielded, what it returned.
  local function drive(fn)
    local yields = {}
    local thread = coroutine.create(fn)
    local ok, value, err = coroutine.resume(thread)
    while ok and coroutine.status(thread) == "suspended" do
      yields[#yields + 1] = value
      ok, value, err = coroutine.resume(thread)
    end
    assert.is_true(ok, value)
    return yields, value, err
  end

  local function yielding(answers, options)
    local v1, transport = client("ses", answers, options)
    transport.yields = true
    return v1, transport
  end

  it("is no obstacle to a method", function()
    local v1 = yielding { set_result }
    local yields, result = drive(function()
      return v1:set_identity_mail_from_domain(IDENTITY)
    end)
    assert.same({ "time", "now", "send" }, yields)
    assert.equal("request-1", result.ResponseMetadata.RequestId)
  end)

  it("is no obstacle to a call by name, with a total", function()
    local v1 = yielding({ set_result }, { timeout = { total = 5 } })
    local yields, result = drive(function()
      return ses.check(v1:call("SetIdentityMailFromDomain", IDENTITY, { timeout = {} }))
    end)
    assert.same({ "now", "time", "now", "send" }, yields)
    assert.equal("request-1", result.ResponseMetadata.RequestId)
  end)

  it("is no obstacle to an error", function()
    local v1 = yielding { fake_transport.fault(400, "Throttling", "Rate exceeded") }
    local _, result, err = drive(function()
      return v1:set_identity_mail_from_domain(IDENTITY)
    end)
    assert.is_nil(result)
    assert.is_true(ses.is_error(err, "service", "Throttling"))
  end)

  it("may be what a provider waits for", function()
    local v1, transport
    v1, transport = yielding({ set_result }, { credentials = function()
      transport:sleep(1)
      return PAIR
    end })
    local yields, result = drive(function()
      return v1:set_identity_mail_from_domain(IDENTITY)
    end)
    assert.same({ "sleep", "time", "now", "send" }, yields)
    assert.truthy(result)
  end)
end)
