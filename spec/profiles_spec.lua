-- The profiles of the shared configuration files.

local errors = require "ses.error"
local files = require "spec.support.files"
local ini = require "ses.ini"
local profiles = require "ses.profiles"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local MIB = 1024 * 1024

local function environment(variables)
  return function(name)
    return variables[name]
  end
end

local function merged(config, credentials)
  return profiles.merge(assert(ini.parse(config, "config", "c")),
    assert(ini.parse(credentials, "credentials", "c")))
end

describe("profiles of two files", function()
  it("have the properties of both, those of the credentials file first", function()
    local found = merged("[profile a]\nx = 1\ny = 2\n[profile b]\nx = 3\n",
      "[a]\ny = 4\nz = 5\n[c]\nx = 6\n")
    assert.same({ a = { x = "1", y = "4", z = "5" }, b = { x = "3" }, c = { x = "6" } },
      found.profiles)
  end)

  it("tell which file a property is in", function()
    local found = merged("[profile a]\nx = 1\ny = 2\n[profile b]\n", "[a]\ny = 4\n[c]\n")
    assert.same({ a = { x = "1", y = "2" }, b = {} }, found.config_file_profiles)
    assert.same({ a = { y = "4" }, c = {} }, found.credentials_file_profiles)
  end)

  it("have one default, which in the config file is [profile default] first", function()
    assert.same({ default = { b = "2", c = "3" } },
      merged("[default]\na = 1\n[profile default]\nb = 2\n", "[default]\nc = 3\n").profiles)
    assert.same({ default = { a = "1", c = "3" } },
      merged("[default]\na = 1\n", "[default]\nc = 3\n[profile default]\nd = 4\n").profiles)
  end)

  it("come with SSO sessions and with services, by service", function()
    local found = merged("[sso-session s]\nsso_region = eu-west-1\n[services v]\nses =\n"
      .. "  endpoint_url = http://a\nsesv2 =\n  Endpoint_URL = http://b\n  x = y\ns3 = no\nsts =\n"
      .. "[services w]\n", "[sso-session t]\n[services u]\n")
    assert.same({ s = { sso_region = "eu-west-1" } }, found.sso_sessions)
    assert.same({
      v = { ses = { endpoint_url = "http://a" }, sesv2 = { endpoint_url = "http://b", x = "y" } },
      w = {},
    }, found.services)
    assert.same({}, found.profiles)
  end)

  it("keep sub-properties as text, which can be had as a table", function()
    local text = merged("[default]\ns3 =\n  a = b\n", "").profiles.default.s3
    assert.equal("\na = b", text)
    assert.same({ a = "b" }, profiles.nested(text))
    assert.is_nil(profiles.nested "a = b")
    assert.is_nil(profiles.nested(nil))
  end)
end)

describe("the places of the files", function()
  local function located(variables)
    local paths = profiles.locate(environment(variables))
    return { paths.config or false, paths.credentials or false }
  end

  it("are below the home", function()
    assert.same({ "/h/.aws/config", "/h/.aws/credentials" }, located { HOME = "/h" })
    assert.same({ "/h/.aws/config", "/h/.aws/credentials" }, located { HOME = "/h/",
      AWS_CONFIG_FILE = "", AWS_SHARED_CREDENTIALS_FILE = "" })
    assert.same({ "/.aws/config", "/.aws/credentials" }, located { HOME = "/" })
  end)

  it("are nowhere without a home", function()
    assert.same({ false, false }, located {})
    assert.same({ false, false }, located { HOME = "" })
    assert.same({ false, false }, located { AWS_CONFIG_FILE = "~/c",
      AWS_SHARED_CREDENTIALS_FILE = "~" })
  end)

  it("are what the environment says, with or without a home", function()
    assert.same({ "/c", "/h/.aws/credentials" }, located { HOME = "/h", AWS_CONFIG_FILE = "/c" })
    assert.same({ "/h/.aws/config", "s" },
      located { HOME = "/h", AWS_SHARED_CREDENTIALS_FILE = "s" })
    assert.same({ "/c", false }, located { AWS_CONFIG_FILE = "/c" })
  end)

  it("may begin with the home", function()
    assert.same({ "/h/c", "/h" }, located { HOME = "/h", AWS_CONFIG_FILE = "~/c",
      AWS_SHARED_CREDENTIALS_FILE = "~" })
    assert.same({ "~a/c", "/x/~/c" }, located { HOME = "/h", AWS_CONFIG_FILE = "~a/c",
      AWS_SHARED_CREDENTIALS_FILE = "/x/~/c" })
  end)
end)

describe("the name of the profile", function()
  it("is the option's, then the environment's, then default", function()
    local both = environment { AWS_PROFILE = "a", AWS_DEFAULT_PROFILE = "b" }
    assert.same({ "o", true }, { profiles.name("o", both) })
    assert.same({ "a", true }, { profiles.name(nil, both) })
    assert.same({ "b", true },
      { profiles.name(nil, environment { AWS_PROFILE = "", AWS_DEFAULT_PROFILE = "b" }) })
    assert.same({ "default", true },
      { profiles.name(nil, environment { AWS_PROFILE = "default" }) })
    assert.same({ "default", false },
      { profiles.name(nil, environment { AWS_PROFILE = "", AWS_DEFAULT_PROFILE = "" }) })
  end)
end)

describe("files that a program reads itself", function()
  local getenv = environment { HOME = "/h" }

  -- Loads with files at the two places; a string that is not there is missing.
  local function load(config, credentials)
    local texts = { ["/h/.aws/config"] = config, ["/h/.aws/credentials"] = credentials }
    return profiles.load(getenv, function(path)
      return texts[path], "no such file", not texts[path] and "missing" or nil
    end)
  end

  it("are both read", function()
    assert.same({ default = { a = "1", b = "2" } },
      load("[default]\na = 1", "[default]\nb = 2").profiles)
  end)

  it("may be missing", function()
    assert.same({ default = { b = "2" } }, load(nil, "[default]\nb = 2").profiles)
    assert.same({ default = { a = "1" } }, load("[default]\na = 1", nil).profiles)
    assert.same({ profiles = {}, config_file_profiles = {}, credentials_file_profiles = {},
                  sso_sessions = {}, services = {} }, load(nil, nil))
  end)

  it("are not read without a home", function()
    local found = profiles.load(environment {}, error)
    assert.same({}, found.profiles)
  end)

  it("are an error where the program cannot read them", function()
    local found, err = profiles.load(getenv, function()
      return nil, "the disk is on fire", false
    end)
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "config", "InvalidConfigFile"))
    assert.equal("the shared config file cannot be used: /h/.aws/config: the disk is on fire"
      .. " (correct it, or set AWS_CONFIG_FILE to the path of another)", err.message)
  end)

  for _, case in ipairs {
    { "a NUL byte", "[default]\nkey = " .. SECRET .. "\0", "it has a NUL byte" },
    { "bytes that are not UTF-8", "[default]\nkey = " .. SECRET .. "\255", "not a text in UTF-8" },
    { "a fault of syntax", "[default]\n" .. SECRET, "line 2: Expected an '=' sign" },
    { "more than 1 MiB", "#" .. (SECRET .. "\n"):rep(30000), "more than 1 MiB" },
  } do
    it("are an error with " .. case[1] .. ", which tells the file and no secret", function()
      local found, err = load(case[2], nil)
      assert.is_nil(found)
      assert.is_true(errors.is_error(err, "config", "InvalidConfigFile"))
      assert.truthy(err.message:find("config file cannot be used: /h/.aws/config", 1, true))
      assert.truthy(err.message:find(case[3], 1, true), err.message)
      assert.is_nil(tostring(err):find("wJalr", 1, true))

      found, err = load(nil, case[2])
      assert.is_nil(found)
      assert.is_true(errors.is_error(err, "config", "InvalidCredentialsFile"))
      assert.truthy(err.message:find("credentials file cannot be used: /h/.aws/cred", 1, true))
      assert.truthy(err.message:find("or set AWS_SHARED_CREDENTIALS_FILE", 1, true))
      assert.is_nil(tostring(err):find("wJalr", 1, true))
    end)
  end

  it("may have 1 MiB, and a byte order mark", function()
    local text = "\239\187\191[default]\na = 1\n"
    local found = load(text .. ("#"):rep(MIB - #text), text)
    assert.same({ default = { a = "1" } }, found.profiles)
  end)

  it("have a path that a message can show", function()
    local _, err = profiles.load(environment { AWS_CONFIG_FILE = "/a\27[2J\n\195\164" },
      function()
        return "x", nil, false
      end)
    assert.truthy(err.message:find("/a?[2J???, line 1: ", 1, true), err.message)
  end)
end)

describe("files on the disk", function()
  -- Loads with the config file at a path.
  local function load(path)
    return profiles.load(environment { AWS_CONFIG_FILE = path })
  end

  it("are read to their end, whatever that is", function()
    for _, text in ipairs { "[default]\na = 1", "[default]\r\na = 1\r\n", "[default]\ra = 1\r" } do
      assert.same({ default = { a = "1" } }, load(files.with(finally, text)).profiles)
    end
    assert.same({}, load(files.with(finally, "")).profiles)
    assert.same({}, load("/dev/null").profiles)
  end)

  it("may be missing, and so may the folders they would be in", function()
    assert.same({}, load("/nonexistent").profiles)
    assert.same({}, load("/nonexistent/.aws/config").profiles)
    -- The home of many an account that nobody logs in to.
    assert.same({}, profiles.load(environment { HOME = "/dev/null" }).profiles)
  end)

  it("are missing where nobody may look, unless they are named", function()
    local hidden = function() return nil, "permission denied", "hidden" end
    assert.same({}, profiles.load(environment { HOME = "/h" }, hidden).profiles)
    local found, err = profiles.load(environment { HOME = "/h", AWS_CONFIG_FILE = "/x" }, hidden)
    assert.is_nil(found)
    assert.truthy(err.message:find("/x: permission denied", 1, true))
  end)

  for what, case in pairs {
    ["a folder"] = { "/", "/: it is a directory" },
    ["a file that opens and does not read"] = { "/proc/self/mem",
      "mem: the device fails to read or to write" },
    ["a path that is too long"] = { ("x"):rep(5000), "xx: the name is too long" },
    ["a file without an end"] = { "/dev/zero", "/dev/zero: it is larger than it may be" },
  } do
    it("are an error where one is " .. what, function()
      local found, err = load(case[1])
      assert.is_nil(found)
      assert.is_true(errors.is_error(err, "config", "InvalidConfigFile"))
      assert.truthy(err.message:find(case[2], 1, true), err.message)
      assert.truthy(err.message:find("or set AWS_CONFIG_FILE", 1, true))
    end)
  end

  it("are an error where one is a program", function()
    local found, err = load(files.with(finally, "\127ELF\2\1\1\0\0"))
    assert.is_nil(found)
    assert.truthy(err.message:find("it has a NUL byte", 1, true), err.message)
  end)
end)

describe("files that are kept", function()
  local function at(path)
    return environment { AWS_CONFIG_FILE = path, AWS_SHARED_CREDENTIALS_FILE = "/nonexistent" }
  end

  before_each(profiles.forget)
  after_each(profiles.forget)

  it("are read once, until they are forgotten", function()
    local path = files.with(finally, "[default]\na = 1\n")
    local first = profiles.shared(at(path))
    files.write(path, "[default]\na = 2\n")
    assert.equal(first, profiles.shared(at(path)))
    assert.equal("1", first.profiles.default.a)
    profiles.forget()
    assert.equal("2", profiles.shared(at(path)).profiles.default.a)
  end)

  it("are told apart by both paths", function()
    local path = files.with(finally, "[default]\na = 1\n")
    local as_config = profiles.shared(at(path))
    local as_credentials = profiles.shared(environment {
      AWS_CONFIG_FILE = "/nonexistent", AWS_SHARED_CREDENTIALS_FILE = path,
    })
    assert.same({ default = { a = "1" } }, as_config.config_file_profiles)
    assert.same({}, as_credentials.config_file_profiles)
    assert.same({ default = { a = "1" } }, as_credentials.credentials_file_profiles)
    assert.same({}, profiles.shared(environment {}).profiles)
  end)

  it("are not kept where they are an error", function()
    local path = files.with(finally, "[default\n")
    local found, err = profiles.shared(at(path))
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "config", "InvalidConfigFile"))
    files.write(path, "[default]\n")
    assert.same({ default = {} }, profiles.shared(at(path)).profiles)
  end)

  it("are few", function()
    local path = files.with(finally, "[default]\na = 1\n")
    local first = profiles.shared(at(path))
    for i = 1, 3 do
      profiles.shared(at("/nonexistent/" .. i))
    end
    assert.equal(first, profiles.shared(at(path)))
    profiles.shared(at "/nonexistent/4")
    assert.not_equal(first, profiles.shared(at(path)))
  end)
end)
