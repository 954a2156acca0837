-- The shared configuration files, read by botocore too.

local botocore = require "spec.support.botocore"
local files = require "spec.support.files"
local profiles = require "ses.profiles"

local reason = botocore.missing(false)
if reason then
  describe("shared configuration files", function()
    it("are what botocore reads", function()
      pending(reason)
    end)
  end)
  return
end

-- Files that both read alike.
local SAME = {
  {
    config = "[default]\nregion = eu-west-1\n\n# c\n; d\n[profile a]\n"
      .. "role_arn=arn:aws:iam::1:role/x\nsource_profile = default\n[profile b]\n",
    credentials = "[default]\naws_access_key_id = AKIDEXAMPLE\n[c]\nx = y==\n",
  },
  { config = "[profile a]\nx = 1\ny = 2\n", credentials = "[a]\ny = 3\nz = 4\n" },
  { config = "", credentials = "" },
  {
    config = "[profile a]\nsso_session = s\n[sso-session s]\nsso_region = us-east-1\n"
      .. "sso_start_url = https://example.com/start#/\n",
  },
  {
    config = "[profile a]\nservices = v\nendpoint_url = http://127.0.0.1:1\n[services v]\nses =\n"
      .. "  # with a comment\n  endpoint_url = http://127.0.0.1:2/?a=b\n\nsesv2 =\n"
      .. "  ; another\n\tendpoint_url=http://127.0.0.1:3\n  x =\n",
  },
  { config = "[default]\ns3 =\n  a = b # c\n  d=e\nregion = eu-west-1\n" },
  { config = "[default]\na = b\n  -c\n   -d # e\nf =\ng = h#i\n" },
  { config = "[default]\r\nRegion = eu-west-1\r\n[profile a]\r\nx = 1\r\n  2" },
  { config = "[default]\ra = b\r" },
  { config = "[a]\nx = 1\n[plugins]\ny = 2\n[profile\tb]\nz = 3\n" },
}

-- Files that they do not, by the suite that AWS's SDKs share: what either finds
-- as the profile a, and why.
local DIFFERENT = {
  {
    why = "a comment ends a line behind a blank, and behind a bracket",
    config = "[profile a] # b\nc = d # e\n", ours = { c = "d" }, theirs = { c = "d # e" },
  },
  {
    why = "an indented line goes on, and here is nothing to go on with",
    config = "[profile a]\n  b = c\n", theirs = { b = "c" },
    fault = "line 2: Expected a property definition, found continuation",
  },
  {
    why = "an empty line is no part of a value",
    config = "[profile a]\nb = 1\n\n 2\n", ours = { b = "1\n2" }, theirs = { b = "1\n\n2" },
  },
  {
    why = "a colon is no sign",
    config = "[profile a]\nb : c\n", theirs = { b = "c" },
    fault = "line 2: Expected an '=' sign defining a property",
  },
  {
    why = "a name has no quotation marks",
    config = "[profile 'a']\nb = c\n", theirs = { b = "c" },
  },
  {
    why = "a name of a property has no blank",
    config = "[profile a]\nb c = d\n", ours = {}, theirs = { ["b c"] = "d" },
  },
  {
    why = "a section may come again, and a property too",
    config = "[profile a]\nb = 1\n[profile a]\nb = 2\n", ours = { b = "2" },
    failed = "ConfigParseError",
  },
  {
    why = "names are told in lower case, those of sub-properties too",
    config = "[profile a]\nB =\n  C = d\n", ours = { b = { c = "d" } },
    theirs = { b = { C = "d" } },
  },
}

-- Profiles as botocore tells them: sub-properties as tables.
local function with_tables(given)
  local result = {}
  for name, properties in pairs(given) do
    result[name] = {}
    for key, text in pairs(properties) do
      result[name][key] = profiles.nested(text) or text
    end
  end
  return result
end

-- What both find in each pair of files.
local function read_all(cases)
  local jobs, found = {}, {}
  for i, case in ipairs(cases) do
    local config, credentials = os.tmpname(), os.tmpname()
    files.write(config, case.config)
    files.write(credentials, case.credentials or "")
    jobs[i] = { action = "profiles", config = config, credentials = credentials }
    local result, err = profiles.load(function(name)
      return ({ AWS_CONFIG_FILE = config, AWS_SHARED_CREDENTIALS_FILE = credentials })[name]
    end)
    found[i] = {
      ours = result and {
        profiles = with_tables(result.profiles), sso_sessions = result.sso_sessions,
        services = result.services,
      },
      err = err,
    }
  end
  for i, theirs in ipairs(botocore.run(jobs)) do
    found[i].theirs = theirs
    os.remove(jobs[i].config)
    os.remove(jobs[i].credentials)
  end
  return found
end

describe("shared configuration files", function()
  it("are what botocore reads", function()
    for i, found in ipairs(read_all(SAME)) do
      assert.is_nil(found.err)
      assert.same(found.theirs, found.ours, SAME[i].config)
    end
  end)

  it("are not where AWS's SDKs agreed on something else", function()
    for i, found in ipairs(read_all(DIFFERENT)) do
      local case = DIFFERENT[i]
      if case.fault then
        assert.truthy(found.err.message:find(case.fault, 1, true), found.err.message)
      else
        assert.same(case.ours, found.ours.profiles.a, case.why)
      end
      if case.failed then
        assert.truthy(found.theirs.failed:find(case.failed, 1, true), found.theirs.failed)
      else
        assert.same(case.theirs, found.theirs.profiles.a, case.why)
      end
    end
  end)
end)
