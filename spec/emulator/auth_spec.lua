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

describe("a signature for a set of regions", function()
  local function change_authorization(pattern, replacement)
    return function(headers)
      headers.authorization = headers.authorization:gsub(pattern, replacement)
    end
  end

  it("is accepted by the emulator's own region where that is of the set", function()
    for _, set in ipairs { "*", "us-east-1", "eu-west-1,us-east-1", "eu-*, us-*" } do
      assert.equal(200, v1({ region_set = set }).status)
      assert.equal(200, v2({ region_set = set }).status)
    end
    for _, set in ipairs { "eu-west-1", "eu-*", "us-east", "us-east-11", "*-1", "," } do
      refused(403, "SignatureDoesNotMatch", v1({ region_set = set }))
      refused(403, "SignatureDoesNotMatch", v2({ region_set = set }))
    end
  end)

  it("reaches the state of that region", function()
    local elsewhere = emulated.new { region = "eu-central-1" }
    local function names(more)
      local response = emulated.send(elsewhere, emulated.v2("GET", "/v2/email/identities", nil,
                                                            more))
      assert.equal(200, response.status)
      return response.body
    end
    assert.equal(200, emulated.send(elsewhere, emulated.v2("POST", "/v2/email/identities",
      '{"EmailIdentity":"example.com"}', { region = "eu-central-1" })).status)
    assert.truthy(names({ region_set = "*" }):find("example.com", 1, true))
    assert.is_nil(names({ region = "us-east-1" }):find("example.com", 1, true))
  end)

  it("of a key with its session token is accepted", function()
    local more = { id = "AKIDTEMPORARYEXAMPLE", secret = "secret", region_set = "*",
                   headers = { ["x-amz-security-token"] = "tok" } }
    assert.equal(200, v1(more).status)
  end)

  for name, case in pairs {
    ["of an unknown key"] = { { id = "AKIDOTHEREXAMPLE" }, nil, 403, "InvalidClientTokenId" },
    ["of a wrong secret"] = { { secret = "wrong" } },
    ["of another service"] = { { service = "s3" } },
    ["that expired"] = { { time = emulated.TIME - 901 } },
    ["that is none"] = { nil, change_authorization("Signature=%x+$", "Signature=nonsense") },
    ["that is not whole"] = { nil, change_authorization("%x%x$", "") },
    ["of SigV4"] = { nil, change_authorization("Signature=%x+$", "Signature=" .. ("a"):rep(64)) },
    ["with a changed header"] = { nil, function(headers)
      headers["content-type"] = "text/plain"
    end },
    ["with another set"] = { nil, function(headers)
      headers["x-amz-region-set"] = "us-east-1"
    end },
    ["whose set is not signed"] = { nil, change_authorization(";x%-amz%-region%-set", "") },
    ["without a set"] = { nil, function(headers)
      headers["x-amz-region-set"] = nil
    end, 400, "IncompleteSignature" },
    ["with a region in its scope"] = { nil, change_authorization("/ses/", "/us-east-1/ses/"),
      400, "IncompleteSignature" },
    ["under the name of SigV4"] = { nil, change_authorization("^%S+", "AWS4-HMAC-SHA256"),
      400, "IncompleteSignature" },
    ["under another name"] = { nil, change_authorization("^%S+", "AWS4-ECDSA-P384-SHA384"),
      400, "IncompleteSignature" },
  } do
    it("is refused " .. name, function()
      local more = { region_set = "*" }
      for key, value in pairs(case[1] or {}) do
        more[key] = value
      end
      refused(case[3] or 403, case[4] or "SignatureDoesNotMatch", v1(more, case[2]))
    end)
  end

  it("shows what should have been signed", function()
    local _, message = emulated.error(v1({ region_set = "*", secret = "wrong" }))
    assert.truthy(message:find("\nx-amz-region-set:*\n", 1, true), message)
    assert.truthy(message:find("'AWS4-ECDSA-P256-SHA256\n20270115T080000Z\n"
      .. "20270115/ses/aws4_request\n", 1, true), message)
    assert.is_nil(message:find(emulated.SECRET, 1, true))
  end)
end)

describe("a presigned URL", function()
  local credentials = { access_key_id = emulated.ID, secret_access_key = emulated.SECRET }
  local endpoint = { origin = "http://" .. emulated.HOST, host = emulated.HOST, path = "" }

  local function presigned(time, expires, change, region_set)
    endpoint.region_set = region_set
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
    refused(400, "IncompleteSignature", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("AWS4%-HMAC%-SHA256", "AWS4-HMAC-SHA512"))
    end))
  end)

  it("is accepted for a set of regions", function()
    assert.equal(200, presigned(emulated.TIME, 60, nil, "*").status)
    assert.equal(200, presigned(emulated.TIME, 60, nil, "eu-west-1,us-east-1").status)
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME, 60, nil, "eu-west-1"))
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME - 61, 60, nil, "*"))
    refused(403, "SignatureDoesNotMatch", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("Region%-Set=%%2A", "Region-Set=us-east-1"))
    end, "*"))
    refused(400, "IncompleteSignature", presigned(emulated.TIME, 60, function(target)
      return (target:gsub("&X%-Amz%-Region%-Set=[^&]*", ""))
    end, "*"))
  end)
end)
