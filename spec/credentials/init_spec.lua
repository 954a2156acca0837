local aws = require "spec.support.aws"
local credentials = require "ses.credentials"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local PAIR = { access_key_id = KEY, secret_access_key = SECRET }

local FULL = { AWS_REGION = "us-east-1", AWS_ACCESS_KEY_ID = "FROMENV",
               AWS_SECRET_ACCESS_KEY = SECRET }
local EMPTY = { AWS_REGION = "us-east-1", AWS_EC2_METADATA_DISABLED = "true" }

-- The provider of a client.
local function provider_of(option, variables, defaults, options)
  local transport = fake_transport.new()
  transport.defaults = defaults
  return credentials.provider(option, transport,
    assert(aws.settings(options, variables or FULL, defaults)))
end

describe("the provider", function()
  local function key(option, defaults, variables)
    return assert(provider_of(option, variables, defaults))().access_key_id
  end

  it("is the option, the transport's own, or the environment", function()
    local defaults = { region = "us-east-1", endpoint = "http://t",
      credentials = { access_key_id = "FROMTRANSPORT", secret_access_key = "s" } }
    assert.equal(KEY, key(PAIR, defaults, FULL))
    assert.equal("FROMTRANSPORT", key(nil, defaults, FULL))
    assert.equal("FROMENV", key(nil, nil, FULL))
  end)

  it("says what was tried when there is nothing", function()
    local found, err = provider_of(nil, EMPTY)()
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    for _, word in ipairs {
      "option credentials", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
      "'default' has no role_arn", "AWS_WEB_IDENTITY_TOKEN_FILE is not set",
      "no web_identity_token_file", "no sso_account_id", "in the credentials file",
      "no credential_process", "in the config file", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
      "AWS_EC2_METADATA_DISABLED turns",
    } do
      assert.truthy(err.message:find(word, 1, true), err.message)
    end
  end)

  it("may be a function", function()
    assert.equal(KEY, key(function()
      return PAIR
    end, nil, FULL))
  end)

  it("may be a table with a method", function()
    assert.equal("K1", key({ id = "K1", get = function(self)
      return { access_key_id = self.id, secret_access_key = "s" }
    end }, nil, FULL))
  end)

  it("is asked anew each time", function()
    local n = 0
    local provider = provider_of(function()
      n = n + 1
      return { access_key_id = "K" .. n, secret_access_key = "s" }
    end, EMPTY)
    assert.equal("K1", provider().access_key_id)
    assert.equal("K2", provider().access_key_id)
  end)

  for _, case in ipairs {
    { "raises", "ProviderError", "raised an error: boom", function()
      error("boom", 0)
    end },
    { "gives up", "ProviderError", "has no credentials: vault is sealed", function()
      return nil, "vault is sealed"
    end },
    { "returns nothing", "ProviderError", "has no credentials, and gave no reason",
      function() end },
    { "raises a table", "ProviderError", "raised an error: vault is sealed", function()
      error { message = "vault is sealed" }
    end },
    { "raises a bare table", "ProviderError", "raised an error: a table without a", function()
      error {}
    end },
    { "hands on our error", "ProviderError", "has no credentials: ses: Late: no", function()
      return nil, errors.new("timeout", { code = "Late", message = "no" })
    end },
    { "spells the token otherwise", "InvalidCredentials",
      "unknown member 'SessionToken'; did you mean 'session_token'?", function()
        return { access_key_id = KEY, secret_access_key = SECRET, SessionToken = "t" }
      end },
    { "adds what is not read", "InvalidCredentials", "unknown member 'expiration'", function()
      return { access_key_id = KEY, secret_access_key = SECRET, expiration = 5 }
    end },
    { "returns text", "InvalidCredentials", "returned a string", function()
      return SECRET
    end },
    { "returns half", "InvalidCredentials", "secret_access_key: expected a string", function()
      return { access_key_id = KEY }
    end },
    { "returns a line break", "InvalidCredentials", "secret_access_key: it has a line", function()
      return { access_key_id = KEY, secret_access_key = SECRET .. "\n" }
    end },
  } do
    it("that " .. case[1] .. " is an error", function()
      local found, err = provider_of(case[4])()
      assert.is_nil(found)
      assert.is_true(errors.is_error(err, "credentials", case[2]))
      assert.truthy(err.message:find(case[3], 1, true), err.message)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
      assert.is_false(err.retryable)
    end)
  end

  it("hands on the cause, and whether it can pass", function()
    local cause = errors.new("timeout", { code = "AttemptTimeout", message = "m",
      retryable = true })
    local _, err = provider_of(function()
      return nil, cause
    end)()
    assert.equal("credentials", err.kind)
    assert.equal(cause, err.cause)
    assert.is_true(err.retryable)
  end)

  it("of credentials that cannot be used is an error at once", function()
    local provider, err = provider_of { access_key_id = "", secret_access_key = SECRET }
    assert.is_nil(provider)
    assert.is_true(errors.is_error(err, "credentials", "InvalidCredentials"))
  end)
end)

describe("the option credentials", function()
  it("has one of three forms", function()
    assert.is_nil(credentials.fault(PAIR))
    assert.is_nil(credentials.fault(function() end))
    assert.is_nil(credentials.fault { get = function() end })
    assert.equal("expected a table or a provider, got string", credentials.fault(SECRET))
    assert.equal("secret_access_key: expected a string, got nil",
      credentials.fault { access_key_id = KEY })
    assert.equal("access_key_id: expected a string, got nil",
      credentials.fault { secret_access_key = SECRET })
    assert.equal("session_token: expected a string, got number",
      credentials.fault { access_key_id = KEY, secret_access_key = SECRET, session_token = 5 })
  end)

  it("has no other members, whatever other tools call them", function()
    for name, meant in pairs {
      accessKeyId = "access_key_id", AccessKeyId = "access_key_id",
      aws_access_key_id = "access_key_id", secretAccessKey = "secret_access_key",
      SecretAccessKey = "secret_access_key", aws_secret_access_key = "secret_access_key",
      SessionToken = "session_token", aws_session_token = "session_token",
      sesion_token = "session_token", token = "session_token",
    } do
      assert.equal("unknown member '" .. name .. "'; did you mean '" .. meant .. "'?",
        credentials.fault { access_key_id = KEY, secret_access_key = SECRET, [name] = "t" })
    end
    assert.equal("unknown member '1'", credentials.fault { KEY, SECRET })
    assert.equal("unknown member 'a??'",
      credentials.fault { access_key_id = KEY, secret_access_key = SECRET, ["a\r\n"] = 1 })
  end)
end)
