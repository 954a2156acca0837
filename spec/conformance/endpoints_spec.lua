-- AWS's own cases of its endpoint rules, and of endpoint URLs that are
-- configured.

local aws = require "spec.support.aws"
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

-- What the sections of the cases are as a file.
local function config_file(suite)
  local lines = {}
  local function add(text, ...)
    lines[#lines + 1] = text:format(...)
  end
  for name, properties in pairs(suite.profiles) do
    add("[profile %s]", name)
    for property, value in pairs(properties) do
      add("%s = %s", property, value)
    end
  end
  for name, services in pairs(suite.services) do
    add("[services %s]", name)
    for service, properties in pairs(services) do
      add("%s =", service)
      for property, value in pairs(properties) do
        add("  %s = %s", property, value)
      end
    end
  end
  return table.concat(lines, "\n")
end

describe("configured endpoint URLs", function()
  local suite = vectors.json("endpoint-urls/configured_endpoint_urls/profile-tests.json")
    .testSuites[1]

  it("have 39 cases", function()
    assert.equal(39, #suite.endpointUrlTests)
  end)

  for i, case in ipairs(suite.endpointUrlTests) do
    it(("%d: %s"):format(i, case.name), function()
      local variables = { HOME = aws.home(finally, { config = config_file(suite) }) }
      for name, value in pairs(suite.environments[case.environment]) do
        variables[name] = value
      end
      local given = suite.client_configs[case.client_config]
      local settings = assert(aws.settings({
        profile = case.profile,
        ignore_configured_endpoint_urls = given.ignore_configured_endpoint_urls,
      }, variables))
      local found = settings:custom_endpoint(case.service, given.endpoint_url)
      -- There is no client here that knows where S3 is by itself.
      local expected = case.output.endpointUrl
      if expected == "https://s3.fake-region-10.amazonaws.com" then
        assert.is_nil(found)
      else
        assert.equal(expected, found.url)
      end
    end)
  end
end)

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
