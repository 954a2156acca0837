local endpoint = require "ses.endpoint"

describe("is_host_label", function()
  it("takes the names of regions", function()
    for _, name in ipairs { "us-east-1", "eu-west-1", "eusc-de-east-1", "us-gov-west-1", "a", "1",
                            "local", ("a"):rep(63) } do
      assert.is_true(endpoint.is_host_label(name), name)
    end
  end)

  it("takes nothing that could change a host name or a scope", function()
    for _, name in ipairs { "", "-", "-a", "a-", "a.b", "a/b", "a b", "a\n", "a\r\nHost: x", "a\0",
                            "\195\164", "a@b", "a:1", "us_east_1", ("a"):rep(64), "x#", "x?" } do
      assert.is_false(endpoint.is_host_label(name), name)
    end
    assert.is_false(endpoint.is_host_label(nil))
    assert.is_false(endpoint.is_host_label(5))
  end)
end)

describe("the partition", function()
  for _, case in ipairs {
    { "us-east-1", "aws" }, { "eu-west-1", "aws" }, { "cn-north-1", "aws-cn" },
    { "cn-somewhere-9", "aws-cn" }, { "us-gov-west-1", "aws-us-gov" },
    { "us-iso-east-1", "aws-iso" }, { "us-isob-west-1", "aws-iso-b" },
    { "eusc-de-east-1", "aws-eusc" }, { "eu-new-7", "aws" }, { "somewhere", "aws" },
  } do
    it("of " .. case[1] .. " is " .. case[2], function()
      assert.equal(case[2], endpoint.partition(case[1]).id)
    end)
  end
end)

-- The rules in a few words; spec/conformance has AWS's own cases.
describe("resolve", function()
  local CUSTOM = { origin = "https://h", host = "h", path = "/base", url = "https://h/base" }

  for _, case in ipairs {
    { "ses", { region = "eu-west-1" }, "https://email.eu-west-1.amazonaws.com" },
    { "sesv2", { region = "cn-north-1" }, "https://email.cn-north-1.amazonaws.com.cn" },
    { "sesv2", { region = "EU-West-1" }, "https://email.eu-west-1.amazonaws.com" },
    { "ses", { region = "us-east-1", use_fips = true },
      "https://email-fips.us-east-1.amazonaws.com" },
    { "ses", { region = "us-east-1", use_dualstack = true }, "https://email.us-east-1.api.aws" },
    { "ses", { region = "us-east-1", use_fips = true, use_dualstack = true },
      "https://email-fips.us-east-1.api.aws" },
    { "sesv2", { region = "us-east-1", endpoint = CUSTOM }, "https://h/base" },
    { "sesv2", { region = "us-east-1", endpoint_id = "Abc.456" },
      "https://abc.456.endpoints.email.amazonaws.com", region_set = "*" },
    { "sesv2", { region = "us-gov-east-1", endpoint_id = "abc", use_dualstack = true },
      "https://abc.endpoints.email.us-gov.api.aws", region_set = "*" },
    { "sesv2", { endpoint = CUSTOM, endpoint_id = "abc" }, "https://h/base", region_set = "*" },
    { "sts", { region = "eu-west-1" }, "https://sts.eu-west-1.amazonaws.com" },
    { "sts", { region = "eu-west-1", use_global_endpoint = true }, "https://sts.amazonaws.com",
      signing_region = "us-east-1" },
    { "sts", { region = "eu-south-1", use_global_endpoint = true },
      "https://sts.eu-south-1.amazonaws.com" },
    { "sts", { region = "us-gov-west-1", use_fips = true },
      "https://sts.us-gov-west-1.amazonaws.com" },
    { "sso", { region = "eu-west-1" }, "https://portal.sso.eu-west-1.amazonaws.com" },
    { "sso_oidc", { region = "eu-west-1" }, "https://oidc.eu-west-1.amazonaws.com" },
  } do
    it(("gives %s of %s"):format(case[3], case[1]), function()
      local found = assert(endpoint.resolve(case[1], case[2]))
      assert.equal(case[3], found.url)
      assert.equal(found.origin .. found.path, found.url)
      assert.equal(case.region_set, found.region_set)
      assert.equal(case.signing_region, found.signing_region)
    end)
  end

  it("does not change an endpoint that is given", function()
    endpoint.resolve("sesv2", { region = "us-east-1", endpoint = CUSTOM, endpoint_id = "abc" })
    assert.is_nil(CUSTOM.region_set)
  end)

  for _, case in ipairs {
    { "ses", {}, "Invalid Configuration: Missing Region" },
    { "sesv2", { endpoint_id = "abc" }, "Invalid Configuration: Missing Region" },
    { "ses", { endpoint = CUSTOM, use_fips = true },
      "Invalid Configuration: FIPS and custom endpoint are not supported" },
    { "ses", { endpoint = CUSTOM, use_dualstack = true },
      "Invalid Configuration: Dualstack and custom endpoint are not supported" },
    { "sesv2", { region = "us-east-1", endpoint_id = "abc", use_fips = true },
      "Invalid Configuration: FIPS is not supported with multi-region endpoints" },
    { "sesv2", { region = "us-east-1", endpoint_id = "" },
      "EndpointId must be a valid host label" },
    { "sesv2", { region = "us-east-1", endpoint_id = "a..b" },
      "EndpointId must be a valid host label" },
    { "sesv2", { region = "us-east-1", endpoint_id = "evil.com/\r\n" },
      "EndpointId must be a valid host label" },
  } do
    it(("refuses %s: %s"):format(case[1], case[3]), function()
      local found, fault = endpoint.resolve(case[1], case[2])
      assert.is_nil(found)
      assert.equal(case[3], fault)
    end)
  end
end)
