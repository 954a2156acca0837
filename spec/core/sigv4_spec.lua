-- Signature Version 4: AWS's published examples, and what is refused.

local core = require "ses.core"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local TIME = 1440938160 -- 2015-08-30T12:36:00Z
local credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET }

local function copy(t, changes)
  local made = {}
  for key, value in pairs(t) do made[key] = value end
  for key, value in pairs(changes or {}) do made[key] = value end
  return made
end

-- The example of AWS's documentation of the signing process.
local list_users = {
  method = "GET", path = "/", query = "Action=ListUsers&Version=2010-05-08", body = "",
  headers = {
    { "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
    { "Host", "iam.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" },
  },
  region = "us-east-1", service = "iam", time = TIME,
  access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET,
}

-- The first case of AWS's signing suite.
local vanilla = copy(list_users, {
  query = "", service = "service",
  headers = { { "Host", "example.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" } },
})

local VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"

describe("core.sigv4", function()
  it("signs the documented request", function()
    local found = assert(core.sigv4(list_users))
    assert.equal([[
GET
/
Action=ListUsers&Version=2010-05-08
content-type:application/x-www-form-urlencoded; charset=utf-8
host:iam.amazonaws.com
x-amz-date:20150830T123600Z

content-type;host;x-amz-date
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]], found.canonical_request)
    assert.equal([[
AWS4-HMAC-SHA256
20150830T123600Z
20150830/us-east-1/iam/aws4_request
f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59]], found.string_to_sign)
    assert.equal("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
      found.signature)
    assert.equal("content-type;host;x-amz-date", found.signed_headers)
    assert.equal("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
      .. "SignedHeaders=content-type;host;x-amz-date, Signature=" .. found.signature,
      found.authorization)
  end)

  it("signs the plainest request of the suite", function()
    assert.equal(VANILLA, core.sigv4(vanilla).signature)
  end)

  it("takes the time as text", function()
    assert.equal(VANILLA, core.sigv4(copy(vanilla, { time = "20150830T123600Z" })).signature)
  end)

  it("takes the hash of a body in place of the body", function()
    assert.equal(VANILLA, core.sigv4(copy(vanilla, {
      body = "not looked at", payload_hash = core.sha256(""),
    })).signature)
  end)

  it("puts the signature in the query", function()
    local found = assert(core.sigv4(copy(vanilla, {
      headers = { { "Host", "example.amazonaws.com" } }, expires = 60, session_token = "a/b+c=",
    })))
    assert.equal("X-Amz-Algorithm=AWS4-HMAC-SHA256"
      .. "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
      .. "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-Security-Token=a%2Fb%2Bc%3D"
      .. "&X-Amz-SignedHeaders=host&X-Amz-Signature=" .. found.signature, found.query)
    assert.is_nil(found.authorization)
  end)

  it("sorts parameters by name, then by value, after encoding", function()
    local found = core.sigv4(copy(vanilla, { query = "b=2&a=%7e&b=1&a&c=%20+%zz&=v&&A=" }))
    assert.equal("=v&A=&a=&a=~&b=1&b=2&c=%20%2B%25zz",
      found.canonical_request:match("^[^\n]*\n[^\n]*\n([^\n]*)"))
  end)

  it("joins headers of one name and folds blanks", function()
    local found = core.sigv4(copy(vanilla, { headers = {
      { "X-B", " a \t b " }, { "host", "h" }, { "x-a", "" }, { "x-b", "\n  c\r\n d" },
    } }))
    assert.equal("host:h\nx-a:\nx-b:a b,c d\n", found.canonical_request:match("\nhost.-\n\n"):sub(2,
      -2))
    assert.equal("host;x-a;x-b", found.signed_headers)
  end)

  it("normalizes a path unless told not to", function()
    local function path(text, normalize)
      local found = core.sigv4(copy(vanilla, { path = text, normalize = normalize }))
      return (found.canonical_request:match("^[^\n]*\n([^\n]*)"))
    end
    for text, wanted in pairs {
      ["/"] = "/", [""] = "/", ["//"] = "/", ["/a//b"] = "/a/b", ["/a/./b/"] = "/a/b/",
      ["/a/../b"] = "/b", ["/.."] = "/", ["/../../a"] = "/a", ["/a/.."] = "/",
      ["/a/b/.."] = "/a", ["/%40/%2F"] = "/%2540/%252F", ["/a b~"] = "/a%20b~", ["a"] = "/a",
    } do
      assert.equal(wanted, path(text), text)
    end
    assert.equal("/a//../b", path("/a//../b", false))
    assert.equal("/", path("", false))
  end)

  it("keeps keys of several accounts, regions, services and days apart", function()
    local seen = {}
    for round = 1, 2 do
      for i = 1, 12 do -- more than are kept
        for field, value in pairs {
          secret_access_key = SECRET .. i, region = "r" .. i, service = "s" .. i,
          time = TIME + 86400 * i,
        } do
          local key = field .. i
          local signature = core.sigv4(copy(vanilla, { [field] = value })).signature
          assert.is_nil(round == 1 and seen[signature] or nil)
          if round == 1 then
            seen[signature], seen[key] = true, signature
          else
            assert.equal(seen[key], signature)
          end
        end
      end
    end
    -- Where one part ends is part of the key.
    assert.not_equal(core.sigv4(copy(vanilla, { region = "ab", service = "c" })).signature,
      core.sigv4(copy(vanilla, { region = "a", service = "bc" })).signature)
  end)

  it("reads its table without metamethods", function()
    local function never() error("a metamethod ran") end
    local odd = setmetatable(copy(vanilla), { __index = never, __len = never })
    odd.headers = setmetatable(copy(vanilla.headers), { __index = never, __len = never })
    assert.equal(VANILLA, core.sigv4(odd).signature)
  end)

  it("raises on what is no request", function()
    for _, changes in ipairs {
      { time = "20150830T123600" }, { time = "20150830T12360xZ" }, { time = 0 / 0 },
      { time = 1e300 }, { headers = "x" }, { headers = { "x" } }, { headers = { { "a" } } },
      { headers = { { "a", 5 } } }, { expires = 0 }, { expires = 604801 }, { expires = 0 / 0 },
      { method = 5 }, { body = {} },
    } do
      assert.is_false(pcall(core.sigv4, copy(vanilla, changes)))
    end
    assert.is_false(pcall(core.sigv4))
  end)

  it("says that there are too many headers", function()
    local many = {}
    for i = 1, 129 do many[i] = { "x-" .. i, "v" } end
    assert.same({ nil, "more than 128 headers" },
      { core.sigv4(copy(vanilla, { headers = many })) })
    many[129] = nil
    assert.equal("x-1;x-10;x-100;", core.sigv4(copy(vanilla, { headers = many }))
      .signed_headers:sub(1, 15))
  end)

  it("says what is too long to be signed", function()
    for _, changes in ipairs {
      { query = ("a=1&"):rep(1025) }, { query = "a=" .. ("b"):rep(2 ^ 20) },
      { path = "/" .. ("b"):rep(2 ^ 20) }, { secret_access_key = ("s"):rep(257) },
      { region = ("r"):rep(129) }, { service = ("s"):rep(129) },
      { headers = { { "host", ("v"):rep(2 ^ 20) } } },
    } do
      local found, message = core.sigv4(copy(vanilla, changes))
      assert.is_nil(found)
      assert.truthy(message:find("long", 1, true))
      assert.equal(VANILLA, core.sigv4(vanilla).signature)
    end
  end)
end)

local request = {
  method = "POST", path = "/v2/a%40b", query = "x=1&y", body = "body",
  headers = { ["Content-Type"] = "text/plain" },
}
local endpoint = { origin = "https://email.example.com:8443", host = "email.example.com:8443",
                   path = "/base" }

local function sign(changes)
  changes = changes or {}
  return core.sign(copy(request, changes.request), copy(endpoint, changes.endpoint),
    changes.region or "eu-west-1", changes.service or "ses",
    changes.credentials and copy(credentials, changes.credentials) or credentials, TIME)
end

describe("core.sign", function()
  it("is core.sigv4 over the request with what signing adds", function()
    local signed = assert(sign { credentials = { session_token = "token" } })
    local expected = core.sigv4 {
      method = "POST", path = "/base/v2/a%40b", query = "x=1&y", body = "body",
      headers = { { "content-type", "text/plain" }, { "host", "email.example.com:8443" },
                  { "x-amz-date", "20150830T123600Z" }, { "x-amz-security-token", "token" } },
      region = "eu-west-1", service = "ses", time = TIME, access_key_id = "AKIDEXAMPLE",
      secret_access_key = SECRET,
    }
    assert.same({
      method = "POST", url = "https://email.example.com:8443/base/v2/a%40b?x=1&y", body = "body",
      headers = {
        ["Content-Type"] = "text/plain", Host = "email.example.com:8443",
        ["X-Amz-Date"] = "20150830T123600Z", ["X-Amz-Security-Token"] = "token",
        Authorization = expected.authorization,
      },
    }, signed)
  end)

  it("refuses a header in two spellings, whose order nobody knows", function()
    local given = copy(request)
    given.headers = { ["X-A"] = "1", ["x-a"] = "2" }
    local signed, message = core.sign(given, endpoint, "eu-west-1", "ses", credentials, TIME)
    assert.is_nil(signed)
    assert.equal("the headers hold one name in two spellings", message)
  end)

  it("starts with a query of empty names", function()
    assert.truthy(core.sigv4 {
      method = "GET", path = "/", query = "=&=", headers = {}, time = TIME, region = "r",
      service = "s", access_key_id = "a", secret_access_key = "b",
    }.signature)
  end)

  it("leaves what it is given alone", function()
    local given = copy(request)
    given.headers = copy(request.headers)
    core.sign(given, endpoint, "eu-west-1", "ses", credentials, TIME)
    assert.same(request, given)
  end)

  it("signs nothing without credentials", function()
    local signed = assert(core.sign(request, endpoint, "eu-west-1", "ses", nil, TIME))
    assert.same({ ["Content-Type"] = "text/plain", Host = "email.example.com:8443" },
      signed.headers)
  end)

  it("takes a request without body and query", function()
    local signed = assert(core.sign({ method = "GET", path = "/", query = "", headers = {} },
      { origin = "http://h", host = "h" }, "r", "s", credentials, TIME))
    assert.equal("http://h/", signed.url)
    assert.is_nil(signed.body)
  end)

  it("refuses what would break a line, by name", function()
    for _, bad in ipairs { "a\rb", "a\nb", "a\r\nX: y", "a\0b", "a\127b", "a\27b" } do
      for message, changes in pairs {
        ["region or the service"] = { region = bad },
        ["the region or the service"] = { service = bad },
        ["no host"] = { endpoint = { host = bad } },
        ["a control character in it"] = { endpoint = { origin = bad } },
        ["path or the query"] = { endpoint = { path = "/" .. bad } },
        ["the path or the query"] = { request = { path = "/" .. bad } },
        ["in the path or the query"] = { request = { query = bad } },
        ["not an HTTP token"] = { request = { method = bad } },
        ["a name or a value that HTTP"] = { request = { headers = { A = bad } } },
        ["a header has a name"] = { request = { headers = { [bad] = "a" } } },
        ["a header cannot carry"] = { credentials = { access_key_id = bad } },
        ["that a header cannot carry"] = { credentials = { session_token = bad } },
      } do
        local signed, found = sign(changes)
        assert.is_nil(signed)
        assert.truthy(found:find(message, 1, true), found .. " against " .. message)
      end
    end
  end)

  it("refuses what cannot be signed", function()
    local many = {}
    for i = 1, 125 do many["x-" .. i] = "v" end
    for message, changes in pairs {
      ["without an access key id"] = { credentials = { access_key_id = "" } },
      ["or a secret access key"] = { credentials = { secret_access_key = "" } },
      ["cannot carry"] = { credentials = { access_key_id = "a/b" } },
      ["longer than 256"] = { credentials = { secret_access_key = ("s"):rep(257) } },
      ["an access key id longer"] = { credentials = { access_key_id = ("i"):rep(257) } },
      ["longer than 128"] = { region = ("r"):rep(129) },
      ["no host"] = { endpoint = { host = "" } },
      ["does not begin with a slash"] = { endpoint = { path = "base" } },
      ["too many headers"] = { request = { headers = many } },
      ["map strings to strings"] = { request = { headers = { "a" } } },
      ["signing sets itself"] = { request = { headers = { hOST = "a" } } },
      ["one that signing sets"] = { request = { headers = { ["x-amz-date"] = "a" } } },
      ["too long to be signed"] = { request = { query = ("a=1&"):rep(2000) } },
      ["the path, the query and the headers"] = { request = { path = "/" .. ("a"):rep(2 ^ 20) } },
    } do
      local signed, found = sign(changes)
      assert.is_nil(signed)
      assert.truthy(found:find(message, 1, true), found .. " against " .. message)
    end
    many["x-125"] = nil
    assert.truthy(sign { request = { headers = many } })
  end)

  it("tells no secret", function()
    local _, message = sign { credentials = { access_key_id = "AKID\n" } }
    assert.is_nil(message:find(SECRET, 1, true))
    assert.is_nil(message:find("AKID", 1, true))
  end)

  it("raises on arguments of another kind", function()
    for _, arguments in ipairs {
      { nil, endpoint, "r", "s", credentials, TIME }, { request, nil, "r", "s", credentials, TIME },
      { request, endpoint, {}, "s", credentials, TIME }, { request, endpoint, "r", "s", 5, TIME },
      { request, endpoint, "r", "s", credentials },
      { request, endpoint, "r", "s", credentials, 1e99 },
      { { method = "GET", path = "/" }, endpoint, "r", "s", credentials, TIME },
    } do
      assert.is_false(pcall(core.sign, arguments[1], arguments[2], arguments[3], arguments[4],
        arguments[5], arguments[6]))
    end
  end)

  it("reads tables without metamethods", function()
    local function never() error("a metamethod ran") end
    local odd = { __index = never, __len = never, __pairs = never }
    local given = setmetatable(copy(request), odd)
    given.headers = setmetatable(copy(request.headers), odd)
    assert.same(sign(), core.sign(given, setmetatable(copy(endpoint), odd), "eu-west-1", "ses",
      setmetatable(copy(credentials), odd), TIME))
  end)
end)

describe("core.presign", function()
  local function presign(expires, changes)
    return core.presign(request, endpoint, "eu-west-1", "ses",
      copy(credentials, changes), TIME, expires)
  end

  it("is core.sigv4 in the query form", function()
    local signed = assert(presign(900, { session_token = "t" }))
    local expected = core.sigv4 {
      method = "POST", path = "/base/v2/a%40b", query = "x=1&y", body = "body",
      headers = { { "content-type", "text/plain" }, { "host", "email.example.com:8443" } },
      region = "eu-west-1", service = "ses", time = TIME, access_key_id = "AKIDEXAMPLE",
      secret_access_key = SECRET, session_token = "t", expires = 900,
    }
    assert.equal("https://email.example.com:8443/base/v2/a%40b?" .. expected.query, signed.url)
    assert.same({ ["Content-Type"] = "text/plain", Host = "email.example.com:8443" },
      signed.headers)
  end)

  it("lives for a second to seven days", function()
    assert.truthy(presign(1))
    assert.truthy(presign(604800))
    for _, expires in ipairs { 0, -1, 604801, 0 / 0, 1 / 0 } do
      assert.is_false(pcall(presign, expires))
    end
  end)

  it("refuses what core.sign refuses", function()
    local signed, message = presign(60, { session_token = "a\nb" })
    assert.is_nil(signed)
    assert.truthy(message:find("cannot carry", 1, true))
  end)
end)

describe("core.sha256", function()
  it("is SHA-256", function()
    assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      core.sha256 "")
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      core.sha256 "abc")
    assert.equal(64, #core.sha256(("\0"):rep(100000)))
  end)
end)
