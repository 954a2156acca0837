local aws = require "spec.support.aws"
local cjson = require "cjson"
local core = require "ses.core"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"
local sso = require "ses.credentials.sso"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local NOW = 1440938160

local ROLE = { start_url = "https://start.test", region = "eu-central-1", session = "work",
               account_id = "123456789012", role_name = "Mailer" }
local LEGACY = { start_url = ROLE.start_url, region = ROLE.region, account_id = ROLE.account_id,
                 role_name = ROLE.role_name }

local function json(value, status, kind)
  return { status = status or 200, body = type(value) == "string" and value or cjson.encode(value),
           headers = { ["content-type"] = "application/json", ["x-amzn-errortype"] = kind } }
end

local function role_credentials()
  return json { roleCredentials = { accessKeyId = "ASIAEXAMPLE", secretAccessKey = SECRET,
                                    sessionToken = "t", expiration = (NOW + 3600) * 1000 } }
end

local function time(seconds)
  return core.format_time(NOW + seconds, "iso8601")
end

-- A token that ends in so many seconds, and can be renewed.
local function token(seconds, changes)
  local members = {
    accessToken = "old", expiresAt = time(seconds), refreshToken = "refresh-1", clientId = "id",
    clientSecret = "client-secret", registrationExpiresAt = time(86400), region = "eu-central-1",
    startUrl = ROLE.start_url,
  }
  for name, value in pairs(changes or {}) do
    members[name] = value ~= "none" and value or nil
  end
  return members
end

-- What is fetched with this token in the cache, and the file it is in.
local function fetch(answers, role, text)
  local transport = fake_transport.new(answers)
  local home = aws.home(finally, {})
  local path = home .. "/.aws/sso/cache/" .. core.sha1(role.session or role.start_url) .. ".json"
  if text then
    files.write(path, type(text) == "string" and text or cjson.encode(text))
  end
  local ctx = aws.context(transport, { HOME = home, AWS_REGION = "us-east-1" })
  local set, err = sso.fetch(ctx, role)
  return set, err, transport, path
end

describe("a role of IAM Identity Center", function()
  it("is had with the token of its session", function()
    local set, _, transport = fetch({ role_credentials() }, ROLE, token(3600))
    assert.same({ access_key_id = "ASIAEXAMPLE", secret_access_key = SECRET, session_token = "t" },
      set.credentials)
    assert.equal(NOW + 3600, set.expires)
    local request = transport.sent[1]
    assert.equal("GET", request.method)
    assert.equal("https://portal.sso.eu-central-1.amazonaws.com/federation/credentials"
      .. "?role_name=Mailer&account_id=123456789012", request.url)
    assert.equal("old", request.headers["x-amz-sso_bearer_token"])
    assert.is_nil(request.headers.Authorization)
  end)

  it("is had in the legacy form as well", function()
    assert.truthy((fetch({ role_credentials() }, LEGACY,
      { accessToken = "old", expiresAt = "2015-08-30T12:36:01Z" })))
  end)

  it("is had with a renewed token, which is kept for other tools", function()
    for _, seconds in ipairs { -60, 600 } do
      local set, _, transport, path = fetch({ json { accessToken = "new", expiresIn = 28800,
        refreshToken = "refresh-2" }, role_credentials() }, ROLE, token(seconds))
      assert.equal("ASIAEXAMPLE", set.credentials.access_key_id)
      assert.equal("https://oidc.eu-central-1.amazonaws.com/token", transport.sent[1].url)
      assert.same({ clientId = "id", clientSecret = "client-secret", grantType = "refresh_token",
                    refreshToken = "refresh-1" }, cjson.decode(transport.sent[1].body))
      assert.equal("new", transport.sent[2].headers["x-amz-sso_bearer_token"])
      local kept = token(28800, { accessToken = "new", refreshToken = "refresh-2" })
      assert.same(kept, cjson.decode(files.content(path)))
    end
  end)

  it("keeps a refresh token that is not replaced", function()
    local _, _, _, path = fetch({ json { accessToken = "new", expiresIn = 60 },
      role_credentials() }, ROLE, token(-60))
    assert.equal("refresh-1", cjson.decode(files.content(path)).refreshToken)
  end)

  it("is had with a token that cannot be renewed, while it lasts", function()
    for _, changes in ipairs { { refreshToken = "none" }, { registrationExpiresAt = time(-1) },
                               { clientSecret = "none" } } do
      assert.truthy((fetch({ role_credentials() }, ROLE, token(600, changes))))
    end
    assert.truthy((fetch({ json({ error = "invalid_grant" }, 400, "InvalidGrantException"),
      role_credentials() }, ROLE, token(600))))
    assert.truthy((fetch({ role_credentials() }, LEGACY, token(600))))
  end)

  it("whose token has expired says how to get another", function()
    local set, err, transport = fetch({}, ROLE, token(-1, { refreshToken = "none" }))
    assert.is_nil(set)
    assert.is_true(errors.is_error(err, "credentials", "TokenExpired"))
    assert.truthy(err.message:find("run `aws sso login --sso-session work`", 1, true), err.message)
    assert.equal(0, #transport.sent)
    set, err = fetch({ json({ error = "invalid_grant" }, 400, "InvalidGrantException") }, ROLE,
      token(-1))
    assert.is_nil(set)
    assert.truthy(err.message:find("renewing it failed (sso_oidc CreateToken: InvalidGrant", 1,
      true), err.message)
    set, err = fetch({}, LEGACY, token(-1))
    assert.is_nil(set)
    assert.truthy(err.message:find("run `aws sso login`", 1, true), err.message)
  end)

  for name, text in pairs {
    ["that is no JSON"] = "{", ["that is no object"] = "5", ["that is binary"] = "\0\1\2",
    ["without accessToken"] = token(60, { accessToken = "none" }),
    ["without expiresAt"] = token(60, { expiresAt = "none" }),
    ["with an expiresAt that is no time"] = token(60, { expiresAt = "tomorrow" }),
    ["with a line break"] = token(3600, { accessToken = SECRET .. "\r\nX: y" }),
  } do
    it("with a token " .. name .. " is an error", function()
      local set, err, transport, path = fetch({}, ROLE, text)
      assert.is_nil(set)
      assert.equal("InvalidToken", err.code)
      assert.truthy(err.message:find(path, 1, true), err.message)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
      assert.equal(0, #transport.sent)
    end)
  end

  it("is had with a renewed token that cannot be written, and keeps it", function()
    local transport = fake_transport.new { json { accessToken = "new", expiresIn = 28800,
      refreshToken = "refresh-2" }, role_credentials(), role_credentials() }
    local home = aws.home(finally, {})
    local folder = home .. "/.aws/sso/cache"
    local path = folder .. "/" .. core.sha1(ROLE.session) .. ".json"
    files.write(path, cjson.encode(token(-60)))
    local replace = core.replace_file
    finally(function() core.replace_file = replace end)
    function core.replace_file() return nil, "permission denied" end
    local ctx = aws.context(transport, { HOME = home, AWS_REGION = "us-east-1" })
    for _ = 1, 2 do
      assert.truthy((sso.fetch(ctx, ROLE)))
    end
    assert.equal(3, #transport.sent)
    assert.equal("new", transport.sent[3].headers["x-amz-sso_bearer_token"])
  end)

  it("of a region that is none is an error, and nothing is sent", function()
    local role = {}
    for name, value in pairs(ROLE) do
      role[name] = value
    end
    role.region = "attacker.example/x"
    local set, err, transport = fetch({}, role, token(3600))
    assert.is_nil(set)
    assert.truthy(err.message:find("not the name of a region", 1, true), err.message)
    assert.equal(0, #transport.sent)
    set = fetch({}, role, token(-60))
    assert.is_nil(set)
  end)

  it("without a token is an error", function()
    local set, err = fetch({}, ROLE)
    assert.is_nil(set)
    assert.equal("TokenUnreadable", err.code)
    assert.truthy(err.message:find("aws sso login", 1, true), err.message)
    local ctx = aws.context(fake_transport.new(), aws.BARE)
    set, err = sso.fetch(ctx, ROLE)
    assert.is_nil(set)
    assert.truthy(err.message:find("HOME is not set", 1, true), err.message)
  end)

  it("that the portal refuses is an error with what it says", function()
    local set, err = fetch({ json({ message = "No access" }, 403, "ForbiddenException") }, ROLE,
      token(3600))
    assert.is_nil(set)
    assert.equal("SsoFailed", err.code)
    assert.truthy(err.message:find("No access", 1, true), err.message)
    assert.equal(403, err.cause.status)
  end)

  it("of an answer without credentials is an error", function()
    for _, body in ipairs { "{}", '{"roleCredentials": {}}', "<html>" } do
      local set, err = fetch({ json(body) }, ROLE, token(3600))
      assert.is_nil(set)
      assert.equal("credentials", err.kind)
    end
  end)
end)
