local emulated = require "spec.support.emulated"
local ses = require "ses"
local sources = require "spec.support.sources"

local check = ses.check
local TIME = emulated.TIME

local emulator, clock

before_each(function()
  emulator, clock = sources.emulator()
end)

local function get(target, headers)
  return sources.fetch(emulator, "GET", target, headers)
end

local function refused(status, code, message, response)
  assert.same({ status, "application/json" },
              { response.status, response.headers["Content-Type"] })
  assert.same({ code = code, message = message, HTTPErrorCode = status }, sources.json(response))
end

for kind, case in pairs {
  task = { "/v2/credentials/b3e1", nil },
  pod = { "/v1/credentials", { Authorization = "a.b.c" } },
} do
  local target, headers = case[1], case[2]

  describe("a " .. kind, function()
    it("gets credentials that work until they expire", function()
      local response = get(target, headers)
      assert.same({ 200, "application/json" },
                  { response.status, response.headers["Content-Type"] })
      local document = sources.json(response)
      assert.same({ "arn:aws:iam::123456789012:role/ses-emulator-" .. kind,
                    "2027-01-15T14:00:00Z" }, { document.RoleArn, document.Expiration })
      local keys = sources.credentials(document)
      assert.equal("arn:aws:sts::123456789012:assumed-role/ses-emulator-" .. kind .. "/" .. kind,
                   (sources.whoami(emulator, keys)))
      local v1, v2 = sources.clients(emulator, keys)
      check(v1:get_send_quota {})
      check(v2:get_account {})
      clock.now = TIME + 21600
      local _, err = v2:get_account {}
      assert.equal("ExpiredTokenException", err.code)
    end)

    it("gets the same ones until five minutes before their end", function()
      local first = get(target, headers).body
      clock.now = TIME + 21299
      assert.equal(first, get(target, headers).body)
      clock.now = TIME + 21300
      assert.not_equal(first, get(target, headers).body)
    end)

    it("gets some that live as long as they are told", function()
      emulator:set_credentials { lifetime = 10 }
      assert.equal("2027-01-15T08:00:10Z", sources.json(get(target, headers)).Expiration)
    end)

    it("asks with GET only", function()
      for _, method in ipairs { "PUT", "POST", "HEAD", "DELETE" } do
        local response = sources.fetch(emulator, method, target, headers)
        refused(405, "MethodNotAllowed", "Credentials are asked for with GET", response)
        assert.equal("GET", response.headers.Allow)
      end
    end)

    it("gets none with a body that no request needs", function()
      refused(413, "InvalidRequest", "The body is longer than 64 MB",
              sources.fetch(emulator, "GET", target, headers, ("x"):rep(64 * 1024 * 1024 + 1)))
    end)
  end)
end

describe("a task", function()
  it("may have any ID and any token", function()
    local ids = { "x", "%0D%0A", ("x"):rep(60000), "a/b", "x?y=z", "%" }
    local first = get("/v2/credentials/x").body
    for _, id in ipairs(ids) do
      local response = get("/v2/credentials/" .. id, { authorization = "Basic x" })
      assert.same({ 200, first }, { response.status, response.body })
    end
  end)

  it("has an ID", function()
    refused(400, "NoIdInRequest", "CredentialsV2Request: No ID in the request",
            get "/v2/credentials/")
  end)
end)

describe("a pod", function()
  it("shows a token", function()
    for _, token in ipairs { false, "", " ", "\r\n" } do
      refused(400, "InvalidRequest", "Service account token cannot be empty",
              get("/v1/credentials", { authorization = token or nil }))
    end
    refused(400, "InvalidRequest", "Service account token cannot be parsed",
            get("/v1/credentials", { authorization = "a\r\nX-Header: b" }))
    assert.equal(200, get("/v1/credentials", { authorization = ("x"):rep(60000) }).status)
  end)
end)

describe("the endpoints of containers", function()
  it("are at these paths", function()
    for _, path in ipairs { "/v2/credentials", "/v1/credentials/", "/v1/credentials/x" } do
      refused(404, "NotFound", "Credentials are at /v2/credentials/<id> and /v1/credentials",
              get(path, { authorization = "x" }))
    end
  end)

  it("count what they were asked", function()
    get "/v2/credentials/a"
    get "/v2/credentials/b"
    get "/v1/credentials"
    assert.same({ container = { GetTaskCredentials = 2, GetPodCredentials = 1 } },
                emulator:credentials().calls)
  end)

  it("fail on demand", function()
    emulator:faults { { service = "container", status = 429, code = "RequestThrottled",
                        message = "slow" },
                      { service = "container", operation = "GetPodCredentials",
                        drop = "unread" } }
    refused(429, "RequestThrottled", "slow", get "/v2/credentials/a")
    assert.equal(200, get("/v2/credentials/a").status)
    assert.equal("unread", get("/v1/credentials", { authorization = "x" }).drop)
  end)

  it("are reached through the emulator's transport by their address", function()
    local response = assert(emulator:transport():send {
      method = "GET", url = "http://169.254.170.2/v2/credentials/x", headers = {} })
    assert.equal(200, response.status)
  end)
end)
