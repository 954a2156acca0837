local aws = require "spec.support.aws"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local imds = require "ses.credentials.imds"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local ROLES = "/latest/meta-data/iam/security-credentials"

local function text(body, status)
  return { status = status or 200, headers = {}, body = body }
end

local function document(members)
  return text(([[{"Code": "Success", "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "%s",
    "Token": "t", "Expiration": "2015-08-30T18:36:00Z"%s}]]):format(SECRET, members or ""))
end

local function failure(code, kind)
  return { kind = kind or "transport", code = code, message = code .. " it is", sent = "none" }
end

-- What comes of these answers, and the transport.
local function fetch(answers, variables, options)
  local transport = fake_transport.new(answers)
  variables = variables or {}
  variables.AWS_REGION = "us-east-1"
  local set, err = imds.fetch(aws.context(transport, variables), options)
  return set, err, transport
end

local function urls(transport)
  local list = {}
  for i, request in ipairs(transport.sent) do
    list[i] = request.method .. " " .. request.url
  end
  return list
end

describe("the instance metadata service", function()
  it("gives a token, the role's name and its credentials", function()
    local set, _, transport = fetch { text "tok==", text "my-role", document() }
    assert.same({ access_key_id = "ASIAEXAMPLE", secret_access_key = SECRET, session_token = "t" },
      set.credentials)
    assert.equal(1440959760, set.expires)
    local base = "http://169.254.169.254"
    assert.same({ "PUT " .. base .. "/latest/api/token", "GET " .. base .. ROLES,
                  "GET " .. base .. ROLES .. "/my-role" }, urls(transport))
    assert.equal("21600", transport.sent[1].headers["x-aws-ec2-metadata-token-ttl-seconds"])
    assert.equal("tok==", transport.sent[2].headers["x-aws-ec2-metadata-token"])
    assert.equal("tok==", transport.sent[3].headers["x-aws-ec2-metadata-token"])
    assert.is_nil(transport.sent[1].connection.proxy)
    assert.equal(transport.clock + 1, transport.deadlines[1])
  end)

  for name, case in pairs {
    AWS_EC2_METADATA_SERVICE_ENDPOINT = { "http://127.0.0.1:1338/", "http://127.0.0.1:1338" },
    AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = { "IPv6", "http://[fd00:ec2::254]" },
  } do
    it("is where " .. name .. " says", function()
      local _, _, transport = fetch({ text "t", text "r", document() }, { [name] = case[1] })
      assert.equal(case[2] .. "/latest/api/token", transport.sent[1].url)
    end)
  end

  it("is where the profile says", function()
    local home = aws.home(finally, {
      config = "[default]\nec2_metadata_service_endpoint = http://h.test\n"
        .. "metadata_service_timeout = 3\nmetadata_service_num_attempts = 1\n",
    })
    local _, err, transport = fetch({ text("", 503) }, { HOME = home })
    assert.equal("http://h.test/latest/api/token", transport.sent[1].url)
    assert.equal(transport.clock + 3, transport.deadlines[1])
    assert.is_true(errors.is_error(err, "credentials", "MetadataFailed"))
  end)

  it("is where the options say", function()
    local _, _, transport = fetch({ text("", 503) }, nil,
      { endpoint = "http://h.test", timeout = 7, attempts = 1 })
    assert.equal("http://h.test/latest/api/token", transport.sent[1].url)
    assert.equal(transport.clock + 7, transport.deadlines[1])
  end)

  it("may be turned off", function()
    local set, err, transport = fetch({}, { AWS_EC2_METADATA_DISABLED = "True" })
    assert.is_nil(set)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    assert.equal(0, #transport.sent)
  end)

  it("is asked again where that may help", function()
    local set, _, transport = fetch { text("", 500), failure "ConnectionClosed", text "t",
                                      text("", 429), text "r", document() }
    assert.equal("ASIAEXAMPLE", set.credentials.access_key_id)
    assert.equal(6, #transport.sent)
    assert.truthy(transport.clock > 1000.1 and transport.clock < 1001)
  end)

  it("that nobody answers for is asked once", function()
    for _, code in ipairs { "ConnectionRefused", "ConnectTimeout", "NameResolution" } do
      local set, err, transport = fetch { failure(code) }
      assert.is_nil(set)
      assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
      assert.truthy(err.message:find("http://169.254.169.254 does not answer", 1, true))
      assert.equal(1, #transport.sent)
    end
  end)

  it("that takes too long is nobody, and takes three seconds at most", function()
    local answers = {}
    for i = 1, 3 do
      answers[i] = function(_, deadline)
        answers.transport.clock = deadline
        return nil, failure("AttemptTimeout", "timeout")
      end
    end
    local transport = fake_transport.new(answers)
    answers.transport = transport
    local _, err = imds.fetch(aws.context(transport, aws.BARE))
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    assert.truthy(transport.clock - 1000 < 3.7, transport.clock)
  end)

  it("takes no longer than the fetch has", function()
    local transport = fake_transport.new { failure "ConnectionClosed" }
    local ctx = aws.context(transport, aws.BARE)
    ctx.ends = transport.clock + 0.05
    assert.is_nil((imds.fetch(ctx)))
    assert.equal(transport.clock + 0.05, transport.deadlines[1])
    assert.equal(1, #transport.sent)
  end)

  it("of version 1 is never asked", function()
    for _, status in ipairs { 403, 404, 405, 400, 401 } do
      local set, err, transport = fetch { text("no", status) }
      assert.is_nil(set)
      assert.is_true(errors.is_error(err, "credentials", "MetadataFailed"))
      assert.truthy(err.message:find("version 1", 1, true), err.message)
      assert.equal(1, #transport.sent)
    end
  end)

  it("may know no role", function()
    local _, err = fetch { text "t", text("<html>", 404) }
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
    assert.equal("the instance has no role", err.message)
  end)

  it("hands out credentials that have ended where it cannot renew them", function()
    local set = fetch { text "t", text "r", document ', "Expiration": "2015-08-30T10:00:00Z"' }
    assert.truthy(set.expires < 1440938160)
  end)

  for _, case in ipairs {
    { "a token with a line break", { text "t\r\nX: y" }, "no header can carry" },
    { "an empty token", { text "" }, "no header can carry" },
    { "a role with a slash", { text "t", text "../../user-data" }, "no role can be called" },
    { "a role of dots", { text "t", text ".." }, "no role can be called" },
    { "an empty role", { text "t", text "" }, "no role can be called" },
    { "a role that fails", { text "t", text("", 400) }, "does not name the instance's role" },
    { "what is no JSON", { text "t", text "r", text "<html>" }, "the answer is no JSON object" },
    { "nested too deep", { text "t", text "r", text(("["):rep(1000)) }, "no JSON object" },
    { "JSON that is no object", { text "t", text "r", text "5" }, "no JSON object" },
    { "another code", { text "t", text "r", text '{"Code": "AssumeRole\\nUnauthorized"}' },
      "AssumeRole?Unauthorized" },
    { "no key", { text "t", text "r", text "{}" }, "access_key_id: expected a string, got nil" },
    { "a null", { text "t", text "r", text '{"AccessKeyId": null}' },
      "expected a string, got nil" },
    { "a key that is a number", { text "t", text "r", text '{"AccessKeyId": 5}' },
      "expected a string, got number" },
    { "an expiration that is none", { text "t", text "r", text(
      '{"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}') },
      "is no time: 'soon'" },
    { "a role that is gone", { text "t", text "r", text("", 404) }, "HTTP 404" },
  } do
    it("that gives " .. case[1] .. " is an error", function()
      local set, err = fetch(case[2])
      assert.is_nil(set)
      assert.equal("credentials", err.kind)
      assert.truthy(err.code ~= "NoCredentials")
      assert.truthy(err.message:find(case[3], 1, true), err.message)
    end)
  end

  for name, value in pairs {
    AWS_EC2_METADATA_SERVICE_ENDPOINT = "ftp://h", AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = "IPv5",
    AWS_METADATA_SERVICE_TIMEOUT = "long", AWS_METADATA_SERVICE_NUM_ATTEMPTS = "1.5",
    AWS_EC2_METADATA_DISABLED = "yes",
  } do
    it(("is not asked where %s is %s"):format(name, value), function()
      local set, err, transport = fetch({}, { [name] = value })
      assert.is_nil(set)
      assert.equal("InvalidSetting", err.code)
      assert.truthy(err.message:find(name, 1, true), err.message)
      assert.equal(0, #transport.sent)
    end)
  end

  it("never shows a secret", function()
    for _, answers in ipairs {
      { text "t", text "r", text(('{"AccessKeyId": "A b", "SecretAccessKey": "%s"}')
        :format(SECRET)) },
      { text "t", text "r", text(('{"AccessKeyId": "A", "SecretAccessKey": "%s\\n"}')
        :format(SECRET)) },
      { text "t", text "r", text(SECRET) }, { text(SECRET .. "\n") },
    } do
      local _, err = fetch(answers)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
    end
  end)
end)
