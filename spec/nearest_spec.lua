local nearest = require "ses.nearest"

local function set(...)
  local names = {}
  for _, name in ipairs { ... } do
    names[name] = true
  end
  return names
end

describe("distance", function()
  for _, case in ipairs {
    { "", "", 0 }, { "", "abc", 3 }, { "abc", "", 3 }, { "abc", "abc", 0 },
    { "abc", "abd", 1 }, { "abc", "ac", 1 }, { "abc", "abxc", 1 }, { "domain", "domian", 1 },
    { "kitten", "sitting", 3 }, { "saturday", "sunday", 3 },
  } do
    it(("from %q to %q is %d"):format(case[1], case[2], case[3]), function()
      assert.equal(case[3], nearest.distance(case[1], case[2]))
      assert.equal(case[3], nearest.distance(case[2], case[1]))
    end)
  end
end)

describe("find", function()
  local options = set("region", "endpoint", "verify", "proxy", "ca_bundle", "timeout")

  it("finds a slip of the keyboard", function()
    assert.equal("region", nearest.find("regoin", options))
    assert.equal("endpoint", nearest.find("endpont", options))
    assert.equal("timeout", nearest.find("timeouts", options))
  end)

  it("does not mind letter case and separators", function()
    assert.equal("ca_bundle", nearest.find("caBundle", options))
    assert.equal("ca_bundle", nearest.find("CA-BUNDLE", options))
    assert.equal("set_identity_mail_from_domain",
      nearest.find("SetIdentityMailFromDomain", set("set_identity_mail_from_domain", "send_email")))
  end)

  it("finds nothing that is not near", function()
    assert.is_nil(nearest.find("retries", options))
    assert.is_nil(nearest.find("x", options))
    assert.is_nil(nearest.find("ab", set("cd")))
    assert.is_nil(nearest.find("", options))
    assert.is_nil(nearest.find(("x"):rep(300), options))
  end)

  it("finds nothing for what is not a name", function()
    assert.is_nil(nearest.find(1, options))
    assert.is_nil(nearest.find(nil, options))
    assert.is_nil(nearest.find({}, options))
  end)

  it("answers the same whatever the order of the table", function()
    assert.equal("aaab", nearest.find("aaax", set("aaac", "aaad", "aaab")))
  end)
end)

describe("hint", function()
  it("is a clause, or nothing", function()
    assert.equal("; did you mean 'region'?", nearest.hint("Region", set("region")))
    assert.equal("", nearest.hint("zone", set("region")))
  end)
end)
