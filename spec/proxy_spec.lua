local aws = require "spec.support.aws"
local proxies = require "ses.proxy"
local url = require "ses.url"

describe("the proxy of the environment", function()
  local function of(target, variables)
    variables.AWS_REGION = "us-east-1"
    return proxies.of(assert(aws.settings({ proxy = false }, variables)).lookup,
      assert(url.parse(target)))
  end

  local HTTPS = "https://email.us-east-1.amazonaws.com"

  it("is the one of the scheme, the lower-case name first", function()
    local both = { HTTPS_PROXY = "http://upper", HTTP_PROXY = "http://plain" }
    assert.equal("http://upper", of(HTTPS, both))
    assert.equal("http://plain", of("http://example.com", both))
    both.https_proxy = "http://lower"
    assert.same({ "http://lower", "https_proxy" }, { of(HTTPS, both) })
    assert.is_nil(of(HTTPS, {}))
  end)

  it("may lack its scheme", function()
    assert.equal("http://proxy:3128", of(HTTPS, { HTTPS_PROXY = "proxy:3128" }))
  end)

  it("is not what a CGI script's caller wrote in a header", function()
    local cgi = { HTTP_PROXY = "http://evil", REQUEST_METHOD = "GET", HTTPS_PROXY = "http://good" }
    assert.is_nil(of("http://example.com", cgi))
    assert.equal("http://good", of(HTTPS, cgi))
    cgi.http_proxy = "http://lower"
    assert.equal("http://lower", of("http://example.com", cgi))
  end)

  for _, case in ipairs {
    { "*", true }, { "amazonaws.com", true }, { ".amazonaws.com", true },
    { "*.amazonaws.com", true }, { "email.us-east-1.amazonaws.com", true },
    { "a.test, AMAZONAWS.COM", true }, { "email.us-east-1.amazonaws.com:443", true },
    { "amazonaws.com:8443", false }, { "aws.com", false }, { "us-east-1", false }, { "", false },
    { "example.com", false }, { ",", false },
  } do
    it(("is %s for no_proxy = %q"):format(case[2] and "not used" or "used", case[1]), function()
      local found = of(HTTPS, { HTTPS_PROXY = "http://p", NO_PROXY = case[1] })
      assert.equal(not case[2], found == "http://p")
    end)
  end

  it("is not used for addresses that are excluded", function()
    local variables = { HTTP_PROXY = "http://p", no_proxy = "10.0.0.1,::1" }
    assert.is_nil(of("http://10.0.0.1:8080", variables))
    assert.is_nil(of("http://[::1]:8080", variables))
    assert.equal("http://p", of("http://10.0.0.2", variables))
  end)
end)
