local message = require "ses.emulator.message"

describe("a list of addresses", function()
  for text, expected in pairs {
    ["ann@example.com"] = { "ann@example.com" },
    ["Ann <Ann@Example.com>"] = { "Ann@example.com" },
    ['"Smith, Ann" <ann@example.com>, bob@example.com'] = { "ann@example.com", "bob@example.com" },
    ['"A \\" B, C" <ann@example.com>'] = { "ann@example.com" },
    ["ann@example.com (Ann, of course (you know)), bob@example.com"] =
      { "ann@example.com", "bob@example.com" },
    ["Friends: ann@example.com, Bob <bob@example.com>;, eve@example.com"] =
      { "ann@example.com", "bob@example.com", "eve@example.com" },
    ["undisclosed-recipients:;"] = {},
    ["=?UTF-8?Q?B=C3=BCcher?= <books@example.com>"] = { "books@example.com" },
    [" , ann@example.com , "] = { "ann@example.com" },
    [""] = {},
    ['"unclosed'] = false,
    ["<ann@example.com"] = false,
    ["ann"] = false,
    ["Ann <>"] = false,
  } do
    it("is read from " .. text, function()
      local list, fault = message.addresses(text)
      if expected then
        assert.same(expected, list)
      else
        assert.is_nil(list)
        assert.equal("string", type(fault))
      end
    end)
  end

  it("of a million brackets takes no million steps each", function()
    assert.is_nil(message.addresses(("<"):rep(1000000)))
    assert.same({}, message.addresses(("("):rep(1000000)))
  end)
end)

describe("a message", function()
  local RAW = "From: Ann\r\n <ann@example.com>\r\nTo: a@x.org\r\nTO : b@x.org,\r\n\tc@x.org\r\n"
    .. "Subject:  Hello \r\n\r\nTo: not-a-field@x.org\r\n"

  it("says who sends it and who is to have it", function()
    local mail = message.mail(RAW .. "")
    assert.equal("Ann <ann@example.com>", mail.from)
    assert.same({ "a@x.org", "b@x.org, c@x.org" }, mail.to)
    assert.same({}, mail.cc)
    assert.equal("Hello", mail.subject)
    assert.equal(RAW, mail.raw)
    assert.equal(#RAW, mail.size)
  end)

  it("may have an empty return path, which is none", function()
    assert.is_nil(message.mail("Return-Path: <>\n\n").return_path)
    assert.equal("<b@x.org>", message.mail("Return-Path: <b@x.org>\n\n").return_path)
  end)
end)
