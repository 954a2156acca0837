local rfc5322 = require "ses.rfc5322"

describe("trim", function()
  for text, expected in pairs {
    [""] = "", [" \t\n"] = "", ["a"] = "a", [" a b\t "] = "a b", ["a\0 "] = "a\0",
  } do
    it(("of %q"):format(text), function()
      assert.equal(expected, rfc5322.trim(text))
    end)
  end
end)

describe("the header fields of a message", function()
  local RAW = "From: Ann\r\n <ann@example.com>\r\nTo: a@x.org\r\nTO : b@x.org,\r\n\tc@x.org\r\n"
    .. "Subject:  Hello \r\n\r\nTo: not-a-field@x.org\r\n"

  it("are unfolded, and end at the first empty line", function()
    assert.same({
      { name = "from", value = "Ann <ann@example.com>" },
      { name = "to", value = "a@x.org" },
      { name = "to", value = "b@x.org, c@x.org" },
      { name = "subject", value = "Hello" },
    }, rfc5322.fields(RAW))
    assert.same(rfc5322.fields(RAW), rfc5322.fields((RAW:gsub("\r", ""))))
  end)

  it("are none where it is empty or no message", function()
    assert.same({}, rfc5322.fields(""))
    assert.same({}, rfc5322.fields("\r\nFrom: a"))
    assert.same({}, rfc5322.fields("just text"))
    assert.same({}, rfc5322.fields(" folded\r\nFrom: a"))
  end)
end)

describe("a list of addresses", function()
  for text, expected in pairs {
    ["a@x.org, B <b@x.org>; c"] = { "a@x.org", "B <b@x.org>", "c" },
    ['"A, B" <a@x.org>'] = { '"A, B" <a@x.org>' },
    ["Friends: a@x.org, b@x.org;"] = { "a@x.org", "b@x.org" },
    ["a@x.org (a, b (c, d)), b@x.org"] = { "a@x.org", "b@x.org" },
    ["undisclosed-recipients:;"] = {},
    [" ,, "] = {},
    [""] = {},
  } do
    it("splits: " .. text, function()
      assert.same(expected, rfc5322.split(text))
    end)
  end
end)

-- Looking once at each of so many characters takes milliseconds; looking at all
-- that follow from each, minutes.
describe("many characters of one kind", function()
  for char in ('<("\\ \t\r,;:a'):gmatch(".") do
    it(("are no trouble: %q"):format(char), function()
      local text = "a" .. char:rep(300000) .. "b"
      assert.truthy(#rfc5322.split(text) <= 2)
      assert.truthy(#rfc5322.fields("To: " .. text) == 1)
      assert.truthy(#rfc5322.trim(text) == #text)
    end)
  end
end)
