local emulated = require "spec.support.emulated"
local ses = require "ses"
local sources = require "spec.support.sources"

local check = ses.check
local TIME = emulated.TIME

local emulator, clock

before_each(function()
  emulator, clock = sources.emulator {
    sso_tokens = { { access_token = "good" }, { access_token = "short", expires = TIME + 60 } },
  }
end)

local function portal(token, role, account)
  return sources.call(emulator, "sso", "GetRoleCredentials", {
    roleName = role or "Mailer", accountId = account or "210987654321", accessToken = token })
end

local function raw(target, token, method)
  return sources.fetch(emulator, method or "GET", target, { ["x-amz-sso_bearer_token"] = token })
end

local function refused(status, code, message, result, err)
  assert.is_nil(result)
  assert.same({ status, code, message }, { err.status, err.code, err.message })
end

local function raw_refused(status, code, message, response)
  assert.same({ status, code, "application/json", message },
              { response.status, response.headers["x-amzn-ErrorType"],
                response.headers["Content-Type"], sources.json(response).message })
end

local NO_SESSION = "Session token not found or invalid"

describe("the portal", function()
  it("gives credentials that work until they expire, in milliseconds", function()
    local given = check(portal "good").roleCredentials
    assert.equal((TIME + 3600) * 1000, given.expiration)
    local keys = { access_key_id = given.accessKeyId, secret_access_key = given.secretAccessKey,
                   session_token = given.sessionToken }
    local arn, account = sources.whoami(emulator, keys)
    assert.truthy(arn:find("^arn:aws:sts::210987654321:assumed%-role/AWSReservedSSO_Mailer_%x+"
      .. "/ses%-emulator$"))
    assert.equal("210987654321", account)
    local v1, v2 = sources.clients(emulator, keys)
    check(v1:get_send_quota {})
    check(v2:get_account {})
    clock.now = TIME + 3600
    local _, err = v1:get_send_quota {}
    assert.equal("ExpiredToken", err.code)
    assert.not_equal(given.accessKeyId, check(portal "good").roleCredentials.accessKeyId)
  end)

  it("refuses an access token that it does not know, and one that is over", function()
    refused(401, "UnauthorizedException", NO_SESSION, portal "bad")
    check(portal "short")
    clock.now = TIME + 60
    refused(401, "UnauthorizedException", NO_SESSION, portal "short")
    for _, token in ipairs { "", ("x"):rep(60000), "good\r\nX-Header: 1", { "good", "good" } } do
      raw_refused(401, "UnauthorizedException", NO_SESSION,
                  raw("/federation/credentials?role_name=r&account_id=123456789012", token))
    end
  end)

  it("has access to no permission set that a rule denies", function()
    emulator:set_credentials { roles = {
      ["arn:aws:iam::210987654321:role/Admin"] = { deny = true },
      ["arn:aws:iam::210987654321:role/Mailer"] = { mfa = true },
    } }
    refused(403, "ForbiddenException", "No access", portal("good", "Admin"))
    check(portal("good", "Admin", "123456789012"))
    check(portal("good", "Mailer"))
  end)

  it("tells a request that is broken", function()
    local missing = "1 validation error detected: Value null at '%s' failed to satisfy constraint:"
      .. " Member must not be null"
    raw_refused(400, "InvalidRequestException", missing:format "roleName",
                raw("/federation/credentials?account_id=123456789012", "good"))
    raw_refused(400, "InvalidRequestException", missing:format "accountId",
                raw("/federation/credentials?role_name=r", "good"))
    raw_refused(400, "InvalidRequestException", missing:format "accessToken",
                raw "/federation/credentials?role_name=r&account_id=123456789012")
    raw_refused(400, "InvalidRequestException", "accountId: expected twelve digits",
                raw("/federation/credentials?role_name=r&account_id=12345678901%0A", "good"))
    for _, name in ipairs { "", "a%20b", "a%0D%0Ab", "%C3%A4", ("x"):rep(33) } do
      raw_refused(400, "InvalidRequestException", "roleName: not the name of a permission set",
                  raw("/federation/credentials?account_id=123456789012&role_name=" .. name, "good"))
    end
    raw_refused(400, "InvalidRequestException", "A parameter is not valid UTF-8",
                raw("/federation/credentials?role_name=%ff", "good"))
  end)

  it("has one path and one method", function()
    for _, case in ipairs { { "POST", "/federation/credentials" }, { "GET", "/federation/x" },
                            { "GET", "/federation" } } do
      raw_refused(404, "UnknownOperationException", "No operation of SSO is called with "
        .. case[1] .. " " .. case[2], raw(case[2], "good", case[1]))
    end
  end)

  it("counts what it was asked, and fails on demand", function()
    emulator:faults { { service = "sso", code = "TooManyRequestsException", status = 429 },
                      { service = "sso", operation = "GetRoleCredentials", drop = "unread" } }
    local response = raw("/federation/credentials?role_name=r&account_id=123456789012", "good")
    assert.equal("unread", response.drop)
    local _, err = portal "good"
    assert.same({ 429, "TooManyRequestsException" }, { err.status, err.code })
    check(portal "good")
    assert.same({ sso = { GetRoleCredentials = 2 } }, emulator:credentials().calls)
  end)
end)

describe("CreateToken", function()
  local function create(params)
    local given = { clientId = "client", clientSecret = "secret", grantType = "refresh_token" }
    for name, value in pairs(params) do
      given[name] = value
    end
    return sources.call(emulator, "sso_oidc", "CreateToken", given)
  end

  local function post(body, method, target)
    return sources.fetch(emulator, method or "POST", target or "/token",
                         { ["content-type"] = "application/json" }, body)
  end

  local function oauth_refused(status, code, oauth, message, response)
    assert.same({ status, code, { error = oauth, error_description = message } },
                { response.status, response.headers["x-amzn-ErrorType"], sources.json(response) })
  end

  before_each(function()
    emulator:set_credentials { sso_tokens = {
      access_token = "old", expires = TIME - 1, refresh_token = "again",
      refresh_expires = TIME + 7200,
    } }
  end)

  it("gives new access tokens for a refresh token", function()
    refused(401, "UnauthorizedException", NO_SESSION, portal "old")
    local one = check(create { refreshToken = "again" })
    assert.same({ "Bearer", 3600, "again" }, { one.tokenType, one.expiresIn, one.refreshToken })
    check(portal(one.accessToken))
    clock.now = TIME + 3600
    refused(401, "UnauthorizedException", NO_SESSION, portal(one.accessToken))
    local two = check(create { refreshToken = one.refreshToken })
    assert.not_equal(one.accessToken, two.accessToken)
    check(portal(two.accessToken))
    refused(401, "UnauthorizedException", NO_SESSION, portal "old")
  end)

  it("gives tokens that live as long as they are told", function()
    emulator:set_credentials { lifetime = 30 }
    local given = check(create { refreshToken = "again" })
    assert.equal(30, given.expiresIn)
    clock.now = TIME + 30
    refused(401, "UnauthorizedException", NO_SESSION, portal(given.accessToken))
  end)

  it("refuses a refresh token that it does not know, and one that is over", function()
    local _, err = create { refreshToken = "never" }
    assert.same({ 400, "InvalidGrantException" }, { err.status, err.code })
    local request = '{"clientId":"c","clientSecret":"s","grantType":"refresh_token",'
      .. '"refreshToken":"%s"}'
    oauth_refused(400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided",
                  post(request:format "never"))
    oauth_refused(400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided",
                  post(request:format "again\\r\\n"))
    clock.now = TIME + 7200
    oauth_refused(400, "ExpiredTokenException", "expired_token", "Refresh token is expired",
                  post(request:format "again"))
  end)

  it("has one grant", function()
    oauth_refused(400, "UnsupportedGrantTypeException", "unsupported_grant_type",
                  "Unsupported grant type", post('{"clientId":"c","clientSecret":"s",'
                    .. '"grantType":"password"}'))
    for _, grant in ipairs { "authorization_code",
                             "urn:ietf:params:oauth:grant-type:device_code" } do
      local response = post('{"clientId":"c","clientSecret":"s","grantType":"' .. grant .. '"}')
      oauth_refused(400, "NotImplemented", "not_implemented",
                    "The emulator does not have the grant " .. grant .. ".", response)
    end
  end)

  it("tells a request that is broken", function()
    oauth_refused(400, "InvalidRequestException", "invalid_request",
                  "refreshToken: this grant needs one", post('{"clientId":"c","clientSecret":"s",'
                    .. '"grantType":"refresh_token"}'))
    oauth_refused(400, "InvalidRequestException", "invalid_request", "1 validation error detected:"
      .. " Value null at 'clientSecret' failed to satisfy constraint: Member must not be null",
      post '{"clientId":"c","grantType":"refresh_token","refreshToken":"again"}')
    for _, body in ipairs { "{", "[]", '{"clientId":1}', "\255" } do
      local response = post(body)
      assert.same({ 400, "InvalidRequestException" },
                  { response.status, response.headers["x-amzn-ErrorType"] })
    end
    oauth_refused(413, "RequestEntityTooLargeException", "request_entity_too_large",
                  "The body is longer than 64 MB", post(("x"):rep(64 * 1024 * 1024 + 1)))
  end)

  it("has one method, and neighbours that are not there", function()
    oauth_refused(404, "UnknownOperationException", "unknown_operation",
                  "No operation of SSO OIDC is called with GET /token", post("", "GET"))
    oauth_refused(400, "NotImplemented", "not_implemented",
                  "The emulator does not have RegisterClient.",
                  post("{}", "POST", "/client/register"))
    oauth_refused(400, "NotImplemented", "not_implemented",
                  "The emulator does not have StartDeviceAuthorization.",
                  post("{}", "POST", "/device_authorization"))
  end)

  it("counts what it was asked, and fails on demand", function()
    emulator:faults { service = "sso_oidc", code = "SlowDownException", status = 400,
                      message = "slow" }
    oauth_refused(400, "SlowDownException", "slow_down", "slow",
                  post '{"clientId":"c","clientSecret":"s","grantType":"refresh_token"}')
    check(create { refreshToken = "again" })
    assert.same({ sso_oidc = { CreateToken = 2 } }, emulator:credentials().calls)
  end)
end)
