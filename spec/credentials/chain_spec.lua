-- Clients that find their credentials by themselves, in front of the emulator,
-- which hands them out and verifies what they sign.

local aws = require "spec.support.aws"
local core = require "ses.core"
local errors = require "ses.error"
local files = require "spec.support.files"
local ses = require "ses"

local ROLE = "arn:aws:iam::123456789012:role/mailer"
local KEYS = "aws_access_key_id = AKIDEXAMPLE\n"
  .. "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n"

-- A client of a profile, the emulator, and the home of the files.
local function client_of(texts, options, variables, emulator)
  local home = aws.home(finally, texts)
  variables = variables or {}
  variables.HOME = home
  emulator = emulator or ses.emulator.new { throttle = false }
  local given = { transport = emulator:transport(), profile = "p", rate = false }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client("sesv2", given, aws.environment(variables))), emulator, home
end

-- How often an operation of those that hand out credentials was called.
local function calls(emulator, service, operation)
  return (emulator:credentials().calls[service] or {})[operation] or 0
end

describe("a client of a profile", function()
  it("with keys", function()
    local client = client_of { config = "[profile p]\nregion = us-east-1\n" .. KEYS }
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
  end)

  it("with a role", function()
    local client, emulator = client_of { config = "[profile p]\nrole_arn = " .. ROLE
      .. "\nsource_profile = base\nexternal_id = x-1\n[profile base]\n" .. KEYS }
    emulator:set_credentials { roles = { [ROLE] = { external_id = "x-1" } } }
    for _ = 1, 3 do
      assert.is_true(ses.check(client:get_account()).SendingEnabled)
    end
    assert.equal(1, calls(emulator, "sts", "AssumeRole"))
  end)

  it("with a role that may not be assumed", function()
    local client, emulator = client_of { config = "[profile p]\nrole_arn = " .. ROLE
      .. "\nsource_profile = base\n[profile base]\n" .. KEYS }
    emulator:set_credentials { roles = { [ROLE] = { deny = true } } }
    local account, err = client:get_account()
    assert.is_nil(account)
    assert.is_true(errors.is_error(err, "credentials", "AssumeRoleFailed"))
    assert.equal("sesv2", err.service)
    assert.equal("GetAccount", err.operation)
    assert.truthy(tostring(err):find("AccessDenied", 1, true), tostring(err))
  end)

  it("with a role that asks for a code", function()
    local client, emulator = client_of({ config = "[profile p]\nrole_arn = " .. ROLE
      .. "\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n"
      .. "[profile base]\n" .. KEYS }, { mfa = function() return "123456" end })
    emulator:set_credentials { roles = { [ROLE] = { mfa = true } } }
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
  end)

  it("with a role by way of another, of an instance", function()
    local client, emulator = client_of { config = "[profile p]\nrole_arn = " .. ROLE
      .. "\nsource_profile = q\n[profile q]\nrole_arn = arn:aws:iam::123456789012:role/first\n"
      .. "credential_source = Ec2InstanceMetadata\n" }
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
    assert.equal(2, calls(emulator, "sts", "AssumeRole"))
    assert.equal(1, calls(emulator, "imds", "GetCredentials"))
  end)

  it("with a web identity", function()
    local path = files.with(finally, "e30." .. "eyJzdWIiOiJ4In0" .. ".c2ln")
    local client = client_of { config = "[profile p]\nrole_arn = " .. ROLE
      .. "\nweb_identity_token_file = " .. path .. "\n" }
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
  end)

  it("with IAM Identity Center, whose token is renewed", function()
    local client, emulator, home = client_of { config = "[profile p]\nsso_session = s\n"
      .. "sso_account_id = 123456789012\nsso_role_name = Mailer\n[sso-session s]\n"
      .. "sso_region = us-east-1\nsso_start_url = https://start.test\n" }
    emulator:set_credentials { sso_tokens = { access_token = "old", expires = 1,
                                              refresh_token = "refresh" } }
    files.write(home .. "/.aws/sso/cache/" .. core.sha1("s") .. ".json",
      [[{"accessToken": "old", "expiresAt": "2015-08-30T12:00:00Z", "refreshToken": "refresh",
         "clientId": "id", "clientSecret": "secret",
         "registrationExpiresAt": "2099-01-01T00:00:00Z"}]])
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
    assert.equal(1, calls(emulator, "sso_oidc", "CreateToken"))
    assert.equal(1, calls(emulator, "sso", "GetRoleCredentials"))
  end)

  it("with nothing, in a container", function()
    local client = client_of({ config = "[profile p]\noutput = json\n" }, nil,
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/v2/credentials/x" })
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
  end)

  it("with nothing, on an instance", function()
    local client, emulator = client_of { config = "[profile p]\noutput = json\n" }
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
    assert.equal(1, calls(emulator, "imds", "PutToken"))
    emulator:set_credentials { instance_role = false }
    local other = client_of({ config = "[profile p]\noutput = json\n" }, nil, nil, emulator)
    local account, err = other:get_account()
    assert.is_nil(account)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    assert.truthy(err.message:find("the instance has no role", 1, true))
  end)

  it("puts the environment's credentials aside", function()
    local client = client_of({ config = "[profile p]\n" .. KEYS }, nil,
      { AWS_ACCESS_KEY_ID = "OTHER", AWS_SECRET_ACCESS_KEY = "other",
        AWS_WEB_IDENTITY_TOKEN_FILE = "/no/file", AWS_ROLE_ARN = ROLE })
    assert.is_true(ses.check(client:get_account()).SendingEnabled)
  end)

  it("gets others where the service takes what it has for expired", function()
    local client, emulator = client_of { config = "[profile p]\noutput = json\n" }
    emulator:set_credentials { lifetime = 600 }
    assert.truthy((client:get_account()))
    emulator:skew(700)
    emulator:advance(5)
    assert.truthy((client:get_account()))
    assert.equal(2, calls(emulator, "imds", "GetCredentials"))
  end)
end)

describe("a token", function()
  it("is in no error, though the service repeats what should have been signed", function()
    local emulator = ses.emulator.new { throttle = false }
    emulator:set_keys { access_key_id = "AKIDEXAMPLE", secret_access_key = "other",
                        session_token = "SESSIONTOKENSECRET" }
    local logged = {}
    local client = assert(ses.client("ses", {
      transport = emulator:transport(), rate = false,
      credentials = { access_key_id = "AKIDEXAMPLE", session_token = "SESSIONTOKENSECRET",
                      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
      log = function(_, message) logged[#logged + 1] = message end,
    }))
    local quota, err = client:get_send_quota()
    assert.is_nil(quota)
    assert.truthy(err.message:find("x-amz-security-token:(session token)", 1, true), err.message)
    for _, text in ipairs { err.message, tostring(err), table.concat(logged) } do
      assert.is_nil(text:find("SESSIONTOKENSECRET", 1, true))
    end
  end)
end)

describe("a caller without patience", function()
  it("signs with what is at hand", function()
    local client = client_of { config = "[profile p]\n" .. KEYS }
    assert.truthy((client:get_account({}, { max_wait = 0 })))
  end)
end)

describe("a chain that is configured and fails", function()
  for name, case in pairs {
    ["a key without its secret"] = { "aws_access_key_id = A\n", "PartialCredentials" },
    ["a role without a source"] = { "role_arn = " .. ROLE .. "\n", "PartialConfiguration" },
    ["a process that is no command"] = { "credential_process = 'x\n", "InvalidSetting" },
  } do
    it("goes no further: " .. name, function()
      local client, emulator = client_of { config = "[profile p]\n" .. case[1] }
      local account, err = client:get_account()
      assert.is_nil(account)
      assert.is_true(errors.is_error(err, "credentials", case[2]), tostring(err))
      assert.equal(0, calls(emulator, "imds", "PutToken"))
    end)
  end
end)
