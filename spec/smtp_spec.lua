-- Passwords of SES's SMTP interface. Right: what AWS's published algorithm gives
-- for its published example key.

local core = require "ses.core"
local ses = require "ses"
local smtp = require "ses.smtp"
local vectors = require "spec.support.vectors"

local ID = "AKIDEXAMPLE"
local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

local PASSWORDS = {
  ["us-east-1"] = "BOntiZFm/r+5s3psZ/RpsjB+aSGsj2J0rXdiLuO0cQL7",
  ["eu-west-1"] = "BEW1uMsJNijX9ThCfEJCkeH4gPo9MWFsAUXj6NZO5jyz",
  ["us-gov-west-1"] = "BK3FzErblQdpgmwATHrXOIwmEENEQTQ7gkOo4w2JiPHH",
}

local function credentials(changes)
  local made = { access_key_id = ID, secret_access_key = SECRET }
  for name, value in pairs(changes or {}) do made[name] = value end
  return made
end

local function refused(kind, code, given, region)
  local found, err = smtp.credentials(given, region)
  assert.is_nil(found)
  assert.is_true(ses.is_error(err, kind, code), tostring(err))
  assert.is_nil(tostring(err):find(SECRET, 1, true))
  return err.message
end

describe("core.smtp_password", function()
  it("is that of a region", function()
    for region, password in pairs(PASSWORDS) do
      assert.equal(password, core.smtp_password(SECRET, region))
    end
  end)

  it("is the one on record", function()
    if not vectors.root then
      pending("SES_VECTORS is not set: four recorded passwords are not compared")
    end
    local cases = vectors.json("smtp-password/vectors.json").v4
    assert.equal(4, #cases)
    for _, case in ipairs(cases) do
      assert.equal(case.expected, core.smtp_password(case.secret, case.region))
    end
  end)

  it("refuses a secret that is too long, and what is none", function()
    assert.equal(44, #core.smtp_password(("s"):rep(256), "r"))
    assert.same({ nil, "a secret access key longer than 256 bytes" },
      { core.smtp_password(("s"):rep(257), "r") })
    assert.is_false(pcall(core.smtp_password, SECRET))
    assert.is_false(pcall(core.smtp_password, {}, "r"))
  end)
end)

describe("smtp.credentials", function()
  it("are a user name and a password", function()
    assert.equal(smtp, ses.smtp)
    for region, password in pairs(PASSWORDS) do
      assert.same({ username = ID, password = password }, smtp.credentials(credentials(), region))
      assert.equal(password, smtp.credentials(credentials(), region:upper()).password)
    end
  end)

  it("are not to be had of temporary credentials", function()
    for sign, changes in pairs {
      ["they have a session token"] = { session_token = "token" },
      ["their access key ID begins with ASIA"] = { access_key_id = "ASIAEXAMPLE" },
      -- As a role's come, with a member that static credentials do not have.
      ["a session token"] = { session_token = "token", expiration = 5 },
    } do
      local message = refused("credentials", "TemporaryCredentials", credentials(changes),
        "eu-west-1")
      assert.truthy(message:find(sign, 1, true), message)
      assert.truthy(message:find("long-term access keys of IAM users only", 1, true))
      assert.truthy(message:find("create an access key", 1, true))
    end
  end)

  it("say what is missing or wrong", function()
    for wanted, given in pairs {
      ["access_key_id: expected a string, got nil"] = { secret_access_key = SECRET },
      ["secret_access_key: expected a string, got nil"] = { access_key_id = ID },
      ["secret_access_key: it is empty"] = credentials { secret_access_key = "" },
      ["secret_access_key: it has a line break"] = credentials {
        secret_access_key = SECRET .. "\n" },
      ["session_token: it is empty"] = credentials { session_token = "" },
      ["did you mean 'secret_access_key'?"] = { access_key_id = ID, secret = SECRET },
      ["longer than 256 bytes"] = credentials { secret_access_key = SECRET:rep(7) },
      ["looks like an SMTP password already"] = credentials {
        secret_access_key = PASSWORDS["eu-west-1"] },
    } do
      local message = refused("credentials", "InvalidCredentials", given, "eu-west-1")
      assert.truthy(message:find(wanted, 1, true), message)
    end
  end)

  it("want the name of a region", function()
    assert.truthy(refused("config", "MissingRegion", credentials()):find("such as eu-west-1", 1,
      true))
    for _, bad in ipairs { "", "eu west", "eu-west-1\r\n", "a/b", 5, {}, ("r"):rep(64) } do
      refused("config", "InvalidRegion", credentials(), bad)
    end
    assert.truthy(refused("config", "InvalidRegion", credentials(), "a\nb"):find("'a?b'", 1, true))
  end)

  it("raise on what is no table", function()
    local ok, message = pcall(smtp.credentials, SECRET, "eu-west-1")
    assert.is_false(ok)
    assert.truthy(message:find("must be a table with access_key_id and secret_access_key", 1, true))
    assert.is_nil(message:find(SECRET, 1, true))
  end)
end)
