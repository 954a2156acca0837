local env = require "ses.credentials.env"
local errors = require "ses.error"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

-- A provider over a table of variables, and how often it looked one up.
local function over(variables)
  local looked = { n = 0 }
  return env.new(function(name)
    looked.n = looked.n + 1
    return variables[name]
  end), looked
end

describe("the environment's credentials", function()
  it("are its three variables", function()
    local provider = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET,
      AWS_SESSION_TOKEN = "token" }
    assert.same({ access_key_id = KEY, secret_access_key = SECRET, session_token = "token" },
      provider())
  end)

  it("have no token where the variable is empty", function()
    local provider = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET,
      AWS_SESSION_TOKEN = "" }
    assert.same({ access_key_id = KEY, secret_access_key = SECRET }, provider())
  end)

  it("are looked up at the first call, and kept", function()
    local provider, looked = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET }
    assert.equal(0, looked.n)
    local first = provider()
    local count = looked.n
    assert.equal(first, provider())
    assert.equal(count, looked.n)
  end)

  it("are looked up again while there are none", function()
    local variables = {}
    local provider = over(variables)
    local found, err = provider()
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    variables.AWS_ACCESS_KEY_ID, variables.AWS_SECRET_ACCESS_KEY = KEY, SECRET
    assert.equal(KEY, provider().access_key_id)
  end)

  it("that are half there are an error that names the missing half", function()
    local found, err = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = "" } ()
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "PartialCredentials"))
    assert.truthy(err.message:find("sets AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY", 1, true))
    found, err = over { AWS_SECRET_ACCESS_KEY = SECRET } ()
    assert.is_nil(found)
    assert.truthy(err.message:find("sets AWS_SECRET_ACCESS_KEY without AWS_ACCESS_KEY_ID", 1, true))
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)

  it("that cannot be used are an error that names the variable", function()
    local found, err = over { AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET .. "\n" } ()
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "InvalidCredentials"))
    assert.truthy(err.message:find("AWS_SECRET_ACCESS_KEY: it has a line break", 1, true))
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)
end)
