local emulated = require "spec.support.emulated"
local ses = require "ses"
local sources = require "spec.support.sources"

local check = ses.check
local TIME = emulated.TIME

local TOKEN = "/latest/api/token"
local ROLES = "/latest/meta-data/iam/security-credentials/"
local TTL = "x-aws-ec2-metadata-token-ttl-seconds"

local emulator, clock

local function new(options)
  emulator, clock = sources.emulator(options)
end

before_each(function()
  new()
end)

local function get(target, headers)
  return sources.fetch(emulator, "GET", target, headers or sources.session(emulator))
end

local function refused(status, reason, response)
  assert.same({ status, "text/html" }, { response.status, response.headers["Content-Type"] })
  assert.truthy(response.body:find("<h1>" .. status .. " - " .. reason .. "</h1>", 1, true))
end

local function credentials(headers)
  local response = get(ROLES .. "ses-emulator", headers)
  assert.equal(200, response.status)
  return sources.json(response)
end

describe("the metadata service's token", function()
  local function put(headers, method)
    return sources.fetch(emulator, method or "PUT", TOKEN, headers)
  end

  it("is good for as long as was asked for", function()
    for _, seconds in ipairs { 1, 60, 21600 } do
      clock.now = TIME
      local response = put { [TTL] = tostring(seconds) }
      assert.same({ 200, 56, "text/plain", tostring(seconds) },
                  { response.status, #response.body, response.headers["Content-Type"],
                    response.headers[TTL] })
      local headers = { ["X-Aws-Ec2-Metadata-Token"] = response.body }
      clock.now = TIME + seconds - 1
      assert.equal(200, get(ROLES, headers).status)
      clock.now = TIME + seconds
      refused(401, "Unauthorized", get(ROLES, headers))
    end
  end)

  it("ends on the service's clock", function()
    local headers = sources.session(emulator, 60)
    emulator:advance(60)
    assert.equal(200, get(ROLES, headers).status)
    emulator:skew(60)
    refused(401, "Unauthorized", get(ROLES, headers))
  end)

  for what, seconds in pairs {
    ["no lifetime"] = false, ["one of nothing"] = "0", ["one below"] = "-1",
    ["one above"] = "21601", ["a fraction"] = "1.5", ["a word"] = "long", ["a space"] = " 60",
    ["an empty one"] = "", ["a number without end"] = ("9"):rep(5000), ["two"] = { "60", "60" },
    ["a line break"] = "60\r\nX-Header: 1",
  } do
    it("is not given with " .. what, function()
      refused(400, "Bad Request", put { [TTL] = seconds or nil })
    end)
  end

  it("is not given through a proxy", function()
    refused(403, "Forbidden", put { [TTL] = "60", ["X-Forwarded-For"] = "10.0.0.1" })
    refused(403, "Forbidden", put { [TTL] = "60", ["x-forwarded-for"] = "" })
  end)

  it("is asked for with PUT only", function()
    for _, method in ipairs { "GET", "POST", "HEAD", "DELETE" } do
      local response = put({ [TTL] = "60" }, method)
      refused(405, "Method Not Allowed", response)
      assert.equal("PUT", response.headers.Allow)
    end
  end)

  it("is one of the last ten thousand", function()
    local first, second = sources.session(emulator), sources.session(emulator)
    for _ = 1, 9999 do
      sources.session(emulator)
    end
    refused(401, "Unauthorized", get(ROLES, first))
    assert.equal(200, get(ROLES, second).status)
  end)
end)

describe("the metadata service", function()
  it("names the role, with and without a slash", function()
    for _, target in ipairs { ROLES, (ROLES:gsub("/$", "")) } do
      local response = get(target)
      assert.same({ 200, "ses-emulator", "text/plain" },
                  { response.status, response.body, response.headers["Content-Type"] })
    end
  end)

  it("gives credentials that work until they expire", function()
    local document = credentials()
    assert.same({ "Success", "AWS-HMAC", "2027-01-15T08:00:00Z", "2027-01-15T14:00:00Z" },
                { document.Code, document.Type, document.LastUpdated, document.Expiration })
    local keys = sources.credentials(document)
    assert.truthy(keys.access_key_id:find("^ASIA"))
    assert.equal("arn:aws:sts::123456789012:assumed-role/ses-emulator/i-1234567890abcdef0",
                 (sources.whoami(emulator, keys)))
    local v1, v2 = sources.clients(emulator, keys)
    check(v1:get_send_quota {})
    clock.now = TIME + 21599
    emulator:advance(2)
    check(v2:get_account {})
    clock.now = TIME + 21600
    local _, err = v1:get_send_quota {}
    assert.equal("ExpiredToken", err.code)
  end)

  it("gives the same ones until five minutes before their end", function()
    local first = credentials()
    clock.now = TIME + 21299
    assert.same(first, credentials())
    clock.now = TIME + 21300
    local second = credentials()
    assert.not_equal(first.AccessKeyId, second.AccessKeyId)
    assert.equal("2027-01-15T19:55:00Z", second.Expiration)
    for _, document in ipairs { first, second } do
      assert.truthy(sources.whoami(emulator, sources.credentials(document)))
    end
  end)

  it("gives new ones where the emulator knows the old ones no more", function()
    local first = credentials()
    emulator.state.keys[first.AccessKeyId] = nil
    local second = credentials()
    assert.not_equal(first.AccessKeyId, second.AccessKeyId)
    assert.truthy(sources.whoami(emulator, sources.credentials(second)))
  end)

  it("knows the region", function()
    new { region = "eu-west-1" }
    local response = get "/latest/meta-data/placement/region"
    assert.same({ 200, "eu-west-1" }, { response.status, response.body })
  end)

  it("has nothing else", function()
    for _, target in ipairs {
      "/latest", "/latest/", "/latest/meta-data/", ROLES .. "other", ROLES .. "ses-emulator/",
      ROLES .. "SES-emulator", ROLES .. "ses-emulator%0D%0A", ROLES .. "%",
      ROLES .. ("x"):rep(60000),
      "/latest/meta-data/iam/security-credentials-extended/", "/latest/dynamic/instance-identity",
      "/latest//meta-data/placement/region", "/latest/user-data",
    } do
      refused(404, "Not Found", get(target))
    end
    local response = get(ROLES .. "ses%2Demulator")
    assert.equal(200, response.status)
  end)

  it("shows nothing without a token, or with one that is none", function()
    for _, target in ipairs { ROLES, ROLES .. "ses-emulator", "/latest/meta-data/placement/region",
                              "/latest/nothing" } do
      for _, token in ipairs { false, "", "x", ("x"):rep(60000), "x\r\ny" } do
        refused(401, "Unauthorized", get(target, { ["X-aws-ec2-metadata-token"] = token or nil }))
      end
    end
  end)

  it("is read with GET only", function()
    for _, method in ipairs { "PUT", "POST", "HEAD", "DELETE" } do
      local response = sources.fetch(emulator, method, ROLES, sources.session(emulator))
      refused(405, "Method Not Allowed", response)
      assert.equal("GET", response.headers.Allow)
    end
  end)

  it("refuses a body that no request needs", function()
    refused(413, "The body is longer than 64 MB", sources.fetch(emulator, "PUT", TOKEN,
      { [TTL] = "60" }, ("x"):rep(64 * 1024 * 1024 + 1)))
  end)

  it("may have no role, or another", function()
    new { instance_role = false }
    refused(404, "Not Found", get(ROLES))
    refused(404, "Not Found", get(ROLES .. "ses-emulator"))
    refused(404, "Not Found", get(ROLES .. "false"))
    emulator:set_credentials { instance_role = "web" }
    assert.equal("web", get(ROLES).body)
    refused(404, "Not Found", get(ROLES .. "ses-emulator"))
    local first = sources.credentials(sources.json(get(ROLES .. "web")))
    emulator:set_credentials { instance_role = "mail" }
    local second = sources.credentials(sources.json(get(ROLES .. "mail")))
    assert.same({ "arn:aws:sts::123456789012:assumed-role/web/i-1234567890abcdef0",
                  "arn:aws:sts::123456789012:assumed-role/mail/i-1234567890abcdef0" },
                { (sources.whoami(emulator, first)), (sources.whoami(emulator, second)) })
  end)

  it("may be turned off, and on again", function()
    local headers = sources.session(emulator)
    emulator:set_credentials { metadata = false }
    refused(403, "Forbidden", sources.fetch(emulator, "PUT", TOKEN, { [TTL] = "60" }))
    refused(403, "Forbidden", get(ROLES, headers))
    emulator:set_credentials { metadata = true }
    assert.equal(200, get(ROLES, headers).status)
    new { metadata = false }
    refused(403, "Forbidden", sources.fetch(emulator, "PUT", TOKEN, { [TTL] = "60" }))
  end)

  it("gives credentials that live as long as they are told", function()
    local first = credentials()
    emulator:set_credentials { lifetime = 301 }
    local second = credentials()
    assert.not_equal(first.AccessKeyId, second.AccessKeyId)
    assert.equal("2027-01-15T08:05:01Z", second.Expiration)
    assert.same(second, credentials())
    emulator:set_credentials { lifetime = 300 }
    assert.not_equal(credentials().AccessKeyId, credentials().AccessKeyId)
  end)

  it("counts what it was asked, whatever became of it", function()
    local headers = sources.session(emulator)
    get(ROLES, headers)
    credentials(headers)
    get(ROLES .. "ses-emulator", {})
    get("/latest/user-data", headers)
    get("/latest/meta-data/placement/region", headers)
    assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 2, GetRegion = 1,
                           GetOther = 1 } }, emulator:credentials().calls)
  end)

  it("fails on demand", function()
    emulator:faults {
      { service = "imds", operation = "PutToken", status = 503, message = "<busy>" },
      { service = "imds", operation = "GetRole", drop = "unread" },
      { service = "imds", operation = "GetCredentials", delay = 2, truncate = 5 },
      { service = "imds", operation = "GetRegion", body = "{}" },
    }
    refused(503, "&lt;busy&gt;", sources.fetch(emulator, "PUT", TOKEN, { [TTL] = "60" }))
    local headers = sources.session(emulator)
    assert.equal("unread", get(ROLES, headers).drop)
    local late = get(ROLES .. "ses-emulator", headers)
    assert.same({ 2, 5, 200 }, { late.delay, late.truncate, late.status })
    assert.equal("{}", get("/latest/meta-data/placement/region", headers).body)
    assert.same({}, emulator:faults())
  end)

  it("is reached through the emulator's transport by its address", function()
    local transport = emulator:transport()
    local function send(method, path, headers)
      headers.Host = "169.254.169.254"
      return assert(transport:send { method = method, headers = headers,
                                     url = "http://169.254.169.254" .. path })
    end
    local token = send("PUT", TOKEN, { [TTL] = "60" })
    assert.equal("60", token.headers[TTL])
    local role = send("GET", ROLES, { ["X-aws-ec2-metadata-token"] = token.body })
    assert.same({ 200, "ses-emulator" }, { role.status, role.body })
  end)
end)
