-- What profiles say of credentials: keys, roles, and whose credentials assume
-- them.

local aws = require "spec.support.aws"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"
local profile = require "ses.credentials.profile"
local sts = require "spec.support.sts"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local KEYS = ("aws_access_key_id = %s\naws_secret_access_key = %s\n"):format(KEY, SECRET)
local BASE = "[profile base]\n" .. KEYS

local function role(name, more)
  return ("[profile %s]\nrole_arn = arn:aws:iam::123456789012:role/%s\n%s\n"):format(name, name,
    more or "")
end

-- What the role of the profile "a" gives, where the config file has this text.
local function fetch_role(config, answers, variables, options)
  local transport = fake_transport.new(answers)
  variables = variables or {}
  variables.AWS_REGION = "eu-west-1"
  variables.HOME = aws.home(finally, { config = config })
  local set, err = profile.fetch_role(aws.context(transport, variables, options), "a")
  return set, err, transport
end

local function key_in_scope(request)
  return request.headers.Authorization:match("Credential=([^/]+)/")
end

describe("the role of a profile", function()
  it("is assumed with the keys of its source profile", function()
    local set, _, transport = fetch_role(BASE .. role("a", "source_profile = base"),
      { sts.credentials("AssumeRole", "ASIAEXAMPLE") })
    assert.same({ access_key_id = "ASIAEXAMPLE", secret_access_key = SECRET,
                  session_token = "token-of-ASIAEXAMPLE" }, set.credentials)
    assert.equal(1440941760, set.expires)
    local request = transport.sent[1]
    assert.equal("https://sts.eu-west-1.amazonaws.com/", request.url)
    assert.truthy(request.headers.Authorization:find("/eu-west-1/sts/aws4_request", 1, true))
    assert.equal(KEY, key_in_scope(request))
    assert.same({ Action = "AssumeRole", Version = "2011-06-15",
      RoleArn = "arn:aws:iam::123456789012:role/a", RoleSessionName = "lua-ses-1440938160" },
      sts.parameters(request))
  end)

  it("is assumed as the profile says", function()
    local _, _, transport = fetch_role(BASE .. role("a", "source_profile = base\n"
      .. "role_session_name = me\nexternal_id = x:1\nduration_seconds = 900\n"),
      { sts.credentials("AssumeRole", "ASIAEXAMPLE") })
    local sent = sts.parameters(transport.sent[1])
    assert.equal("me", sent.RoleSessionName)
    assert.equal("x:1", sent.ExternalId)
    assert.equal("900", sent.DurationSeconds)
  end)

  it("is assumed with another role's credentials", function()
    local set, _, transport = fetch_role(BASE .. role("a", "source_profile = b")
      .. role("b", "source_profile = c") .. role("c", "source_profile = base"), {
        sts.credentials("AssumeRole", "ASIAC"), sts.credentials("AssumeRole", "ASIAB"),
        sts.credentials("AssumeRole", "ASIAA"),
      })
    assert.equal("ASIAA", set.credentials.access_key_id)
    local signed_by, roles = {}, {}
    for i, request in ipairs(transport.sent) do
      signed_by[i] = key_in_scope(request)
      roles[i] = sts.parameters(request).RoleArn:match("[^/]+$")
    end
    assert.same({ KEY, "ASIAC", "ASIAB" }, signed_by)
    assert.same({ "c", "b", "a" }, roles)
    assert.equal("token-of-ASIAC", transport.sent[2].headers["X-Amz-Security-Token"])
  end)

  it("may be assumed with keys of the profile itself", function()
    local _, _, transport = fetch_role(role("a", KEYS .. "source_profile = a"),
      { sts.credentials("AssumeRole", "ASIAEXAMPLE") })
    assert.equal(KEY, key_in_scope(transport.sent[1]))
  end)

  it("is assumed with keys rather than with the role of a source that has both", function()
    local _, _, transport = fetch_role(role("a", "source_profile = b")
      .. role("b", KEYS .. "source_profile = a"), { sts.credentials("AssumeRole", "ASIAEXAMPLE") })
    assert.equal(1, #transport.sent)
    assert.equal(KEY, key_in_scope(transport.sent[1]))
  end)

  it("may be assumed with the environment's credentials", function()
    local _, _, transport = fetch_role(role("a", "credential_source = Environment"),
      { sts.credentials("AssumeRole", "ASIAEXAMPLE") },
      { AWS_ACCESS_KEY_ID = "FROMENV", AWS_SECRET_ACCESS_KEY = SECRET })
    assert.equal("FROMENV", key_in_scope(transport.sent[1]))
  end)

  it("is none where a token assumes it", function()
    local set, err = fetch_role(role("a", "web_identity_token_file = /t\nsource_profile = b"), {})
    assert.is_nil(set)
    assert.equal("NoCredentials", err.code)
  end)

  for name, case in pairs {
    ["itself without keys"] = { role("a", "source_profile = a"), "ProfileCycle", "a, a" },
    ["a circle"] = { role("a", "source_profile = b") .. role("b", "source_profile = c")
      .. role("c", "source_profile = b"), "ProfileCycle", "without an end: b, c, b" },
    ["a circle that comes back"] = { role("a", "source_profile = b")
      .. role("b", "source_profile = a"), "ProfileCycle", "a, b, a" },
    ["one that is missing"] = { role("a", "source_profile = none"), "ProfileNotFound",
      "the source_profile of the profile 'a' is 'none'" },
    ["one without credentials"] = { role("a", "source_profile = b") .. "[profile b]\nregion = r\n",
      "NoSourceCredentials", "the profile 'b', which is a source_profile, has no credentials" },
    ["one with half a key"] = { role("a", "source_profile = b")
      .. "[profile b]\naws_access_key_id = A\n", "PartialCredentials", "no aws_secret_access_key" },
    ["neither"] = { role("a"), "PartialConfiguration", "neither source_profile nor" },
    ["both"] = { role("a", "source_profile = a\ncredential_source = Environment"),
      "InvalidSetting", "has both" },
    ["a source of another name"] = { role("a", "credential_source = environment"),
      "InvalidSetting", "expected Environment, Ec2InstanceMetadata or EcsContainer" },
    ["an empty environment"] = { role("a", "credential_source = Environment"),
      "NoSourceCredentials", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set" },
    ["no container"] = { role("a", "credential_source = EcsContainer"), "NoSourceCredentials",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" },
    ["an odd duration"] = { BASE .. role("a", "source_profile = base\nduration_seconds = 60"),
      "InvalidSetting", "from 900 to 43200" },
  } do
    it("whose source is " .. name .. " is an error", function()
      local set, err, transport = fetch_role(case[1], {})
      assert.is_nil(set)
      assert.equal(case[2], err.code)
      assert.truthy(err.message:find(case[3], 1, true), err.message)
      assert.equal(0, #transport.sent)
    end)
  end

  it("in a chain of a thousand roles is an error", function()
    local config = { role("a", "source_profile = p1") }
    for i = 1, 1000 do
      config[i + 1] = role("p" .. i, "source_profile = p" .. i + 1)
    end
    local set, err = fetch_role(table.concat(config) .. role("p1001", "source_profile = a"), {})
    assert.is_nil(set)
    assert.equal("InvalidSetting", err.code)
    assert.truthy(err.message:find("more than 16 roles", 1, true))
  end)

  it("that may not be assumed is an error with what STS says", function()
    local set, err = fetch_role(BASE .. role("a", "source_profile = base"),
      { sts.fault("AccessDenied", "not authorized to perform: sts:AssumeRole") })
    assert.is_nil(set)
    assert.equal("AssumeRoleFailed", err.code)
    assert.truthy(err.message:find("arn:aws:iam::123456789012:role/a cannot be assumed", 1, true))
    assert.truthy(err.message:find("AccessDenied: not authorized", 1, true), err.message)
    assert.is_true(errors.is_error(err.cause, "service", "AccessDenied"))
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)

  it("that gives credentials which have ended is an error that asks for the clock", function()
    local _, err = fetch_role(BASE .. role("a", "source_profile = base"),
      { sts.credentials("AssumeRole", "ASIAEXAMPLE", "2015-08-30T12:00:00Z") })
    assert.equal("ExpiredCredentials", err.code)
    assert.truthy(err.message:find("by the clock of this machine it is 2015-08-30T12:36:00Z", 1,
      true), err.message)
  end)
end)

describe("a role that asks for a code", function()
  local CONFIG = BASE .. role("a", "source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me")

  it("gets what the function mfa returns", function()
    local asked
    local _, _, transport = fetch_role(CONFIG, { sts.credentials("AssumeRole", "ASIAEXAMPLE") },
      nil, { mfa = function(serial)
        asked = serial
        return "012345"
      end })
    assert.equal("arn:aws:iam::1:mfa/me", asked)
    local sent = sts.parameters(transport.sent[1])
    assert.equal("arn:aws:iam::1:mfa/me", sent.SerialNumber)
    assert.equal("012345", sent.TokenCode)
  end)

  it("gets a number with its zeros", function()
    local _, _, transport = fetch_role(CONFIG, { sts.credentials("AssumeRole", "ASIAEXAMPLE") },
      nil, { mfa = function() return 42 end })
    assert.equal("000042", sts.parameters(transport.sent[1]).TokenCode)
  end)

  it("leaves time to type", function()
    local transport = fake_transport.new { sts.credentials("AssumeRole", "ASIAEXAMPLE") }
    local home = aws.home(finally, { config = CONFIG })
    local ctx = aws.context(transport, { HOME = home, AWS_REGION = "eu-west-1" }, {
      mfa = function()
        transport.clock = transport.clock + 300
        return "012345"
      end,
    })
    assert.truthy((profile.fetch_role(ctx, "a")))
    assert.truthy(transport.deadlines[1] > transport.clock)
  end)

  for name, case in pairs {
    ["no function"] = { nil, "pass the option mfa" },
    ["one that raises"] = { function() error("no device", 0) end, "raised an error: no device" },
    ["one that gives up"] = { function() return nil, "cancelled" end, "no code: cancelled" },
    ["one that gives nothing"] = { function() end, "gave no code" },
    ["letters"] = { function() return "abcdef" end, "no code of six digits" },
    ["a code with a line break"] = { function() return "123456\n" end, "no code of six digits" },
  } do
    it("and gets " .. name .. " is an error", function()
      local set, err, transport = fetch_role(CONFIG, {}, nil, { mfa = case[1] })
      assert.is_nil(set)
      assert.equal("MFARequired", err.code)
      assert.truthy(err.message:find(case[2], 1, true), err.message)
      assert.equal(0, #transport.sent)
    end)
  end
end)

describe("a profile's own credentials", function()
  -- The first source that has something, or that fails.
  local function fetch(texts, answers, name)
    local transport = fake_transport.new(answers)
    local home = aws.home(finally, texts)
    local ctx = aws.context(transport, { HOME = home, AWS_REGION = "eu-west-1" })
    local set, err = profile.fetch_own(ctx, name or "default")
    return set, err, transport
  end

  it("are keys, of the credentials file before the config file", function()
    local texts = { config = "[default]\n" .. KEYS:gsub(KEY, "CONFIG"),
                    credentials = "[default]\n" .. KEYS .. "aws_session_token = t\n" }
    local set = fetch(texts)
    assert.same({ access_key_id = KEY, secret_access_key = SECRET, session_token = "t" },
      set.credentials)
    texts.credentials = nil
    assert.equal("CONFIG", fetch(texts).credentials.access_key_id)
  end)

  it("are never half of one file and half of the other", function()
    local set, err = fetch { config = "[default]\naws_secret_access_key = " .. SECRET .. "\n",
                             credentials = "[default]\naws_access_key_id = A\n" }
    assert.is_nil(set)
    assert.equal("PartialCredentials", err.code)
    assert.truthy(err.message:find("no aws_secret_access_key in the credentials file", 1, true))
  end)

  it("may be a role that a token assumes", function()
    local path = files.with(finally, "a.b.c\n")
    local set, _, transport = fetch({ config = "[default]\nrole_arn = arn:aws:iam::1:role/r\n"
      .. "web_identity_token_file = " .. path .. "\nrole_session_name = me\n" },
      { sts.credentials("AssumeRoleWithWebIdentity", "ASIAEXAMPLE") })
    assert.equal("ASIAEXAMPLE", set.credentials.access_key_id)
    assert.is_nil(transport.sent[1].headers.Authorization)
    assert.same({ Action = "AssumeRoleWithWebIdentity", Version = "2011-06-15",
      RoleArn = "arn:aws:iam::1:role/r", RoleSessionName = "me", WebIdentityToken = "a.b.c" },
      sts.parameters(transport.sent[1]))
  end)

  for name, case in pairs {
    ["a token without a role"] = { "web_identity_token_file = /t", "PartialConfiguration",
      "set role_arn in the profile" },
    ["a token file that is not there"] = { "role_arn = r\nweb_identity_token_file = /no/file",
      "TokenUnreadable", "/no/file" },
    ["a section that is not there"] = { "sso_session = s\nsso_account_id = 1\nsso_role_name = r",
      "SectionNotFound", "[sso-session s]" },
    ["IAM Identity Center without a role"] = { "sso_start_url = u\nsso_region = r\n"
      .. "sso_account_id = 1", "PartialConfiguration", "lacks sso_role_name" },
    ["a region that is none"] = { "sso_start_url = u\nsso_region = evil.test/x\n"
      .. "sso_account_id = 1\nsso_role_name = r", "TokenUnreadable", "aws sso login" },
    ["a session of aws login"] = { "login_session = arn:aws:iam::1:user/me", "UnsupportedProfile",
      "`aws login`" },
  } do
    it("that are " .. name .. " are an error", function()
      local set, err = fetch { config = "[default]\n" .. case[1] .. "\n" }
      assert.is_nil(set)
      assert.equal(case[2], err.code)
      assert.truthy(err.message:find(case[3], 1, true), err.message)
    end)
  end

  it("that contradict the section of their session are an error", function()
    local _, err = fetch { config = "[default]\nsso_session = s\nsso_region = eu-west-1\n"
      .. "sso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\n"
      .. "sso_start_url = u\n" }
    assert.equal("PartialConfiguration", err.code)
    assert.truthy(err.message:find("has another sso_region", 1, true))
  end)

  it("of a token that is none are an error, and not shown", function()
    for _, token in ipairs { SECRET .. "\r\nX: y", "\0", "", SECRET .. "\n\n", "a b" } do
      local path = files.with(finally, token)
      local _, err, transport = fetch({ config = "[default]\nrole_arn = r\n"
        .. "web_identity_token_file = " .. path .. "\n" }, {})
      assert.truthy(err.code == "InvalidToken" or err.code == "TokenUnreadable", err.code)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
      assert.equal(0, #transport.sent)
    end
  end)
end)
