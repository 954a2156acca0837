local validate = require "ses.emulator.validate"

local SET = "SetIdentityMailFromDomainRequest"

describe("constraints of the model", function()
  it("that hold say nothing", function()
    assert.is_nil(validate.check("ses", SET, {
      Identity = "x", BehaviorOnMXFailure = "RejectMessage" }))
  end)

  it("name the value set, in the words of the service", function()
    assert.equal("1 validation error detected: Value 'X' at 'behaviorOnMXFailure' failed to satisfy"
      .. " constraint: Member must satisfy enum value set: [RejectMessage, UseDefaultValue]",
      validate.check("ses", SET, { Identity = "x", BehaviorOnMXFailure = "X" }))
  end)

  it("name a member that is required", function()
    assert.equal("1 validation error detected: Value null at 'identity' failed to satisfy"
      .. " constraint: Member must not be null", validate.check("ses", SET, {}))
  end)

  it("are all told, in the model's order", function()
    assert.equal("2 validation errors detected: Value null at 'identity' failed to satisfy"
      .. " constraint: Member must not be null; Value '' at 'behaviorOnMXFailure' failed to satisfy"
      .. " constraint: Member must satisfy enum value set: [RejectMessage, UseDefaultValue]",
      validate.check("ses", SET, { BehaviorOnMXFailure = "" }))
  end)

  it("are checked below structures and lists", function()
    local message = validate.check("ses", "SendEmailRequest", {
      Source = "a@x.org", Destination = {}, Message = { Subject = {}, Body = {} },
      Tags = { { Name = "n", Value = "v" }, { Name = "n" } },
    })
    assert.truthy(message:find("Value null at 'message.subject.data'", 1, true))
    assert.truthy(message:find("Value null at 'tags.2.member.value'", 1, true))
    assert.truthy(message:find("^2 validation errors"))
  end)

  it("count characters, not bytes", function()
    local function selector(length)
      return validate.check("sesv2", "DkimSigningAttributes",
                            { DomainSigningSelector = ("é"):rep(length) })
    end
    assert.is_nil(selector(63))
    assert.truthy(selector(64):find("Member must have length less than or equal to 63", 1, true))
    assert.truthy(selector(0):find("Member must have length greater than or equal to 1", 1, true))
  end)

  it("never repeat a secret", function()
    local message = validate.check("sesv2", "DkimSigningAttributes",
                                   { DomainSigningPrivateKey = ("k"):rep(20481) })
    assert.truthy(message:find("Value '***' at 'domainSigningPrivateKey'", 1, true))
    assert.is_nil(message:find("kkkk", 1, true))
  end)
end)
