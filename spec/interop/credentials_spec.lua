-- What other people's clients get credentials from: STS, the metadata service,
-- the endpoints of containers, SSO. Once in a test run, on Lua 5.4.

local cjson = require "cjson"
local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"
local sources = require "spec.support.sources"
local core = require "ses.core"

local ROLE = sources.ROLE
local USER = "arn:aws:iam::123456789012:user/ses-emulator"

local function missing_of(what, missing)
  if missing then
    pending(what .. ": " .. missing)
  end
  return missing
end

-- A key pair as the steps of clients have it.
local function key_of(given)
  return { id = given.AccessKeyId, secret = given.SecretAccessKey, token = given.SessionToken }
end

local function describe_with_host(what, body)
  describe(what, function()
    local host

    lazy_setup(function()
      host = hosts.start("--no-throttle")
    end)

    before_each(function()
      host:control("POST", "reset")
    end)

    body(function()
      return host
    end)

    it("leaves no process and no file behind", function()
      assert.equal("", host:stop())
    end)
  end)
end

if clients.all_take_part and not missing_of("STS by the AWS CLI", clients.cli.missing()) then
  describe_with_host("STS by the AWS CLI", function(get_host)
    local function read(arguments, step)
      local said = clients.aws(get_host(), arguments, step)
      assert.same({ 0, "" }, { said.status, said.errors })
      return cjson.decode(said.out)
    end

    it("gives a role's credentials, which work", function()
      local result = read("sts assume-role --role-arn " .. ROLE .. " --role-session-name cli"
        .. " --duration-seconds 900 --external-id x-1 --tags Key=k,Value=v")
      assert.equal("arn:aws:sts::123456789012:assumed-role/mailer/cli", result.AssumedRoleUser.Arn)
      local as = { as = key_of(result.Credentials) }
      assert.equal(result.AssumedRoleUser.Arn, read("sts get-caller-identity", as).Arn)
      assert.equal(50000, read("ses get-send-quota", as).Max24HourSend)
      assert.is_true(read("sesv2 get-account", as).SendingEnabled)
      local ends = core.parse_time((result.Credentials.Expiration:gsub("%+00:00$", "Z")),
                                   "iso8601")
      assert.is_true(math.abs(ends - os.time() - 900) < 60)
    end)

    it("knows the user, and gives sessions", function()
      assert.equal(USER, read("sts get-caller-identity").Arn)
      local session = read "sts get-session-token --serial-number GAHT12345678 --token-code 123456"
      assert.equal(USER, read("sts get-caller-identity",
                              { as = key_of(session.Credentials) }).Arn)
      local other = read "sts get-federation-token --name Bob"
      assert.equal("arn:aws:sts::123456789012:federated-user/Bob", other.FederatedUser.Arn)
      assert.equal("123456789012", read("sts get-access-key-info --access-key-id "
        .. other.Credentials.AccessKeyId).Account)
    end)

    it("refuses a role by its rule", function()
      get_host():control("POST", "credentials", { roles = { [ROLE] = { external_id = "x-1" } } })
      local said = clients.aws(get_host(), "sts assume-role --role-session-name cli --role-arn "
        .. ROLE)
      assert.equal(254, said.status)
      assert.truthy(said.errors:find("An error occurred (AccessDenied) when calling the AssumeRole"
        .. " operation", 1, true), said.errors)
      assert.truthy(said.errors:find(": User: " .. USER .. " is not authorized to perform:"
        .. " sts:AssumeRole on resource: " .. ROLE, 1, true), said.errors)
    end)

    it("gives credentials for a web identity token, without any before", function()
      local token = sources.jwt { sub = "mailer", exp = os.time() + 60 }
      local arguments = "sts assume-role-with-web-identity --role-session-name cli --role-arn "
        .. ROLE .. " --web-identity-token "
      local said = clients.aws_in(get_host(), arguments .. token)
      assert.same({ 0, "" }, { said.status, said.errors })
      local result = cjson.decode(said.out)
      assert.equal("mailer", result.SubjectFromWebIdentityToken)
      assert.equal(50000, read("ses get-send-quota",
                               { as = key_of(result.Credentials) }).Max24HourSend)
      for code, wrong in pairs {
        InvalidIdentityToken = "a.b",
        ExpiredTokenException = sources.jwt { exp = os.time() - 60 },
      } do
        said = clients.aws_in(get_host(), arguments .. wrong .. "xx")
        assert.equal(254, said.status)
        assert.truthy(said.errors:find("(" .. code .. ")", 1, true), said.errors)
      end
    end)

    it("issues credentials that expire", function()
      get_host():control("POST", "credentials", { lifetime = 1 })
      local result = read("sts assume-role --role-session-name cli --role-arn " .. ROLE)
      get_host():control("POST", "clock", { skew = 2 })
      local said = clients.aws(get_host(), "ses get-send-quota",
                               { as = key_of(result.Credentials) })
      assert.equal(254, said.status)
      assert.truthy(said.errors:find("(ExpiredToken)", 1, true), said.errors)
    end)

    it("is not what an instance needs", function()
      local said = clients.aws_in(get_host(), "sts get-caller-identity",
        { AWS_EC2_METADATA_SERVICE_ENDPOINT = get_host().url .. "/" })
      assert.same({ 0, "" }, { said.status, said.errors })
      assert.equal("arn:aws:sts::123456789012:assumed-role/ses-emulator/i-1234567890abcdef0",
                   cjson.decode(said.out).Arn)
    end)
  end)
end

if clients.all_take_part and not missing_of("credentials by boto3", clients.boto3.missing()) then
  describe_with_host("credentials by boto3", function(get_host)
    local function found(method, arn, environment)
      assert.same({ method = method, arn = "arn:aws:sts::123456789012:assumed-role/" .. arn,
                    max_24_hour_send = 50000, sending = true },
                  clients.boto3_credentials(get_host(), environment))
    end

    local function calls()
      local counts = get_host():control("GET", "credentials").calls
      counts.sts = nil
      return counts
    end

    it("come from the metadata service", function()
      found("iam-role", "ses-emulator/i-1234567890abcdef0",
            { AWS_EC2_METADATA_SERVICE_ENDPOINT = get_host().url })
      assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 } }, calls())
    end)

    it("come from there in spite of a failure", function()
      get_host():control("POST", "faults",
                         { { service = "imds", operation = "GetCredentials", status = 503 } })
      found("iam-role", "ses-emulator/i-1234567890abcdef0", {
        AWS_EC2_METADATA_SERVICE_ENDPOINT = get_host().url, AWS_METADATA_SERVICE_NUM_ATTEMPTS = "3",
      })
      assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 2 } }, calls())
    end)

    it("come from the endpoint of ECS", function()
      found("container-role", "ses-emulator-task/task",
            { AWS_CONTAINER_CREDENTIALS_FULL_URI = get_host().url .. "/v2/credentials/x" })
      assert.same({ container = { GetTaskCredentials = 1 } }, calls())
    end)

    it("come from the endpoint of EKS Pod Identity", function()
      found("container-role", "ses-emulator-pod/pod", {
        AWS_CONTAINER_CREDENTIALS_FULL_URI = get_host().url .. "/v1/credentials",
        AWS_CONTAINER_AUTHORIZATION_TOKEN = "a.b.c",
      })
      assert.same({ container = { GetPodCredentials = 1 } }, calls())
    end)
  end)
end

local OF_ROLES = "credentials of roles and SSO by boto3"

if clients.all_take_part and not missing_of(OF_ROLES, clients.boto3_endpoints_missing()) then
  describe_with_host(OF_ROLES, function(get_host)
    local function found(method, arn, environment)
      environment.AWS_ENDPOINT_URL, environment.AWS_EC2_METADATA_DISABLED = get_host().url, "true"
      local said = clients.boto3_credentials(get_host(), environment, true)
      assert.equal(method, said.method)
      assert.truthy(said.arn:find("^arn:aws:sts::123456789012:assumed%-role/" .. arn .. "$"),
                    said.arn)
      assert.same({ 50000, true }, { said.max_24_hour_send, said.sending })
    end

    it("come for a web identity token in a file", function()
      found("assume-role-with-web-identity", "mailer/boto", {
        AWS_ROLE_ARN = ROLE, AWS_ROLE_SESSION_NAME = "boto",
        AWS_WEB_IDENTITY_TOKEN_FILE = get_host():write("token",
          sources.jwt { sub = "x", exp = os.time() + 600 }),
      })
    end)

    it("come for a profile's keys", function()
      local config = get_host():write("config", "[profile keys]\naws_access_key_id = "
        .. clients.KEY.id .. "\naws_secret_access_key = " .. clients.KEY.secret
        .. "\n[profile mailer]\nsource_profile = keys\nexternal_id = x-1\nrole_arn = " .. ROLE
        .. "\nrole_session_name = boto\n")
      get_host():control("POST", "credentials", { roles = { [ROLE] = { external_id = "x-1" } } })
      found("assume-role", "mailer/boto", { AWS_CONFIG_FILE = config, AWS_PROFILE = "mailer" })
    end)

    it("come from SSO, by a token that has to be refreshed", function()
      get_host():control("POST", "credentials", { sso_tokens = {
        access_token = "old", expires = os.time() - 1, refresh_token = "again" } })
      local config = get_host():write("config", "[sso-session s]\nsso_region = us-east-1\n"
        .. "sso_start_url = https://example.awsapps.com/start\n"
        .. "sso_registration_scopes = sso:account:access\n[profile sso]\nsso_session = s\n"
        .. "sso_account_id = 123456789012\nsso_role_name = Mailer\n")
      os.execute("mkdir -p '" .. get_host().folder .. "/.aws/sso/cache'")
      -- The name is the SHA-1 of the session's.
      get_host():write(".aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json",
        cjson.encode {
          startUrl = "https://example.awsapps.com/start", region = "us-east-1",
          accessToken = "old", expiresAt = core.format_time(os.time() - 1, "iso8601"),
          clientId = "client", clientSecret = "secret", refreshToken = "again",
          registrationExpiresAt = core.format_time(os.time() + 86400, "iso8601"),
        })
      found("sso", "AWSReservedSSO_Mailer_%x+/ses%-emulator",
            { AWS_CONFIG_FILE = config, AWS_PROFILE = "sso" })
      local calls = get_host():control("GET", "credentials").calls
      assert.same({ { CreateToken = 1 }, { GetRoleCredentials = 1 } },
                  { calls.sso_oidc, calls.sso })
    end)
  end)
end
