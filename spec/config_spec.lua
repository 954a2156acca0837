local config = require "ses.config"
local errors = require "ses.error"

local function environment(variables)
  return function(name)
    return variables[name]
  end
end

describe("the region", function()
  local function region(option, defaults, variables)
    return config.region(option, defaults, environment(variables or {}))
  end

  it("comes from the option, the transport, AWS_REGION, AWS_DEFAULT_REGION", function()
    local all = { AWS_REGION = "eu-west-1", AWS_DEFAULT_REGION = "eu-west-2" }
    assert.equal("eu-north-1", region("eu-north-1", { region = "us-east-1" }, all))
    assert.equal("us-east-1", region(nil, { region = "us-east-1" }, all))
    assert.equal("eu-west-1", region(nil, {}, all))
    assert.equal("eu-west-1", region(nil, nil, all))
    assert.equal("eu-west-2", region(nil, nil, { AWS_DEFAULT_REGION = "eu-west-2" }))
  end)

  it("does not come from an empty variable", function()
    assert.equal("eu-west-2",
      region(nil, nil, { AWS_REGION = "", AWS_DEFAULT_REGION = "eu-west-2" }))
  end)

  it("that nothing sets is an error that says what to set", function()
    local found, err = region(nil, nil, { AWS_REGION = "" })
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "config", "MissingRegion"))
    for _, word in ipairs { "option region", "AWS_REGION", "AWS_DEFAULT_REGION" } do
      assert.truthy(err.message:find(word, 1, true), err.message)
    end
  end)

  it("that is no host label is an error that says where it came from", function()
    local found, err = region(nil, nil, { AWS_DEFAULT_REGION = "evil.com/\r\n" })
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "config", "InvalidRegion"))
    assert.truthy(err.message:find("AWS_DEFAULT_REGION", 1, true))
    assert.truthy(err.message:find("'evil.com/??'", 1, true), err.message)
    assert.is_nil(select(1, region("", nil)))
  end)
end)

describe("the endpoint", function()
  local function url(service, option, defaults, variables)
    local found, err = config.endpoint(service, "eu-west-1", option, defaults,
      environment(variables or {}))
    return found and found.url, err
  end

  local all = {
    AWS_ENDPOINT_URL_SES = "http://v1.test", AWS_ENDPOINT_URL_SESV2 = "http://v2.test",
    AWS_ENDPOINT_URL = "http://any.test",
  }
  local regional = "https://email.eu-west-1.amazonaws.com"

  it("comes from the option before all else", function()
    assert.equal("http://mine.test", url("ses", "http://mine.test", { endpoint = "http://t" }, all))
  end)

  it("comes from the service's own variable, then from the general one", function()
    assert.equal("http://v1.test", url("ses", nil, nil, all))
    assert.equal("http://v2.test", url("sesv2", nil, nil, all))
    assert.equal("http://any.test", url("sesv2", nil, nil, {
      AWS_ENDPOINT_URL_SES = "http://v1.test", AWS_ENDPOINT_URL = "http://any.test",
      AWS_ENDPOINT_URL_SESV2 = "",
    }))
  end)

  it("is the region's own otherwise", function()
    assert.equal(regional, url("ses", nil, nil, {}))
  end)

  it("ignores the variables when told so", function()
    for _, value in ipairs { "true", "TRUE", "True" } do
      all.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = value
      assert.equal(regional, url("ses", nil, nil, all))
      assert.equal("http://mine.test", url("ses", "http://mine.test", nil, all))
    end
    all.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "false"
    assert.equal("http://v1.test", url("ses", nil, nil, all))
    all.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = nil
  end)

  it("of a transport comes before the environment", function()
    assert.equal("http://t.test", url("ses", nil, { endpoint = "http://t.test" }, all))
    assert.equal("http://v1.test", url("ses", nil, {}, all))
    assert.equal(regional, url("ses", nil, {}, {}))
  end)

  it("that cannot be used is an error that says where it came from", function()
    local found, err = url("ses", "localhost:4579", nil, {})
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "config", "InvalidEndpoint"))
    assert.truthy(err.message:find("the option endpoint", 1, true))
    found, err = url("sesv2", nil, nil, { AWS_ENDPOINT_URL_SESV2 = "https://u:topsecret@h" })
    assert.is_nil(found)
    assert.truthy(err.message:find("AWS_ENDPOINT_URL_SESV2", 1, true))
    assert.is_nil(tostring(err):find("topsecret", 1, true))
  end)
end)

describe("the connection", function()
  it("verifies certificates and gives up connecting after 5 s", function()
    assert.same({ connect_timeout = 5, verify = true, max_response_bytes = 16777216 },
      config.connection {})
    assert.same({ connect_timeout = 5, verify = true, max_response_bytes = 16777216 },
      config.connection { timeout = {}, verify = true })
  end)

  it("is what the options say", function()
    assert.same({ connect_timeout = 2, verify = false, ca_bundle = "LICENSE",
      proxy = "http://p:3128", max_response_bytes = 16777216 }, config.connection {
      timeout = { connect = 2 }, verify = false, ca_bundle = "LICENSE", proxy = "http://p:3128",
    })
  end)

  for _, proxy in ipairs { "http://proxy", "https://proxy:8443/", "http://user:pa%40ss@proxy:3128",
                           "http://[::1]:3128", "HTTP://user@proxy" } do
    it("takes the proxy " .. proxy, function()
      assert.equal(proxy, assert(config.connection { proxy = proxy }).proxy)
    end)
  end

  for _, proxy in ipairs { "", "proxy:3128", "ftp://proxy", "socks5://proxy", "http://",
                           "http://proxy\r\nX: y", "http://user:topsecret@", "http://proxy/path",
                           "http://user:topsecret@a@proxy", "http://proxy:port", "http://pr\0xy",
                           "topsecret@proxy" } do
    it(("refuses the proxy %q"):format(proxy), function()
      local made, err = config.connection { proxy = proxy }
      assert.is_nil(made)
      assert.is_true(errors.is_error(err, "config", "InvalidProxy"))
      assert.is_nil(tostring(err):find("topsecret", 1, true))
    end)
  end

  it("refuses a file of certificates that cannot be read, and names it", function()
    for path, reason in pairs {
      [""] = "it is not the name of a file", ["a\0b"] = "it is not the name of a file",
      ["no-such-file.pem"] = "no-such-file.pem: No such file", lua = "lua: ",
      ["/dev/null"] = "/dev/null: it is empty",
    } do
      local made, err = config.connection { ca_bundle = path }
      assert.is_nil(made)
      assert.is_true(errors.is_error(err, "config", "InvalidCABundle"))
      assert.truthy(err.message:find("the option ca_bundle cannot be used: " .. reason, 1, true),
        err.message)
    end
  end)
end)
