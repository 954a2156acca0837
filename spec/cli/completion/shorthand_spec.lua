local core = require "ses.core"
local shorthand = require "ses.cli.completion.shorthand"

local function complete(text, shape, service)
  service = service or "sesv2"
  local found = {}
  for i, candidate in ipairs(shorthand.of(service, core.shape(service, shape), text)) do
    found[i] = candidate.word
  end
  table.sort(found)
  return table.concat(found, " ")
end

describe("completion in shorthand syntax", function()
  it("knows the members", function()
    assert.equal("Key= Value=", complete("", "Tag"))
    assert.equal("Key= Value=", complete("K", "Tag"))
  end)

  it("leaves out those that are there", function()
    assert.equal("Key=a,Value=", complete("Key=a,", "Tag"))
    assert.equal("Key=a,Value=", complete("Key=a,Va", "Tag"))
    assert.equal("", complete("Key=a,Value=b,", "Tag"))
  end)

  it("knows values", function()
    assert.equal("TopicName=a,SubscriptionStatus=OPT_IN TopicName=a,SubscriptionStatus=OPT_OUT",
                 complete("TopicName=a,SubscriptionStatus=O", "TopicPreference"))
    assert.equal("Enabled=false Enabled=true", complete("Enabled=", "EventDestinationDefinition"))
    assert.equal("", complete("Key=", "Tag"))
    assert.equal("", complete("Nothing=", "Tag"))
  end)

  it("goes on with a list, or with another member", function()
    local found = " " .. complete("MatchingEventTypes=SEND,", "EventDestinationDefinition") .. " "
    for _, word in ipairs { "BOUNCE", "SEND", "Enabled=" } do
      assert.truthy(found:find(" MatchingEventTypes=SEND," .. word .. " ", 1, true), word)
    end
    assert.is_nil(found:find("MatchingEventTypes=SEND,MatchingEventTypes", 1, true))
  end)

  it("knows the keys of a map", function()
    local operation = core.operation("sesv2", "ListRecommendations")
    local filter
    for _, member in ipairs(core.shape("sesv2", operation.input).members) do
      filter = member.name == "Filter" and member.shape or filter
    end
    assert.equal("IMPACT= RESOURCE_ARN= STATUS= TYPE=", complete("", filter))
  end)

  it("passes over what is closed, and says nothing inside", function()
    for text, expected in pairs {
      ["Key={a=b,c=d},"] = "Key={a=b,c=d},Value=",
      ["Key=[a,b],V"] = "Key=[a,b],Value=",
      ["Key='a,Value=',"] = "Key='a,Value=',Value=",
      ["Key='a"] = "", ["Key=\"a,"] = "", ["Key=[a,"] = "", ["{"] = "", ["[{\"Key\":"] = "",
      ["Key=a],"] = "", ["]"] = "", ["Key=']',"] = "Key=']',Value=",
    } do
      assert.equal(expected, complete(text, "Tag"), text)
    end
  end)
end)
