-- sesctl ses and sesctl sesv2, as their users run them, against a running
-- emulator.

local cjson = require "cjson"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local ses = require "ses"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

describe("sesctl, as a client,", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    assert.equal("", host:stop())
  end)

  before_each(function()
    host:act("reset")
  end)

  -- Standard output, the exit code and standard error of a command.
  local function sesctl(arguments, before)
    local errors = os.tmpname()
    local output, status = shell.run((before or "") .. " "
      .. host:with_keys("AWS_ENDPOINT_URL=" .. host.url .. " sesctl " .. arguments)
      .. " 2>" .. errors)
    local text = files.content(errors)
    os.remove(errors)
    return output, status, text
  end

  local function prints(expected, arguments)
    assert.same({ expected, 0, "" }, { sesctl(arguments) })
  end

  local function refuses(rc, message, arguments)
    local output, status, errors = sesctl(arguments)
    assert.same({ "", rc }, { output, status })
    assert.truthy(errors:find(message, 1, true), errors)
  end

  it("sets a MAIL FROM domain without a word, and reads it", function()
    sesctl("ses verify-domain-identity --domain example.com")
    for _, format in ipairs { "json", "text", "table", "yaml", "yaml-stream", "off" } do
      prints("", "ses set-identity-mail-from-domain --identity example.com --mail-from-domain"
        .. " bounce.example.com --behavior-on-mx-failure RejectMessage --output " .. format)
    end
    local read = "ses get-identity-mail-from-domain-attributes --identities example.com "
    prints([[
{
    "MailFromDomainAttributes": {
        "example.com": {
            "MailFromDomain": "bounce.example.com",
            "MailFromDomainStatus": "Pending",
            "BehaviorOnMXFailure": "RejectMessage"
        }
    }
}
]], read)
    prints("EXAMPLE.COM\tRejectMessage\tbounce.example.com\tPending\n", read .. "--output text")
    prints('"Pending"\n', read
      .. [[--query 'MailFromDomainAttributes."example.com".MailFromDomainStatus']])
    prints("null\n", "ses set-identity-mail-from-domain --identity example.com --query foo")
    prints("", "sesv2 put-email-identity-mail-from-attributes --email-identity example.com"
      .. " --mail-from-domain mail.example.com --behavior-on-mx-failure USE_DEFAULT_VALUE")
    prints("mail.example.com\n", "sesv2 get-email-identity --email-identity example.com"
      .. " --query MailFromAttributes.MailFromDomain --output text")
  end)

  it("takes parameters from files, and lets the command line override them", function()
    sesctl("ses verify-domain-identity --domain example.com")
    local path = files.with(finally, cjson.encode { Identity = "other.com",
      MailFromDomain = "bounce.example.com", BehaviorOnMXFailure = "UseDefaultValue" })
    prints("", "ses set-identity-mail-from-domain --identity example.com --cli-input-json file://"
      .. path)
    prints("bounce.example.com\n", "ses get-identity-mail-from-domain-attributes --identities"
      .. " example.com --query 'MailFromDomainAttributes.*.MailFromDomain' --output text")
  end)

  it("sends a mail in the short form", function()
    sesctl("ses verify-domain-identity --domain example.com")
    local output, status, errors = sesctl("ses send-email --from a@example.com --to b@example.org"
      .. " --subject Hi --text Hello")
    assert.equal(0, status, errors)
    assert.is_string(cjson.decode(output).MessageId)
    local mailbox = cjson.decode((host:act("mailbox"))).messages
    assert.same({ "Hi", "Hello" }, { mailbox[1].subject, mailbox[1].text })
  end)

  it("sends a mail from a file", function()
    local path = files.with(finally, "From: a@example.com\nTo: b@example.org\n\nHello\255")
    sesctl("ses verify-domain-identity --domain example.com")
    local output, status, errors = sesctl("sesv2 send-email --content Raw={Data@=fileb://" .. path
      .. "}")
    assert.equal(0, status, output .. errors)
    assert.equal(1, #cjson.decode((host:act("mailbox"))).messages)
    refuses(252, "Member@=fileb://PATH", "sesv2 send-email --content fileb://" .. path)
    refuses(255, "Member@=fileb://PATH", "sesv2 send-email --content Raw={Data=fileb://m}")
  end)

  it("prints skeletons without an account", function()
    assert.same({ [[
{
    "Identity": "",
    "MailFromDomain": "",
    "BehaviorOnMXFailure": "UseDefaultValue"
}
]], 0 }, { shell.run("env -u AWS_REGION -u AWS_ACCESS_KEY_ID sesctl ses"
      .. " set-identity-mail-from-domain --generate-cli-skeleton") })
    prints("Identity: ''  # [REQUIRED] string\nMailFromDomain: '' # string\n"
      .. "BehaviorOnMXFailure: UseDefaultValue # one of UseDefaultValue, RejectMessage\n",
      "ses set-identity-mail-from-domain --generate-cli-skeleton yaml-input")
    prints("", "ses set-identity-mail-from-domain --identity x --generate-cli-skeleton output")
  end)

  it("pages, and goes on where it was cut", function()
    for i = 1, 5 do
      sesctl("ses verify-domain-identity --domain d" .. i .. ".com")
    end
    local function list(options)
      local output, status, errors = sesctl("ses list-identities " .. options)
      assert.equal(0, status, errors)
      return cjson.decode(output)
    end
    assert.equal(5, #list("").Identities)
    assert.equal(5, #list("--page-size 2").Identities)
    local seen, token = {}, nil
    repeat
      local page = list("--page-size 2 --max-items 3"
        .. (token and " --starting-token " .. token or ""))
      for _, name in ipairs(page.Identities) do
        seen[#seen + 1] = name
      end
      token = page.NextToken
    until not token
    assert.same({ "d1.com", "d2.com", "d3.com", "d4.com", "d5.com" }, seen)
    assert.equal(2, #list("--no-paginate --max-items 2").Identities)
    refuses(255, "Bad starting token: a___b___c", "ses list-identities --starting-token a___b___c")
    local output = sesctl("ses list-identities --page-size 2 --output text")
    assert.equal("IDENTITIES\td1.com\nIDENTITIES\td2.com\nIDENTITIES\td3.com\nIDENTITIES\td4.com\n"
      .. "IDENTITIES\td5.com\n", output)
  end)

  it("takes the size of pages beside their number in API v2", function()
    for i = 1, 5 do
      sesctl("ses verify-domain-identity --domain d" .. i .. ".com")
    end
    local function count(options)
      local output, status, errors = sesctl("sesv2 list-email-identities --query"
        .. " 'EmailIdentities[].IdentityName' --output json " .. options)
      assert.equal(0, status, errors)
      return #cjson.decode(output)
    end
    assert.equal(2, count "--page-size 2")
    assert.equal(3, count "--page-size 2 --max-items 3")
    assert.equal(5, count "--page-size 2 --max-items 9")
    assert.equal(1, count "--filter IDENTITY_NAME_CONTAINS=d3")
  end)

  it("fetches pages as fast as they come", function()
    for i = 1, 8 do
      sesctl("ses verify-domain-identity --domain d" .. i .. ".com")
    end
    local clock = require("ses.transport").default()
    local function took(size)
      local from = clock:now()
      local output = sesctl("ses list-identities --output text --page-size " .. size)
      assert.truthy(output:find("d8.com", 1, true), output)
      return clock:now() - from
    end
    local one, eight = took(8), took(1)
    assert.truthy(eight < 10 * one, eight .. " s for eight pages, " .. one .. " s for one")
  end)

  it("waits before it goes on where pages came too fast", function()
    local slow = hosts.start()
    finally(function()
      slow:stop()
    end)
    local run = function(arguments)
      return shell.run(slow:with_keys("AWS_MAX_ATTEMPTS=1 AWS_ENDPOINT_URL=" .. slow.url
        .. " sesctl " .. arguments))
    end
    local v1 = hosts.clients(slow)
    for i = 1, 3 do
      ses.check(v1:verify_domain_identity { Domain = "d" .. i .. ".com" })
      slow:act("advance 1")
    end
    local output, status = run("ses list-identities --page-size 1 --output text")
    assert.same({ "IDENTITIES\td1.com\nIDENTITIES\td2.com\nIDENTITIES\td3.com\n", 0 },
                { output, status })
  end)

  it("waits", function()
    sesctl("ses verify-domain-identity --domain example.com")
    prints("", "ses wait identity-exists --identities example.com")
    prints("", "sesv2 wait identity-verified --email-identity example.com")
    refuses(252, "Maybe you meant:\n\n  * identity-exists",
      "ses wait identity-exist --identities x")
    refuses(252, "the following arguments are required: --identities", "ses wait identity-exists")
  end)

  for arguments, case in pairs {
    ["ses set-identity-mail-from-domain"] =
      { 252, "(ParamValidation): the following arguments are required: --identity" },
    ["ses set-identity-mail-from-domian --identity x"] =
      { 252, "Maybe you meant:\n\n  * set-identity-mail-from-domain" },
    ["ses"] = { 252, "the following arguments are required: operation" },
    ["ses get-send-quota --bogus x"] = { 252, "Unknown options: --bogus, x" },
    ["ses get-send-quota --output xml"] = { 252, "argument --output: Found invalid choice 'xml'" },
    ["ses get-send-quota --query 'a['"] = { 252,
      'Bad value for --query a[: Invalid jmespath expression: Incomplete expression:\n"a["\n   ^' },
    ["ses set-identity-mail-from-domain --cli-input-json '{}'"] = { 252,
      'Parameter validation failed:\nMissing required parameter in input: "Identity"' },
    ["ses set-identity-mail-from-domain --cli-input-json '{'"] = { 252,
      "Error parsing parameter 'cli-input-json': Invalid JSON received." },
    ["ses set-identity-mail-from-domain --identity example.com --mail-from-domain b.example.com"] =
      { 254, "An error occurred (InvalidParameterValue) when calling the SetIdentityMailFromDomain"
        .. " operation: " },
    ["sesv2 get-email-identity --email-identity example.com"] =
      { 254, "An error occurred (NotFoundException) when calling the GetEmailIdentity operation:" },
    ["sesv2 get-email-identity --email-identity example.com --cli-error-format json"] =
      { 254, '{\n    "Code": "NotFoundException",\n    "Message": ' },
    ["ses get-send-quota --no-sign-request"] = { 254, "(MissingAuthenticationToken)" },
    ["ses get-send-quota --endpoint-url http://127.0.0.1:1"] =
      { 255, 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' },
    ["ses get-send-quota --profile nope"] = { 255, "the profile 'nope'" },
    ["ses get-send-quota --region 'us east'"] = { 255, "'us east'" },
    ["ses get-send-quota --ca-bundle /no/file"] = { 255, "/no/file: no such file or directory" },
  } do
    it("refuses: sesctl " .. arguments, function()
      refuses(case[1], case[2], arguments)
    end)
  end

  it("says what is missing of the account", function()
    local function bare(arguments)
      return shell.run("env -i PATH=\"$PATH\" LUA_PATH=\"$LUA_PATH\" LUA_CPATH=\"$LUA_CPATH\""
        .. " AWS_EC2_METADATA_DISABLED=true " .. arguments .. " sesctl ses get-send-quota")
    end
    local output, status = bare("")
    assert.equal(253, status)
    assert.truthy(output:find("(NoRegion): You must specify a region", 1, true), output)
    output, status = bare("AWS_REGION=us-east-1")
    assert.equal(253, status)
    assert.truthy(output:find("(NoCredentials): Unable to locate credentials", 1, true), output)
    output, status = bare("AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=A")
    assert.equal(255, status)
    assert.truthy(output:find("AWS_SECRET_ACCESS_KEY", 1, true), output)
  end)

  it("prints in the format that the profile says", function()
    local path = files.with(finally, "[default]\noutput = text\n")
    local output = sesctl("ses get-send-quota --query MaxSendRate", "AWS_CONFIG_FILE=" .. path
      .. " export AWS_CONFIG_FILE;")
    assert.equal("14.0\n", output)
  end)

  it("reads blobs and tells errors in the format that the profile says", function()
    local path = files.with(finally, "[default]\ncli_binary_format = raw-in-base64-out\n"
      .. "cli_error_format = json\n")
    local config = "AWS_CONFIG_FILE=" .. path .. " export AWS_CONFIG_FILE;"
    sesctl("ses verify-email-identity --email-address a@example.com")
    local output, status, errors = sesctl("ses send-raw-email --source a@example.com"
      .. " --destinations b@example.com --raw-message Data='From: a@example.com'", config)
    assert.equal(0, status, output .. errors)
    output, status, errors = sesctl("ses get-send-quota --no-sign-request", config)
    assert.same({ "", 254 }, { output, status })
    assert.truthy(errors:find('^{\n    "Code": "MissingAuthenticationToken",'), errors)
    path = files.with(finally, "[default]\ncli_binary_format = raw\ncli_error_format = jsn\n")
    output, status, errors = sesctl("ses get-send-quota",
      "AWS_CONFIG_FILE=" .. path .. " export AWS_CONFIG_FILE;")
    assert.same({ "", 255 }, { output, status })
    for _, text in ipairs { "sesctl: cli_error_format of the profile 'default' is 'jsn' (expected",
                            "ERROR]: cli_binary_format of the profile 'default' is 'raw' (" } do
      assert.truthy(errors:find(text, 1, true), errors)
    end
  end)

  it("tells every command's options", function()
    local output, status = sesctl("ses set-identity-mail-from-domain help")
    assert.equal(0, status)
    for _, text in ipairs { "usage: sesctl ses set-identity-mail-from-domain", "--identity VALUE",
                            "(required)", "one of UseDefaultValue, RejectMessage", "--query",
                            "API_SetIdentityMailFromDomain.html",
                            "Without --mail-from-domain the identity goes back" } do
      assert.truthy(output:find(text, 1, true), output)
    end
    output = sesctl("sesv2 help")
    for _, text in ipairs { "  put-email-identity-mail-from-attributes\n", "  wait\n" } do
      assert.truthy(output:find(text, 1, true), output)
    end
  end)

  it("does what the README says", function()
    local block
    for text in tree.read("README.md"):gmatch("\n```sh\n(.-)\n```") do
      if text:find("sesctl sesv2 list-email-identities", 1, true) then
        block = text
      end
    end
    local output, status = shell.run(host:with_keys("AWS_ENDPOINT_URL=" .. host.url
      .. " sh -ec " .. shell.quote(block)))
    assert.equal(0, status, output)
    for _, text in ipairs { "|||  RejectMessage", "\nexample.com\n", '"Identity": "",' } do
      assert.truthy(output:find(text, 1, true), output)
    end
  end)

  it("shows with --debug what was asked, and no secret", function()
    local output, status, errors = sesctl("ses get-send-quota --debug")
    assert.equal(0, status, output)
    assert.truthy(errors:find("GetSendQuota", 1, true), errors)
    assert.is_nil(errors:find("wJalrXUtnFEMI", 1, true))
    assert.is_nil(errors:find("Signature", 1, true))
  end)
end)
