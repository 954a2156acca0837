local close_matches = require "ses.cli.close_matches"

-- What Python's difflib.get_close_matches(word, words, cutoff=0.8) gives.
describe("close matches", function()
  for word, case in pairs {
    ["set-identity-mail-from-domian"] = {
      { "set-identity-mail-from-domain", "get-identity-mail-from-domain-attributes" },
      { "set-identity-mail-from-domain" } },
    ["identity"] = { { "identity", "identify", "identities", "indentity", "identitys" },
      { "identity", "indentity", "identitys" } },
    ["input"] = { { "output", "yaml-input" }, {} },
    ["outpu"] = { { "input", "output", "yaml-input" }, { "output" } },
    ["inputs"] = { { "input", "output", "yaml-input" }, { "input" } },
    ["ab"] = { { "ba", "ab", "abc" }, { "ab", "abc" } },
    [""] = { { "a" }, {} },
    ["\195\169t\195\169s"] = { { "\195\169t\195\169", "etes" }, { "\195\169t\195\169" } },
  } do
    it("of " .. word, function()
      assert.same(case[2], close_matches.find(word, case[1]))
    end)
  end
end)
