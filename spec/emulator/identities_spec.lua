local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

before_each(function()
  emulator, v1, v2 = emulated.new()
end)

local function refused(code, result, err)
  assert.is_nil(result)
  assert.truthy(ses.is_error(err, "service", code), tostring(err))
  return err.message
end

local function names()
  return check(v1:list_identities {}).Identities
end

describe("identities of API v1", function()
  it("are verified when they are made", function()
    local domain = check(v1:verify_domain_identity { Domain = "Example.com" })
    check(v1:verify_email_identity { EmailAddress = "Ann@Example.org" })
    check(v1:verify_email_address { EmailAddress = "bob@example.org" })
    assert.same({ "example.com", "Ann@example.org", "bob@example.org" }, names())
    local found = check(v1:get_identity_verification_attributes {
      Identities = { "EXAMPLE.com", "Ann@EXAMPLE.org", "ann@example.org", "nothing.org" } })
    assert.same({
      ["EXAMPLE.com"] = { VerificationStatus = "Success",
                          VerificationToken = domain.VerificationToken },
      ["Ann@EXAMPLE.org"] = { VerificationStatus = "Success" },
    }, found.VerificationAttributes)
  end)

  it("keep their token when they are verified again", function()
    local first = check(v1:verify_domain_identity { Domain = "example.com" })
    local second = check(v1:verify_domain_identity { Domain = "example.com" })
    assert.equal(first.VerificationToken, second.VerificationToken)
    assert.equal(1, #names())
  end)

  it("have three DKIM tokens, always the same", function()
    local tokens = check(v1:verify_domain_dkim { Domain = "example.com" }).DkimTokens
    assert.equal(3, #tokens)
    assert.same(tokens, check(v1:verify_domain_dkim { Domain = "example.com" }).DkimTokens)
    assert.same({ "example.com" }, names())
  end)

  it("are refused where a name is none, and not made", function()
    assert.equal("Invalid domain name <com>.",
                 refused("InvalidParameterValue", v1:verify_domain_identity { Domain = "com" }))
    refused("InvalidParameterValue", v1:verify_domain_identity { Domain = "a@example.com" })
    refused("InvalidParameterValue", v1:verify_email_identity { EmailAddress = "example.com" })
    refused("InvalidParameterValue", v1:verify_email_identity { EmailAddress = "a b@example.com" })
    assert.same({}, names())
  end)

  it("are listed by type", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v1:verify_email_identity { EmailAddress = "ann@example.org" })
    assert.same({ "example.com" },
                check(v1:list_identities { IdentityType = "Domain" }).Identities)
    assert.same({ "ann@example.org" },
                check(v1:list_identities { IdentityType = "EmailAddress" }).Identities)
    assert.same({ "ann@example.org" },
                check(v1:list_verified_email_addresses {}).VerifiedEmailAddresses)
  end)

  it("are listed in pages, which a deletion in between does not upset", function()
    for i = 1, 5 do
      check(v1:verify_domain_identity { Domain = "d" .. i .. ".com" })
    end
    local first = check(v1:list_identities { MaxItems = 2 })
    assert.same({ "d1.com", "d2.com" }, first.Identities)
    check(v1:delete_identity { Identity = "d1.com" })
    local second = check(v1:list_identities { MaxItems = 2, NextToken = first.NextToken })
    assert.same({ "d3.com", "d4.com" }, second.Identities)
    local third = check(v1:list_identities { MaxItems = 2, NextToken = second.NextToken })
    assert.same({ "d5.com" }, third.Identities)
    assert.is_nil(third.NextToken)
  end)

  it("have no token after a page that holds the last", function()
    check(v1:verify_domain_identity { Domain = "d1.com" })
    assert.is_nil(check(v1:list_identities { MaxItems = 1 }).NextToken)
  end)

  it("are not listed with a token or a size that is none", function()
    refused("InvalidParameterValue", v1:list_identities { NextToken = "?" })
    refused("InvalidParameterValue", v1:list_identities { NextToken = "aGVsbG8=" })
    refused("InvalidParameterValue", v1:list_identities { MaxItems = 0 })
    refused("InvalidParameterValue", v1:list_identities { MaxItems = 1001 })
  end)

  it("are deleted, whether they are there or not", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v1:verify_email_identity { EmailAddress = "ann@example.org" })
    check(v1:delete_identity { Identity = "EXAMPLE.COM" })
    check(v1:delete_identity { Identity = "example.com" })
    check(v1:delete_verified_email_address { EmailAddress = "ann@example.org" })
    assert.same({}, names())
  end)

  it("are asked for a hundred at a time", function()
    local many = {}
    for i = 1, 101 do
      many[i] = "d" .. i .. ".com"
    end
    refused("ValidationError", v1:get_identity_verification_attributes { Identities = many })
    many[101] = nil
    check(v1:get_identity_verification_attributes { Identities = many })
  end)
end)

describe("identities of API v2", function()
  it("are verified when they are made", function()
    local made = check(v2:create_email_identity { EmailIdentity = "example.com",
      Tags = { { Key = "k", Value = "v" } } })
    assert.equal("DOMAIN", made.IdentityType)
    assert.is_true(made.VerifiedForSendingStatus)
    assert.equal(3, #made.DkimAttributes.Tokens)
    local read = check(v2:get_email_identity { EmailIdentity = "example.com" })
    assert.equal("SUCCESS", read.VerificationStatus)
    assert.same(made.DkimAttributes, read.DkimAttributes)
    assert.same({ { Key = "k", Value = "v" } }, read.Tags)
    assert.same({}, read.Policies)
  end)

  it("may be addresses with whatever addresses have", function()
    for _, name in ipairs { "a+b@example.com", "a/b%c~*@example.com", "o'neil&co@example.com",
                            '"a b"@example.com' } do
      check(v2:create_email_identity { EmailIdentity = name })
      assert.equal("EMAIL_ADDRESS", check(v2:get_email_identity { EmailIdentity = name })
        .IdentityType)
    end
  end)

  it("are made once", function()
    check(v2:create_email_identity { EmailIdentity = "example.com" })
    assert.equal("Email identity EXAMPLE.com already exist.",
      refused("AlreadyExistsException", v2:create_email_identity { EmailIdentity = "EXAMPLE.com" }))
  end)

  it("must have a name", function()
    refused("BadRequestException", v2:create_email_identity { EmailIdentity = "com" })
  end)

  it("are ten thousand in a region", function()
    local region = require("ses.emulator.state").region(emulator.state, "us-east-1")
    for i = 1, 10000 do
      region.order[i] = { name = "d" .. i .. ".com", number = i }
    end
    refused("LimitExceededException", v2:create_email_identity { EmailIdentity = "example.com" })
  end)

  it("are unknown to the operations that need one", function()
    assert.equal("Email identity example.com does not exist.",
      refused("NotFoundException", v2:get_email_identity { EmailIdentity = "example.com" }))
    refused("NotFoundException", v2:delete_email_identity { EmailIdentity = "example.com" })
  end)

  it("are listed in pages", function()
    for _, name in ipairs { "a.com", "b@a.com", "c.com" } do
      check(v2:create_email_identity { EmailIdentity = name })
    end
    local first = check(v2:list_email_identities { PageSize = 2 })
    assert.same({
      { IdentityType = "DOMAIN", IdentityName = "a.com", SendingEnabled = true,
        VerificationStatus = "SUCCESS" },
      { IdentityType = "EMAIL_ADDRESS", IdentityName = "b@a.com", SendingEnabled = true,
        VerificationStatus = "SUCCESS" },
    }, first.EmailIdentities)
    local second = check(v2:list_email_identities { NextToken = first.NextToken })
    assert.equal("c.com", second.EmailIdentities[1].IdentityName)
    assert.is_nil(second.NextToken)
    refused("BadRequestException", v2:list_email_identities { PageSize = 1001 })
    refused("BadRequestException", v2:list_email_identities { NextToken = "x" })
  end)

  it("are listed for older clients as they ask", function()
    check(v2:create_email_identity { EmailIdentity = "a.com" })
    local response = emulated.send(emulator,
      emulated.v2("GET", "/v2/email/identities?PageSize=1"))
    assert.equal(200, response.status)
    assert.truthy(response.body:find('"IdentityName":"a.com"', 1, true))
  end)

  it("lack what the emulator lacks, loudly", function()
    refused("NotImplemented", v2:create_email_identity { EmailIdentity = "a.com",
      DkimSigningAttributes = { NextSigningKeyLength = "RSA_1024_BIT" } })
    refused("NotFoundException", v2:create_email_identity { EmailIdentity = "a.com",
      ConfigurationSetName = "none" })
  end)
end)

describe("identities", function()
  it("are the same in both APIs", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    assert.equal("DOMAIN", check(v2:get_email_identity { EmailIdentity = "example.com" })
      .IdentityType)
    check(v2:delete_email_identity { EmailIdentity = "example.com" })
    assert.same({}, names())
  end)

  it("are each region's own", function()
    local elsewhere = check(ses.client("ses", { transport = emulator:transport(),
                                                region = "eu-west-1" }))
    check(elsewhere:verify_domain_identity { Domain = "example.com" })
    assert.same({}, names())
    assert.same({ "example.com" }, check(elsewhere:list_identities {}).Identities)
  end)

  it("wait to be verified where that is wanted", function()
    emulator, v1, v2 = emulated.new { verify = "manual" }
    check(v1:verify_domain_identity { Domain = "example.com" })
    local made = check(v2:create_email_identity { EmailIdentity = "ann@example.com" })
    assert.is_false(made.VerifiedForSendingStatus)
    local attributes = check(v1:get_identity_verification_attributes {
      Identities = { "example.com" } }).VerificationAttributes
    assert.equal("Pending", attributes["example.com"].VerificationStatus)
    assert.same({}, check(v1:list_verified_email_addresses {}).VerifiedEmailAddresses)

    emulator:verify("ann@Example.com")
    emulator:verify("EXAMPLE.com")
    local read = check(v2:get_email_identity { EmailIdentity = "example.com" })
    assert.equal("SUCCESS", read.VerificationStatus)
    assert.is_true(read.VerifiedForSendingStatus)
    assert.same({ "ann@example.com" },
                check(v1:list_verified_email_addresses {}).VerifiedEmailAddresses)
  end)

  it("are verified by hand in the region that is named", function()
    emulator, v1 = emulated.new { verify = "manual" }
    check(v1:verify_domain_identity { Domain = "example.com" })
    assert.has_error(function()
      emulator:verify("example.com", "eu-west-1")
    end, "ses.emulator: no identity 'example.com' in eu-west-1; it is in us-east-1:"
      .. " pass that region")
    emulator:verify("example.com", "us-east-1")
  end)
end)
