-- Params as requests, and what is said of those that are none.

local core = require "ses.core"
local cjson = require "cjson"

local function encode(service, operation, params)
  return core.encode(assert(core.handle(service, operation)), params)
end

-- The form of API v1 that an operation's params make, without its beginning.
local function form(operation, params)
  local request = assert(encode("ses", operation, params))
  local rest = request.body:match("^Action=" .. operation .. "&Version=2010%-12%-01(.*)$")
  return assert(rest, request.body)
end

-- One line a fault: "path rule".
local function faults(service, operation, params)
  local request, details = encode(service, operation, params)
  assert.is_nil(request)
  local lines = {}
  for i, fault in ipairs(details) do lines[i] = fault.path .. " " .. fault.rule end
  return lines, details
end

describe("core.encode for API v1", function()
  it("writes a form", function()
    assert.same({
      method = "POST", path = "/", query = "",
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8" },
      body = "Action=SetIdentityMailFromDomain&Version=2010-12-01&Identity=a%40example.com"
        .. "&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=RejectMessage",
    }, encode("ses", "SetIdentityMailFromDomain", {
      Identity = "a@example.com", MailFromDomain = "bounce.example.com",
      BehaviorOnMXFailure = "RejectMessage",
    }))
  end)

  it("writes members in the model's order", function()
    local params = {}
    for _, name in ipairs { "BehaviorOnMXFailure", "MailFromDomain", "Identity" } do
      params[name] = name == "BehaviorOnMXFailure" and "UseDefaultValue" or "x"
    end
    assert.equal("&Identity=x&MailFromDomain=x&BehaviorOnMXFailure=UseDefaultValue",
      form("SetIdentityMailFromDomain", params))
  end)

  it("numbers lists and leaves an empty one empty", function()
    assert.equal("&Identities.member.1=a&Identities.member.2=b%20c",
      form("GetIdentityMailFromDomainAttributes", { Identities = { "a", "b c" } }))
    assert.equal("&Identities=", form("GetIdentityMailFromDomainAttributes", { Identities = {} }))
  end)

  it("writes structures in lists, numbers, booleans, times and blobs", function()
    assert.equal("&Source=a&Destination.ToAddresses.member.1=b&Message.Subject.Data=s"
      .. "&Message.Body.Text.Data=t&Tags.member.1.Name=n&Tags.member.1.Value=v"
      .. "&Tags.member.2.Name=m&Tags.member.2.Value=w", form("SendEmail", {
        Source = "a", Destination = { ToAddresses = { "b" } },
        Message = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } },
        Tags = { { Name = "n", Value = "v" }, { Name = "m", Value = "w" } },
      }))
    assert.equal("&MaxItems=10", form("ListIdentities", { MaxItems = 10 }))
    assert.equal("&Identity=a&DkimEnabled=false",
      form("SetIdentityDkimEnabled", { Identity = "a", DkimEnabled = false }))
    assert.equal("&RawMessage.Data=AP8%3D",
      form("SendRawEmail", { RawMessage = { Data = "\0\255" } }))
    assert.equal("&RawMessage.Data=", form("SendRawEmail", { RawMessage = { Data = "" } }))
  end)

  it("writes a message that is encoded in pieces as if it were one", function()
    for _, size in ipairs { 1, 3071, 3072, 3073, 6144, 6145, 100000 } do
      local data = core.random(997):rep(math.ceil(size / 997)):sub(1, size)
      local expected = core.encode_base64(data):gsub("[^%w]", { ["+"] = "%2B", ["/"] = "%2F",
                                                                ["="] = "%3D" })
      local written = form("SendRawEmail", { RawMessage = { Data = data } })
      assert.is_true("&RawMessage.Data=" .. expected == written, size)
    end
  end)

  it("takes a time as seconds or as text", function()
    local function arrival(time)
      return form("SendBounce", {
        OriginalMessageId = "i", BounceSender = "b", MessageDsn = { ReportingMta = "m",
          ArrivalDate = time }, BouncedRecipientInfoList = {},
      }):match("ArrivalDate=([^&]*)")
    end
    assert.equal("2015-08-30T12%3A36%3A00Z", arrival(1440938160))
    assert.equal("2015-08-30T12%3A36%3A00.5Z", arrival(1440938160.5))
    assert.equal("2015-08-30T12%3A36%3A00Z", arrival "2015-08-30T14:36:00+02:00")
  end)

  it("leaves out what is null or nil", function()
    assert.equal("&Identity=a", form("SetIdentityMailFromDomain",
      { Identity = "a", MailFromDomain = cjson.null, BehaviorOnMXFailure = nil }))
  end)

  it("writes an operation without input", function()
    assert.equal("", form("GetSendQuota", {}))
  end)
end)

describe("core.encode for API v2", function()
  it("puts labels in the path and the rest in JSON", function()
    assert.same({
      method = "PUT", path = "/v2/email/identities/a%40b%2Fc%20d/mail-from", query = "",
      headers = { ["Content-Type"] = "application/json" },
      body = '{"MailFromDomain":"m.example.com","BehaviorOnMxFailure":"REJECT_MESSAGE"}',
    }, encode("sesv2", "PutEmailIdentityMailFromAttributes", {
      EmailIdentity = "a@b/c d", MailFromDomain = "m.example.com",
      BehaviorOnMxFailure = "REJECT_MESSAGE",
    }))
  end)

  it("sends an empty object where there might be a body, and none elsewhere", function()
    local put = encode("sesv2", "PutEmailIdentityMailFromAttributes", { EmailIdentity = "a" })
    assert.equal("{}", put.body)
    local get = encode("sesv2", "GetEmailIdentity", { EmailIdentity = "a" })
    assert.is_nil(get.body)
    assert.same({}, get.headers)
  end)

  it("puts members in the query, a list as one parameter an item", function()
    local request = encode("sesv2", "UntagResource",
      { ResourceArn = "a b&c", TagKeys = { "x", "" } })
    assert.equal("ResourceArn=a%20b%26c&TagKeys=x&TagKeys=", request.query)
    assert.equal("", encode("sesv2", "ListSuppressedDestinations", { Reasons = {} }).query)
    assert.equal("StartDate=2015-08-30T12%3A36%3A00Z",
      encode("sesv2", "ListSuppressedDestinations", { StartDate = 1440938160 }).query)
  end)

  it("puts a member in a header", function()
    local request = encode("sso", "GetRoleCredentials",
      { roleName = "r", accountId = "1", accessToken = "t" })
    assert.same({ ["x-amz-sso_bearer_token"] = "t" }, request.headers)
    assert.equal("role_name=r&account_id=1", request.query)
  end)

  it("writes an empty table as the shape says", function()
    local body = encode("sesv2", "TagResource", { ResourceArn = "a", Tags = {} }).body
    assert.equal('{"ResourceArn":"a","Tags":[]}', body)
    body = encode("sesv2", "ListConfigurationSets", { Filter = {} }).body
    assert.equal('{"Filter":{}}', body)
    body = encode("sesv2", "SendEmail", { Content = {} }).body
    assert.equal('{"Content":{}}', body)
  end)

  it("writes maps in the order of their keys", function()
    local body = encode("sesv2", "BatchGetMetricData", { Queries = { {
      Id = "i", Namespace = "VDM", Metric = "SEND", StartDate = 1, EndDate = 2,
      Dimensions = { b = "1", a = "2", ["\195\169"] = "3", Z = "4" },
    } } }).body
    assert.truthy(body:find('"Dimensions":{"Z":"4","a":"2","b":"1","\195\169":"3"}', 1, true))
  end)

  it("escapes what JSON wants escaped, and nothing else", function()
    local text = '"\\/\b\f\n\r\t\1\31\127\226\128\168\195\169\240\159\152\185'
    local body = encode("sesv2", "PutEmailIdentityMailFromAttributes",
      { EmailIdentity = "a", MailFromDomain = text }).body
    assert.equal('{"MailFromDomain":"\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\127'
      .. '\226\128\168\195\169\240\159\152\185"}', body)
    assert.equal(text, cjson.decode(body).MailFromDomain)
  end)

  it("writes whole numbers without a point, to the last of 53 bits", function()
    local function seconds(n)
      return encode("sesv2", "PutConfigurationSetDeliveryOptions",
        { ConfigurationSetName = "c", MaxDeliverySeconds = n }).body
    end
    assert.equal('{"MaxDeliverySeconds":9007199254740991}', seconds(2 ^ 53 - 1))
    assert.equal('{"MaxDeliverySeconds":300}', seconds(300.0))
    assert.equal('{"MaxDeliverySeconds":1000000000000000}', seconds(1e15))
  end)
end)

describe("core.encode of what is wrong", function()
  it("lists every fault, required ones first, then unknown ones, then by member", function()
    assert.same({
      "Destination required", "Surprise unknown", "unknown unknown", "Source type",
      "Message.Subject required", "Message.Extra unknown", "Message.Body.Text.Data type",
      "ReplyToAddresses[2] type", "Tags hole",
    }, (faults("ses", "SendEmail", {
      Source = 5, Surprise = 1, unknown = 2,
      Message = { Extra = true, Body = { Text = { Data = {} } } },
      ReplyToAddresses = { "a", false }, Tags = { [2] = {} },
    })))
  end)

  it("says what was given and what is wanted", function()
    local _, details = faults("ses", "ListIdentities", { MaxItems = "5", IdentityTypes = 1 })
    assert.same({
      { path = "IdentityTypes", steps = { "IdentityTypes" }, rule = "unknown",
        expected = "IdentityType, NextToken, MaxItems",
        message = "IdentityTypes: unknown member; "
          .. "expected one of IdentityType, NextToken, MaxItems" },
      { path = "MaxItems", steps = { "MaxItems" }, rule = "type", expected = "an integer",
        got = "a string",
        message = "MaxItems: expected an integer, got a string" },
    }, details)
    _, details = faults("ses", "GetSendQuota", { X = 1 })
    assert.equal("X: unknown member; expected none", details[1].message)
    _, details = faults("sesv2", "GetEmailIdentity", {})
    assert.same({ { path = "EmailIdentity", steps = { "EmailIdentity" }, rule = "required",
                    expected = "a string",
                    message = "EmailIdentity: required, but not given" } }, details)
  end)

  it("checks the least length, count and value", function()
    local _, details = faults("sesv2", "GetEmailIdentity", { EmailIdentity = "" })
    assert.same({ path = "EmailIdentity", steps = { "EmailIdentity" }, rule = "min", got = "0",
                  expected = "at least 1 character",
                  message = "EmailIdentity: expected at least 1 character, got 0" }, details[1])
    assert.same({ "Queries min" }, (faults("sesv2", "BatchGetMetricData", { Queries = {} })))
    assert.same({ "MaxDeliverySeconds min" }, (faults("sesv2", "PutConfigurationSetDeliveryOptions",
      { ConfigurationSetName = "c", MaxDeliverySeconds = 1 })))
    -- Two characters, four bytes.
    assert.same({ "RoleSessionName min" }, (faults("sts", "AssumeRole",
      { RoleArn = ("a"):rep(20), RoleSessionName = "\195\169" })))
    assert.truthy(encode("sts", "AssumeRole",
      { RoleArn = ("a"):rep(20), RoleSessionName = "\195\169\195\169" }))
  end)

  it("gives the keys that lead to a fault", function()
    local key = "a.b[1]\195\164" .. ("k"):rep(600)
    local _, details = faults("sesv2", "ListRecommendations", { Filter = { [key] = 1 } })
    assert.same({ "Filter", key }, details[1].steps)
    _, details = faults("ses", "SendEmail", { ReplyToAddresses = { "a", false } })
    assert.same({ "ReplyToAddresses", 2 }, details[#details].steps)
  end)

  it("wants exactly one member of a union", function()
    local function scheme(value)
      return { ConfigurationSetName = "c", MessageSecurityOptions = { SigningScheme = value } }
    end
    for got, value in pairs {
      ["0"] = {}, ["2"] = { DefaultScheme = {}, SmimeScheme = {} },
    } do
      local _, details = faults("sesv2", "CreateConfigurationSet", scheme(value))
      local fault = details[#details]
      assert.same({
        path = "MessageSecurityOptions.SigningScheme", rule = "union", got = got,
        steps = { "MessageSecurityOptions", "SigningScheme" },
        expected = "DefaultScheme, SmimeScheme", message = "MessageSecurityOptions.SigningScheme: "
          .. "expected exactly one of DefaultScheme, SmimeScheme, got " .. got,
      }, fault)
    end
    assert.truthy(encode("sesv2", "CreateConfigurationSet", scheme { DefaultScheme = {} }))
  end)

  it("stops at a hundred", function()
    local many = {}
    for i = 1, 500 do many[i] = i end
    local _, details = faults("ses", "GetIdentityMailFromDomainAttributes", { Identities = many })
    assert.equal(100, #details)
    many = {}
    for i = 1, 500 do many["k" .. i] = i end
    _, details = faults("ses", "GetSendQuota", many)
    assert.equal(100, #details)
    assert.equal("k1", details[1].path)
    assert.equal("k100", details[3].path)
  end)

  it("raises where params are no table", function()
    for _, params in ipairs { 5, "x", true } do
      assert.is_false(pcall(encode, "ses", "GetSendQuota", params))
    end
  end)

  it("leaves the params alone", function()
    local params = { Identities = { "a", "b" } }
    encode("ses", "GetIdentityMailFromDomainAttributes", params)
    assert.same({ Identities = { "a", "b" } }, params)
  end)
end)
