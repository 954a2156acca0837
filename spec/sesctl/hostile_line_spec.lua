-- Command lines that nobody means, and some that somebody does.

local http_server = require "spec.support.http_server"
local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"

-- As many words as Lua's own program takes.
local MANY = _VERSION == "Lua 5.1" and not rawget(_G, "jit") and 7000 or 10001

local QUOTA = "50000.0\t14.0\t0.0\n"

describe("the command line", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  local function prints(expected, words)
    assert.same({ expected, 0, "" }, { sesctl(words, { host = host }) })
  end

  local function refuses(rc, message, words, given)
    given = given or {}
    given.host = host
    local output, status, errors = sesctl(words, given)
    assert.same({ "", rc }, { output, status }, errors:sub(1, 400))
    assert.truthy(errors:find(message, 1, true), errors:sub(1, 400))
    assert.is_nil(errors:find("stack traceback", 1, true))
    assert.is_nil(errors:find(".lua:", 1, true))
  end

  it("takes the last of an option that comes twice", function()
    prints(QUOTA, "ses get-send-quota --output table --output text")
    prints(QUOTA, "ses get-send-quota --region eu-west-1 --region us-east-1 --output=json"
      .. " --output=text")
    refuses(254, "Identity <b.com> does not exist.",
      "ses set-identity-mail-from-domain --identity a.com --identity b.com")
  end)

  for words, message in pairs {
    ["ses get-send-quota --region"] = "argument --region: expected one argument",
    ["ses set-identity-mail-from-domain --identity"] =
      "argument --identity: expected one argument",
    ["ses set-identity-mail-from-domain --identity --"] =
      "argument --identity: expected one argument",
    ["ses get-send-quota --bogus --other x"] = "Unknown options: --bogus, --other, x",
    ["ses get-send-quota -- --output text"] = "Unknown options: --output, text",
    ["ses wait identity-exists --identities"] =
      "argument --identities: expected at least one argument",
    ["ses wait identity-exists --cli-input-json {}"] =
      'Missing required parameter in input: "Identities"',
    ["sesv2 wait dkim-verified --email-identity ''"] =
      "Invalid length for parameter EmailIdentity, value: 0, valid min length: 1",
    ["ses ''"] = "argument operation: Found invalid choice ''",
    ["ses wait ''"] = "argument subcommand: Found invalid choice ''",
    ["''"] = "''",
    ["'' ''"] = "''",
    ["ses get-send-quota --endpoint-url ''"] = 'Bad value for --endpoint-url "": scheme is missing',
    ["ses get-send-quota --color red"] = "argument --color: Found invalid choice 'red'",
    ["sesv2 get-email-identity --email-identity .."] = "Invalid value for parameter EmailIdentity",
    ["sesv2 get-email-identity --email-identity \"$(printf 'a\\nb')\""] =
      "contains a control character",
    ["sesv2 get-email-identity --email-identity \"$(printf '\\377')\""] = "not UTF-8 at byte 1",
  } do
    it("is wrong usage: " .. words, function()
      refuses(252, message, words)
    end)
  end

  it("may have words as long as the system allows, and thousands of them", function()
    local long = "$(printf %0100000d 0)"
    refuses(252, "Found invalid choice", "ses get-send-quota --output " .. long)
    refuses(252, "Found invalid choice", "ses " .. long)
    refuses(252, "Unknown options: --0", "ses get-send-quota --" .. long)
    refuses(254, "does not exist", "ses set-identity-mail-from-domain --identity " .. long)
    refuses(252, "Unknown options: 2, 3, 4", "ses get-send-quota $(seq " .. MANY .. ")")
    refuses(252, "Unknown options: --1, --2, --3",
      "ses get-send-quota $(seq " .. MANY .. " | sed s/^/--/)")
    refuses(254, MANY > 10000 and "More than 10000 parameters" or "An error occurred",
      "ses get-identity-mail-from-domain-attributes --identities $(seq " .. MANY .. ")")
    refuses(252, "Bad value for --query",
      "ses get-send-quota --query \"$(printf %0100000d 0 | tr 0 '[')\"")
    prints("null\n", "ses get-send-quota --query a$(printf '.a%.0s' $(seq 20000))")
  end)

  it("takes time-outs of any length, none below zero, and nothing else", function()
    for _, value in ipairs { "abc", "1e9", "1.5", "''" } do
      refuses(255, "invalid literal for int() with base 10: '" .. value:gsub("'", "") .. "'",
        "ses get-send-quota --cli-read-timeout " .. value)
    end
    for _, value in ipairs { "0", "2147484", "99999999999", ("9"):rep(400) } do
      prints(QUOTA, "ses get-send-quota --output text --cli-read-timeout " .. value
        .. " --cli-connect-timeout " .. value)
    end
    refuses(255, "--cli-read-timeout: expected seconds, 0 for no limit, got -1",
      "ses get-send-quota --cli-read-timeout -1")
    refuses(255, "--cli-connect-timeout: expected seconds, 0 for no limit, got -7",
      "ses wait identity-exists --identities a --cli-connect-timeout -7")
  end)

  for url, message in pairs {
    ["ftp://127.0.0.1"] = "it does not begin with http:// or https://",
    ["http://"] = "it has no host",
    ["http://user:wJalrXUtnFEMI@127.0.0.1"] = "it has a user name",
    ["http://a b"] = "it has white space or a control character",
    ["http://a\r\nX-Y: z"] = "it has white space or a control character",
    ["http://127.0.0.1:99999"] = "the port is not a number from 1 to 65535",
    ["http://127.0.0.1:1?x=y"] = "it has a query or a fragment",
  } do
    it(("refuses the endpoint %q"):format(url), function()
      refuses(255, message, "ses get-send-quota --endpoint-url " .. shell.quote(url))
      local _, _, errors = sesctl("ses get-send-quota --endpoint-url " .. shell.quote(url))
      assert.is_nil(errors:find("wJalrXUtnFEMI", 1, true))
    end)
  end

  for _, region in ipairs { "", "a b", "us-east-1.example.com/", "../x", "a\r\nb", "@x",
                            "us_east" } do
    it(("refuses the region %q"):format(region), function()
      refuses(255, "doesn't match a supported format", "ses get-send-quota --region "
        .. shell.quote(region))
    end)
  end

  it("refuses a profile that is not there", function()
    for _, name in ipairs { "", "nope", "]", "\n", ("x"):rep(100000) } do
      refuses(255, "which --profile names, is neither in",
        "ses get-send-quota --profile " .. shell.quote(name))
    end
  end)

  describe("with --ca-bundle", function()
    local server

    setup(function()
      server = http_server.start()
    end)

    teardown(function()
      server:stop()
    end)

    it("needs a file of certificates", function()
      for path, message in pairs {
        [""] = "it is not the name of a file", ["/nowhere"] = "/nowhere: no such file or directory",
        ["/usr"] = "/usr: it is a directory", ["/dev/null"] = "/dev/null: it is empty",
        ["/dev/zero"] = "/dev/zero: it is larger than it may be",
        ["README.md"] = "ca_bundle does not name a readable file of PEM certificates",
        ["/bin/sh"] = "ca_bundle does not name a readable file of PEM certificates",
      } do
        refuses(255, message, "ses get-send-quota --endpoint-url " .. (server:url("ok", "tls"))
          .. " --ca-bundle " .. shell.quote(path))
      end
    end)

    it("trusts nobody else", function()
      refuses(255, "SSL validation failed for https://localhost", "ses get-send-quota"
        .. " --endpoint-url " .. (server:url("ok", "tls")) .. " --ca-bundle " .. server.other_ca)
    end)
  end)
end)
