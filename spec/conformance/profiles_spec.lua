-- The shared configuration files by the suite that AWS's SDKs share.

local ini = require "ses.ini"
local profiles = require "ses.profiles"
local vectors = require "spec.support.vectors"

if not vectors.root then
  describe("the suite of shared configuration files", function()
    it("passes", function()
      pending("SES_VECTORS is not set: the conformance suite of profiles is not run")
    end)
  end)
  return
end

local function cases(name)
  return vectors.json("profile-parser/test-data/" .. name .. ".json").tests
end

-- Both files as one; nil and what is wrong.
local function merged(input)
  local config, message = ini.parse(input.configFile or "", "config", "config")
  if not config then
    return nil, message
  end
  local credentials
  credentials, message = ini.parse(input.credentialsFile or "", "credentials", "credentials")
  if not credentials then
    return nil, message
  end
  return profiles.merge(config, credentials)
end

describe("shared configuration files", function()
  local suite = cases "profile-parser-tests"

  for i, case in ipairs(suite) do
    it(("%d: %s"):format(i, case.name), function()
      local found, message = merged(case.input)
      if case.output.errorContaining then
        assert.is_nil(found)
        assert.truthy(message:find(case.output.errorContaining, 1, true), message)
      else
        assert.is_nil(message)
        assert.same(case.output.config.profiles, found.profiles)
        assert.same(case.output.config.sso_sessions or {}, found.sso_sessions)
      end
    end)
  end

  it("have 65 cases", function()
    assert.equal(65, #suite)
  end)
end)

describe("the places of shared configuration files", function()
  local count = 0

  for _, case in ipairs(cases "file-location-tests") do
    if case.platform == "linux" then
      count = count + 1
      it(("%d: %s"):format(count, case.name), function()
        local function getenv(name)
          return case.environment[name]
        end
        assert.same({ config = case.configLocation, credentials = case.credentialsLocation },
          profiles.locate(getenv))
        if case.profile then
          assert.equal(case.profile, (profiles.name(nil, getenv)))
        end
      end)
    end
  end

  it("have four cases for Linux", function()
    assert.equal(4, count)
  end)
end)
