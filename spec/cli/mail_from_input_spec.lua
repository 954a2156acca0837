-- What sesctl mail-from is about: identities from the command line and from files.

local files = require "spec.support.files"
local input = require "ses.cli.mail_from.input"

local function read(text, given)
  given = given or {}
  given.file = files.with(finally, text)
  local found, message = input.read({}, given)
  return found and found.rows, message, found and found.labels
end

describe("sesctl mail-from reads", function()
  it("identities of the command line, and a pattern for each", function()
    assert.same({
      { identity = "example.com", mail_from_domain = "mail.example.com", behavior = "b" },
      { identity = "a@example.net", mail_from_domain = "mail.example.net", behavior = "b" },
    }, input.read({ "example.com", "a@example.net" },
                  { mail_from_domain = "mail.*", behavior = "b" }).rows)
    local found = input.read({ "example.com" }, { mail_from_domain = "x.example.com" })
    assert.same({ { identity = "example.com", mail_from_domain = "x.example.com" } }, found.rows)
    assert.same({ "argument 1" }, found.labels)
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
    ["the names of columns behind lines without anything in them"] = {
      "\n,,\nbehavior,identity\n , \nb,a.com\n,\n", { { identity = "a.com", behavior = "b" } } },
    ["an identity that begins like a comment, in quotes"] = { '"#1@a.com",m.a.com\n', {
      { identity = "#1@a.com", mail_from_domain = "m.a.com" } } },
    ["a JSON list of identities"] = { ' ["a.com", "b.com"]',
      { { identity = "a.com" }, { identity = "b.com" } } },
    ["a JSON list of objects"] = {
      '[{"identity": "a.com", "mail_from_domain": null, "behavior": "REJECT_MESSAGE"}]',
      { { identity = "a.com", behavior = "REJECT_MESSAGE" } } },
    ["no MAIL FROM domain, where that is wanted"] = { "a.com,false\nb.com,\nc.com,FALSE", {
      { identity = "a.com", mail_from_domain = false }, { identity = "b.com" },
      { identity = "c.com", mail_from_domain = false } } },
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
      local rows, message = read(case[1])
      assert.same({ case[2] }, { rows, message })
    end)
  end

  it("defaults of the command line where a file says nothing", function()
    local rows = read('{"a.com": {}, "b.com": "x.b.com", "c.com": {"mail_from_domain": false,'
      .. ' "behavior": "c"}}', { mail_from_domain = "mail.*", behavior = "b" })
    assert.same({
      { identity = "a.com", mail_from_domain = "mail.a.com", behavior = "b" },
      { identity = "b.com", mail_from_domain = "x.b.com", behavior = "b" },
      { identity = "c.com", mail_from_domain = false, behavior = "c" },
    }, rows)
  end)

  it("where each row stands", function()
    for text, labels in pairs {
      ['identity\n\n"a\n.com"\nb.com\n'] = { "line 3", "line 5" },
      ['["a.com", {"identity": "b.com"}]'] = { "item 1", "item 2" },
      ['{"a.com": null}'] = { "the member 'a.com'" },
    } do
      assert.same(labels, (select(3, read(text))))
    end
  end)

  it("a file whose name is as the shell gave it, or as aws takes it", function()
    local folder = files.folder(finally)
    for _, name in ipairs { "/$HOME", "/~", "/plain" } do
      files.write(folder .. name, "a.com\n")
      assert.same({ "a.com" }, (input.identities({}, { file = folder .. name })))
    end
    assert.same({ "a.com" }, (input.identities({}, { file = "file://" .. folder .. "/plain" })))
    local rows, message = input.read({}, { file = "fileb://" .. folder .. "/plain" })
    assert.is_nil(rows)
    assert.equal("--file: give the name of the file alone", message)
  end)

  for name, case in pairs {
    ["a quote without an end"] = { 'a.com,"x', "line 1: a quoted field does not end" },
    ["what follows a quote"] = { 'a.com\n\n"b" c,d', "line 3: a quoted field does not end" },
    ["too many fields"] = { "a.com,b,c,d\n", "line 1: expected at most 3 fields" },
    ["more fields than are named"] = { "identity\na.com,b\n",
                                       "line 2: expected at most 1 fields" },
    ["a row without an identity"] = { "a.com\n,m.b.com\n", "line 2: it names no identity" },
    ["semicolons"] = { "a.com;m.a.com\n", "line 1: the fields have to have commas between them,"
      .. " and here is a semicolon" },
    ["tabs"] = { "\nidentity\tbehavior\n", "line 2: the fields have to have commas between them" },
    ["comments"] = { "a.com\n # b.com\n", "line 2: it begins with '#', and CSV has no comments" },
    ["a column that is there twice"] = { "identity,Behavior,behavior\na.com,b,c\n",
                                         "line 1: the column behavior is there twice" },
    ["columns of other names"] = { "Identity,MailFrom\na.com,m.a.com\n", "line 1: no column is"
      .. " called 'mailfrom' (identity, mail_from_domain, behavior); did you mean"
      .. " 'mail_from_domain'?" },
    ["columns none of which is the identity's"] = { "domain,mail_from_domain\na.com,m.a.com\n",
      "line 1: it begins with 'domain', which is no identity, and names no column identity" },
    ["broken JSON"] = { '["a.com"', "--file: Expecting ',' delimiter: line 1 column 9 (char 8)" },
    ["nothing"] = { "\n", "it names no identity" },
    ["no text"] = { "\255\254", "it is no text in UTF-8" },
    ["an identity that is named twice"] = { '{"a.com": "b", "c.com": "d", "a.com": false}',
                                            "the member 'a.com' is there twice" },
    ["a member that is named twice"] = { '[{"identity": "a.com", "identity": "b.com"}]',
                                         "item 1: the member identity is there twice" },
    ["a member that there is not"] = { '[{"identity": "a.com", "MailFromDomain": "m.a.com"}]',
      "item 1: no member is called 'MailFromDomain' (identity, mail_from_domain, behavior); did you"
        .. " mean 'mail_from_domain'?" },
    ["an item without an identity"] = { '["a.com", {"identity": null}]',
                                        "item 2: it names no identity" },
    ["an identity in a row of a map"] = { '{"a.com": {"identity": "b.com"}}',
      "the member 'a.com': identity: the name of the member is the identity" },
    ["an identity that is no text"] = { "[7]", "item 1: expected an identity, or an object, got a"
      .. " number" },
    ["a MAIL FROM domain that is none"] = { '{"a.com": {"mail_from_domain": true}}',
      "the member 'a.com': mail_from_domain: expected a string, or false for none, got true" },
    ["a MAIL FROM domain that is a list"] = { '{"a.com": ["m.a.com"]}',
      "the member 'a.com': expected a string, or false for none, got a list" },
    ["a behavior that is none"] = { '[{"identity": "a.com", "behavior": false}]',
                                    "item 1: behavior: expected a string, got false" },
  } do
    it("no file with " .. name, function()
      local rows, message = read(case[1])
      assert.is_nil(rows)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.truthy(message:find("^%-%-file:"), message)
    end)
  end

  it("no file, and says all that is wrong with it", function()
    local rows, message = read("identity\n,\nb.com,c\nd.com,e\n")
    assert.is_nil(rows)
    assert.equal("--file:\n  line 3: expected at most 1 fields (identity), got 2\n"
      .. "  line 4: expected at most 1 fields (identity), got 2", message)
    message = select(2, read("[" .. ("7,"):rep(24) .. "7]"))
    assert.equal("  and 5 more", message:match("[^\n]*$"))
  end)

  it("no file that is not there, and not both", function()
    local rows, message = input.read({}, { file = "/no/such/file" })
    assert.is_nil(rows)
    assert.truthy(message:find("No such file or directory: '/no/such/file'", 1, true), message)
    rows, message = input.read({ "a.com" }, { file = "/dev/null" })
    assert.is_nil(rows)
    assert.equal("give identities, or --file, and not both", message)
    assert.equal("the following arguments are required: IDENTITY, or --file",
      select(2, input.read({}, {})))
  end)

  it("no JSON of one row that is in no list", function()
    local path = files.with(finally, '{"identity": "a.example", "mail_from_domain": "m.a.example"}')
    local found, message = input.read({}, { file = path })
    assert.same({ nil, '--file: it is one row alone: put it in a list, [{"identity": ...}]' },
      { found, message })
  end)

  it("no identity that is none", function()
    assert.same({ "example.com" }, (input.identities({ "Example.COM." }, {})))
    local list, message = input.identities({ "example.com", "a b", "c" }, {})
    assert.is_nil(list)
    assert.equal("the identity 'a b' has a space or a line break in it, or around it\n"
      .. "the identity 'c' is a single label, and not a domain of yours", message)
    list, message = input.identities({}, { file = files.with(finally, "a.com\nb c.com\nc\n") })
    assert.is_nil(list)
    assert.truthy(message:find("^%-%-file:\n  line 2: [^\n]*\n  line 3: "), message)
  end)
end)
