local errors = require "ses.error"
local static = require "ses.credentials.static"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

describe("static credentials", function()
  it("are given as they are", function()
    local provider = static.new { access_key_id = KEY, secret_access_key = SECRET }
    assert.same({ access_key_id = KEY, secret_access_key = SECRET }, provider())
    provider = static.new { access_key_id = KEY, secret_access_key = SECRET,
      session_token = "t/+=" }
    assert.equal("t/+=", provider().session_token)
  end)

  it("are copied: changing the table changes nothing", function()
    local given = { access_key_id = KEY, secret_access_key = SECRET }
    local provider = static.new(given)
    given.access_key_id = "CHANGED"
    assert.equal(KEY, provider().access_key_id)
    assert.not_equal(given, provider())
  end)

  for _, case in ipairs {
    { { access_key_id = "", secret_access_key = SECRET }, "access_key_id: it is empty" },
    { { access_key_id = KEY, secret_access_key = "" }, "secret_access_key: it is empty" },
    { { access_key_id = KEY, secret_access_key = SECRET, session_token = "" },
      "session_token: it is empty" },
    { { access_key_id = KEY .. "\n", secret_access_key = SECRET }, "access_key_id: it has a line" },
    { { access_key_id = KEY, secret_access_key = SECRET .. "\r\n" },
      "secret_access_key: it has a line" },
    { { access_key_id = KEY, secret_access_key = SECRET, session_token = "a\nb" },
      "session_token: it has a line" },
    { { access_key_id = "A/B", secret_access_key = SECRET }, "access_key_id: it has a character" },
    { { access_key_id = "A, B=C", secret_access_key = SECRET }, "access_key_id: it has a char" },
    { { access_key_id = KEY, secret_access_key = "a b" }, "secret_access_key: it has a character" },
    { { access_key_id = KEY, secret_access_key = SECRET, session_token = "a\0b" },
      "session_token: it has a character" },
    { { access_key_id = KEY, secret_access_key = SECRET, SessionToken = SECRET },
      "unknown member 'SessionToken'; did you mean 'session_token'?" },
    { { access_key_id = KEY }, "secret_access_key: expected a string, got nil" },
    { { access_key_id = 5, secret_access_key = SECRET }, "access_key_id: expected a string" },
  } do
    it("that cannot be used are an error: " .. case[2], function()
      local provider, err = static.new(case[1])
      assert.is_nil(provider)
      assert.is_true(errors.is_error(err, "credentials", "InvalidCredentials"))
      assert.truthy(err.message:find(case[2], 1, true), err.message)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
    end)
  end
end)
