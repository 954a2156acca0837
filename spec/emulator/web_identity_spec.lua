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

local function refused(status, code, message, result, err)
  assert.is_nil(result)
  assert.same({ status, code, message }, { err.status, err.code, err.message })
end

describe("AssumeRoleWithWebIdentity", function()
  local function with_token(token, more)
    local params = { RoleArn = ROLE, RoleSessionName = "pod", WebIdentityToken = token }
    for name, value in pairs(more or {}) do
      params[name] = value
    end
    return sources.call(emulator, "sts", "AssumeRoleWithWebIdentity", params)
  end

  it("needs no signature, and tells what the token claims", function()
    local result = check(with_token(sources.jwt {
      iss = "https://oidc.example.com", sub = "system:serviceaccount:mail:mailer",
      aud = { "sts.amazonaws.com" }, exp = TIME + 1,
    }))
    assert.same({ "https://oidc.example.com", "system:serviceaccount:mail:mailer",
                  "sts.amazonaws.com" },
                { result.Provider, result.SubjectFromWebIdentityToken, result.Audience })
    assert.equal("arn:aws:sts::123456789012:assumed-role/mailer/pod", result.AssumedRoleUser.Arn)
    assert.equal(result.AssumedRoleUser.Arn,
                 (sources.whoami(emulator, sources.credentials(result.Credentials))))
    assert.equal(TIME + 3600, result.Credentials.Expiration)
  end)

  it("minds a signature as little", function()
    local form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=pod&RoleArn="
      .. ROLE .. "&WebIdentityToken=" .. sources.jwt { sub = "x" }
    assert.equal(200, emulated.send(emulator, emulated.v1(form, { service = "sts",
                                                                  secret = "wrong" })).status)
  end)

  it("refuses what is no JWT", function()
    for _, token in ipairs { "....", "ab.cd", "a.b.c.d", "abcd", "a.e30.", "a.e30.c\r\nd",
                             "a." .. sources.base64url "[]" .. ".c",
                             "a." .. sources.base64url "no JSON" .. ".c" } do
      refused(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see"
        .. " this error if you sent an Access Token)", with_token(token))
    end
    check(with_token "a.e30.c")
  end)

  it("takes tokens of four to 20,000 characters, and shows none", function()
    for token, message in pairs {
      [""] = "greater than or equal to 4", [("x"):rep(20001)] = "less than or equal to 20000",
    } do
      local response = emulator:handle { method = "POST", target = "/", headers = {},
        body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=pod&RoleArn="
          .. ROLE .. "&WebIdentityToken=" .. token }
      assert.equal(400, response.status)
      local code, text = emulated.error(response)
      assert.equal("ValidationError", code)
      assert.equal("1 validation error detected: Value '***' at 'webIdentityToken' failed to"
        .. " satisfy constraint: Member must have length " .. message, text)
    end
  end)

  it("refuses a token that is over", function()
    local token = sources.jwt { sub = "x", exp = TIME + 60 }
    check(with_token(token))
    clock.now = TIME + 60
    refused(400, "ExpiredTokenException", "Token expired: current date/time 1800000060 must be"
      .. " before the expiration date/time 1800000060", with_token(token))
  end)

  it("goes by the role's rule", function()
    new { roles = { [ROLE] = { deny = true } } }
    local token = sources.jwt { sub = "x" }
    refused(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            with_token(token))
    new { roles = { [ROLE] = { max_session = 3600 } } }
    refused(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration"
      .. " set for this role.", with_token(token, { DurationSeconds = 3601 }))
    refused(400, "ValidationError", "Request ARN is invalid",
            with_token(token, { RoleArn = "arn:aws:iam::123456789012:group/x" }))
  end)
end)
