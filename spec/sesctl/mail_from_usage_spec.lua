-- What sesctl mail-from takes, and what it says of the rest before anything is sent.

local cjson = require "cjson"
local files = require "spec.support.files"
local sesctl = require "spec.support.sesctl"

-- By words: what the message has.
local REFUSED = {
  [""] = "the following arguments are required: action",
  ["aply"] = "Maybe you meant:\n\n  * apply",
  ["help aply"] = "Maybe you meant:\n\n  * apply",
  ["plan"] = "the following arguments are required: IDENTITY, or --file",
  ["plan example.com"] = "the following arguments are required: --mail-from-domain",
  ["plan example.com --mail-from-domain m.example.com --known 'mail.*,a..b'"] = "--known: the one"
    .. " at 2: expected a domain, or one such as mail.*",
  ["plan example.com --mail-from-domain m.example.com --known ,"] = "--known: it lists nothing",
  ["apply example.com --mail-from-domain m.example.com --journal ''"] =
    "--journal: expected the name of a file, got one that is empty",
  ["plan example.com --mail-from-domain m.example.com --file x"] =
    "give identities, or --file, and not both",
  ["status 'a b'"] = "the identity 'a b' has a space or a line break in it",
  ["disable a.com 'a b' c"] = "the identity 'a b' has a space or a line break in it, or around it\n"
    .. "the identity 'c' is a single label",
  ["status example.com --force"] = "Unknown options: --force",
  ["wait example.com --timeout 0"] = "expected seconds, 1 or more",
  ["wait example.com --timeout x"] = "invalid int value: 'x'",
  ["wait example.com --servers ''"] = "--servers: it lists nothing",
  ["check example.com --servers 127.0.0.1,,nonsense"] = "--servers: 'nonsense': expected an IP"
    .. " address, with a port or without",
  ["wait example.com --servers nonsense"] = "--servers: 'nonsense': expected an IP address",
  ["check example.com --from ,"] = "--from: it lists nothing",
  ["check example.com --mail-from-domain bounce"] = "'bounce' is only the first part of a name:"
    .. " give the full name, bounce.example.com",
  ["records"] = "the following arguments are required: MAIL_FROM_DOMAIN, or --file",
  ["records m.example.com --mail-from-domain x"] = "--mail-from-domain is for the rows of --file",
  ["records m.example.com bounce a..b"] = "'bounce' is no subdomain of a domain that could be an"
    .. " identity: give the full name, such as bounce.example.com\nthe domain 'a..b' has a dot at",
  ["records example.com"] = "'example.com' is no subdomain of a domain that could be an identity:"
    .. " give the full name, such as bounce.example.com",
  ["plan --file /no/such/file"] = "No such file or directory",
  ["status example.com --region ''"] = "Provided region_name '' doesn't match",
  ["status example.com --profile nobody"] = "The config profile (nobody) could not be found",
}

describe("sesctl mail-from refuses", function()
  -- Nothing is asked.
  local NOWHERE = "export AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1"

  for words, text in pairs(REFUSED) do
    it("'" .. words .. "'", function()
      local output, status, errors = sesctl("mail-from " .. words, { before = NOWHERE })
      assert.same({ "", 252 }, { output, status })
      assert.truthy(errors:find(text, 1, true), errors)
    end)
  end

  it("a file, and says where it is wrong", function()
    local path = files.with(finally, '[{"identity": "a.com", "mail_from_domain": 5}, 7]')
    for _, action in ipairs { "plan", "check", "records", "disable" } do
      local _, status, errors = sesctl("mail-from " .. action .. " --file " .. path,
        { before = NOWHERE })
      assert.equal(252, status)
      assert.truthy(errors:find("--file:\n  item 1: mail_from_domain: expected a string, or false"
        .. " for none, got a number\n  item 2: expected an identity, or an object, got a number\n",
        1, true), errors)
    end
    path = files.with(finally, "identity,mail_from_domain\na.com,bounce\nb.com\n")
    local _, status, errors = sesctl("mail-from records --file " .. path, { before = NOWHERE })
    assert.equal(252, status)
    assert.truthy(errors:find("\n  line 2: 'bounce' is only the first part of a name: [^\n]*\n"
      .. "  line 3: it names no MAIL FROM domain, and neither does %-%-mail%-from%-domain\n"),
      errors)
  end)

  it("a command without a region", function()
    local _, status, errors = sesctl("mail-from status example.com", { before = NOWHERE,
      env = "-u AWS_REGION -u AWS_DEFAULT_REGION AWS_CONFIG_FILE=/dev/null" })
    assert.equal(252, status)
    assert.truthy(errors:find("You must specify a region", 1, true), errors)
  end)

  it("with the usage of the action", function()
    local _, _, errors = sesctl "mail-from apply"
    assert.truthy(errors:find("\nusage: sesctl mail-from apply IDENTITY ... --mail-from-domain NAME"
      .. " [options]\n       sesctl mail-from apply --file PATH [options]\n", 1, true), errors)
    assert.truthy(errors:find("\n  sesctl mail-from apply help\n", 1, true), errors)
    _, _, errors = sesctl "mail-from status a.com --nothing"
    assert.truthy(errors:find("\nusage: sesctl mail-from status IDENTITY ... [options]\n", 1, true),
      errors)
    _, _, errors = sesctl "mail-from"
    assert.truthy(errors:find("\nusage: sesctl mail-from <action>", 1, true), errors)
    assert.truthy(errors:find("\n  sesctl mail-from help\n", 1, true), errors)
  end)

  it("nothing where SES cannot be reached: that is a failure", function()
    for _, action in ipairs { "status", "check", "wait", "disable" } do
      local output, status, errors = sesctl("mail-from " .. action .. " example.com example.net",
        { before = NOWHERE })
      assert.same({ "", 2 }, { output, status })
      assert.truthy(errors:find("Could not connect to the endpoint URL", 1, true), errors)
    end
  end)

  it("no region whose host for bounces it has to guess", function()
    local _, status, errors = sesctl "mail-from records m.example.com --region eusc-de-east-1"
    assert.equal(2, status)
    assert.truthy(errors:find("is not known, and none is invented", 1, true), errors)
  end)
end)

describe("sesctl mail-from tells", function()
  it("what there is of it", function()
    for _, words in ipairs { "help", "--help", "plan help", "apply --help", "wait -h",
                             "help check" } do
      local output, status = sesctl("mail-from " .. words)
      assert.same({ "usage: sesctl mail-from", 0 }, { output:sub(1, 23), status })
      for line in output:gmatch("[^\n]+") do
        assert.is_true(#line <= 85, line)
      end
    end
    assert.equal(sesctl "mail-from help", (sesctl "help mail-from"))
    local help = sesctl "mail-from apply help"
    assert.equal(help, (sesctl "mail-from help apply"))
    assert.equal(help, (sesctl "help mail-from apply"))
    assert.truthy(help:gsub("%s+", " "):find("REJECT_MESSAGE refuses it; UseDefaultValue and"
      .. " RejectMessage, API v1's words, are the same", 1, true), help)
  end)

  it("the records, in the forms that DNS is kept in", function()
    local mx = " 300 IN MX 10 feedback-smtp.us-east-1.amazonses.com.\n"
    local spf = ' 300 IN TXT "v=spf1 include:amazonses.com ~all"\n'
    assert.same({ "m.example.com." .. mx .. "m.example.com." .. spf, 0, "" },
      { sesctl "mail-from records m.example.com" })
    local path = files.with(finally, "identity,mail_from_domain\na.com,\nx@b.com,n.b.com\n"
      .. "c.com,false\ny@b.com,n.b.com\n")
    assert.same({ "m.a.com." .. mx .. "m.a.com." .. spf .. "n.b.com." .. mx .. "n.b.com." .. spf, 0,
      "" }, { sesctl("mail-from records --file " .. path .. " --mail-from-domain 'm.*'") })
    local batch = cjson.decode((sesctl "mail-from records m.a.com m.b.com --format route53"))
    assert.same({ 4, "m.b.com", "10 feedback-smtp.us-east-1.amazonses.com" },
      { #batch.Changes, batch.Changes[3].ResourceRecordSet.Name,
        batch.Changes[3].ResourceRecordSet.ResourceRecords[1].Value })
    assert.truthy(sesctl("mail-from records m.example.com --format terraform"):find(
      'resource "aws_route53_record"', 1, true))
  end)
end)
