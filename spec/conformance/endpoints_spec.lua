-- AWS's own cases of its endpoint rules, and of endpoint URLs that are
-- configured.

local endpoint = require "ses.endpoint"
local url = require "ses.url"
local vectors = require "spec.support.vectors"

if not vectors.root then
  describe("the endpoint rules", function()
    it("hold", function()
      pending("SES_VECTORS is not set: AWS's cases of endpoint rules are not run")
    end)
  end)
  return
end

local function parameters(params)
  return {
    region = params.Region, use_fips = params.UseFIPS, use_dualstack = params.UseDualStack,
    endpoint = params.Endpoint and assert(url.parse(params.Endpoint)),
    endpoint_id = params.EndpointId, use_global_endpoint = params.UseGlobalEndpoint,
  }
end

local function check(service, case)
  local found, fault = endpoint.resolve(service, parameters(case.params or {}))
  local expected = case.expect.endpoint
  if not expected then
    assert.is_nil(found)
    return assert.equal(case.expect.error, fault)
  end
  assert.equal(expected.url, assert(found, fault).url)
  local scheme = expected.properties and expected.properties.authSchemes
    and expected.properties.authSchemes[1] or {}
  assert.equal(scheme.signingRegionSet and scheme.signingRegionSet[1], found.region_set)
  -- What is signed for the client's own region says nothing.
  if scheme.signingRegion ~= (case.params and case.params.Region) then
    assert.equal(scheme.signingRegion, found.signing_region)
  end
end

-- The folder of a service's cases, and how many there are.
for service, cases in pairs { ses = { "ses", 43 }, sesv2 = { "sesv2", 62 }, sts = { "sts", 69 },
                              sso = { "sso", 40 }, sso_oidc = { "sso-oidc", 40 } } do
  describe("the endpoint rules of " .. service, function()
    local list = vectors.json("endpoints/" .. cases[1] .. "/endpoint-tests-1.json").testCases

    it("have " .. cases[2] .. " cases", function()
      assert.equal(cases[2], #list)
    end)

    for i, case in ipairs(list) do
      it(("%d: %s"):format(i, case.documentation), function()
        check(service, case)
      end)
    end
  end)
end
