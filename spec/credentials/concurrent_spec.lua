-- Two hundred first calls at once over HTTP: what gives credentials is asked once.

local aws = require "spec.support.aws"
local cjson = require "cjson"
local core = require "ses.core"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local ses = require "ses"

local CALLS = 200
local ROLE = "arn:aws:iam::123456789012:role/mailer"
local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
local SSO = { start_url = "https://start.test", region = "us-east-1", account_id = "123456789012",
              role_name = "Mailer", session = "work" }

describe("two hundred first calls at once", function()
  local emulator, transport

  local function control(method, name, body)
    return cjson.decode((assert(emulator_client.call(emulator.port, method, name, body))))
  end

  setup(function()
    emulator = hosts.start("--no-throttle")
    transport = curl.new()
  end)

  teardown(function()
    transport:close()
    emulator:stop()
  end)

  before_each(function()
    control("POST", "reset")
  end)

  -- Makes the calls while an operation takes its time, and shows what was asked.
  local function check(provider, service, operation, expected, variables)
    control("POST", "faults", { service = service, operation = operation, delay = 0.3 })
    local under_way, most = 0, 0
    local client = ses.check(ses.client("ses", {
      transport = transport, endpoint = emulator.url, region = "us-east-1", rate = false,
      credentials = provider,
    }, aws.environment(variables or {})))
    local items = {}
    for i = 1, CALLS do
      items[i] = i
    end
    local outcomes = ses.check(ses.batch.map(client, items, { concurrency = CALLS }, function()
      under_way = under_way + 1
      most = math.max(most, under_way)
      local result, err = client:get_send_quota {}
      under_way = under_way - 1
      return result, err
    end))
    for i = 1, CALLS do
      assert.is_nil(outcomes[i].err)
      assert.equal(200, outcomes[i].result.ResponseMetadata.HTTPStatusCode)
    end
    assert.equal(CALLS, most)
    assert.same(expected, control("GET", "credentials").calls)
  end

  it("assume a role once", function()
    check(ses.credentials.assume_role { role_arn = ROLE, source = PAIR }, "sts", "AssumeRole",
      { sts = { AssumeRole = 1 } }, { AWS_ENDPOINT_URL_STS = emulator.url })
  end)

  it("ask the metadata service once", function()
    for _, operation in ipairs { "PutToken", "GetRole", "GetCredentials" } do
      control("POST", "reset")
      check(ses.credentials.imds { endpoint = emulator.url, timeout = 5 }, "imds", operation,
        { imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 } })
    end
  end)

  it("ask the agent of a container once", function()
    check(ses.credentials.container { url = emulator.url .. "/v2/credentials/task" }, "container",
      "GetTaskCredentials", { container = { GetTaskCredentials = 1 } })
  end)

  -- A home with a token of IAM Identity Center, and the variables that tell of it.
  local function signed_in(token)
    local home = aws.home(finally, {})
    files.write(home .. "/.aws/sso/cache/" .. core.sha1(SSO.session) .. ".json",
      cjson.encode(token))
    return { HOME = home, AWS_ENDPOINT_URL_SSO = emulator.url,
             AWS_ENDPOINT_URL_SSO_OIDC = emulator.url }
  end

  local function time(seconds)
    return core.format_time(os.time() + seconds, "iso8601")
  end

  it("ask IAM Identity Center once", function()
    control("POST", "credentials", { sso_tokens = { access_token = "token" } })
    check(ses.credentials.sso(SSO), "sso", "GetRoleCredentials",
      { sso = { GetRoleCredentials = 1 } },
      signed_in { accessToken = "token", expiresAt = time(3600) })
  end)

  it("renew a token of IAM Identity Center once", function()
    control("POST", "credentials", { sso_tokens = {
      access_token = "old", expires = os.time() - 60, refresh_token = "refresh",
    } })
    check(ses.credentials.sso(SSO), "sso_oidc", "CreateToken",
      { sso_oidc = { CreateToken = 1 }, sso = { GetRoleCredentials = 1 } },
      signed_in {
        accessToken = "old", expiresAt = time(-60), refreshToken = "refresh", clientId = "id",
        clientSecret = "client-secret", registrationExpiresAt = time(3600),
      })
  end)
end)
