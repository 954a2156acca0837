local fake_model = require "spec.support.fake_model"
local json = require "ses.cli.json"
local phrases = require "ses.cli.phrases"
local skeleton = require "ses.cli.skeleton"

describe("a skeleton", function()
  it("of an input has empty texts and the first value of an enum", function()
    assert.equal([[
{
    "Identity": "",
    "MailFromDomain": "",
    "BehaviorOnMXFailure": "UseDefaultValue"
}
]], skeleton.input("ses", "SetIdentityMailFromDomain"))
    assert.equal([[
{
    "EmailIdentity": "",
    "MailFromDomain": "",
    "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"
}
]], skeleton.input("sesv2", "PutEmailIdentityMailFromAttributes"))
  end)

  it("of an input has one item in each list", function()
    assert.equal('{\n    "Identities": [\n        ""\n    ]\n}\n',
      skeleton.input("ses", "GetIdentityMailFromDomainAttributes"))
  end)

  it("of no input is empty", function()
    assert.equal("{}\n", skeleton.input("ses", "GetSendQuota"))
    assert.equal("{}\n", skeleton.yaml_input("ses", "GetSendQuota"))
    assert.equal("{}\n", skeleton.input("sesv2", "GetAccount"))
    assert.equal("{}\n", skeleton.yaml_input("sesv2", "GetAccount"))
  end)

  it("of an output has the names of members for texts", function()
    assert.equal([[
{
    "MailFromDomainAttributes": {
        "KeyName": {
            "MailFromDomain": "MailFromDomain",
            "MailFromDomainStatus": "MailFromDomainStatus",
            "BehaviorOnMXFailure": "BehaviorOnMXFailure"
        }
    }
}
]], skeleton.output("ses", "GetIdentityMailFromDomainAttributes"))
  end)

  it("of an output has the name of the shape for texts of a list", function()
    assert.equal('{"Identities":["Identity"],"NextToken":"NextToken"}',
      json.encode(skeleton.output_document("ses", "ListIdentities")))
  end)

  it("of no output is nothing", function()
    for _, operation in ipairs { "SetIdentityMailFromDomain", "UpdateAccountSendingEnabled" } do
      assert.equal("", skeleton.output("ses", operation))
      assert.is_nil(skeleton.output_document("ses", operation))
    end
  end)

  it("in YAML says what is required, and what each value can be", function()
    assert.equal([[
Identity: ''  # [REQUIRED] string
MailFromDomain: '' # string
BehaviorOnMXFailure: UseDefaultValue # one of UseDefaultValue, RejectMessage
]], skeleton.yaml_input("ses", "SetIdentityMailFromDomain"))
    assert.equal([[
Queries:  # [REQUIRED] list of 1 to 10 items; item: structure
- Id: ''  # [REQUIRED] string of 1 to 255 characters
  Namespace: VDM # [REQUIRED] one of VDM
  Metric: SEND # [REQUIRED] ]] .. phrases.of("sesv2", "Metric") .. [[

  Dimensions: # ]] .. phrases.of("sesv2", "Dimensions") .. [[

    KeyName: ''
  StartDate: 1970-01-01 00:00:00 # [REQUIRED] time
  EndDate: 1970-01-01 00:00:00 # [REQUIRED] time
]], skeleton.yaml_input("sesv2", "BatchGetMetricData"))
  end)

  describe("of shapes of every kind", function()
    local module = fake_model.load("ses.cli.skeleton", {
      operations = { Do = { input = "Node", output = "Node" } },
      shapes = {
        Node = { type = "structure", members = {
          { name = "Next", shape = "Node", required = true }, { name = "All", shape = "Nodes" },
          { name = "Data", shape = "Bytes" }, { name = "At", shape = "Time" },
          { name = "Map", shape = "Map" }, { name = "Maps", shape = "Maps" },
          { name = "Rows", shape = "Rows" },
          { name = "Count", shape = "Count" }, { name = "Rate", shape = "Rate" },
          { name = "On", shape = "On" }, { name = "Word", shape = "Word" },
        } },
        Nodes = { type = "list", member = { shape = "Node" } },
        Map = { type = "map", key = { shape = "Text" }, value = { shape = "Node" } },
        Maps = { type = "list", member = { shape = "Texts" } },
        Texts = { type = "map", key = { shape = "Text" }, value = { shape = "Text" } },
        Rows = { type = "list", member = { shape = "Row" }, min = 2, max = 2 },
        Row = { type = "list", member = { shape = "Pair" }, max = 1 },
        Pair = { type = "structure", union = true, members = {
          { name = "Left", shape = "Text" }, { name = "Right", shape = "Text", required = true },
        } },
        Bytes = { type = "blob" }, Time = { type = "timestamp" },
        Count = { type = "long", min = 1 },
        Rate = { type = "double", min = 0, max = 1 }, On = { type = "boolean" },
        Text = { type = "string", min = 0, max = 9 }, Word = { type = "string", enum = { "true" } },
      },
    })

    it("ends where a structure stands within itself", function()
      assert.equal('{"Next":{},"All":[{}],"Data":null,"At":"1970-01-01T00:00:00",'
        .. '"Map":{"KeyName":{}},'
        .. '"Maps":[{"KeyName":""}],"Rows":[[{"Left":"","Right":""}]],"Count":0,"Rate":0.0,'
        .. '"On":true,"Word":"true"}', json.encode((json.decode(module.input("x", "Do")))))
      assert.equal('{"Next":{},"All":[{}],"Data":null,"At":"1970-01-01T00:00:00",'
        .. '"Map":{"KeyName":{}},'
        .. '"Maps":[{"KeyName":""}],"Rows":[[{"Left":"Left","Right":"Right"}]],'
        .. '"Count":0,"Rate":0.0,"On":true,"Word":"Word"}',
        json.encode(module.output_document("x", "Do")))
    end)

    it("is YAML", function()
      assert.equal([[
Next: {}  # [REQUIRED] structure
All: # list; item: structure
- {}
Data: !!binary '' # bytes in base64
At: 1970-01-01 00:00:00 # time
Map: # map; key: string of at most 9 characters; value: structure
  KeyName: {}
Maps: # list; item: map; key: string of at most 9 characters; value: string of at most 9 characters
- KeyName: ''
Rows: # list of 2 items; item: list of at most 1 item; item: structure with one member
- -
    Left: ''  # string of at most 9 characters
    Right: '' # [REQUIRED] string of at most 9 characters
Count: 0 # integer of at least 1
Rate: 0.0 # number from 0 to 1
On: true # true or false
Word: 'true' # one of true
]], module.yaml_input("x", "Do"))
    end)
  end)
end)
