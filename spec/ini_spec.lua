-- The syntax of the shared configuration files.

local ini = require "ses.ini"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

local function config(text)
  return assert(ini.parse(text, "config", "c"))
end

local function profiles(text)
  return config(text).profiles
end

local function credentials(text)
  return assert(ini.parse(text, "credentials", "c")).profiles
end

-- What the section [default] of a config file holds.
local function properties(text)
  return profiles("[default]\n" .. text).default
end

local function refused(text)
  local sections, message = ini.parse(text, "config", "/home/a/.aws/config")
  assert.is_nil(sections)
  return message
end

describe("a section of a config file", function()
  it("is a profile with its prefix, or [default]", function()
    assert.same({ a = {}, b = {}, default = {} },
      profiles "[profile a]\n[ profile\t b ]\n[default]")
    assert.same({}, profiles "")
    assert.same({}, profiles "[a]\nx = 1\n[profile]\n[profilea]\n[]\n[plugins]\n[preview x]\n")
  end)

  it("is an SSO session or a list of services", function()
    assert.same({
      profiles = { p = { sso_session = "s" } },
      sso_sessions = { s = { sso_region = "eu-west-1" } },
      services = { s = { ses = "\nendpoint_url = http://127.0.0.1:4579" } },
    }, config("[sso-session s]\nsso_region = eu-west-1\n[profile p]\nsso_session = s\n"
      .. "[services s]\nses =\n  endpoint_url = http://127.0.0.1:4579\n"))
    assert.same({ profiles = {}, sso_sessions = {}, services = {} },
      config "[sso-session]\n[sso-sessions a]\n[services a b]\n[service a]")
  end)

  it("is left out where its name cannot be one, with what it holds", function()
    for _, name in ipairs { "a b", "a!", "a]", "'a'", '"a"', "a[b", "a=b", "\195\164", "a\\b" } do
      assert.same({ x = { k = "v" } },
        profiles("[profile x]\nk = v\n[profile " .. name .. "]\nk = other\n continued\n"), name)
    end
    assert.same({ ["Az09-_./%@:+"] = {} }, profiles "[profile Az09-_./%@:+]")
  end)

  it("goes on where its name comes again", function()
    assert.same({ a = { k = "2", l = "3" }, b = {} },
      profiles "[profile a]\nk = 1\n[profile b]\n[profile  a ]\nk = 2\nl = 3\n")
  end)

  it("[profile default] replaces [default], wherever it is", function()
    assert.same({ default = { b = "2", c = "3" } },
      profiles "[profile default]\nb = 2\n[default]\na = 1\n[profile default]\nc = 3\n")
    assert.same({ default = {} }, profiles "[default]\na = 1\n[profile default]\n")
    assert.same({ default = { a = "1", b = "2" } }, profiles "[default]\na = 1\n[default]\nb = 2\n")
  end)

  it("may have a comment behind it", function()
    assert.same({ a = {}, b = {}, c = {} },
      profiles "[profile a]# x\n[profile b] ; ]\n[profile c]\t#\n")
  end)
end)

describe("a section of a credentials file", function()
  it("is a profile without a prefix", function()
    assert.same({ a = { k = "v" }, default = {}, profile = {}, ["sso-session"] = {} },
      credentials "[ a\t]\nk = v\n[default]\n[profile]\n[sso-session]\n")
  end)

  it("is nothing else", function()
    assert.same({ profiles = {}, sso_sessions = {}, services = {} }, ini.parse(
      "[profile a]\nk = v\n[profile default]\n[sso-session b]\n[services c]\n[]\n",
      "credentials", "c"))
  end)
end)

describe("a property", function()
  it("is a name, a sign and a value, without the blanks around them", function()
    assert.same({ a = "b", c = "d e", f = "", g = "h=i==" },
      properties "a=b\nc \t= \td e\t \nf =\ng = h=i==\n")
  end)

  it("has a name in lower case, and the last value", function()
    assert.same({ az09_ = "2" }, properties "AZ09_ = 1\naz09_ = 2\n")
    assert.same({ a = "2" }, properties "a = 1\n  more\nA = 2\n")
  end)

  it("is left out where its name cannot be one, with the lines below it", function()
    assert.same({ c = "4" }, properties "a b = 1\n more\na! = 2\n\195\164 = 3\nc = 4\n")
  end)

  it("ends where a comment begins, and that takes a blank", function()
    assert.same({ a = "b", c = "d#e;f", g = "", h = "# i" },
      properties "a = b # c ; d\nc = d#e;f\t; g\ng = # empty\nh =# i\n")
  end)

  it("holds any text", function()
    local text = "\240\159\152\130 \195\164[x]"
    assert.same({ a = text }, properties("a = " .. text))
  end)

  it("goes on over indented lines, whose comments are part of it", function()
    assert.same({ a = "b\n-c\n-d # e\n[f]\ng = h", i = "j" },
      properties "a = b # not this\n -c\n\t -d # e\t\n [f]\n g = h\ni = j\n")
  end)

  it("passes over empty lines and lines of a comment", function()
    assert.same({ a = "b\nc", d = "\ne = f\ng = h" },
      properties("\n# x\n;\na = b\n \t\n# y = z\n c\nd =\n"
        .. "  # indented\n\n e = f\n\t; too\n g = h\n"))
  end)
end)

describe("sub-properties", function()
  it("are text, and can be had as a table", function()
    local text = properties("s3 =\n A = b\n\n in valid = c\n d = e = f # g\n h =\n a = 2\n").s3
    assert.equal("\nA = b\nin valid = c\nd = e = f # g\nh =\na = 2", text)
    assert.same({ a = "2", d = "e = f # g", h = "" }, ini.nested(text))
  end)

  it("are not there where a property has a value of its own, or none", function()
    local found = properties "a = b\n c = d\ne =\n"
    assert.is_nil(ini.nested(found.a))
    assert.is_nil(ini.nested(found.e))
    assert.is_nil(ini.nested(found.f))
  end)
end)

describe("a text", function()
  local WANTED = { default = { a = "b\nc" }, x = {} }

  it("has lines that end in any of three ways, the last one too or not", function()
    for _, stop in ipairs { "\n", "\r\n", "\r" } do
      local text = ("[default]\na = b\n c\n\n[profile x]"):gsub("\n", stop)
      assert.same(WANTED, profiles(text))
      assert.same(WANTED, profiles(text .. stop))
      assert.equal("/home/a/.aws/config, line 6: Expected an '=' sign defining a property",
        refused(text .. stop .. "x"))
    end
  end)

  it("may begin with a byte order mark", function()
    assert.same(WANTED, profiles "\239\187\191[default]\na = b\n c\n[profile x]\n")
    assert.same({}, profiles "\239\187\191")
  end)

  it("takes time in proportion to its length", function()
    local n = 300000
    local long = ("x"):rep(10 * 1024 * 1024)
    local ways = {
      ["a line"] = "[default]\na = " .. long,
      ["a line of blanks"] = (" "):rep(n),
      ["blanks around a value"] = "[default]\na =" .. (" "):rep(n) .. "b" .. (" "):rep(n),
      ["blanks inside a value"] = "[default]\na = " .. ("b "):rep(n) .. "\n " .. ("c "):rep(n),
      ["blanks inside a header"] = "[profile " .. ("b "):rep(n) .. "]",
      ["brackets"] = "[" .. ("] "):rep(n) .. "]",
      ["sections"] = ("[profile a]\n"):rep(n),
      ["continued lines"] = "[default]\na = b\n" .. (" c\n"):rep(n),
      ["sub-properties"] = "[default]\na =\n" .. (" c =\n"):rep(n),
      ["comments"] = (" # ;"):rep(n),
      ["ends of lines"] = ("\r"):rep(n),
    }
    for what, text in pairs(ways) do
      local before = os.clock()
      assert(ini.parse(text, "config", "c"))
      -- What is quadratic takes minutes; what is linear, tenths of a second.
      assert.truthy(os.clock() - before < 10, what)
    end
    assert.equal(#"b" + 2 * n, #properties("a = b\n" .. (" c\n"):rep(n)).a)
  end)
end)

describe("what is not well formed", function()
  for _, case in ipairs {
    { "a bracket that is not closed", "[profile " .. SECRET, 1,
      "Profile definition must end with ']'" },
    { "a bracket inside a comment", "\n[profile a # " .. SECRET .. "]", 2,
      "Profile definition must end with ']'" },
    { "text behind a bracket", "[profile a] " .. SECRET, 1,
      "Profile definition must end with ']'" },
    { "a property before any section", "# c\nkey = " .. SECRET, 2,
      "Expected a profile definition" },
    { "text before any section", SECRET, 1, "Expected a profile definition" },
    { "an indented line before any section", " " .. SECRET, 1, "Expected a profile definition" },
    { "an indented line below a section", "[default]\n\n a = " .. SECRET, 3,
      "Expected a property definition, found continuation" },
    { "an indented line below a section again", "[default]\na = b\n[default]\n " .. SECRET, 4,
      "Expected a property definition, found continuation" },
    { "a property without a sign", "[default]\nkey : " .. SECRET, 2,
      "Expected an '=' sign defining a property" },
    { "a sign in the comment only", "[default]\nkey # = " .. SECRET, 2,
      "Expected an '=' sign defining a property" },
    { "a property without a name", "[default]\n= " .. SECRET, 2, "Property did not have a name" },
    { "a sub-property without a sign", "[default]\na =\n b = c\n " .. SECRET, 4,
      "Expected an '=' sign defining a sub-property" },
    { "a sub-property without a name", "[default]\na =\n = " .. SECRET, 3,
      "Sub-property did not have a name" },
    { "a fault in a section that is left out", "[a]\n" .. SECRET, 2,
      "Expected an '=' sign defining a property" },
    { "a fault below a property that is left out", "[default]\na b =\n " .. SECRET, 3,
      "Expected an '=' sign defining a sub-property" },
  } do
    it(case[1] .. " is told with its line, and without what is on it", function()
      for _, kind in ipairs { "config", "credentials" } do
        local sections, message = ini.parse(case[2], kind, "/a/config")
        assert.is_nil(sections)
        local start = "/a/config, line " .. case[3] .. ": "
        assert.equal(start, message:sub(1, #start))
        assert.truthy(message:find(case[4], 1, true), message)
        assert.is_nil(message:find("wJalr", 1, true))
      end
    end)
  end
end)
