local aws = require "spec.support.aws"
local env = require "ses.credentials.env"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

-- What is fetched where these variables are set.
local function over(variables)
  variables.AWS_REGION = "us-east-1"
  local set, err = env.fetch(aws.context(fake_transport.new(), variables))
  return set and set.credentials, err
end

describe("the environment's credentials", function()
  it("are its three variables", function()
    assert.same({ access_key_id = KEY, secret_access_key = SECRET, session_token = "token" },
      over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET,
             AWS_SESSION_TOKEN = "token" })
  end)

  it("have no token where the variable is empty", function()
    assert.same({ access_key_id = KEY, secret_access_key = SECRET },
      over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET, AWS_SESSION_TOKEN = "" })
  end)

  it("may not be there", function()
    local found, err = over {}
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
  end)

  it("that are half there are an error that names the missing half", function()
    local found, err = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = "" }
    assert.is_nil(found)
    assert.is_nil(tostring(err):find(SECRET, 1, true))
    assert.is_true(errors.is_error(err, "credentials", "PartialCredentials"))
    assert.truthy(err.message:find("sets AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY", 1, true))
  end)

  it("begin with the key: a secret alone is none", function()
    local found, err = over { AWS_SECRET_ACCESS_KEY = SECRET }
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    assert.truthy(err.message:find("AWS_ACCESS_KEY_ID is not set, though AWS_SECRET_ACCESS_KEY is",
      1, true), err.message)
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)

  it("may have the token's old name", function()
    assert.equal("old", over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET,
      AWS_SECURITY_TOKEN = "old" }.session_token)
  end)

  it("that cannot be used are an error that names the variable", function()
    local found, err = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET .. "\n" }
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "InvalidCredentials"))
    assert.truthy(err.message:find("AWS_SECRET_ACCESS_KEY: it has a line break", 1, true))
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)
end)
