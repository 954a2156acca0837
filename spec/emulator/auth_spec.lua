local core = require "ses.core"
local emulated = require "spec.support.emulated"

local QUOTA = "Action=GetSendQuota&Version=2010-12-01"
local ACCOUNT = "/v2/email/account"

local emulator

before_each(function()
  emulator = emulated.new { keys = {
    { access_key_id = "AKIDTEMPORARYEXAMPLE", secret_access_key = "secret", session_token = "tok" },
  } }
end)

local function v1(more, change)
  return emulated.send(emulator, emulated.v1(QUOTA, more), change)
end

local function v2(more, change)
  return emulated.send(emulator, emulated.v2("GET", ACCOUNT, nil, more), change)
end

local function refused(status, code, response)
  assert.equal(status, response.status)
  assert.equal(code, (emulated.error(response)))
end

local function without_authorization(headers)
  headers.authorization = nil
end

-- What must be refused by both APIs, and how each says it.
local REFUSALS = {
  { "an unknown key", { id = "AKIDOTHEREXAMPLE" }, nil,
    { 403, "InvalidClientTokenId" }, { 403, "UnrecognizedClientException" } },
  { "a wrong secret", { secret = "wrong" }, nil,
    { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a missing signature", nil, without_authorization,
    { 403, "MissingAuthenticationToken" }, { 403, "MissingAuthenticationTokenException" } },
  { "another scheme", nil, function(headers)
    headers.authorization = "Basic QUtJRDpzZWNyZXQ="
  end, { 400, "IncompleteSignature" }, { 400, "IncompleteSignatureException" } },
  { "a missing part", nil, function(headers)
    headers.authorization = headers.authorization:gsub("Signature=%x+$", "")
  end, { 400, "IncompleteSignature" }, { 400, "IncompleteSignatureException" } },
  { "a missing date", nil, function(headers)
    headers["x-amz-date"] = nil
  end, { 400, "IncompleteSignature" }, { 400, "IncompleteSignatureException" } },
  { "a date that is none", nil, function(headers)
    headers["x-amz-date"] = "yesterday"
  end, { 400, "IncompleteSignature" }, { 400, "IncompleteSignatureException" } },
  { "a scope of four parts", nil, function(headers)
    headers.authorization = headers.authorization:gsub("/aws4_request", "")
  end, { 400, "IncompleteSignature" }, { 400, "IncompleteSignatureException" } },
  { "another terminator", nil, function(headers)
    headers.authorization = headers.authorization:gsub("aws4_request", "aws3_request")
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "another service's scope", { service = "s3" }, nil,
    { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "another day's scope", nil, function(headers)
    headers.authorization = headers.authorization:gsub("/20270115/", "/20270114/")
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "an expired signature", { time = emulated.TIME - 901 }, nil,
    { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a signature from the future", { time = emulated.TIME + 901 }, nil,
    { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a changed header", nil, function(headers)
    headers["content-type"] = "text/plain"
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a signed header that did not arrive", nil, function(headers)
    headers["content-type"] = nil
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a host that is not signed", nil, function(headers)
    headers.authorization = headers.authorization:gsub(";host;", ";")
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a date that is not signed", nil, function(headers)
    headers.authorization = headers.authorization:gsub(";x%-amz%-date", "")
  end, { 403, "SignatureDoesNotMatch" }, { 403, "SignatureDoesNotMatch" } },
  { "a session token that the key does not have", { headers = {
    ["content-type"] = "text/plain", ["x-amz-security-token"] = "tok" } }, nil,
    { 403, "InvalidClientTokenId" }, { 403, "UnrecognizedClientException" } },
  { "a key without its session token", { id = "AKIDTEMPORARYEXAMPLE", secret = "secret" }, nil,
    { 403, "InvalidClientTokenId" }, { 403, "UnrecognizedClientException" } },
}

describe("a signature", function()
  for _, case in ipairs(REFUSALS) do
    local name, more, change, first, second = case[1], case[2], case[3], case[4], case[5]
    it("is refused by API v1 with " .. name, function()
      refused(first[1], first[2], v1(more, change))
    end)

    it("is refused by API v2 with " .. name, function()
      refused(second[1], second[2], v2(more, change))
    end)
  end

  it("is accepted where nothing is wrong", function()
    assert.equal(200, v1().status)
    assert.equal(200, v2().status)
  end)

  it("is accepted up to fifteen minutes either way", function()
    for _, seconds in ipairs { -900, 900 } do
      assert.equal(200, v1({ time = emulated.TIME + seconds }).status)
    end
  end)

  it("says when it expired", function()
    local _, message = emulated.error(v1({ time = emulated.TIME - 901 }))
    assert.equal("Signature expired: 20270115T074459Z is now earlier than 20270115T074500Z"
      .. " (20270115T080000Z - 15 min.)", message)
  end)

  it("must cover the host and the date", function()
    local _, message = emulated.error(v1(nil, function(headers)
      headers.authorization = headers.authorization:gsub(";host;", ";")
    end))
    assert.equal("'Host' must be a 'SignedHeader' in the AWS Authorization.", message)
    _, message = emulated.error(v1(nil, function(headers)
      headers.authorization = headers.authorization:gsub(";x%-amz%-date", "")
    end))
    assert.equal("'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.", message)
  end)

  it("covers a hundred and twenty-eight headers at most", function()
    refused(400, "IncompleteSignature", v1(nil, function(headers)
      headers.authorization = headers.authorization:gsub("=content%-type;",
        "=" .. ("content-type;"):rep(129))
    end))
  end)

  it("with the endpoint's prefix for its service is API v1's own", function()
    assert.equal(200, v1({ service = "email" }).status)
    refused(403, "SignatureDoesNotMatch", v2({ service = "email" }))
  end)

  it("of a key with its session token is accepted", function()
    local more = { id = "AKIDTEMPORARYEXAMPLE", secret = "secret",
                   headers = { ["x-amz-security-token"] = "tok" } }
    assert.equal(200, v1(more).status)
  end)

  it("covers the body that arrived, not the one that a header tells of", function()
    local given = emulated.v1(QUOTA, { headers = {
      ["x-amz-content-sha256"] = core.sha256(QUOTA) } })
    local headers = emulated.sign(given)
    local function send(body)
      return emulator:handle { method = "POST", target = "/", headers = headers, body = body }
    end
    assert.equal(200, send(QUOTA).status)
    refused(403, "SignatureDoesNotMatch", send(QUOTA .. "&x=y"))
  end)

  it("covers the query", function()
    local headers = emulated.sign(emulated.v2("POST", "/v2/email/list-identities?PageSize=1"))
    refused(403, "SignatureDoesNotMatch", emulator:handle {
      method = "POST", target = "/v2/email/list-identities?PageSize=2", headers = headers })
  end)

  it("shows what should have been signed", function()
    local _, message = emulated.error(v1({ secret = "wrong" }))
    assert.truthy(message:find("The Canonical String for this request should have been\n'POST\n/\n",
                               1, true))
    assert.is_nil(message:find(emulated.SECRET, 1, true))
  end)

  it("covers a header that came twice, and lines of many", function()
    local more = { headers = {
      ["x-test"] = { "a", "b" }, ["amz-sdk-invocation-id"] = "1", ["amz-sdk-request"] = "attempt=1",
      ["content-length"] = tostring(#QUOTA), ["x-amz-user-agent"] = "aws-sdk-js/3",
    } }
    assert.equal(200, v1(more).status)
  end)

  it("is that of the path normalised, which is routed as it came", function()
    -- What the JavaScript SDK sends for an identity that is empty.
    local target = "/v2/email/identities//mail-from"
    local response = emulated.send(emulator, emulated.v2("PUT", target, "{}"))
    refused(400, "BadRequestException", response)
    local _, message = emulated.error(response)
    assert.truthy(message:find("'emailIdentity'", 1, true))
  end)

  it("of an unknown path is refused before the path is", function()
    refused(403, "SignatureDoesNotMatch", emulated.send(emulator,
      emulated.v2("GET", "/v2/email/nothing", nil, { secret = "wrong" })))
    refused(404, "UnknownOperationException", emulated.send(emulator,
      emulated.v2("GET", "/v2/email/nothing")))
  end)
end)

describe("a presigned URL", function()
  local credentials = { access_key_id = emulated.ID, secret_access_key = emulated.SECRET }
  local endpoint = { origin = "http://" .. emulated.HOST, host = emulated.HOST, path = "" }

  local function presigned(time, expires, change)
    local signed = assert(core.presign(
      { method = "GET", path = "/", query = QUOTA, headers = {}, body = "" }, endpoint,
      "us-east-1", "ses", credentials, time, expires))
    local target = signed.url:match("^http://[^/]+(.*)$")
    return emulator:handle { method = "GET", target = change and change(target) or target,
                             headers = { host = emulated.HOST } }
  end

  it("is accepted for as long as it says", function()
    assert.equal(200, presigned(emulated.TIME - 3600, 3600).status)
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME - 3601, 3600))
  end)

  it("is refused before its time", function()
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME + 901, 3600))
  end)

  it("is refused where something is missing, changed or too long", function()
    refused(400, "IncompleteSignature", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("&X%-Amz%-Date=[^&]*", ""))
    end))
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("X%-Amz%-Expires=60", "X-Amz-Expires=61"))
    end))
    refused(400, "IncompleteSignature", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("X%-Amz%-Expires=60", "X-Amz-Expires=604801"))
    end))
  end)
end)
