local names = require "ses.emulator.names"

describe("a domain", function()
  it("is a name of two labels or more, in any letter case", function()
    assert.equal("bounce.example.com", names.domain("Bounce.EXAMPLE.com"))
    assert.equal("xn--bcher-kva.example", names.domain("xn--bcher-kva.example"))
    assert.equal("_dmarc.example.com", names.domain("_dmarc.example.com"))
  end)

  it("has labels of 63 bytes and 255 in all", function()
    local label = ("a"):rep(63)
    assert.equal(label .. ".com", names.domain(label .. ".com"))
    assert.is_nil(names.domain("a" .. label .. ".com"))
    local longest = label .. "." .. label .. "." .. label .. "." .. label
    assert.equal(longest, names.domain(longest))
    assert.is_nil(names.domain(longest .. ".a"))
  end)

  it("is nothing else", function()
    for _, text in ipairs { "", ".", "com", "a..com", ".a.com", "a.com.", "a b.com", "-a.com",
                            "a-.com", "bücher.example", "a@b.com", "a.com\n", "a\0.com" } do
      assert.is_nil(names.domain(text), text)
    end
  end)

  it("is below another where labels say so", function()
    assert.is_true(names.is_below("a.example.com", "example.com"))
    assert.is_false(names.is_below("example.com", "example.com"))
    assert.is_false(names.is_below("aexample.com", "example.com"))
    assert.is_false(names.is_below("com", "example.com"))
  end)

  it("has parents down to two labels", function()
    assert.equal("b.example.com", names.parent("a.b.example.com"))
    assert.equal("example.com", names.parent("b.example.com"))
    assert.is_nil(names.parent("example.com"))
  end)
end)

describe("an address", function()
  it("keeps the letter case of its local part", function()
    assert.same({ "Ann.B+x@example.com", "example.com" }, { names.address("Ann.B+x@Example.COM") })
  end)

  it("may have a quoted local part", function()
    assert.equal('"a b@c"@example.com', (names.address('"a b@c"@example.com')))
  end)

  for text, fault in pairs {
    ["ann"] = "Missing final '@domain'",
    ["ann@"] = "Missing final '@domain'",
    ["@example.com"] = "Illegal address",
    [("a"):rep(65) .. "@example.com"] = "Illegal address",
    ["a b@example.com"] = "Local address contains control or whitespace",
    ["a\r\n@example.com"] = "Local address contains control or whitespace",
    ["é@example.com"] = "Local address contains a character that is not ASCII",
    ["a<b@example.com"] = "Local address contains illegal character",
    ["a@b@example.com"] = "Local address contains illegal character",
    [".a@example.com"] = "Local address starts with dot",
    ["a.@example.com"] = "Local address ends with dot",
    ["a..b@example.com"] = "Local address contains dot-dot",
    ["a@example"] = "Domain is not a domain name",
    ["a@-example.com"] = "Domain is not a domain name",
  } do
    it("is not " .. ("%q"):format(text:sub(1, 20)), function()
      assert.same({ nil, fault }, { names.address(text) })
    end)
  end
end)
