local core = require "ses.core"
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local parameters = require "ses.cli.parameters"

-- An operation's options by name, and the names in order.
local function options(command)
  local by_name, names = {}, {}
  for i, option in ipairs(parameters.options(command:match("^(%S+) (%S+)$"))) do
    by_name[option.option], names[i] = option, option.option
  end
  return by_name, names
end

local function read_with(globals, command, ...)
  local service, operation = command:match("^(%S+) (%S+)$")
  return parameters.read(service, operation, { ... }, globals)
end

local function read(command, ...)
  return read_with({}, command, ...)
end

local function params(command, ...)
  local result, err = read(command, ...)
  return assert(result, err and err.message).params
end

-- What is refused: kind, exit code and message.
local function refused(command, ...)
  local result, err = read(command, ...)
  assert.is_nil(result)
  return err.kind .. " " .. err.rc .. " " .. err.message
end

local SET = "ses SetIdentityMailFromDomain"
local GET = "ses GetIdentityMailFromDomainAttributes"

describe("the options of an operation", function()
  it("are its members in order, and what all have", function()
    local by_name, names = options(SET)
    assert.same({ "--identity", "--mail-from-domain", "--behavior-on-mx-failure",
                  "--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton" }, names)
    assert.same({ option = "--identity", member = "Identity", shape = "Identity", kind = "string",
                  words = "one", required = true }, by_name["--identity"])
    assert.is_false(by_name["--mail-from-domain"].required)
    assert.same({ option = "--generate-cli-skeleton", kind = "skeleton", words = "maybe",
                  value = "input", choices = { "input", "output", "yaml-input" } },
      by_name["--generate-cli-skeleton"])
  end)

  it("tell how many words each takes", function()
    assert.same({ "list", "any" },
      { options(GET)["--identities"].kind, options(GET)["--identities"].words })
    local by_name = options("sesv2 CreateContact")
    assert.same({ "boolean", "none", true }, { by_name["--unsubscribe-all"].kind,
      by_name["--unsubscribe-all"].words, by_name["--unsubscribe-all"].value })
    assert.same({ "--unsubscribe-all", "none", false }, { by_name["--no-unsubscribe-all"].negates,
      by_name["--no-unsubscribe-all"].words, by_name["--no-unsubscribe-all"].value })
    assert.equal("map", options("sesv2 ListRecommendations")["--filter"].kind)
    assert.equal("structure", options("sesv2 SendEmail")["--content"].kind)
  end)

  it("have a short form for a mail", function()
    local by_name, names = options("ses SendEmail")
    assert.same({ "--destination", "--message", "--reply-to-addresses", "--return-path",
      "--source-arn", "--return-path-arn", "--tags", "--configuration-set-name", "--from", "--to",
      "--cc", "--bcc", "--subject", "--text", "--html", "--cli-input-json", "--cli-input-yaml",
      "--generate-cli-skeleton" }, names)
    assert.same({ "Source", true, false, "some" }, { by_name["--from"].member,
      by_name["--from"].required, by_name["--message"].required, by_name["--to"].words })
  end)

  it("page wherever the service does", function()
    local by_name, names = options("ses ListIdentities")
    assert.same({ "--identity-type", "--next-token", "--max-items", "--cli-input-json",
      "--cli-input-yaml", "--starting-token", "--page-size", "--generate-cli-skeleton" }, names)
    assert.same({ "paging", "MaxItems", true }, { by_name["--max-items"].kind,
      by_name["--max-items"].shadowed.member, by_name["--next-token"].hidden })
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.service(service).operations) do
        local paged = core.operation(service, name).pager ~= nil
        assert.equal(paged, options(service .. " " .. name)["--starting-token"] ~= nil, name)
      end
    end
  end)

  it("differ from each other", function()
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.service(service).operations) do
        local by_name, names = options(service .. " " .. name)
        for i, option in ipairs(names) do
          assert.equal(option, by_name[option].option)
          for j = i + 1, #names do assert.not_equal(option, names[j], name) end
        end
      end
    end
  end)
end)

describe("reading parameters", function()
  it("makes the table of a client's call", function()
    assert.same({ Identity = "a", MailFromDomain = "", BehaviorOnMXFailure = "whatever" },
      params(SET, "--identity", "a", "--mail=", "--behavior", "whatever"))
    assert.same({ Identity = "a", DkimEnabled = false },
      params("ses SetIdentityDkimEnabled", "--identity", "a", "--dkim-enabled",
        "--no-dkim-enabled"))
    assert.same({ Identities = { "a", "b" } }, params(GET, "--identities", "a", "b"))
    assert.same({ Identities = { "a", "b" } }, params(GET, "--identities", '["a","b"]'))
    assert.same({ Identities = {} }, params(GET, "--identities"))
    assert.same({ ConfigurationSetName = "c", MaxDeliverySeconds = 400 },
      params("sesv2 PutConfigurationSetDeliveryOptions", "--configuration-set-name", "c",
        "--max-delivery-seconds", "400"))
    assert.same({ Filter = { TYPE = "DKIM" } },
      params("sesv2 ListRecommendations", "--filter", "TYPE=DKIM"))
    assert.same({ MailFromDomain = "null", Identity = "a" },
      params(SET, "--identity", "a", "--mail-from-domain", "null"))
  end)

  it("takes shorthand and JSON for structures", function()
    for _, word in ipairs { "Subject={Data=s},Body={Text={Data='a, b',Charset=c}}",
      '{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"a, b","Charset":"c"}}}' } do
      assert.same({
        Source = "a", Destination = { ToAddresses = { "b" } },
        Tags = { { Name = "n", Value = "1" }, { Name = "m", Value = "2" } },
        Message = { Subject = { Data = "s" }, Body = { Text = { Data = "a, b", Charset = "c" } } },
      }, params("ses SendEmail", "--from", "a", "--destination", "ToAddresses=b", "--message", word,
        "--tags", "Name=n,Value=1", "Name=m,Value=2"))
    end
  end)

  it("takes the short form of a mail", function()
    assert.same({
      Source = "a", Destination = { ToAddresses = { "b", "c" }, BccAddresses = { "d" } },
      Message = { Subject = { Data = "s" }, Body = { Text = { Data = "t" },
        Html = { Data = "h" } } },
    }, params("ses SendEmail", "--from", "a", "--to", "b", "c", "--bcc", "d", "--subject", "s",
      "--text", "t", "--html", "h"))
    assert.same({ Source = "a", Message = { Subject = {}, Body = { Text = { Data = "t" } } } },
      params("ses SendEmail", "--from", "a", "--text", "t", "--subject", ""))
    assert.same({ Source = "a", Message = { Subject = { Data = "over" }, Body = {} } },
      params("ses SendEmail", "--from", "a", "--subject", "over", "--message",
        "Subject={Data=s},Body={}"))
    assert.equal('param 252 The key "cc" cannot be specified when one of the following keys are '
      .. 'also '
      .. "specified: destination",
      refused("ses SendEmail", "--from", "a", "--cc", "b", "--destination", "ToAddresses=c"))
    assert.equal('param 252 The key "html" cannot be specified when one of the following keys are '
      .. "also specified: message",
      refused("ses SendEmail", "--from", "a", "--html", "b", "--message", "Subject={Data=c}"))
  end)

  it("takes times", function()
    for word, expected in pairs {
      ["2024-01-02"] = "2024-01-02T00:00:00Z", ["2024-01-02 03:04"] = "2024-01-02T03:04:00Z",
      ["2024-01-02T03:04:05.5+01:00"] = "2024-01-02T03:04:05.5+01:00", ["1704067200"] = 1704067200,
      ["+1.5"] = 1.5, soon = "soon",
    } do
      assert.equal(expected, params("sesv2 GetDomainStatisticsReport", "--domain", "d",
        "--start-date", word, "--end-date", "0").StartDate)
    end
  end)

  it("refuses wrong usage", function()
    assert.equal("usage 252 the following arguments are required: --email-identity",
      refused "sesv2 GetEmailIdentity")
    assert.equal("usage 252 the following arguments are required: --domain, --start-date, "
      .. "--end-date",
      refused "sesv2 GetDomainStatisticsReport")
    assert.equal("usage 252 argument --identity: expected one argument", refused(SET, "--identity"))
    assert.equal("unknown 252 Unknown options: --bogus, x",
      refused(SET, "--identity", "a", "--bogus", "x"))
    assert.equal("general 255 invalid literal for int() with base 10: 'x'",
      refused("sesv2 PutDedicatedIpWarmupAttributes", "--ip", "1", "--warmup-percentage", "x"))
    assert.equal("param 252 Error parsing parameter '--message': Expected: '=', received: 'EOF' "
      .. "for input:\n bad\n   ^",
      refused("ses SendEmail", "--from", "a", "--message", "bad"))
    assert.equal("param 252 Error parsing parameter '--message': Invalid JSON: Expecting property "
      .. "name enclosed in double quotes: line 1 column 2 (char 1)\nJSON received: {bad",
      refused("ses SendEmail", "--from", "a", "--message", "{bad"))
  end)

  it("does not show what may be a secret", function()
    for _, word in ipairs { '{"DomainSigningPrivateKey":"KEY"', "DomainSigningPrivateKey=KEY]",
      "DomainSigningPrivateKey=KEY,a=b,a=KEY", "[KEY]" } do
      local message = refused("sesv2 CreateEmailIdentity", "--email-identity", "a",
        "--dkim-signing-attributes", word)
      assert.falsy(message:find("KEY", 1, true), message)
      assert.truthy(message:find("it may hold a secret", 1, true), message)
    end
  end)

  it("gives help where it is asked for", function()
    assert.same({ given = { help = true } }, read(SET, "help"))
    assert.same({ given = { help = true } }, read(SET, "--identity", "a", "help"))
  end)

  it("gives the kind of a skeleton, and for one of the input nothing else", function()
    for _, words in ipairs { { "input" }, { "input", "input" }, { "yaml-input", "yaml-input" } } do
      local result = assert(read(SET, "--generate-cli-skeleton", words[2]))
      assert.same({ words[1], nil }, { result.given.skeleton, result.params })
    end
    local result = assert(read(SET, "--identity", "a", "--generate-cli-skeleton", "output"))
    assert.same({ "output", { Identity = "a" } }, { result.given.skeleton, result.params })
    assert.equal("usage 252 the following arguments are required: --identity",
      refused(SET, "--generate-cli-skeleton", "output"))
  end)

  it("keeps what was given, for faults", function()
    local given = read(SET, "--mail", "b", "--identity", "a", "--cli-input-json",
      '{"Zoo":1.0}').given
    assert.equal('{"Identity":"a","MailFromDomain":"b","Zoo":1.0}', json.encode(given.document))
  end)
end)

describe("paging", function()
  it("is told apart from parameters", function()
    local result = read("ses ListIdentities", "--max-items", "5", "--page-size", "2",
      "--starting-token", "t", "--identity-type", "Domain")
    assert.same({ IdentityType = "Domain" }, result.params)
    assert.same({ max_items = 5, page_size = 2, starting_token = "t" }, result.given.paging)
    assert.is_true(result.given.paginate)
    assert.is_false(read(SET, "--identity", "a").given.paginate)
  end)

  it("gives way to paging by hand", function()
    for _, words in ipairs { { "ses ListIdentities", "--next-token", "t" },
      { "sesv2 ListEmailIdentities", "--page-size", "5" },
      { "ses ListIdentities", "--cli-input-json", '{"MaxItems":5}' } } do
      local result = read(words[1], words[2], words[3])
      assert.is_false(result.given.paginate)
      assert.is_nil(result.given.paging)
      assert.truthy(next(result.params))
    end
    local result = read_with({ paginate = false }, "ses ListIdentities", "--max-items", "5")
    assert.same({ { MaxItems = 5 }, false }, { result.params, result.given.paginate })
  end)

  it("is not both", function()
    local message = "param 252 Cannot specify --no-paginate along with pagination arguments: "
    assert.equal(message .. "--starting-token, --page-size", refused("ses ListIdentities",
      "--next-token", "t", "--page-size", "5", "--starting-token", "s"))
    assert.equal(message .. "--max-items",
      refused("ses ListIdentities", "--max-items", "5", "--cli-input-json", '{"NextToken":"t"}'))
    local _, err = read_with({ paginate = false }, "sesv2 ListTenants", "--max-items", "5")
    assert.equal(message .. "--max-items", "param 252 " .. err.message)
  end)

  it("warns of a limit that is none", function()
    local warnings = read("ses ListIdentities", "--max-items", "0").given.warnings
    assert.same({ "warning: Non-positive values for --max-items may result in undefined "
      .. "behavior.\n" },
      warnings)
    assert.same({}, read("ses ListIdentities", "--max-items", "1").given.warnings)
  end)
end)

describe("--cli-input-json and --cli-input-yaml", function()
  it("give what the command line does not", function()
    for _, words in ipairs {
      { "--cli-input-json", '{"Identity":"a","MailFromDomain":"b","BehaviorOnMXFailure":null}' },
      { "--cli-input-yaml", "Identity: a\nMailFromDomain: b\nBehaviorOnMXFailure:\n" },
    } do
      local result = assert(read(SET, words[1], words[2], "--mail-from-domain", "c"))
      -- A null counts as absent, for a client as well.
      assert.same({ Identity = "a", MailFromDomain = "c", BehaviorOnMXFailure = document.null },
        result.params)
      assert.truthy(core.encode(core.handle("ses", "SetIdentityMailFromDomain"), result.params))
    end
  end)

  for message, words in pairs {
    ["Error parsing parameter 'cli-input-json': Invalid JSON received.\n(Expecting property name"
      .. " enclosed in double quotes: line 1 column 2 (char 1))"] = { "--cli-input-json", "{" },
    ["Error parsing parameter 'cli-input-json': Invalid JSON received.\n(the contents of a file are"
      .. " file://set.json)"] = { "--cli-input-json", "@set.json" },
    ["Error parsing parameter 'cli-input-yaml': Invalid YAML received.\n(did not find expected node"
      .. " content at document: 1, line: 2, column: 1)"] = { "--cli-input-yaml", "{" },
    ["Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class "
      .. "'list'>"] = { "--cli-input-json", "[]" },
    ["Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class "
      .. "'NoneType'>"] = { "--cli-input-json", "null" },
    ["Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class "
      .. "'str'>"] = { "--cli-input-yaml", "a" },
    ["Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class "
      .. "'bool'>"] = { "--cli-input-yaml", "false" },
    ["Only one --cli-input- parameter may be specified."] = { "--cli-input-json", "{}",
      "--cli-input-yaml", "{}" },
  } do
    it("are refused: " .. message, function()
      assert.equal("param 252 " .. message, refused(SET, words[1], words[2], words[3], words[4]))
    end)
  end

  it("make what is required optional, and nothing else does", function()
    assert.same({}, params(SET, "--cli-input-json", "{}"))
    assert.equal("usage 252 the following arguments are required: --identity",
      refused(SET, "--cli-input-json={}"))
  end)

  it("show no word that may be part of a secret", function()
    assert.equal("unknown 252 Unknown options: --bogus, 3 that are not shown, for one may be part"
      .. " of a secret", refused("sesv2 CreateEmailIdentity", "--email-identity", "e",
        "--dkim-signing-attributes", "DomainSigningPrivateKey=-----BEGIN", "KEY-----", "MIIE",
        "--bogus=MIIE", "x"))
  end)

  it("tell what reading YAML needs", function()
    local loaded, preloaded = package.loaded.yaml, package.preload.yaml
    finally(function()
      package.loaded.yaml, package.preload.yaml = loaded, preloaded
    end)
    package.loaded.yaml, package.preload.yaml = nil, function() error "not found" end
    assert.equal("general 255 reading YAML takes lyaml: install Debian's package lua-yaml, or the "
      .. "rock lyaml", refused(SET, "--cli-input-yaml", "a: b"))
  end)

  it("survive bombs", function()
    local bomb = { "a0: &a0 [x, x, x, x, x, x, x, x, x]" }
    for i = 1, 30 do
      bomb[#bomb + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a" .. i - 1 .. ", "):rep(9))
    end
    assert.equal("param 252 Error parsing parameter 'cli-input-yaml': Invalid YAML received.\n"
      .. "(aliases stand for more than 16 MiB)",
      refused(SET, "--cli-input-yaml", table.concat(bomb, "\n")))
    assert.truthy(refused(SET, "--cli-input-json", '{"Identity":' .. ("["):rep(100000)):find(
      "^param 252 Error parsing parameter 'cli%-input%-json': Invalid JSON received%.\n%("))
  end)
end)
