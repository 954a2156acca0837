local core = require "ses.core"
local emulated = require "spec.support.emulated"
local ses = require "ses"
local sources = require "spec.support.sources"

local check = ses.check
local TIME, ROLE = emulated.TIME, sources.ROLE

local emulator, clock

local function new(options)
  emulator, clock = sources.emulator(options)
end

before_each(function()
  new()
end)

local function sts(name, params, credentials)
  return sources.call(emulator, "sts", name, params, credentials)
end

local function assume(params, credentials)
  local given = { RoleArn = ROLE, RoleSessionName = "session" }
  for name, value in pairs(params or {}) do
    given[name] = value
  end
  return sts("AssumeRole", given, credentials)
end

local function refused(status, code, message, result, err)
  assert.is_nil(result)
  assert.same({ status, code, message }, { err.status, err.code, err.message })
end

-- A request of STS as it is, without what our own client looks at.
local function raw(form, more)
  local given = { service = "sts" }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return emulated.send(emulator, emulated.v1(form, given))
end

local function raw_refused(status, code, message, response)
  assert.equal(status, response.status)
  assert.equal("text/xml", response.headers["Content-Type"])
  assert.truthy(response.body:find('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/'
    .. '2011-06-15/"><Error><Type>Sender</Type>', 1, true))
  assert.same({ code, message }, { emulated.error(response) })
end

describe("AssumeRole", function()
  it("gives credentials that work until they expire", function()
    local result = check(assume())
    local given = result.Credentials
    assert.truthy(given.AccessKeyId:find("^ASIA[A-Z2-7]+$"))
    assert.same({ 20, 40, TIME + 3600 },
                { #given.AccessKeyId, #given.SecretAccessKey, given.Expiration })
    local v1, v2 = sources.clients(emulator, sources.credentials(given))
    check(v1:get_send_quota {})
    check(v2:get_account {})
    clock.now = TIME + 3599
    emulator:advance(2)
    check(v1:get_send_quota {})
    check(v2:get_account {})
    clock.now = TIME + 3600
    local _, err = v1:get_send_quota {}
    assert.same({ 403, "ExpiredToken" }, { err.status, err.code })
    _, err = v2:get_account {}
    assert.same({ 403, "ExpiredTokenException" }, { err.status, err.code })
    refused(403, "ExpiredToken", "The security token included in the request is expired",
            sts("GetCallerIdentity", {}, sources.credentials(given)))
  end)

  it("says whose they are", function()
    local result = check(assume { RoleArn = "arn:aws-cn:iam::210987654321:role/a/b/deep+role",
                                  RoleSessionName = "me@example.com", SourceIdentity = "Ann" })
    local user = result.AssumedRoleUser
    assert.equal("arn:aws-cn:sts::210987654321:assumed-role/deep+role/me@example.com", user.Arn)
    assert.truthy(user.AssumedRoleId:find("^AROA[0-9A-F]+:me@example%.com$"))
    assert.equal(21, #user.AssumedRoleId:match("^[^:]+"))
    assert.equal("Ann", result.SourceIdentity)
    assert.same({ user.Arn, "210987654321", user.AssumedRoleId },
                { sources.whoami(emulator, sources.credentials(result.Credentials)) })
  end)

  it("gives others each time, none of which is good without its token", function()
    local one, two = check(assume()).Credentials, check(assume()).Credentials
    for _, name in ipairs { "AccessKeyId", "SecretAccessKey", "SessionToken" } do
      assert.not_equal(one[name], two[name])
    end
    local wrong = sources.credentials(one)
    wrong.session_token = two.SessionToken
    refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            sts("GetCallerIdentity", {}, wrong))
    wrong.session_token = nil
    refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            sts("GetCallerIdentity", {}, wrong))
  end)

  it("lasts as long as was asked for", function()
    assert.equal(TIME + 900, check(assume { DurationSeconds = 900 }).Credentials.Expiration)
    assert.equal(TIME + 43200, check(assume { DurationSeconds = 43200 }).Credentials.Expiration)
    for seconds, message in pairs {
      ["899"] = "greater than or equal to 900", ["43201"] = "less than or equal to 43200",
    } do
      raw_refused(400, "ValidationError", "1 validation error detected: Value '" .. seconds
        .. "' at 'durationSeconds' failed to satisfy constraint: Member must have value "
        .. message, raw("Action=AssumeRole&Version=2011-06-15&RoleSessionName=session&RoleArn="
          .. ROLE .. "&DurationSeconds=" .. seconds))
    end
  end)

  it("lasts an hour at most for another role", function()
    local first = sources.credentials(check(assume()).Credentials)
    check(assume({ DurationSeconds = 3600 }, first))
    refused(400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session"
      .. " limit for roles assumed by role chaining.", assume({ DurationSeconds = 3601 }, first))
    local token = sources.credentials(check(sts("GetSessionToken")).Credentials)
    check(assume({ DurationSeconds = 3601 }, token))
  end)

  it("takes no number of seconds that is beyond all numbers", function()
    for _, seconds in ipairs { "9223372036854775807", "18446744073709551616", "1e3" } do
      assert.equal(400, raw("Action=AssumeRole&Version=2011-06-15&RoleSessionName=session&RoleArn="
        .. ROLE .. "&DurationSeconds=" .. seconds).status)
    end
  end)

  for what, arn in pairs {
    ["a user's ARN"] = "arn:aws:iam::123456789012:user/mailer",
    ["an account of eleven digits"] = "arn:aws:iam::12345678901:role/mailer",
    ["no name"] = "arn:aws:iam::123456789012:role/",
    ["a path alone"] = "arn:aws:iam::123456789012:role/path/",
    ["a name that is too long"] = "arn:aws:iam::123456789012:role/" .. ("x"):rep(65),
    ["a space"] = "arn:aws:iam::123456789012:role/mailer mailer",
    ["a line break"] = ROLE .. "\r\nX-Header: 1",
    ["what is no ARN"] = "mailermailermailermailer",
  } do
    it("knows no role by " .. what, function()
      refused(400, "ValidationError", "Request ARN is invalid", assume { RoleArn = arn })
    end)
  end

  for what, case in pairs {
    ["a space"] = { "a+b+c", "a b c" }, ["a line break"] = { "a%0D%0Ab", "a&#xD;\nb" },
    ["a letter that is not ASCII"] = { "%C3%A4%C3%A4", "\195\164\195\164" },
  } do
    it("takes no session name with " .. what, function()
      raw_refused(400, "ValidationError", "1 validation error detected: Value '" .. case[2]
        .. "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular"
        .. " expression pattern: [\\w+=,.@-]*",
        raw("Action=AssumeRole&Version=2011-06-15&RoleArn=" .. ROLE .. "&RoleSessionName="
          .. case[1]))
    end)
  end

  it("says what is missing, too short and too long", function()
    raw_refused(400, "ValidationError", "2 validation errors detected: Value null at 'roleArn'"
      .. " failed to satisfy constraint: Member must not be null; Value null at 'roleSessionName'"
      .. " failed to satisfy constraint: Member must not be null",
      raw "Action=AssumeRole&Version=2011-06-15")
    raw_refused(400, "ValidationError", "2 validation errors detected: Value 'x' at 'roleArn'"
      .. " failed to satisfy constraint: Member must have length greater than or equal to 20;"
      .. " Value '" .. ("x"):rep(65) .. "' at 'roleSessionName' failed to satisfy constraint:"
      .. " Member must have length less than or equal to 64",
      raw("Action=AssumeRole&Version=2011-06-15&RoleArn=x&RoleSessionName=" .. ("x"):rep(65)))
    raw_refused(400, "MalformedInput", "DurationSeconds: not a value of type integer",
      raw("Action=AssumeRole&Version=2011-06-15&RoleArn=" .. ROLE
        .. "&RoleSessionName=session&DurationSeconds=1e3"))
  end)
end)

describe("a role's rule", function()
  local MESSAGE = "User: arn:aws:iam::123456789012:user/ses-emulator is not authorized to perform:"
    .. " sts:AssumeRole on resource: " .. ROLE

  local function rule(given)
    new { roles = { [ROLE] = given } }
  end

  it("may deny it to everybody, and leaves others alone", function()
    rule { deny = true }
    refused(403, "AccessDenied", MESSAGE, assume())
    check(assume { RoleArn = ROLE .. "2" })
  end)

  it("may want an external ID", function()
    rule { external_id = "x-1" }
    refused(403, "AccessDenied", MESSAGE, assume())
    refused(403, "AccessDenied", MESSAGE, assume { ExternalId = "x-2" })
    check(assume { ExternalId = "x-1" })
    check(assume { RoleArn = ROLE .. "2", ExternalId = "x-1" })
  end)

  it("may want an MFA device's code", function()
    rule { mfa = true }
    local device = "arn:aws:iam::123456789012:mfa/ann"
    refused(403, "AccessDenied", MESSAGE, assume())
    local both = "MultiFactorAuthentication failed, must provide both MFA serial number and one"
      .. " time pass code."
    refused(403, "AccessDenied", both, assume { SerialNumber = device })
    refused(403, "AccessDenied", both, assume { TokenCode = "123456" })
    check(assume { SerialNumber = device, TokenCode = "123456" })
    raw_refused(400, "ValidationError", "1 validation error detected: Value '12345x' at"
      .. " 'tokenCode' failed to satisfy constraint: Member must satisfy regular expression"
      .. " pattern: [\\d]*", raw("Action=AssumeRole&Version=2011-06-15&RoleArn=" .. ROLE
        .. "&RoleSessionName=session&TokenCode=12345x&SerialNumber=" .. device))
  end)

  it("takes a session for an MFA device's code", function()
    rule { mfa = true }
    local with = check(sts("GetSessionToken", { SerialNumber = "GAHT12345678",
                                                TokenCode = "123456" }))
    check(assume(nil, sources.credentials(with.Credentials)))
    local without = check(sts("GetSessionToken"))
    refused(403, "AccessDenied", MESSAGE, assume(nil, sources.credentials(without.Credentials)))
  end)

  it("may shorten its sessions", function()
    rule { max_session = 1800 }
    assert.equal(TIME + 1800, check(assume()).Credentials.Expiration)
    refused(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration"
      .. " set for this role.", assume { DurationSeconds = 1801 })
    rule { max_session = 7200 }
    assert.equal(TIME + 3600, check(assume()).Credentials.Expiration)
    check(assume { DurationSeconds = 7200 })
  end)
end)

describe("GetCallerIdentity", function()
  it("knows the user of the keys that were given", function()
    assert.same({ "arn:aws:iam::123456789012:user/ses-emulator", "123456789012",
                  "AIDACKCEVSQ6C2EXAMPLE" }, { sources.whoami(emulator) })
    new { account = "210987654321" }
    assert.same({ "arn:aws:iam::210987654321:user/ses-emulator", "210987654321",
                  "AIDACKCEVSQ6C2EXAMPLE" }, { sources.whoami(emulator) })
  end)

  it("may be called by an URL that was signed before", function()
    local signed = assert(core.presign(
      { method = "GET", path = "/", headers = {}, body = "",
        query = "Action=GetCallerIdentity&Version=2011-06-15" },
      { origin = "http://" .. emulated.HOST, host = emulated.HOST, path = "" }, "us-east-1", "sts",
      { access_key_id = emulated.ID, secret_access_key = emulated.SECRET }, TIME, 60))
    local response = emulator:handle { method = "GET", headers = { host = emulated.HOST },
                                       target = signed.url:match("^http://[^/]+(.*)$") }
    assert.equal(200, response.status)
    assert.truthy(response.body:find("<Account>123456789012</Account>", 1, true))
  end)
end)

describe("GetSessionToken", function()
  it("gives the user other keys", function()
    local given = check(sts("GetSessionToken")).Credentials
    assert.equal(TIME + 43200, given.Expiration)
    assert.equal("arn:aws:iam::123456789012:user/ses-emulator",
                 (sources.whoami(emulator, sources.credentials(given))))
    assert.equal(TIME + 129600,
                 check(sts("GetSessionToken", { DurationSeconds = 129600 })).Credentials.Expiration)
  end)

  it("gives none for keys that were issued", function()
    local issued = sources.credentials(check(sts("GetSessionToken")).Credentials)
    refused(403, "AccessDenied", "Cannot call GetSessionToken with session credentials",
            sts("GetSessionToken", {}, issued))
    refused(403, "AccessDenied", "Cannot call GetFederationToken with session credentials",
            sts("GetFederationToken", { Name = "Bob" }, issued))
  end)

  it("needs a device and its code, or neither", function()
    refused(403, "AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial"
      .. " number and one time pass code.", sts("GetSessionToken", { TokenCode = "123456" }))
  end)
end)

describe("GetFederationToken", function()
  it("gives keys to somebody else", function()
    local result = check(sts("GetFederationToken", { Name = "Bob", DurationSeconds = 900 }))
    assert.same({ FederatedUserId = "123456789012:Bob",
                  Arn = "arn:aws:sts::123456789012:federated-user/Bob" }, result.FederatedUser)
    assert.equal(TIME + 900, result.Credentials.Expiration)
    assert.equal(result.FederatedUser.Arn,
                 (sources.whoami(emulator, sources.credentials(result.Credentials))))
  end)
end)

describe("GetAccessKeyInfo", function()
  it("knows the account of a key", function()
    local given = check(assume { RoleArn = "arn:aws:iam::210987654321:role/other" }).Credentials
    assert.equal("210987654321",
                 check(sts("GetAccessKeyInfo", { AccessKeyId = given.AccessKeyId })).Account)
    assert.equal("123456789012",
                 check(sts("GetAccessKeyInfo", { AccessKeyId = "AKIAIOSFODNN7EXAMPLE" })).Account)
    raw_refused(400, "ValidationError", "1 validation error detected: Value 'AKIA-OSFODNN7EXAMPLE'"
      .. " at 'accessKeyId' failed to satisfy constraint: Member must satisfy regular expression"
      .. " pattern: [\\w]*",
      raw "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIA-OSFODNN7EXAMPLE")
  end)
end)

describe("STS", function()
  it("is told from API v1 by the version, or else by what the signature is for", function()
    raw_refused(403, "SignatureDoesNotMatch",
      "Credential should be scoped to correct service: 'sts'.",
      raw("Action=GetCallerIdentity&Version=2011-06-15", { service = "ses" }))
    local response = raw("Version=2010-12-01&Action=GetSendQuota")
    assert.same({ "SignatureDoesNotMatch",
                  "Credential should be scoped to correct service: 'ses'." },
                { emulated.error(response) })
    assert.truthy(response.body:find("http://ses.amazonaws.com/doc/2010-12-01/", 1, true))
    raw_refused(400, "InvalidAction", "Could not find operation GetCallerIdentity for version"
      .. " NO_VERSION_SPECIFIED", raw "Action=GetCallerIdentity")
    raw_refused(400, "InvalidAction", "Could not find operation SendEmail for version 2011-06-15",
                raw "Action=SendEmail&Version=2011-06-15")
    assert.equal(200, raw("", { method = "GET",
      target = "/?Version=2011-06-15&Action=GetCallerIdentity" }).status)
  end)

  it("refuses what is not signed, and other methods", function()
    local response = emulator:handle { method = "POST", target = "/", headers = {},
                                       body = "Action=GetCallerIdentity&Version=2011-06-15" }
    raw_refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token",
                response)
    raw_refused(400, "MissingAction", "STS is called with POST or GET, not with PUT",
                raw("Action=GetCallerIdentity&Version=2011-06-15", { method = "PUT" }))
    response = emulator:handle { method = "POST", target = "/?Version=2011-06-15", headers = {},
                                 body = ("x"):rep(64 * 1024 * 1024 + 1) }
    raw_refused(413, "RequestEntityTooLarge", "The body is longer than 64 MB", response)
  end)

  it("is not limited to a call a second", function()
    for _ = 1, 5 do
      check(assume())
    end
    assert.same({ sts = { AssumeRole = 5 } }, emulator:credentials().calls)
  end)

  it("gives what it issues another lifetime, where it is told", function()
    emulator:set_credentials { lifetime = 7 }
    assert.equal(TIME + 7, check(assume { DurationSeconds = 900 }).Credentials.Expiration)
    emulator:set_credentials { lifetime = false }
    assert.equal(TIME + 3600, check(assume()).Credentials.Expiration)
  end)

  it("fails on demand", function()
    emulator:faults { { service = "sts", operation = "AssumeRole", code = "Throttling",
                        message = "Rate exceeded" },
                      { service = "sts", drop = "unread" } }
    local _, v2 = sources.clients(emulator, { access_key_id = emulated.ID,
                                              secret_access_key = emulated.SECRET })
    check(v2:get_account {})
    assert.equal("unread", raw("Action=GetCallerIdentity&Version=2011-06-15").drop)
    check(sts("GetCallerIdentity"))
    refused(400, "Throttling", "Rate exceeded", assume())
    check(assume())
    assert.same({}, emulator:faults())
  end)

  it("knows the last ten thousand keys that it issued", function()
    local issued = require "ses.emulator.issued"
    local first = sources.credentials(check(assume()).Credentials)
    local second = sources.credentials(check(assume()).Credentials)
    for _ = 1, 9999 do
      issued.issue(emulator.state, { arn = "x" }, 60, TIME)
    end
    refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            sts("GetCallerIdentity", {}, first))
    check(sts("GetCallerIdentity", {}, second))
    check(sts("GetCallerIdentity"))
  end)
end)
