-- What sesctl mail-from is about: identities from the command line and from files.

local files = require "spec.support.files"
local input = require "ses.cli.mail_from.input"

local function read(text, given)
  given = given or {}
  given.file = files.with(finally, text)
  return input.rows({}, given)
end

describe("sesctl mail-from reads", function()
  it("identities of the command line, and a pattern for each", function()
    assert.same({
      { identity = "example.com", mail_from_domain = "mail.example.com", behavior = "b" },
      { identity = "a@example.net", mail_from_domain = "mail.example.net", behavior = "b" },
    }, input.rows({ "example.com", "a@example.net" },
                  { mail_from_domain = "mail.*", behavior = "b" }))
    assert.same({ { identity = "example.com", mail_from_domain = "x.example.com" } },
      input.rows({ "example.com" }, { mail_from_domain = "x.example.com" }))
  end)

  for name, case in pairs {
    ["columns in their order"] = { "a.com,m.a.com,REJECT_MESSAGE\nb.com,m.b.com\n", {
      { identity = "a.com", mail_from_domain = "m.a.com", behavior = "REJECT_MESSAGE" },
      { identity = "b.com", mail_from_domain = "m.b.com" } } },
    ["columns that are named, in any order and letter case"] = {
      "Behavior,IDENTITY\nREJECT_MESSAGE,a.com\n",
      { { identity = "a.com", behavior = "REJECT_MESSAGE" } } },
    ["quotes, doubled ones and line breaks in them"] = { '"a ""b"", c.com" , "x\ny" \r\n',
      { { identity = 'a "b", c.com', mail_from_domain = "x\ny" } } },
    ["blanks around fields, empty fields and lines"] = { "\239\187\191\n a.com , \n\n  b.com",
      { { identity = "a.com" }, { identity = "b.com" } } },
    ["a JSON list of identities"] = { ' ["a.com", "b.com"]',
      { { identity = "a.com" }, { identity = "b.com" } } },
    ["a JSON list of objects"] = {
      '[{"identity": "a.com", "mail_from_domain": null, "behavior": "REJECT_MESSAGE"}]',
      { { identity = "a.com", behavior = "REJECT_MESSAGE" } } },
    ["no MAIL FROM domain, where that is wanted"] = { "a.com,false\nb.com,", {
      { identity = "a.com", mail_from_domain = false }, { identity = "b.com" } } },
    ["patterns"] = { '{"a.com": "mail.*", "x@b.com": {"mail_from_domain": "m.*"}}', {
      { identity = "a.com", mail_from_domain = "mail.a.com" },
      { identity = "x@b.com", mail_from_domain = "m.b.com" } } },
    ["a JSON map, in its order"] = {
      '{"b.com": "m.b.com", "a.com": false, "c.com": {"mail_from_domain": "m.c.com"}}',
      { { identity = "b.com", mail_from_domain = "m.b.com" },
        { identity = "a.com", mail_from_domain = false },
        { identity = "c.com", mail_from_domain = "m.c.com" } } },
  } do
    it(name, function()
      assert.same({ case[2] }, { read(case[1]) })
    end)
  end

  it("defaults of the command line where a file says nothing", function()
    assert.same({
      { identity = "a.com", mail_from_domain = "mail.a.com", behavior = "b" },
      { identity = "b.com", mail_from_domain = "x.b.com", behavior = "b" },
      { identity = "c.com", mail_from_domain = false, behavior = "c" },
    }, read('{"a.com": {}, "b.com": "x.b.com", "c.com": {"mail_from_domain": false,'
      .. ' "behavior": "c"}}', { mail_from_domain = "mail.*", behavior = "b" }))
  end)

  for name, case in pairs {
    ["a quote without an end"] = { 'a.com,"x', "record 1: a quoted field does not end" },
    ["what follows a quote"] = { 'a.com\n"b" c,d', "record 2: a quoted field does not end" },
    ["too many fields"] = { "a,b,c,d\n", "record 1: expected at most 3 fields" },
    ["more fields than are named"] = { "identity\na,b\n", "record 2: expected at most 1 fields" },
    ["broken JSON"] = { '["a.com"', "--file: " },
    ["nothing"] = { "\n", "it names no identity" },
    ["no text"] = { "\255\254", "could not be decoded" },
  } do
    it("no file with " .. name, function()
      local rows, message = read(case[1])
      assert.is_nil(rows)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.truthy(message:find("--file: ", 1, true), message)
    end)
  end

  it("no file that is not there, and not both", function()
    local rows, message = input.rows({}, { file = "/no/such/file" })
    assert.is_nil(rows)
    assert.truthy(message:find("No such file or directory: '/no/such/file'", 1, true), message)
    rows, message = input.rows({ "a.com" }, { file = "/dev/null" })
    assert.is_nil(rows)
    assert.equal("give identities, or --file, and not both", message)
    assert.equal("the following arguments are required: IDENTITY, or --file",
      select(2, input.rows({}, {})))
  end)

  it("no identity that is none", function()
    assert.same({ "example.com" }, input.identities({ "Example.COM." }, {}))
    local list, message = input.identities({ "example.com", "a b" }, {})
    assert.is_nil(list)
    assert.truthy(message:find("a b", 1, true), message)
    assert.is_nil((input.identities({}, { file = files.with(finally, '[{"name": "x"}]') })))
  end)
end)
