-- Responses as results and errors.

local core = require "ses.core"

local function decode(service, operation, status, headers, body)
  return core.decode(assert(core.handle(service, operation)), status, headers, body)
end

-- A response of API v1 to an operation, with that inside its result.
local function v1(operation, inside, id)
  local body = ('<%sResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><%sResult>%s'
    .. "</%sResult>%s</%sResponse>"):format(operation, operation, inside, operation,
    id and "<ResponseMetadata><RequestId>" .. id .. "</RequestId></ResponseMetadata>" or "",
    operation)
  return decode("ses", operation, 200, { ["x-amzn-requestid"] = "header" }, body)
end

local function v2(operation, body, headers)
  return decode("sesv2", operation, 200, headers or {}, body)
end

local function v1_error(body, status, headers)
  return select(2, decode("ses", "SendEmail", status or 400, headers or {}, body))
end

local function v2_error(body, headers, status)
  return select(2, decode("sesv2", "SendEmail", status or 400, headers or {}, body))
end

describe("core.decode of a service's error", function()
  it("takes the code from the body where the header is empty", function()
    for _, header in ipairs { "", " ", "#", ":http://x" } do
      local err = v2_error('{"__type":"ns#TooManyRequestsException","message":"slow"}',
        { ["x-amzn-errortype"] = header })
      assert.equal("service", err.kind)
      assert.equal("TooManyRequestsException", err.code)
      assert.equal("slow", err.message)
    end
  end)

  it("makes no code of markup", function()
    local err = v1_error("<ErrorResponse><Error><Code>Thr<b/>ottling</Code></Error>"
      .. "</ErrorResponse>")
    assert.equal("decode", err.kind)
    err = v1_error("<ErrorResponse><Error><Code>Throttling</Code><Message>a<b/>c</Message></Error>"
      .. "</ErrorResponse>")
    assert.equal("Throttling", err.code)
    assert.is_nil(err.message)
  end)
end)

describe("core.decode for API v1", function()
  it("reads a result and its request id", function()
    local result, id = v1("GetIdentityMailFromDomainAttributes", [[
      <MailFromDomainAttributes>
        <entry>
          <key>example.com</key>
          <value>
            <MailFromDomain>bounce.example.com</MailFromDomain>
            <MailFromDomainStatus>Success</MailFromDomainStatus>
            <BehaviorOnMXFailure>RejectMessage</BehaviorOnMXFailure>
          </value>
        </entry>
        <entry><key>other</key><value/></entry>
      </MailFromDomainAttributes>]], "document")
    assert.same({ MailFromDomainAttributes = {
      ["example.com"] = { MailFromDomain = "bounce.example.com", MailFromDomainStatus = "Success",
                          BehaviorOnMXFailure = "RejectMessage" },
      other = {},
    } }, result)
    assert.equal("document", id)
  end)

  it("takes the request id from the headers where the document has none", function()
    assert.equal("header", select(2, v1("VerifyDomainIdentity", "")))
    local _, id = decode("ses", "SetIdentityMailFromDomain", 200, {},
      "<SetIdentityMailFromDomainResponse><SetIdentityMailFromDomainResult/>"
      .. "</SetIdentityMailFromDomainResponse>")
    assert.is_nil(id)
  end)

  it("tells what is empty from what is absent", function()
    assert.same({ Identities = {}, NextToken = "" },
      v1("ListIdentities", "<Identities/><NextToken/>"))
    assert.same({}, v1("ListIdentities", ""))
  end)

  it("reads text as it is: entities, CDATA, comments, white space", function()
    assert.same({ Identities = { "a&b<c>\"'", "<d>", "ef", " g\n", "\195\169\226\130\172", "h" } },
      v1("ListIdentities", "<Identities><member>a&amp;b&lt;c&gt;&quot;&apos;</member>"
        .. "<member><![CDATA[<d>]]></member><member>e<!-- - -->f</member>"
        .. "<member> g\r\n</member><member>&#xE9;&#8364;</member><member>h<?pi?></member>"
        .. "</Identities>"))
  end)

  it("reads numbers, booleans and times, blanks around them or not", function()
    assert.same({ Max24HourSend = 200.5, MaxSendRate = 1000, SentLast24Hours = -0.25 },
      v1("GetSendQuota", "<Max24HourSend> 200.5\n</Max24HourSend><MaxSendRate>1e3</MaxSendRate>"
        .. "<SentLast24Hours>-.25</SentLast24Hours>"))
    local result = v1("GetSendStatistics", "<SendDataPoints><member><DeliveryAttempts> 42 "
      .. "</DeliveryAttempts><Timestamp>2015-08-30T12:36:00.500Z</Timestamp></member>"
      .. "</SendDataPoints>")
    assert.same({ { DeliveryAttempts = 42, Timestamp = 1440938160.5 } }, result.SendDataPoints)
    if math.type then
      assert.equal("integer", math.type(result.SendDataPoints[1].DeliveryAttempts))
    end
    assert.same({ Enabled = true }, v1("GetAccountSendingEnabled", "<Enabled>true</Enabled>"))
    assert.same({ Enabled = false }, v1("GetAccountSendingEnabled", "<Enabled> 0 </Enabled>"))
  end)

  it("drops what is newer than the model, and prefixes", function()
    assert.same({ Identities = { "a" } },
      v1("ListIdentities", "<New><Deep>1</Deep></New><Identities><member>a</member><other>b</other>"
        .. "</Identities>"))
    local result = decode("ses", "ListIdentities", 200, {},
      '<a:ListIdentitiesResponse xmlns:a="x"><a:ListIdentitiesResult><a:Identities>'
      .. "<a:member>b</a:member></a:Identities></a:ListIdentitiesResult>"
      .. "</a:ListIdentitiesResponse>")
    assert.same({ Identities = { "b" } }, result)
  end)

  it("reads the encodings that XML declares", function()
    local inside = "<ListIdentitiesResponse><ListIdentitiesResult><Identities><member>%s</member>"
      .. "</Identities></ListIdentitiesResult></ListIdentitiesResponse>"
    assert.same({ Identities = { ("\195\169"):rep(5000) } },
      decode("ses", "ListIdentities", 200, {},
        '<?xml version="1.0" encoding="ISO-8859-1"?>' .. inside:format(("\233"):rep(5000))))
    assert.same({ Identities = { "b" } }, decode("ses", "ListIdentities", 200, {},
      "\239\187\191" .. inside:format "b"))
    assert.same({ Identities = { "c" } }, decode("ses", "ListIdentities", 200, {},
      "\255\254" .. inside:format("c"):gsub(".", "%0\0")))
  end)

  it("reads an error", function()
    local err = v1_error("<ErrorResponse><Error><Type>Sender</Type><Code>MessageRejected</Code>"
      .. "<Message>Email address is not verified.</Message></Error><RequestId>r</RequestId>"
      .. "</ErrorResponse>")
    assert.same({ kind = "service", code = "MessageRejected", shape = "MessageRejected",
                  message = "Email address is not verified.", fault = "Sender",
                  request_id = "r" }, err)
  end)

  it("knows an error by its code, whatever the shape is called", function()
    local err = select(2, decode("ses", "CreateConfigurationSet", 400, {},
      "<ErrorResponse><Error><Code>LimitExceeded</Code></Error></ErrorResponse>"))
    assert.equal("LimitExceeded", err.code)
    assert.equal("LimitExceededException", err.shape)
    err = v1_error "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"
    assert.equal("Throttling", err.shape)
    assert.is_nil(err.message)
  end)

  it("keeps the other members of an error as details", function()
    local err = select(2, decode("ses", "CloneReceiptRuleSet", 400, {},
      "<ErrorResponse><Error><Code>RuleSetDoesNotExist</Code><Message>m</Message><Name>n</Name>"
      .. "<Unknown>u</Unknown></Error></ErrorResponse>"))
    assert.equal("RuleSetDoesNotExistException", err.shape)
    assert.same({ Name = "n" }, err.details)
    -- A detail that cannot be read hides nothing.
    err = select(2, decode("ses", "CloneReceiptRuleSet", 400, {},
      "<ErrorResponse><Error><Code>RuleSetDoesNotExist</Code><Name><a/></Name></Error>"
      .. "</ErrorResponse>"))
    assert.equal("RuleSetDoesNotExist", err.code)
    assert.is_nil(err.details)
  end)

  it("takes an error in a 200 for an error", function()
    assert.equal("Throttling", v1_error("<ErrorResponse><Error><Code>Throttling</Code></Error>"
      .. "</ErrorResponse>", 200).code)
  end)
end)

describe("core.decode for API v2", function()
  it("reads a result and its request id", function()
    local result, id = v2("GetEmailIdentity", [[{"IdentityType": "DOMAIN",
      "VerifiedForSendingStatus": true, "MailFromAttributes": {"MailFromDomain": "b.example.com",
      "MailFromDomainStatus": "SUCCESS", "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
      "Policies": {"p": "{}"}, "Tags": [{"Key": "k", "Value": "\u20ac\ud83d\ude39"}]}]],
      { ["x-amzn-requestid"] = "r" })
    assert.same({
      IdentityType = "DOMAIN", VerifiedForSendingStatus = true,
      MailFromAttributes = { MailFromDomain = "b.example.com", MailFromDomainStatus = "SUCCESS",
                             BehaviorOnMxFailure = "USE_DEFAULT_VALUE" },
      Policies = { p = "{}" },
      Tags = { { Key = "k", Value = "\226\130\172\240\159\152\185" } },
    }, result)
    assert.equal("r", id)
  end)

  it("reads nulls as what is absent", function()
    assert.same({ Tags = { { Key = "a" } }, Policies = {} }, v2("GetEmailIdentity",
      '{"IdentityType":null,"Tags":[null,{"Key":"a","Value":null},null],"Policies":{"p":null}}'))
  end)

  it("reads numbers, whole ones as integers", function()
    local result = v2("GetAccount", '{"SendQuota":{"Max24HourSend":200,"MaxSendRate":1.5e0}}')
    assert.same({ SendQuota = { Max24HourSend = 200, MaxSendRate = 1.5 } }, result)
    result = v2("GetExportJob", '{"CreatedTimestamp":1440938160.25,"CompletedTimestamp":'
      .. '"2015-08-30T12:36:00Z","Statistics":{"ProcessedRecordsCount":9007199254740991}}')
    assert.same({ CreatedTimestamp = 1440938160.25, CompletedTimestamp = 1440938160,
                  Statistics = { ProcessedRecordsCount = 9007199254740991 } }, result)
    if math.type then
      assert.equal("integer", math.type(result.Statistics.ProcessedRecordsCount))
    end
  end)

  it("reads what has no body", function()
    assert.same({}, v2("PutEmailIdentityMailFromAttributes", ""))
    assert.same({}, v2("PutEmailIdentityMailFromAttributes", "{}"))
    assert.same({}, v2("PutEmailIdentityMailFromAttributes", '{"new":1}'))
  end)

  it("reads an error wherever it is named", function()
    for _, case in ipairs {
      { '{"message":"m"}', { ["x-amzn-errortype"] = "MessageRejected" } },
      { '{"message":"m"}', { ["x-amzn-errortype"] = "MessageRejected:http://x/y:z" } },
      { '{"Message":"m"}', { ["x-amzn-errortype"] = "com.amazon#MessageRejected:http://x/" } },
      { '{"message":"m","__type":"com.amazon#MessageRejected"}' },
      { '{"message":"m","code":"MessageRejected"}' },
      { '{"message":"m","code":"MessageRejected","__type":"Other"}' },
    } do
      assert.same({ kind = "service", code = "MessageRejected", shape = "MessageRejected",
                    message = "m" }, v2_error(case[1], case[2]))
    end
  end)

  it("reads an error whose message is null, or whose body is empty or no JSON", function()
    for _, body in ipairs { '{"message":null}', "", "<html>", "[]", '"text"', "{" } do
      assert.same({ kind = "service", code = "BadRequestException", shape = "BadRequestException",
                    request_id = "r" },
        v2_error(body,
          { ["x-amzn-errortype"] = "BadRequestException", ["x-amzn-requestid"] = "r" }))
    end
  end)

  it("names an error that the operation does not know as it comes", function()
    local err = v2_error('{"message":"Rate exceeded"}',
      { ["x-amzn-errortype"] = "ThrottlingException" }, 429)
    assert.same({ "ThrottlingException", "ThrottlingException", "Rate exceeded" },
      { err.code, err.shape, err.message })
  end)
end)

describe("core.decode of what cannot be read", function()
  local function problem(result, err)
    assert.is_nil(result)
    assert.equal("decode", err.kind)
    return err
  end

  it("says where in the document", function()
    local err = problem(decode("ses", "ListIdentities", 200, {}, "<a><b></a>"))
    assert.same({ kind = "decode", message = "not XML: mismatched tag", offset = 8,
                  excerpt = "<a><b></a>" }, err)
    err = problem(v2("GetAccount", '{"SendQuota":{,}}'))
    assert.equal(14, err.offset)
    assert.truthy(err.message:find("not JSON: ", 1, true))
    err = problem(v2("GetAccount", '{"a":"\255"}'))
    assert.same({ "not JSON: not UTF-8", 6 }, { err.message, err.offset })
  end)

  it("says which member", function()
    local err = problem(v2("GetAccount", '{"SendQuota":{"MaxSendRate":"x"}}'))
    assert.equal("SendQuota.MaxSendRate", err.path)
    assert.equal("SendQuota.MaxSendRate: expected a number, got other text", err.message)
    err = problem(v2("GetEmailIdentity", '{"Tags":[{"Key":"a"},{"Key":5}]}'))
    assert.equal("Tags[2].Key: expected a string, got a number", err.message)
    err = problem(v1("GetSendQuota", "<MaxSendRate>one</MaxSendRate>"))
    assert.equal("MaxSendRate: expected a number, got other text", err.message)
    err = problem(v1("GetSendStatistics",
      "<SendDataPoints><member/><member><Bounces>1.5</Bounces></member></SendDataPoints>"))
    assert.equal("SendDataPoints[2].Bounces: expected an integer of at most 53 bits, "
      .. "got other text", err.message)
  end)

  it("says what element is missing", function()
    assert.equal("expected the element ListIdentitiesResponse",
      problem(decode("ses", "ListIdentities", 200, {}, "<html/>")).message)
    assert.equal("expected the element ListIdentitiesResult",
      problem(decode("ses", "ListIdentities", 200, {}, "<ListIdentitiesResponse/>")).message)
    assert.equal("HTTP 503 without an error code in the body",
      problem(decode("ses", "ListIdentities", 503, {}, "<html/>")).message)
    for _, code in ipairs { "<Error><Code/></Error>", "<Error/>", "" } do
      assert.equal("HTTP 400 without an error code in the body",
        problem(decode("ses", "ListIdentities", 400, {},
          "<ErrorResponse>" .. code .. "</ErrorResponse>")).message)
    end
    for _, body in ipairs { "", "{}", '{"code":""}', '{"code":5}', "<html>", "[]", "null" } do
      assert.equal("HTTP 500 without an error code in the headers or the body",
        problem(decode("sesv2", "GetAccount", 500, {}, body)).message)
    end
  end)

  it("shows at most 256 printable bytes", function()
    local err = problem(v2("ListEmailIdentities", "\1\\<" .. ("\195\169x"):rep(1000)))
    assert.equal("\\x01\\x5c<\\xc3\\xa9x", err.excerpt:sub(1, 18))
    assert.truthy(#err.excerpt <= 256 and #err.excerpt > 250)
    assert.is_nil(err.excerpt:find("[^\32-\126]"))
  end)

  it("shows nothing of a result that may hold secrets", function()
    local secrets = {
      { "sso", "GetRoleCredentials",
        '{"roleCredentials":{"secretAccessKey":"KEY","expiration":"x"}}' },
      { "sso_oidc", "CreateToken", '{"accessToken":"KEY","expiresIn":"x"}' },
      { "sts", "AssumeRole", "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        .. "<SecretAccessKey>KEY</SecretAccessKey><Expiration>x</Expiration></Credentials>"
        .. "</AssumeRoleResult></AssumeRoleResponse>" },
      { "sso", "GetRoleCredentials", '{"roleCredentials":{"secretAccessKey":"KEY' },
    }
    for _, case in ipairs(secrets) do
      local err = problem(decode(case[1], case[2], 200, {}, case[3]))
      for _, value in pairs(err) do
        assert.is_nil(tostring(value):find("KEY", 1, true))
      end
    end
    assert.truthy(problem(decode("sts", "AssumeRole", 500, {}, "oops")).excerpt)
  end)

  it("raises on arguments of another kind", function()
    for _, status in ipairs { "x", {}, 0, 99, 1000, -1, 0 / 0, 1 / 0, 1e300 } do
      assert.is_false(pcall(decode, "ses", "ListIdentities", status, {}, ""))
    end
    assert.is_false(pcall(decode, "ses", "ListIdentities", 200, nil, ""))
    assert.is_false(pcall(decode, "ses", "ListIdentities", 200, {}, nil))
    assert.is_false(pcall(decode, "ses", "ListIdentities", 200, {}, 5))
  end)
end)
