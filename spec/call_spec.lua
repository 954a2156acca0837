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

  it("of API v1 goes to the path of the endpoint as it was given", function()
    for _, path in ipairs { "", "/", "/base", "/base/" } do
      local v1, transport = client("ses", { set_result }, { endpoint = "http://h" .. path })
      assert(v1:set_identity_mail_from_domain(IDENTITY))
      assert.equal("http://h" .. (path == "" and "/" or path), transport.sent[1].url)
    end
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
    assert.same({ "now", "time", "now", "send" }, yields)
    assert.equal("request-1", result.ResponseMetadata.RequestId)
  end)

  it("is no obstacle to a call by name, with a total", function()
    local v1 = yielding({ set_result }, { timeout = { total = 5 } })
    local yields, result = drive(function()
      return ses.check(v1:call("SetIdentityMailFromDomain", IDENTITY, { timeout = {} }))
    end)
    assert.same({ "now", "now", "now", "time", "now", "send" }, yields)
    assert.equal("request-1", result.ResponseMetadata.RequestId)
  end)

  it("is no obstacle to an error", function()
    local answer = fake_transport.fault(400, "Throttling", "Rate exceeded")
    local v1 = yielding { answer, answer, answer }
    local yields, result, err = drive(function()
      return v1:set_identity_mail_from_domain(IDENTITY)
    end)
    assert.is_nil(result)
    assert.is_true(ses.is_error(err, "service", "Throttling"))
    assert.equal(3, err.attempts)
    local sleeps = 0
    for _, verb in ipairs(yields) do
      sleeps = sleeps + (verb == "sleep" and 1 or 0)
    end
    -- Between the attempts, and for the turn of the second and the third.
    assert.equal(4, sleeps)
  end)

  it("is no obstacle to hooks, a log and new credentials", function()
    local told = {}
    local v1, transport
    v1, transport = yielding({
      fake_transport.fault(403, "ExpiredToken", "The token has expired"), set_result,
    }, {
      credentials = function(refresh)
        transport:sleep(1)
        return { access_key_id = "AKIDEXAMPLE", session_token = refresh and "new" or "old",
                 secret_access_key = PAIR.secret_access_key }
      end,
      hooks = {
        before = function() transport:sleep(1) told[#told + 1] = "before" end,
        after = function() transport:sleep(1) told[#told + 1] = "after" end,
      },
      log = function(level) transport:sleep(1) told[#told + 1] = level end,
    })
    local _, result = drive(function()
      return ses.check(v1:set_identity_mail_from_domain(IDENTITY))
    end)
    assert.equal(1, result.ResponseMetadata.RetryAttempts)
    assert.same({ "before", "after", "info", "before", "after", "debug" }, told)
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
    assert.same({ "sleep", "now", "time", "now", "send" }, yields)
    assert.truthy(result)
  end)
end)
