-- SigV4A: AWS's published example, and what is refused. A signature is another
-- one each time, so that it is verified.

local core = require "ses.core"

local ID = "AKIDEXAMPLE"
local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local TIME = 1440938160 -- 2015-08-30T12:36:00Z

local X = "b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1"
local Y = "865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518"

-- The first case of AWS's signing suite.
local CANONICAL = [[
GET
/

host:example.amazonaws.com
x-amz-date:20150830T123600Z
x-amz-region-set:us-east-1

host;x-amz-date;x-amz-region-set
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]]
local STRING = [[
AWS4-ECDSA-P256-SHA256
20150830T123600Z
20150830/service/aws4_request
cf59db423e841c8b7e3444158185aa261b724a5c27cbe762676f3eed19f4dc02]]
local SIGNATURE = "3045022018b4e277d0281864beb51d3600e23f88510ea5031d68ddfbb68614b82a5eb7d2"
  .. "022100effb9c5f22ed9ef3ae0ab243d21f06bce82365bbb79529a07b6888c343ae5f8c"

local function copy(t, changes)
  local made = {}
  for key, value in pairs(t) do made[key] = value end
  for key, value in pairs(changes or {}) do made[key] = value end
  return made
end

local vanilla = {
  method = "GET", path = "/", query = "", body = "", region_set = "us-east-1",
  headers = { { "Host", "example.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" },
              { "X-Amz-Region-Set", "us-east-1" } },
  service = "service", time = TIME, access_key_id = ID, secret_access_key = SECRET,
}

local function is_verified(text, signature)
  return core.verify_sigv4a(X, Y, text, signature)
end

describe("core.sigv4a_public_key", function()
  it("derives the published key", function()
    assert.same({ X, Y }, { core.sigv4a_public_key(ID, SECRET) })
  end)

  it("depends on both parts, and on where one ends", function()
    local seen = {}
    for _, key in ipairs { { "ab", "c" }, { "a", "bc" }, { "a", "c" }, { "", "c" }, { "a", "" } } do
      local x = core.sigv4a_public_key(key[1], key[2])
      assert.is_nil(seen[x])
      seen[x] = true
    end
  end)

  it("raises on what is no key, without telling it", function()
    for _, key in ipairs { { ID }, { ID, {} }, { ID, SECRET:rep(7) }, { ID:rep(24), SECRET } } do
      local ok, message = pcall(core.sigv4a_public_key, key[1], key[2])
      assert.is_false(ok)
      assert.is_nil(message:find(SECRET, 1, true))
    end
    assert.truthy(core.sigv4a_public_key(("i"):rep(256), ("s"):rep(256)))
  end)
end)

describe("core.verify_sigv4a", function()
  it("takes the published signature", function()
    assert.is_true(is_verified(STRING, SIGNATURE))
    assert.is_true(is_verified(STRING, SIGNATURE:upper()))
  end)

  it("refuses it for another text or another key", function()
    assert.is_false(is_verified(STRING .. "\n", SIGNATURE))
    assert.is_false(is_verified("", SIGNATURE))
    local x, y = core.sigv4a_public_key(ID, SECRET .. "x")
    assert.is_false(core.verify_sigv4a(x, y, STRING, SIGNATURE))
  end)

  it("refuses it with any digit of its numbers changed", function()
    for i = 1, #SIGNATURE do
      local changed = SIGNATURE:sub(1, i - 1) .. (SIGNATURE:sub(i, i) == "7" and "6" or "7")
        .. SIGNATURE:sub(i + 1)
      assert.is_false(is_verified(STRING, changed), changed)
    end
  end)

  it("refuses what is no DER of two positive numbers", function()
    local r, s = SIGNATURE:sub(5, 72), SIGNATURE:sub(73)
    assert.equal(SIGNATURE, "3045" .. r .. s)
    for _, bad in ipairs {
      "", "3", "30", "3000", "zz", SIGNATURE:sub(1, -2), SIGNATURE:sub(1, -3), SIGNATURE .. "0",
      SIGNATURE .. "00", SIGNATURE:gsub("^..", "zz"), SIGNATURE:gsub("^..", "31"),
      SIGNATURE:gsub("^..", "\0\0"), ("0"):rep(2000), (" "):rep(142),
      "308145" .. r .. s,               -- a length in two bytes
      "3023" .. r .. s, "3022" .. r,    -- one number
      "3048" .. r .. s .. "020101",     -- three
      "3046" .. "0221" .. "00" .. r:sub(5) .. s, -- a zero too many
      "3044" .. r .. "0220" .. s:sub(7),         -- a negative number
      "3046" .. r .. "0222" .. s:sub(5),         -- an end beyond the end
      "3024" .. "0200" .. s, "3025" .. "020100" .. s, "3006020100020100", "3006020101020101",
      "30460221" .. ("ff"):rep(33) .. s,
    } do
      assert.is_false(is_verified(STRING, bad), bad)
    end
  end)

  it("raises on what is no public key", function()
    for _, key in ipairs {
      { X }, { X, "" }, { X, Y .. "0" }, { X, Y:sub(2) }, { X, Y:gsub("^.", "g") }, { Y, X },
      { X, ("0"):rep(64) }, { ("f"):rep(64), Y },
    } do
      assert.is_false(pcall(core.verify_sigv4a, key[1], key[2], STRING, SIGNATURE))
    end
    assert.is_true(is_verified(STRING, SIGNATURE))
  end)
end)

describe("core.sigv4 with a region set", function()
  it("signs the plainest request of the suite", function()
    local found = assert(core.sigv4(vanilla))
    assert.equal(CANONICAL, found.canonical_request)
    assert.equal(STRING, found.string_to_sign)
    assert.is_true(is_verified(STRING, found.signature))
    assert.equal("AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/service/aws4_request, "
      .. "SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=" .. found.signature,
      found.authorization)
  end)

  it("gives another signature each time, all of them right", function()
    local seen = {}
    for _ = 1, 200 do
      local signature = core.sigv4(vanilla).signature
      assert.is_nil(seen[signature])
      seen[signature] = true
      assert.is_true(is_verified(STRING, signature))
    end
  end)

  it("names it in the query form", function()
    local found = assert(core.sigv4(copy(vanilla, {
      headers = { { "Host", "example.amazonaws.com" } }, expires = 60, session_token = "a/b+c=",
      region_set = "eu-west-1,us-*",
    })))
    assert.equal("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"
      .. "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fservice%2Faws4_request"
      .. "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-Region-Set=eu-west-1%2Cus-%2A"
      .. "&X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-SignedHeaders=host&X-Amz-Signature="
      .. found.signature, found.query)
    assert.is_true(is_verified(found.string_to_sign, found.signature))
  end)

  it("keeps the keys of more accounts than it has room for apart", function()
    local known = {}
    for round = 1, 3 do
      for i = 1, 6 do
        local given = copy(vanilla, { access_key_id = ID .. (i % 3),
                                      secret_access_key = SECRET .. i })
        local signature = core.sigv4(given).signature
        if round == 1 then
          known[i] = { core.sigv4a_public_key(given.access_key_id, given.secret_access_key) }
        end
        for other = 1, #known do
          assert.equal(other == i,
            core.verify_sigv4a(known[other][1], known[other][2], STRING, signature))
        end
      end
    end
  end)

  it("leaves SigV4 beside it as it is", function()
    local given = copy(vanilla, { region = "us-east-1", headers = {
      { "Host", "example.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" },
    } })
    for _ = 1, 2 do
      given.region_set = nil
      assert.equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        core.sigv4(given).signature)
      given.region_set = "*"
      local found = core.sigv4(given)
      assert.is_true(is_verified(found.string_to_sign, found.signature))
    end
  end)

  it("says what is too long to be signed", function()
    for _, changes in ipairs {
      { access_key_id = ("i"):rep(257) }, { secret_access_key = ("s"):rep(257) },
      { region_set = ("r"):rep(2 ^ 20), expires = 60 },
    } do
      local found, message = core.sigv4(copy(vanilla, changes))
      assert.is_nil(found)
      assert.truthy(message:find("long", 1, true))
    end
  end)

  it("raises on one that is no text", function()
    assert.is_false(pcall(core.sigv4, copy(vanilla, { region_set = { "*" } })))
    assert.is_false(pcall(core.sigv4, copy(vanilla, { region_set = true })))
  end)
end)

local request = {
  method = "POST", path = "/v2/a%40b", query = "x=1&y", body = "body",
  headers = { ["Content-Type"] = "text/plain" },
}
local credentials = { access_key_id = ID, secret_access_key = SECRET, session_token = "token" }

local function endpoint(region_set)
  return { origin = "https://email.example.com:8443", host = "email.example.com:8443",
           path = "/base", region_set = region_set }
end

describe("core.sign for a region set", function()
  local function sign(region_set, given)
    return core.sign(given or request, endpoint(region_set), "no-such-region", "ses", credentials,
      TIME)
  end

  it("is core.sigv4 over the request with what signing adds", function()
    local signed = assert(sign "eu-west-1,eu-central-1")
    local expected = core.sigv4 {
      method = "POST", path = "/base/v2/a%40b", query = "x=1&y", body = "body",
      headers = { { "content-type", "text/plain" }, { "host", "email.example.com:8443" },
                  { "x-amz-date", "20150830T123600Z" },
                  { "x-amz-region-set", "eu-west-1,eu-central-1" },
                  { "x-amz-security-token", "token" } },
      region_set = "", service = "ses", time = TIME, access_key_id = ID,
      secret_access_key = SECRET,
    }
    local signature = signed.headers.Authorization:match("Signature=(%x+)$")
    assert.is_true(is_verified(expected.string_to_sign, signature))
    assert.same({
      method = "POST", url = "https://email.example.com:8443/base/v2/a%40b?x=1&y", body = "body",
      headers = {
        ["Content-Type"] = "text/plain", Host = "email.example.com:8443",
        ["X-Amz-Date"] = "20150830T123600Z", ["X-Amz-Region-Set"] = "eu-west-1,eu-central-1",
        ["X-Amz-Security-Token"] = "token",
        Authorization = expected.authorization:gsub("Signature=%x+$", "Signature=" .. signature),
      },
    }, signed)
  end)

  it("refuses a set that is empty or would break a line", function()
    for _, bad in ipairs { "", "*\r\nX-Injected: 1", "*\n", "a\0b", "a\127b" } do
      for _, signed in ipairs { { sign(bad) }, { core.presign(request, endpoint(bad), "r", "ses",
                                                              credentials, TIME, 60) } } do
        assert.same({ nil, "an empty region set, or a control character in it" }, signed)
      end
    end
    assert.is_false(pcall(sign, 5))
  end)

  it("sets the header itself, whatever the algorithm", function()
    for _, region_set in ipairs { "*", false } do
      local given = copy(request, { headers = { ["x-amz-Region-SET"] = "eu-west-1" } })
      local signed, message = sign(region_set or nil, given)
      assert.is_nil(signed)
      assert.truthy(message:find("X-Amz-Region-Set", 1, true))
    end
  end)

  it("signs nothing without credentials", function()
    local signed = assert(core.sign(request, endpoint "*", "r", "ses", nil, TIME))
    assert.same({ ["Content-Type"] = "text/plain", Host = "email.example.com:8443" },
      signed.headers)
  end)
end)

describe("core.presign for a region set", function()
  it("is core.sigv4 in the query form", function()
    local signed = assert(core.presign(request, endpoint "*", "no-such-region", "ses", credentials,
      TIME, 900))
    local expected = core.sigv4 {
      method = "POST", path = "/base/v2/a%40b", query = "x=1&y", body = "body",
      headers = { { "content-type", "text/plain" }, { "host", "email.example.com:8443" } },
      region_set = "*", service = "ses", time = TIME, access_key_id = ID,
      secret_access_key = SECRET, session_token = "token", expires = 900,
    }
    local signature = signed.url:match("Signature=(%x+)$")
    assert.is_true(is_verified(expected.string_to_sign, signature))
    assert.equal("https://email.example.com:8443/base/v2/a%40b?"
      .. expected.query:gsub("Signature=%x+$", "Signature=" .. signature), signed.url)
    assert.truthy(signed.url:find("&X-Amz-Region-Set=%2A&", 1, true))
    assert.same({ ["Content-Type"] = "text/plain", Host = "email.example.com:8443" },
      signed.headers)
  end)
end)
