local aws = require "spec.support.aws"
local errors = require "ses.error"

-- The settings, or the text of the error; its code as well.
local function read(options, variables, defaults)
  local settings, err = aws.settings(options, variables, defaults)
  return settings, err and err.message, err and err.code
end

describe("the region", function()
  local function region(option, defaults, variables)
    local settings, message, code = read({ region = option }, variables or {}, defaults)
    return settings and settings.region, message, code
  end

  it("comes from the option, the transport, AWS_REGION, AWS_DEFAULT_REGION", function()
    local all = { AWS_REGION = "eu-west-1", AWS_DEFAULT_REGION = "eu-west-2" }
    assert.equal("eu-north-1", region("eu-north-1", { region = "us-east-1" }, all))
    assert.equal("us-east-1", region(nil, { region = "us-east-1" }, all))
    assert.equal("eu-west-1", region(nil, nil, all))
    assert.equal("eu-west-2", region(nil, nil, { AWS_DEFAULT_REGION = "eu-west-2" }))
  end)

  it("comes from the profile after that", function()
    local home = aws.home(finally, { config = "[default]\nregion = eu-west-3\n"
      .. "[profile other]\nregion = sa-east-1\n[profile none]\noutput = json\n" })
    assert.equal("eu-west-3", region(nil, nil, { HOME = home }))
    assert.equal("sa-east-1", region(nil, nil, { HOME = home, AWS_PROFILE = "other" }))
    assert.equal("sa-east-1", read({ profile = "other" }, { HOME = home, AWS_PROFILE = "none" })
      .region)
    assert.equal("eu-west-1", region(nil, nil, { HOME = home, AWS_REGION = "eu-west-1" }))
    local found, message = region(nil, nil, { HOME = home, AWS_PROFILE = "none" })
    assert.is_nil(found)
    assert.truthy(message:find("give the profile 'none' a region in " .. home .. "/.aws/config",
      1, true), message)
  end)

  it("does not come from an empty variable", function()
    assert.equal("eu-west-2",
      region(nil, nil, { AWS_REGION = "", AWS_DEFAULT_REGION = "eu-west-2" }))
  end)

  it("that nothing sets is an error that says what to set", function()
    local found, message, code = region(nil, nil, { AWS_REGION = "" })
    assert.is_nil(found)
    assert.equal("MissingRegion", code)
    for _, word in ipairs { "option region", "AWS_REGION", "AWS_DEFAULT_REGION", "profile" } do
      assert.truthy(message:find(word, 1, true), message)
    end
  end)

  it("that is no host label is an error that says where it came from", function()
    local found, message, code = region(nil, nil, { AWS_DEFAULT_REGION = "evil.com/\r\n" })
    assert.is_nil(found)
    assert.equal("InvalidRegion", code)
    assert.truthy(message:find("AWS_DEFAULT_REGION", 1, true))
    assert.truthy(message:find("'evil.com/??'", 1, true), message)
    assert.is_nil(region("", nil))
  end)
end)

describe("the profile", function()
  it("that the options or the environment name must exist", function()
    local home = aws.home(finally, { config = "[profile production]\nregion = eu-west-1\n" })
    local found, message, code = read({ profile = "producton" }, { HOME = home })
    assert.is_nil(found)
    assert.equal("ProfileNotFound", code)
    for _, word in ipairs { "'producton'", "the option profile", home .. "/.aws/config",
                            "did you mean 'production'?" } do
      assert.truthy(message:find(word, 1, true), message)
    end
    found, message = read({}, { HOME = home, AWS_PROFILE = "a\r\nb" })
    assert.is_nil(found)
    assert.truthy(message:find("'a??b', which AWS_PROFILE", 1, true), message)
  end)

  it("of a transport with defaults is looked for only where the options name it", function()
    local home = aws.home(finally, { config = "[default]\nregion = nowhere at all\n" })
    local defaults = { region = "us-east-1", endpoint = "http://t" }
    assert.equal("us-east-1", read({}, { HOME = home, AWS_PROFILE = "missing" }, defaults).region)
    assert.is_nil((read({ profile = "missing" }, { HOME = home }, defaults)))
  end)

  it("in a file that cannot be read is an error", function()
    local home = aws.home(finally, { config = "no section" })
    local found, message, code = read({ region = "eu-west-1" }, { HOME = home })
    assert.is_nil(found)
    assert.equal("InvalidConfigFile", code)
    assert.truthy(message:find(home .. "/.aws/config", 1, true), message)
  end)
end)

describe("the endpoint", function()
  local function url(option, defaults, variables)
    variables.AWS_REGION = "eu-west-1"
    local settings, message, code = read({ endpoint = option }, variables, defaults)
    return settings and settings.endpoint.url, message, code
  end

  local function all()
    return { AWS_ENDPOINT_URL_SES = "http://v1.test", AWS_ENDPOINT_URL = "http://any.test" }
  end

  local regional = "https://email.eu-west-1.amazonaws.com"

  it("comes from the option before all else", function()
    local defaults = { region = "eu-west-1", endpoint = "http://t" }
    assert.equal("http://mine.test", url("http://mine.test", defaults, all()))
    assert.equal("http://t", url(nil, defaults, all()))
  end)

  it("comes from the service's own variable, then from the general one", function()
    assert.equal("http://v1.test", url(nil, nil, all()))
    assert.equal("http://any.test", url(nil, nil, {
      AWS_ENDPOINT_URL_SESV2 = "http://v2.test", AWS_ENDPOINT_URL = "http://any.test",
      AWS_ENDPOINT_URL_SES = "",
    }))
  end)

  it("is the region's own otherwise", function()
    assert.equal(regional, url(nil, nil, {}))
  end)

  it("ignores what is configured when told so", function()
    for _, value in ipairs { "true", "TRUE", "True" } do
      local variables = all()
      variables.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = value
      assert.equal(regional, url(nil, nil, variables))
      assert.equal("http://mine.test", url("http://mine.test", nil, variables))
    end
    local variables = all()
    variables.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "false"
    assert.equal("http://v1.test", url(nil, nil, variables))
  end)

  it("that cannot be used is an error that says where it came from", function()
    local found, message, code = url("localhost:4579", nil, {})
    assert.is_nil(found)
    assert.equal("InvalidEndpoint", code)
    assert.truthy(message:find("the option endpoint", 1, true))
    found, message = url(nil, nil, { AWS_ENDPOINT_URL_SES = "https://u:topsecret@h" })
    assert.is_nil(found)
    assert.truthy(message:find("AWS_ENDPOINT_URL_SES", 1, true))
    assert.is_nil(message:find("topsecret", 1, true))
  end)

  it("may be one for FIPS, or one with IPv6", function()
    assert.equal("https://email-fips.eu-west-1.amazonaws.com",
      read({ use_fips = true }, { AWS_REGION = "eu-west-1" }).endpoint.url)
    assert.equal("https://email.eu-west-1.api.aws",
      read({}, { AWS_REGION = "eu-west-1", AWS_USE_DUALSTACK_ENDPOINT = "true" }).endpoint.url)
    assert.equal(regional, read({ use_dualstack = false },
      { AWS_REGION = "eu-west-1", AWS_USE_DUALSTACK_ENDPOINT = "true" }).endpoint.url)
    local home = aws.home(finally, { config = "[default]\nuse_fips_endpoint = true\n" })
    assert.equal("https://email-fips.eu-west-1.amazonaws.com",
      read({ region = "eu-west-1" }, { HOME = home }).endpoint.url)
    local found, message, code = read({ use_fips = true, endpoint = "http://h" }, aws.BARE)
    assert.is_nil(found)
    assert.equal("InvalidConfiguration", code)
    assert.equal("Invalid Configuration: FIPS and custom endpoint are not supported", message)
  end)

  it("of STS may be its global one", function()
    local function sts(value)
      local settings = assert(aws.settings({}, { AWS_REGION = "eu-west-1",
        AWS_STS_REGIONAL_ENDPOINTS = value }))
      return settings:reach("sts").url
    end
    assert.equal("https://sts.eu-west-1.amazonaws.com", sts())
    assert.equal("https://sts.eu-west-1.amazonaws.com", sts "regional")
    assert.equal("https://sts.amazonaws.com", sts "legacy")
    assert.truthy(select(2, read({}, { AWS_REGION = "eu-west-1",
      AWS_STS_REGIONAL_ENDPOINTS = "global" })):find("expected regional or legacy", 1, true))
  end)

  it("of another service is not the client's option", function()
    local settings = assert(aws.settings({ endpoint = "http://h" }, { AWS_REGION = "eu-west-1",
      AWS_ENDPOINT_URL_STS = "http://sts.test" }))
    assert.equal("http://h", settings.endpoint.url)
    assert.equal("http://sts.test", settings:reach("sts").url)
  end)
end)

describe("retries", function()
  it("are what the options, the environment and the profile say", function()
    local home = aws.home(finally, {
      config = "[default]\nretry_mode = adaptive\nmax_attempts = 7",
    })
    local variables = { AWS_REGION = "us-east-1", HOME = home }
    assert.same({ mode = "adaptive", max_attempts = 7 }, read({}, variables).retry)
    variables.AWS_MAX_ATTEMPTS, variables.AWS_RETRY_MODE = "2", "Standard"
    assert.same({ mode = "standard", max_attempts = 2 }, read({}, variables).retry)
    assert.same({ mode = "off", max_attempts = 5, ambiguous_sends = true },
      read({ retry = { mode = "off", max_attempts = 5, ambiguous_sends = true } }, variables).retry)
  end)

  for name, value in pairs { AWS_RETRY_MODE = "fast", AWS_MAX_ATTEMPTS = "0",
                             AWS_USE_FIPS_ENDPOINT = "yes" } do
    it(("refuse %s = %s"):format(name, value), function()
      local found, message, code = read({}, { AWS_REGION = "us-east-1", [name] = value })
      assert.is_nil(found)
      assert.equal("InvalidSetting", code)
      assert.truthy(message:find(("%s is '%s' (expected"):format(name, value), 1, true), message)
    end)
  end

  it("refuse a number of attempts that is none", function()
    for _, value in ipairs { "-1", "2.5", "1e3", "three", "0x3", "9\n" } do
      assert.is_nil((read({}, { AWS_REGION = "us-east-1", AWS_MAX_ATTEMPTS = value })), value)
    end
  end)
end)

describe("the connection", function()
  local function connect(options, variables)
    options.region = "us-east-1"
    local settings, message, code = read(options, variables or {})
    return settings and settings.connection, message, code
  end

  it("verifies certificates and gives up connecting after 5 s", function()
    local plain = { connect_timeout = 5, verify = true, max_response_bytes = 16777216 }
    assert.same(plain, connect {})
    assert.same(plain, connect { timeout = {}, verify = true })
  end)

  it("is what the options say", function()
    assert.same({ connect_timeout = 2, verify = false, ca_bundle = "LICENSE",
      proxy = "http://p:3128", max_response_bytes = 16777216, idle_timeout = 3 }, connect {
      timeout = { connect = 2, idle = 3 }, verify = false, ca_bundle = "LICENSE",
      proxy = "http://p:3128",
    })
  end)

  it("trusts the certificates that the environment or the profile names", function()
    local home = aws.home(finally, { config = "[default]\nca_bundle = Makefile\n" })
    assert.equal("LICENSE", connect({}, { AWS_CA_BUNDLE = "LICENSE", HOME = home }).ca_bundle)
    assert.equal("Makefile", connect({}, { HOME = home }).ca_bundle)
  end)

  for _, proxy in ipairs { "http://proxy", "https://proxy:8443/", "http://user:pa%40ss@proxy:3128",
                           "http://[::1]:3128", "HTTP://user@proxy" } do
    it("takes the proxy " .. proxy, function()
      assert.equal(proxy, assert(connect { proxy = proxy }).proxy)
      assert.equal(proxy, assert(connect({}, { HTTPS_PROXY = proxy })).proxy)
    end)
  end

  for _, proxy in ipairs { "", "proxy:3128", "ftp://proxy", "socks5://proxy", "http://",
                           "http://proxy\r\nX: y", "http://user:topsecret@", "http://proxy/path",
                           "http://user:topsecret@a@proxy", "http://proxy:port", "http://pr\0xy",
                           "topsecret@proxy" } do
    it(("refuses the proxy %q"):format(proxy), function()
      local made, message, code = connect { proxy = proxy }
      assert.is_nil(made)
      assert.equal("InvalidProxy", code)
      assert.is_nil(message:find("topsecret", 1, true))
    end)
  end

  it("names the variable of a proxy that cannot be used", function()
    local made, message = connect({}, { https_proxy = "socks5://u:topsecret@h" })
    assert.is_nil(made)
    assert.truthy(message:find("https_proxy is not a URL that can be used", 1, true), message)
    assert.is_nil(message:find("topsecret", 1, true))
  end)

  it("uses no proxy of the environment's when told so", function()
    assert.is_nil(connect({ proxy = false }, { HTTPS_PROXY = "http://p" }).proxy)
  end)

  it("refuses a file of certificates that cannot be read, and names it", function()
    for path, reason in pairs {
      [""] = "it is not the name of a file", ["a\0b"] = "it is not the name of a file",
      ["no-such-file.pem"] = "no-such-file.pem: no such file", lua = "lua: it is a directory",
      ["/dev/null"] = "/dev/null: it is empty",
    } do
      local made, message, code = connect { ca_bundle = path }
      assert.is_nil(made)
      assert.equal("InvalidCABundle", code)
      assert.truthy(message:find("the option ca_bundle cannot be used: " .. reason, 1, true),
        message)
    end
    local made, message = connect({}, { AWS_CA_BUNDLE = "no-such-file.pem" })
    assert.is_nil(made)
    assert.truthy(message:find("AWS_CA_BUNDLE cannot be used", 1, true), message)
  end)
end)

describe("an error of the settings", function()
  it("is of kind config", function()
    assert.is_true(errors.is_error(select(2, aws.settings({}, {})), "config"))
  end)
end)
