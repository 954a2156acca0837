-- MAIL FROM domains that people give, each with its verdict.

local names = require "ses.mail_from.names"

local LABEL = ("a"):rep(63)
local LONG = LABEL .. "." .. LABEL .. "." .. LABEL .. "."

-- Identity, MAIL FROM domain, the name that is sent, the codes of its notes.
local ACCEPTED = {
  { "example.com", "bounce.example.com", "bounce.example.com" },
  { "example.com", "a.b.c.example.com", "a.b.c.example.com" },
  { "example.com", "1.example.com", "1.example.com" },
  { "example.com", "123-4.example.com", "123-4.example.com" },
  { "example.com", "xn--bcher-kva.example.com", "xn--bcher-kva.example.com" },
  { "xn--bcher-kva.example", "bounce.xn--bcher-kva.example", "bounce.xn--bcher-kva.example" },
  { "example.co.uk", "mail.example.co.uk", "mail.example.co.uk" },
  { "mail.example.com", "bounce.mail.example.com", "bounce.mail.example.com" },
  { "shop@example.com", "bounce.example.com", "bounce.example.com" },
  { "Shop@Example.COM", "bounce.example.com", "bounce.example.com" },
  { "shop+tag@example.com", "bounce.example.com", "bounce.example.com" },
  { "\"a b@c\"@example.com", "bounce.example.com", "bounce.example.com" },
  { "EXAMPLE.com", "bounce.example.com", "bounce.example.com" },
  { "example.com.", "bounce.example.com", "bounce.example.com" },
  { "my_shop.example.com", "bounce.my_shop.example.com", "bounce.my_shop.example.com" },
  { "example.com", "Bounce.EXAMPLE.com", "bounce.example.com", { "UpperCase" } },
  { "example.com", "bounce.example.com.", "bounce.example.com", { "TrailingDot" } },
  { "example.com", "BOUNCE.example.com.", "bounce.example.com", { "TrailingDot", "UpperCase" } },
  { "example.com", "example.example.com", "example.example.com" },
  { "example.com", "com.example.com", "com.example.com" },
  { "example.com", LABEL .. ".example.com", LABEL .. ".example.com" },
  { ("a"):rep(64) .. "@example.com", "bounce.example.com", "bounce.example.com" },
  { "!#$%&'*+-/=?^_`{|}~.a@example.com", "bounce.example.com", "bounce.example.com" },
  { "\"a\\\"..b\\\\\"@example.com", "bounce.example.com", "bounce.example.com" },
  { "\"" .. ("a"):rep(62) .. "\"@example.com", "bounce.example.com", "bounce.example.com" },
  { ("a"):rep(64) .. "@" .. LABEL .. "." .. LABEL .. ".example.com",
    "m." .. LABEL .. "." .. LABEL .. ".example.com",
    "m." .. LABEL .. "." .. LABEL .. ".example.com" },
  { "example.com", LONG .. ("b"):rep(49) .. ".example.com",
    LONG .. ("b"):rep(49) .. ".example.com" },
}

-- Identity, MAIL FROM domain, code, sentence.
local REFUSED = {
  { "example.com", "", "Empty",
    "the MAIL FROM domain '' is empty" },
  { "example.com", ".", "EmptyLabel",
    "the MAIL FROM domain '.' has a dot at its beginning, or two in a row" },
  { "example.com", "bounce", "Prefix",
    "'bounce' is only the first part of a name: give the full name, bounce.example.com" },
  { "example.com", "bounce.", "Prefix",
    "'bounce' is only the first part of a name: give the full name, bounce.example.com" },
  { "example.com", "bounce.mail", "NotBelowIdentity",
    "'bounce.mail' is not a subdomain of the identity's domain, example.com: give a name that"
      .. " ends in .example.com" },
  { "example.com", "example.com", "SameAsIdentity",
    "'example.com' is the identity's domain itself: the MAIL FROM domain must be a"
      .. " subdomain of it, such as bounce.example.com" },
  { "example.com", "EXAMPLE.COM.", "SameAsIdentity",
    "'example.com' is the identity's domain itself: the MAIL FROM domain must be a"
      .. " subdomain of it, such as bounce.example.com" },
  { "shop@example.com", "example.com", "SameAsIdentity",
    "'example.com' is the domain of the address itself: the MAIL FROM domain"
      .. " must be a subdomain of it, such as bounce.example.com" },
  { "mail.example.com", "example.com", "AboveIdentity",
    "'example.com' is above the identity's domain, mail.example.com: it must be below, such as"
      .. " bounce.mail.example.com" },
  { "ses.dive.day", "mail.dive.day", "NotBelowIdentity",
    "'mail.dive.day' is below dive.day but not below the identity's domain, ses.dive.day: a"
      .. " subdomain of its parent is not enough; give one such as bounce.ses.dive.day" },
  { "ann@ses.dive.day", "mail.dive.day", "NotBelowIdentity",
    "'mail.dive.day' is below dive.day but not below the domain of the address, ses.dive.day:"
      .. " a subdomain of its parent is not enough; give one such as bounce.ses.dive.day" },
  { "example.com", "com", "Prefix",
    "'com' is only the first part of a name: give the full name, com.example.com" },
  { "example.com", "bounceexample.com", "MissingDot",
    "'bounceexample.com' ends like the identity's domain, example.com, but is another domain:"
      .. " a dot is missing in front of example.com" },
  { "example.com", "bounce-example.com", "MissingDot",
    "'bounce-example.com' ends like the identity's domain, example.com, but is another domain:"
      .. " a dot is missing in front of example.com" },
  { "example.com", "bounce.example.org", "NotBelowIdentity",
    "'bounce.example.org' is not a subdomain of the identity's domain, example.com: give a"
      .. " name that ends in .example.com" },
  { "example.com", "example.com.bounce.net", "NotBelowIdentity",
    "'example.com.bounce.net' is not a subdomain of the identity's domain, example.com: give a"
      .. " name that ends in .example.com" },
  { "shop@example.com", "bounce.example.net", "NotBelowIdentity",
    "'bounce.example.net' is not a subdomain of the domain of the address, example.com: give a"
      .. " name that ends in .example.com" },
  { "example.com", "bounce..example.com", "EmptyLabel",
    "the MAIL FROM domain 'bounce..example.com' has a dot at its beginning, or two in a row" },
  { "example.com", ".bounce.example.com", "EmptyLabel",
    "the MAIL FROM domain '.bounce.example.com' has a dot at its beginning, or two in a row" },
  { "example.com", "bounce.example.com..", "EmptyLabel",
    "the MAIL FROM domain 'bounce.example.com..' has a dot at its beginning, or two in a row" },
  { "example.com", " bounce.example.com", "Whitespace",
    "the MAIL FROM domain ' bounce.example.com' has a space or a line break in it, or around it" },
  { "example.com", "bounce.example.com\010", "Whitespace",
    "the MAIL FROM domain 'bounce.example.com?' has a space or a line break in it, or around it" },
  { "example.com", "bounce example.com", "Whitespace",
    "the MAIL FROM domain 'bounce example.com' has a space or a line break in it, or around it" },
  { "example.com", "bounce.\000example.com", "ControlCharacter",
    "the MAIL FROM domain 'bounce.?example.com' has a control character in it" },
  { "example.com", "bounce\027[31m.example.com", "ControlCharacter",
    "the MAIL FROM domain 'bounce?[31m.example.com' has a control character in it" },
  { "example.com", "b\195\188cher.example.com", "NotAscii",
    "the MAIL FROM domain 'b??cher.example.com' has characters that are not ASCII; write it as"
      .. " DNS has it, with A-labels such as xn--bcher-kva (idn2 prints them): nothing is converted"
      .. " here, because programs differ in how they do it" },
  { "b\195\188cher.example", "bounce.b\195\188cher.example", "InvalidIdentity",
    "the identity 'b??cher.example' has characters that are not ASCII; write it as DNS has it,"
      .. " with A-labels such as xn--bcher-kva (idn2 prints them): nothing is converted here,"
      .. " because programs differ in how they do it" },
  { "example.com", "bounce\227\128\130example.com", "NotAscii",
    "the MAIL FROM domain 'bounce???example.com' has characters that are not ASCII; write it"
      .. " as DNS has it, with A-labels such as xn--bcher-kva (idn2 prints them): nothing is"
      .. " converted here, because programs differ in how they do it" },
  { "example.com", "\255.example.com", "NotAscii",
    "the MAIL FROM domain '?.example.com' has characters that are not ASCII; write it as DNS"
      .. " has it, with A-labels such as xn--bcher-kva (idn2 prints them): nothing is converted"
      .. " here, because programs differ in how they do it" },
  { "example.com", "shop@bounce.example.com", "Address",
    "the MAIL FROM domain 'shop@bounce.example.com' is an e-mail address; give the domain alone" },
  { "example.com", "https://bounce.example.com/", "Url",
    "the MAIL FROM domain 'https://bounce.example.com/' is a URL; give the domain alone" },
  { "example.com", "bounce.example.com:25", "Port",
    "the MAIL FROM domain 'bounce.example.com:25' has a port; give the domain alone" },
  { "example.com", "bounce.example.com/24", "Character",
    "the MAIL FROM domain 'bounce.example.com/24' has '/' in it, and names are made of"
      .. " letters, digits, hyphens and dots" },
  { "example.com", "*.example.com", "Wildcard",
    "the MAIL FROM domain '*.example.com' has a wildcard, and SES sets one name at a time" },
  { "example.com", "arn:aws:ses:eu-west-1:123456789012:identity/bounce.example.com", "Arn",
    "the MAIL FROM domain 'arn:aws:ses:eu-west-1:123456789012:identity/bounce.example.com' is"
      .. " an ARN; give the name alone, which stands behind 'identity/'" },
  { "example.com", "192.0.2.1", "IpAddress",
    "the MAIL FROM domain '192.0.2.1' is an IP address, and mail needs a domain name here" },
  { "example.com", "[192.0.2.1]", "IpAddress",
    "the MAIL FROM domain '[192.0.2.1]' is an IP address, and mail needs a domain name here" },
  { "example.com", "2001:db8::1", "IpAddress",
    "the MAIL FROM domain '2001:db8::1' is an IP address, and mail needs a domain name here" },
  { "example.com", "bounce.example.123", "NumericTld",
    "the MAIL FROM domain 'bounce.example.123' ends in digits, as no domain does" },
  { "example.com", "-bounce.example.com", "Hyphen",
    "the MAIL FROM domain '-bounce.example.com' has a label that begins or ends with a hyphen:"
      .. " '-bounce'" },
  { "example.com", "bounce-.example.com", "Hyphen",
    "the MAIL FROM domain 'bounce-.example.com' has a label that begins or ends with a hyphen:"
      .. " 'bounce-'" },
  { "example.com", "bounce_1.example.com", "Underscore",
    "'bounce_1.example.com' has an underscore, which the domain of an envelope address must"
      .. " not have (RFC 5321, 4.1.2): mail servers may refuse it" },
  { "example.com", "_bounce.example.com", "Underscore",
    "'_bounce.example.com' has an underscore, which the domain of an envelope address must not"
      .. " have (RFC 5321, 4.1.2): mail servers may refuse it" },
  { "example.com", "bounce,example.com", "Character",
    "the MAIL FROM domain 'bounce,example.com' has ',' in it, and names are made of letters,"
      .. " digits, hyphens and dots" },
  { "example.com", "bounce.example.com;", "Character",
    "the MAIL FROM domain 'bounce.example.com;' has ';' in it, and names are made of letters,"
      .. " digits, hyphens and dots" },
  { "example.com", "\"bounce.example.com\"", "Character",
    "the MAIL FROM domain '\"bounce.example.com\"' has '\"' in it, and names are made of letters,"
      .. " digits, hyphens and dots" },
  { "example.com", LABEL .. "a.example.com", "LabelTooLong",
    "the MAIL FROM domain"
      .. " '" .. LABEL .. "a.example.com' has a"
      .. " label of 64 characters, and DNS allows 63" },
  { "example.com", LONG .. ("b"):rep(50) .. ".example.com", "NameTooLong",
    "the MAIL FROM domain"
      .. " '" .. LABEL .. ".aaaaaaaaaaaaaaaa...' has"
      .. " 254 characters, and DNS allows 253" },
  { "example.com", 12, "NotAString",
    "the MAIL FROM domain must be a string, got number" },
  { "example.com", nil, "NotAString",
    "the MAIL FROM domain must be a string, got nil" },
  { "", "bounce.example.com", "InvalidIdentity",
    "the identity '' is empty" },
  { "com", "bounce.com", "InvalidIdentity",
    "the identity 'com' is a single label, and not a domain of yours" },
  { "@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '@example.com' has nothing in front of its @" },
  { "shop@", "bounce.example.com", "InvalidIdentity",
    "the identity 'shop@' has a domain that is empty" },
  { "Shop <shop@example.com>", "bounce.example.com", "InvalidIdentity",
    "the identity 'Shop <shop@example.com>' has a display name; give the address alone" },
  { "shop @example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'shop @example.com' has a character in front of its @ that is not printable"
      .. " ASCII, or a space" },
  { "sh\195\182p@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'sh??p@example.com' has a character in front of its @ that is not printable"
      .. " ASCII, or a space" },
  { ("a"):rep(65) .. "@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '" .. ("a"):rep(65) .. "@example.com' has 65 characters in front of its @, and"
      .. " mail allows 64" },
  { "\"" .. ("a"):rep(63) .. "\"@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"" .. ("a"):rep(63) .. "\"@example.com' has 65 characters in front of its @,"
      .. " and mail allows 64" },
  { ("a"):rep(64) .. "@" .. LONG .. "example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '" .. ("a"):rep(64) .. "@aaaaaaaaaaaaaaa...' has 268 characters, and mail allows"
      .. " addresses of 254" },
  { "a..b@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'a..b@example.com' has a dot at the beginning or the end of what stands in front"
      .. " of its @, or two in a row" },
  { ".a@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '.a@example.com' has a dot at the beginning or the end of what stands in front"
      .. " of its @, or two in a row" },
  { "a.@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'a.@example.com' has a dot at the beginning or the end of what stands in front"
      .. " of its @, or two in a row" },
  { "a,b@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'a,b@example.com' has ',' in front of its @, which is for an address in quotes"
      .. " alone" },
  { "a@b@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'a@b@example.com' has '@' in front of its @, which is for an address in quotes"
      .. " alone" },
  { "\"a@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"a@example.com' has '\"' in front of its @, which is for an address in quotes"
      .. " alone" },
  { "\"@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"@example.com' has '\"' in front of its @, which is for an address in quotes"
      .. " alone" },
  { "\"a\"b\"@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"a\"b\"@example.com' has a quote or a backslash in its quotes without a"
      .. " backslash in front of it" },
  { "\"a\\\"@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"a\\\"@example.com' has a quote or a backslash in its quotes without a"
      .. " backslash in front of it" },
  { "\"\tb\"@example.com", "bounce.example.com", "InvalidIdentity",
    "the identity '\"?b\"@example.com' has a character in its quotes that is not printable"
      .. " ASCII" },
  { "arn:aws:ses:eu-west-1:123456789012:identity/example.com", "bounce.example.com",
    "InvalidIdentity",
    "the identity 'arn:aws:ses:eu-west-1:123456789012:identity/example.com' is an ARN; give"
      .. " the name alone, which stands behind 'identity/'" },
  { "https://example.com", "bounce.example.com", "InvalidIdentity",
    "the identity 'https://example.com' is a URL; give the domain alone" },
  { "192.0.2.1", "bounce.192.0.2.1", "InvalidIdentity",
    "the identity '192.0.2.1' is an IP address, and mail needs a domain name here" },
  { "shop@[192.0.2.1]", "bounce.example.com", "InvalidIdentity",
    "the identity 'shop@[192.0.2.1]' has a domain that is an IP address, and mail needs a"
      .. " domain name here" },
  { nil, "bounce.example.com", "InvalidIdentity",
    "the identity must be a string, got nil" },
  { "example..com", "bounce.example.com", "InvalidIdentity",
    "the identity 'example..com' has a dot at its beginning, or two in a row" },
}

local function title(identity, domain, verdict)
  return ("%s for %s: %s"):format(tostring(domain), tostring(identity), verdict)
    :gsub("[^ -~]", "?"):gsub("a+%f[.]", function(run) return #run > 9 and "a..a" or run end)
end

describe("a MAIL FROM domain", function()
  for _, case in ipairs(ACCEPTED) do
    local identity, domain, name, codes = case[1], case[2], case[3], case[4] or {}
    it((title(identity, domain, "accepted")), function()
      local found, problem, notes = names.check(identity, domain)
      assert.equal(name, found)
      assert.is_nil(problem)
      local told = {}
      for i, note in ipairs(notes) do
        told[i] = note.code
      end
      assert.same(codes, told)
    end)
  end

  for _, case in ipairs(REFUSED) do
    local identity, domain, code, sentence = case[1], case[2], case[3], case[4]
    it((title(identity, domain, code)), function()
      local found, problem = names.check(identity, domain)
      assert.is_nil(found)
      assert.same({ code = code, message = sentence }, problem)
    end)
  end

  it("has a sentence for what was changed in it", function()
    local _, _, notes = names.check("example.com", "Bounce.example.com.")
    assert.equal("the dot at the end of 'Bounce.example.com.' was left out", notes[1].message)
    assert.equal("'Bounce.example.com.' was written in lower case, which is the same name",
      notes[2].message)
  end)
end)

describe("an identity", function()
  it("is a domain", function()
    assert.same({ name = "example.com", domain = "example.com", is_address = false },
      names.identity("Example.com."))
  end)

  it("is an address, whose local part keeps its letter case", function()
    assert.same({ name = "Ann.B@example.com", domain = "example.com", is_address = true },
      names.identity("Ann.B@Example.COM"))
  end)
end)

describe("a name", function()
  it("is below another where whole labels say so", function()
    assert.is_true(names.is_below("a.example.com", "example.com"))
    assert.is_false(names.is_below("aexample.com", "example.com"))
    assert.is_false(names.is_below(".example.com", "example.com"))
    assert.is_false(names.is_below("example.com", "example.com"))
  end)

  it("has a normal form", function()
    assert.equal("bounce.example.com", names.normal("Bounce.EXAMPLE.com."))
  end)
end)
