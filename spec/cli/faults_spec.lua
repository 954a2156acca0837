local core = require "ses.core"
local document = require "ses.cli.document"
local faults = require "ses.cli.faults"
local json = require "ses.cli.json"
local parameters = require "ses.cli.parameters"
local ses = require "ses"

-- What is said of parameters in JSON.
local function said(service, operation, text)
  local read = assert(parameters.read(service, operation, { "--cli-input-json", text }, {}))
  local request, details = core.encode(core.handle(service, operation), read.params)
  assert.is_nil(request)
  local first, rest = faults.text(details, service, operation, read.given.document)
    :match("^([^\n]*)\n(.*)$")
  assert.equal("Parameter validation failed:", first)
  return rest
end

local CASES = {
  { "ses SetIdentityMailFromDomain", "{}", 'Missing required parameter in input: "Identity"' },
  { "ses SetIdentityMailFromDomain", '{"Foo":1,"MailFromDomain":[],"Bar":null,"Identity":1}',
    'Unknown parameter in input: "Foo", must be one of: Identity, MailFromDomain, '
      .. 'BehaviorOnMXFailure\nUnknown parameter in input: "Bar", must be one of: Identity, '
      .. "MailFromDomain, BehaviorOnMXFailure\nInvalid type for parameter MailFromDomain, value: "
      .. "[], type: <class 'list'>, valid types: <class 'str'>\nInvalid type for parameter "
      .. "Identity, value: 1, type: <class 'int'>, valid types: <class 'str'>" },
  { "ses GetIdentityMailFromDomainAttributes", '{"Identities":"x"}',
    "Invalid type for parameter Identities, value: x, type: <class 'str'>, valid types: "
      .. "<class 'list'>, <class 'tuple'>" },
  { "ses GetIdentityMailFromDomainAttributes", '{"Identities":{}}',
    "Invalid type for parameter Identities, value: {}, type: <class 'dict'>, valid types: "
      .. "<class 'list'>, <class 'tuple'>" },
  { "ses GetIdentityMailFromDomainAttributes", '{"Identities":["a",null,1.0,true,{"a":["b\'"]}]}',
    "Invalid type for parameter Identities[1], value: None, type: <class 'NoneType'>, valid "
      .. "types: <class 'str'>\nInvalid type for parameter Identities[2], value: 1.0, type: "
      .. "<class 'float'>, valid types: <class 'str'>\nInvalid type for parameter Identities[3], "
      .. "value: True, type: <class 'bool'>, valid types: <class 'str'>\nInvalid type for "
      .. "parameter Identities[4], value: {'a': [\"b'\"]}, type: <class 'dict'>, valid types: "
      .. "<class 'str'>" },
  { "sesv2 GetEmailIdentity", '{"EmailIdentity":""}',
    "Invalid length for parameter EmailIdentity, value: 0, valid min length: 1" },
  { "sesv2 BatchGetMetricData", '{"Queries":[]}',
    "Invalid length for parameter Queries, value: 0, valid min length: 1" },
  { "sesv2 PutConfigurationSetDeliveryOptions",
    '{"ConfigurationSetName":"a","MaxDeliverySeconds":-3}',
    "Invalid value for parameter MaxDeliverySeconds, value: -3, valid min value: 300" },
  { "sesv2 PutConfigurationSetDeliveryOptions",
    '{"MaxDeliverySeconds":400.0}',
    'Missing required parameter in input: "ConfigurationSetName"\nInvalid type for parameter '
      .. "MaxDeliverySeconds, value: 400.0, type: <class 'float'>, valid types: <class 'int'>" },
  { "ses SetIdentityDkimEnabled", '{"Identity":"a","DkimEnabled":"true"}',
    "Invalid type for parameter DkimEnabled, value: true, type: <class 'str'>, valid types: "
      .. "<class 'bool'>" },
  { "ses SendRawEmail", '{"RawMessage":{"Data":{}}}',
    "Invalid type for parameter RawMessage.Data, value: {}, type: <class 'dict'>, valid types: "
      .. "<class 'bytes'>, <class 'bytearray'>, file-like object" },
  { "sesv2 GetDomainStatisticsReport", '{"Domain":"a","StartDate":"soon","EndDate":[]}',
    "Invalid type for parameter StartDate, value: soon, type: <class 'str'>, valid types: "
      .. "<class 'datetime.datetime'>, timestamp-string\nInvalid type for parameter EndDate, "
      .. "value: [], type: <class 'list'>, valid types: <class 'datetime.datetime'>, "
      .. "timestamp-string" },
  { "sesv2 ListRecommendations", '{"Filter":{"b.c[1]":1,"a":[]}}',
    "Invalid type for parameter Filter.b.c[1], value: 1, type: <class 'int'>, valid types: "
      .. "<class 'str'>\nInvalid type for parameter Filter.a, value: [], type: <class 'list'>, "
      .. "valid types: <class 'str'>" },
  { "sesv2 ListRecommendations", '{"Filter":[]}',
    "Invalid type for parameter Filter, value: [], type: <class 'list'>, valid types: "
      .. "<class 'dict'>" },
  { "sesv2 CreateConfigurationSet",
    '{"ConfigurationSetName":"a","MessageSecurityOptions":{"SigningScheme":{}}}',
    "Must set one of the following keys for tagged unionstructure "
      .. "MessageSecurityOptions.SigningScheme: DefaultScheme. SmimeScheme." },
  { "sesv2 CreateConfigurationSet", '{"ConfigurationSetName":"a","MessageSecurityOptions":'
    .. '{"SigningScheme":{"SmimeScheme":{},"DefaultScheme":{}}}}',
    "Invalid number of parameters set for tagged union structure "
      .. "MessageSecurityOptions.SigningScheme. Can only set one of the following keys: "
      .. "DefaultScheme. SmimeScheme." },
  -- What botocore lets pass.
  { "sesv2 GetEmailIdentity", '{"EmailIdentity":".."}',
    "Invalid value for parameter EmailIdentity: it is sent in the path, where an empty name, '.' "
      .. "and '..' would name another resource" },
  { "ses SetIdentityMailFromDomain", '{"Identity":"a\\u0000b"}',
    "Invalid value for parameter Identity: contains a NUL byte" },
  { "ses ListIdentities", '{"MaxItems":99999999999}',
    "Invalid value for parameter MaxItems: expected an integer of 32 bits, got the number "
      .. "99999999999" },
  { "ses GetSendQuota", '{"A":1}', 'Unknown parameter in input: "A", must be one of: ' },
}

describe("the AWS CLI's words for parameters that are refused", function()
  for _, case in ipairs(CASES) do
    local service, operation = case[1]:match("^(%S+) (%S+)$")
    it("are right for " .. operation .. " " .. case[2]:sub(1, 50), function()
      assert.equal(case[3], said(service, operation, case[2]))
    end)
  end

  it("come in botocore's order: missing ones, unknown ones, and then the members", function()
    local lines = {}
    for line in said("ses", "SendEmail", '{"Tags":[{"Value":1,"Name":2},{"Zoo":3}],"Zoo":4,'
      .. '"Message":{"Body":{"Html":{},"Text":{"Data":5,"Ape":6}},"Ape":7},"ReplyToAddresses":[8]}')
      :gmatch("[^\n]+") do
      lines[#lines + 1] = line:match("parameter in (.*\")") or line:match("parameter (.-),")
    end
    assert.same({
      'input: "Source"', 'input: "Destination"', 'input: "Zoo"', "Tags[0].Value", "Tags[0].Name",
      'Tags[1]: "Name"', 'Tags[1]: "Value"', 'Tags[1]: "Zoo"', 'Message: "Subject"',
      'Message: "Ape"', 'Message.Body.Html: "Data"', 'Message.Body.Text: "Ape"',
      "Message.Body.Text.Data", "ReplyToAddresses[0]",
    }, lines)
  end)

  it("do not show what may be a secret", function()
    assert.equal("Invalid type for parameter DkimSigningAttributes.DomainSigningPrivateKey, "
      .. "value: (not shown: it may hold a secret), type: <class 'list'>, valid types: "
      .. "<class 'str'>",
      said("sesv2", "CreateEmailIdentity",
        '{"EmailIdentity":"a","DkimSigningAttributes":{"DomainSigningPrivateKey":["key"]}}'))
    assert.falsy(said("sesv2", "CreateEmailIdentity",
      '{"EmailIdentity":"a","DkimSigningAttributes":[{"DomainSigningPrivateKey":"key"}]}')
      :find("key", 1, true))
  end)

  it("show bytes as Python does", function()
    local values = document.set(document.object(), "Identity", document.bytes "a'\0\255\n")
    local _, details = core.encode(core.handle("ses", "SetIdentityMailFromDomain"),
      { Identity = false })
    assert.truthy(faults.text(details, "ses", "SetIdentityMailFromDomain", values)
      :find([[value: b"a'\x00\xff\n", type: <class 'bytes'>]], 1, true))
  end)

  it("are said of a client's error", function()
    local transport = ses.emulator.new():transport()
    local client = ses.client("ses", { region = "us-east-1", transport = transport })
    local values = assert(json.decode '{"Identity":5}')
    local _, err = client:call("SetIdentityMailFromDomain", { Identity = 5 })
    assert.equal("Parameter validation failed:\nInvalid type for parameter Identity, value: 5, "
      .. "type: <class 'int'>, valid types: <class 'str'>",
      faults.text(err.details, err.service, err.operation, values))
  end)

  it("tell of a hundred faults at most", function()
    local parts = {}
    for i = 1, 20000 do parts[i] = ('"x%d":%d'):format(i, i) end
    local text = "{" .. table.concat(parts, ",") .. "}"
    assert.equal(99, select(2, said("ses", "SetIdentityMailFromDomain", text):gsub("\n", "")))
  end)
end)
