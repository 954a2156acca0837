local aws = require "spec.support.aws"
local container = require "ses.credentials.container"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
local FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
local TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"

local function document(body, status)
  return { status = status or 200, headers = {}, body = body or ([[{"AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "%s", "Token": "t", "Expiration": "2015-08-30T18:36:00Z"}]]):format(SECRET) }
end

local function fetch(answers, variables, options)
  local transport = fake_transport.new(answers)
  variables.AWS_REGION = "us-east-1"
  local set, err = container.fetch(aws.context(transport, variables), options)
  return set, err, transport
end

describe("the container's endpoint", function()
  it("is the agent of ECS, or what the full URI says", function()
    local set, _, transport = fetch({ document() }, { [RELATIVE] = "/v2/credentials/x?id=1" })
    assert.same({ access_key_id = "ASIAEXAMPLE", secret_access_key = SECRET, session_token = "t" },
      set.credentials)
    assert.equal(1440959760, set.expires)
    assert.equal("http://169.254.170.2/v2/credentials/x?id=1", transport.sent[1].url)
    assert.is_nil(transport.sent[1].headers.Authorization)
    set, _, transport = fetch({ document() },
      { [FULL] = "http://localhost:51679/c/", [TOKEN] = "T" })
    assert.equal("ASIAEXAMPLE", set.credentials.access_key_id)
    assert.equal("http://localhost:51679/c/", transport.sent[1].url)
    assert.equal("T", transport.sent[1].headers.Authorization)
  end)

  it("is not asked where there is none", function()
    local set, err = fetch({}, {})
    assert.is_nil(set)
    assert.is_true(errors.is_error(err, "credentials", "NoCredentials"))
  end)

  it("reads its token from the file at each fetch", function()
    local path = files.with(finally, "first")
    local variables = { [FULL] = "http://169.254.170.23/v1/credentials",
                        [TOKEN .. "_FILE"] = path, [TOKEN] = "other" }
    local _, _, transport = fetch({ document() }, variables)
    assert.equal("first", transport.sent[1].headers.Authorization)
    files.write(path, "second")
    _, _, transport = fetch({ document() }, variables)
    assert.equal("second", transport.sent[1].headers.Authorization)
  end)

  it("may be an option", function()
    local path = files.with(finally, "tok")
    local _, _, transport = fetch({ document() }, { [RELATIVE] = "/x" },
      { url = "https://agent.test/c", token_file = path })
    assert.equal("https://agent.test/c", transport.sent[1].url)
    assert.equal("tok", transport.sent[1].headers.Authorization)
  end)

  for _, url in ipairs { "http://127.0.0.1/", "http://127.9.9.9:80/x", "http://[::1]:8080/x",
                         "http://169.254.170.2/x", "http://169.254.170.23/x",
                         "http://[fd00:ec2::23]/x", "https://anywhere.test/x" } do
    it("may be at " .. url, function()
      assert.truthy((fetch({ document() }, { [FULL] = url })))
    end)
  end

  for _, url in ipairs { "http://example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.x/",
                         "http://10.0.0.1/", "ftp://localhost/", "localhost/x",
                         "http://u@localhost/", "http://localhost/a b", "http://localhost/x?a b",
                         "http://localhost/\r\nX: y", "http://[::2]/",
                         "http://localhost/../x" } do
    it(("may not be at %q"):format(url), function()
      local set, err, transport = fetch({}, { [FULL] = url })
      assert.is_nil(set)
      assert.equal("InvalidSetting", err.code)
      assert.truthy(err.message:find(FULL, 1, true), err.message)
      assert.equal(0, #transport.sent)
    end)
  end

  it("may not be at a relative URI without a slash", function()
    local _, err = fetch({}, { [RELATIVE] = ".evil.com/" })
    assert.equal("InvalidSetting", err.code)
  end)

  it("refuses a token that no header can carry, and shows none", function()
    for _, token in ipairs { SECRET .. "\r\nX: y", SECRET .. "\n", "\0" .. SECRET, "" } do
      local path = files.with(finally, token)
      local set, err, transport = fetch({}, { [RELATIVE] = "/x", [TOKEN .. "_FILE"] = path })
      assert.is_nil(set)
      assert.truthy(err.code == "InvalidToken" or err.code == "TokenUnreadable", err.code)
      assert.truthy(err.message:find(TOKEN .. "_FILE", 1, true), err.message)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
      assert.equal(0, #transport.sent)
    end
    local _, err = fetch({}, { [RELATIVE] = "/x", [TOKEN] = SECRET .. "\n" })
    assert.equal("InvalidToken", err.code)
  end)

  it("refuses a file of the token that cannot be read", function()
    for _, path in ipairs { "/no/such/file", "/", "/dev/zero", "a\0b" } do
      local set, err = fetch({}, { [RELATIVE] = "/x", [TOKEN .. "_FILE"] = path })
      assert.is_nil(set)
      assert.equal("TokenUnreadable", err.code)
    end
  end)

  it("is asked three times", function()
    local closed = { kind = "transport", code = "ConnectionClosed", message = "gone", sent = "all" }
    local set, err, transport = fetch({ document("", 500), closed, closed }, { [RELATIVE] = "/x" })
    assert.is_nil(set)
    assert.equal("ContainerFailed", err.code)
    assert.truthy(err.message:find("does not answer: gone", 1, true), err.message)
    assert.equal(3, #transport.sent)
  end)

  for _, case in ipairs {
    { "no JSON", document "<html>", "no JSON object" },
    { "an error", document('{"code": "AccessDenied", "message": "no\\nway"}', 403),
      "(HTTP 403): no?way" },
    { "an error without a reason", document("", 404), "(HTTP 404)" },
    { "a redirect", document("", 302), "(HTTP 302)" },
    { "no key", document "{}", "access_key_id" },
    { "credentials that have ended", document([[{"AccessKeyId": "A", "SecretAccessKey": "s",
      "Expiration": "2015-08-30T12:00:00Z"}]]), "had expired: at 2015-08-30T12:00:00Z" },
  } do
    it("that gives " .. case[1] .. " is an error", function()
      local set, err = fetch({ case[2] }, { [RELATIVE] = "/x" })
      assert.is_nil(set)
      assert.equal("credentials", err.kind)
      assert.truthy(err.message:find(case[3], 1, true), err.message)
    end)
  end
end)
