local core = require "ses.core"
local emulated = require "spec.support.emulated"
local emulators = require "ses.emulator"
local services = require "ses.emulator.services"

local emulator

before_each(function()
  emulator = emulated.new()
end)

local function v1(form)
  return emulated.send(emulator, emulated.v1(form))
end

local function refused(status, code, message, response)
  assert.equal(status, response.status)
  assert.same({ code, message }, { emulated.error(response) })
end

describe("API v1", function()
  it("may be called with GET", function()
    local response = emulated.send(emulator,
      emulated.v2("GET", "/?Action=GetSendQuota&Version=2010-12-01"))
    assert.equal(200, response.status)
    assert.truthy(response.body:find("<GetSendQuotaResult>", 1, true))
  end)

  it("may be called with POST and a query", function()
    local response = emulated.send(emulator, { method = "POST",
      target = "/?Action=VerifyDomainIdentity&Version=2010-12-01&Domain=example.com" })
    assert.equal(200, response.status)
  end)

  it("is called with nothing else", function()
    refused(400, "MissingAction", "API v1 is called with POST or GET, not with DELETE",
      emulated.send(emulator, { method = "DELETE", target = "/" }))
  end)

  it("needs an action and its version", function()
    refused(400, "MissingAction", "Missing Action", v1("Version=2010-12-01"))
    refused(400, "MissingAction", "Missing Action", v1(""))
    refused(400, "InvalidAction",
            "Could not find operation GetSendQuota for version NO_VERSION_SPECIFIED",
            v1("Action=GetSendQuota"))
    refused(400, "InvalidAction", "Could not find operation GetSendQuota for version 2019-09-27",
            v1("Action=GetSendQuota&Version=2019-09-27"))
    refused(400, "InvalidAction", "Could not find operation Get&lt;x&gt; for version 2010-12-01",
            v1("Action=Get%3Cx%3E&Version=2010-12-01"))
  end)

  it("tells a form that is broken", function()
    refused(404, "MalformedQueryString", "A parameter is not valid UTF-8",
            v1("Action=GetSendQuota&Version=2010-12-01&x=%ff"))
    refused(400, "MalformedInput",
            "Identities: the numbers of its 1 items are not 1 to 1",
            v1("Action=GetIdentityVerificationAttributes&Version=2010-12-01&Identities.member.2=x"))
    refused(400, "ValidationError", "1 validation error detected: Value null at 'identities' failed"
      .. " to satisfy constraint: Member must not be null",
      v1("Action=GetIdentityVerificationAttributes&Version=2010-12-01"))
  end)
end)

describe("API v2", function()
  local function v2(method, target, body)
    return emulated.send(emulator, emulated.v2(method, target, body))
  end

  it("tells a body that is broken", function()
    local response = v2("POST", "/v2/email/identities", "{")
    assert.equal(400, response.status)
    assert.equal("SerializationException", (emulated.error(response)))
    refused(400, "SerializationException", "EmailIdentity: expected a string, got a number",
            v2("POST", "/v2/email/identities", '{"EmailIdentity":1}'))
    refused(400, "BadRequestException", "1 validation error detected: Value null at 'emailIdentity'"
      .. " failed to satisfy constraint: Member must not be null",
      v2("POST", "/v2/email/identities", ""))
  end)

  it("tells a path that leads nowhere", function()
    refused(404, "UnknownOperationException",
            "No operation of API v2 is called with GET /v2/email/nothing",
            v2("GET", "/v2/email/nothing"))
  end)

  it("takes percent-encoded labels however they are encoded", function()
    v2("POST", "/v2/email/identities", '{"EmailIdentity":"a+b@example.com"}')
    for _, label in ipairs { "a%2Bb%40example.com", "a+b@example.com", "%61%2bb@example.com" } do
      assert.equal(200, v2("GET", "/v2/email/identities/" .. label).status, label)
    end
  end)
end)

describe("an answer", function()
  it("has an id, a type and the time of day, not the movable clock's", function()
    emulator:advance(86400)
    local response = v1("Action=GetSendQuota&Version=2010-12-01")
    assert.equal("Fri, 15 Jan 2027 08:00:00 GMT", response.headers.Date)
    assert.equal("text/xml", response.headers["Content-Type"])
    local id = response.headers["x-amzn-RequestId"]
    assert.truthy(response.body:find("<RequestId>" .. id .. "</RequestId>", 1, true))
    assert.not_equal(id, v1("Action=GetSendQuota&Version=2010-12-01").headers["x-amzn-RequestId"])
  end)

  it("comes for a time that is given", function()
    local given = emulated.v1("Action=GetSendQuota&Version=2010-12-01",
                              { time = emulated.TIME + 5000 })
    local request = { method = "POST", target = "/", headers = emulated.sign(given),
                      body = given.body }
    assert.equal(403, emulator:handle(request).status)
    assert.equal(200, emulator:handle(request, emulated.TIME + 5000).status)
  end)

  it("refuses a body that no message needs", function()
    local response = emulator:handle { method = "POST", target = "/", headers = {},
                                       body = ("x"):rep(64 * 1024 * 1024 + 1) }
    assert.equal(413, response.status)
  end)
end)

-- A request for every modelled operation, with no parameter but its labels.
local function request_for(service, name)
  if core.service(service).protocol == "query" then
    return emulated.v1("Action=" .. name .. "&Version=" .. core.service(service).version,
                       { service = service })
  end
  local operation = core.operation(service, name)
  return emulated.v2(operation.method, (operation.uri:gsub("{[^}]+}", "x")), "{}")
end

for _, service in ipairs { "ses", "sesv2", "sts", "sso", "sso_oidc" } do
  describe("every operation of " .. service, function()
    for _, name in ipairs(core.service(service).operations) do
      if services.handler(service, name) then
        it(name .. " is there", function()
          local response = emulated.send(emulator, request_for(service, name))
          assert.is_true(response.status < 500)
          assert.not_equal("NotImplemented", (emulated.error(response)))
        end)
      else
        it(name .. " is not, and says so", function()
          local response = emulated.send(emulator, request_for(service, name))
          assert.equal(400, response.status)
          assert.equal("NotImplemented", (emulated.error(response)))
          assert.truthy(response.body:find("The emulator does not have " .. name .. ".", 1, true))
        end)
      end
    end
  end)
end

describe("every operation that the emulator has", function()
  it("is one of a model's", function()
    for service, module in pairs {
      ses = require "ses.emulator.v1", sesv2 = require "ses.emulator.v2",
      sts = require "ses.emulator.sts", sso = require "ses.emulator.sso".portal,
      sso_oidc = require "ses.emulator.sso".oidc,
    } do
      for name, handler in pairs(module) do
        assert.truthy(core.operation(service, name), name)
        assert.equal(handler, services.handler(service, name))
      end
    end
  end)
end)

describe("an emulator", function()
  it("forgets everything when it is reset", function()
    emulator:advance(10)
    emulator:faults { code = "X" }
    v1("Action=VerifyDomainIdentity&Version=2010-12-01&Domain=example.com")
    emulator:reset()
    assert.same({}, emulator:faults())
    v1("Action=VerifyDomainIdentity&Version=2010-12-01&Domain=example.com")
    assert.equal(1, #emulator:identities())
    emulator:reset()
    assert.same({}, emulator:identities())
    assert.equal(emulated.TIME, emulator.clock:now())
  end)

  it("moves its clock forward only", function()
    for _, seconds in ipairs { -1, "1", 0 / 0 } do
      assert.has_error(function()
        emulator:advance(seconds)
      end, "ses.emulator: advance: expected a number of seconds, 0 or more")
    end
  end)

  it("goes by the time of day without options", function()
    local now = os.time()
    local at = emulators.new().clock:wall()
    assert.is_true(at >= now and at <= os.time())
  end)

  for message, options in pairs {
    ["unknown option 'regoin'; did you mean 'region'?"] = { regoin = "x" },
    ["region: expected a string, got number"] = { region = 1 },
    ["verify: expected 'auto' or 'manual'"] = { verify = true },
    ["quota.max_send_rate: expected a number of at least 1"] = { quota = { max_send_rate = 0 } },
    ["quota.max_24_hour_send: expected a number of at least -1"] =
      { quota = { max_24_hour_send = -2 } },
    ["assume.v2_daily_quota: expected 'TooManyRequestsException' or 'LimitExceededException'"] =
      { assume = { v2_daily_quota = "x" } },
    ["keys[2]: expected access_key_id and secret_access_key"] =
      { keys = { { access_key_id = "a", secret_access_key = "b" }, { access_key_id = "a" } } },
    ["unknown option 'keys[1].secret'"] = { keys = { { secret = "b" } } },
    ["keys: expected a list"] = { keys = "x" },
    ["mailbox_size: expected a number of at least 1"] = { mailbox_size = 0 },
    ["account: expected a string of twelve digits"] = { account = "12345678901" },
    ["instance_role: expected a role's name, or false"] = { instance_role = "a/b" },
    ["instance_role: expected a role's name, or false "] = { instance_role = true },
    ["metadata: expected a boolean, got string"] = { metadata = "off" },
    ["lifetime: expected seconds from 1 to a hundred years, or false"] = { lifetime = 0 },
    ["lifetime: expected seconds from 1 to a hundred years, or false "] = { lifetime = 1.5 },
    ["roles: expected a table of rules by the ARNs of roles"] = { roles = "x" },
    ["roles: 'mailer' is no role's ARN, such as 'arn:aws:iam::123456789012:role/name'"] =
      { roles = { mailer = {} } },
    ["roles: '1' is no role's ARN, such as 'arn:aws:iam::123456789012:role/name'"] =
      { roles = { {} } },
    ["unknown option 'roles['arn:aws:iam::123456789012:role/name'].dney'; did you mean 'deny'?"] =
      { roles = { ["arn:aws:iam::123456789012:role/name"] = { dney = true } } },
    ["roles['arn:aws:iam::123456789012:role/name'].max_session: expected a whole number of at"
      .. " least 900"] =
      { roles = { ["arn:aws:iam::123456789012:role/name"] = { max_session = 60 } } },
    ["roles['arn:aws:iam::123456789012:role/name']: expected a table, got boolean"] =
      { roles = { ["arn:aws:iam::123456789012:role/name"] = true } },
    ["sso_tokens: expected a list of SSO tokens"] = { sso_tokens = "x" },
    ["sso_tokens[2]: expected access_token"] =
      { sso_tokens = { { access_token = "a" }, { refresh_token = "b" } } },
    ["sso_tokens[1].expires: expected a number of at least 0"] =
      { sso_tokens = { access_token = "a", expires = "soon" } },
  } do
    it("is not made: " .. message, function()
      assert.has_error(function()
        emulators.new(options)
      end, "ses.emulator.new: " .. message:gsub(" $", ""))
    end)
  end

  it("has further keys where they are given", function()
    emulator = emulated.new { keys = { { access_key_id = "AKIDOTHEREXAMPLE",
                                         secret_access_key = "secret" } } }
    local response = emulated.send(emulator, emulated.v1("Action=GetSendQuota&Version=2010-12-01",
      { id = "AKIDOTHEREXAMPLE", secret = "secret" }))
    assert.equal(200, response.status)
  end)
end)
