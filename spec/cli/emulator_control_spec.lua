-- A running emulator that is told to fail, and what changes while it runs.

local cjson = require "cjson"
local hosts = require "spec.support.emulator_host"
local shell = require "spec.support.shell"
local ses = require "ses"

local check = ses.check
local clients, failed = hosts.clients, hosts.failed
local run = shell.run

describe("sesctl emulator, while it runs,", function()
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

  it("closes connections with a reset, and before it read the body", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    local function fault(json)
      assert.equal(0, (select(2, run("curl -sS -f -o /dev/null -X POST " .. host.url
        .. "/_emulator/faults -d '" .. json .. "'"))))
    end
    -- curl's exit codes: 52, nothing came back; 56, the connection was reset.
    for json, expected in pairs {
      ['{"drop":"before"}'] = 52, ['{"drop":"after"}'] = 52,
      ['{"drop":"before","reset":true}'] = 56, ['{"drop":"after","reset":true}'] = 56,
      ['{"drop":"unread"}'] = 56,
    } do
      fault(json)
      local answer, status = run(host:with_keys("curl -sS --aws-sigv4 aws:amz:us-east-1:ses -u"
        .. " AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY " .. host.url
        .. "/v2/email/account"))
      assert.equal(expected, status, json .. answer)
    end
    -- More than the sockets' buffers take.
    local message = { Content = { Raw = {
      Data = "From: a@example.com\r\nTo: b@x.org\r\n\r\n" .. ("x"):rep(20 * 1024 * 1024) } } }
    fault('{"drop":"unread","service":"sesv2","operation":"SendEmail"}')
    check(v2:get_account {})
    local err = failed("ConnectionClosed", "transport", v2:send_email(message))
    assert.same({ "part", false }, { err.sent, err.ambiguous })
    assert.equal(0, #cjson.decode((host:act("mailbox"))).messages)
    check(v2:send_email(message))
  end)

  it("fails after it acted, again and again", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    run("curl -sS -X POST " .. host.url .. "/_emulator/faults -d"
      .. " '{\"every\":3,\"status\":503,\"when\":\"after\",\"operation\":\"SendEmail\"}'")
    local failures = 0
    for _ = 1, 7 do
      local _, err = v2:send_email { Content = { Raw = {
        Data = "From: a@example.com\nTo: b@x.org\n\n" } } }
      failures = failures + (err and 1 or 0)
      assert.is_true(not err or (err.status == 503 and err.ambiguous))
    end
    assert.equal(2, failures)
    assert.equal(7, #cjson.decode((host:act("mailbox"))).messages)
  end)

  it("sends bulk messages from templates", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v2:create_email_template { TemplateName = "t", TemplateContent = {
      Subject = "Hi {{name}}", Text = "é" } })
    local entries = {}
    for i = 1, 50 do
      entries[i] = { Destination = { ToAddresses = { "r" .. i .. "@x.org" } },
                     ReplacementEmailContent = { ReplacementTemplate = {
                       ReplacementTemplateData = i < 50 and '{"name":"' .. i .. '"}' or "{}" } } }
    end
    local results = check(v2:send_bulk_email { FromEmailAddress = "a@example.com",
      DefaultContent = { Template = { TemplateName = "t" } }, BulkEmailEntries = entries })
      .BulkEmailEntryResults
    local mailbox = cjson.decode((host:act("mailbox")))
    assert.same({ 50, 49, 1 }, { #results, #mailbox.messages, #mailbox.rendering_failures })
    assert.same({ "Hi 49", "é", results[49].MessageId }, { mailbox.messages[49].subject,
      mailbox.messages[49].text, mailbox.messages[49].message_id })
    assert.equal("Attribute 'name' is not present in the rendering data.",
                 mailbox.rendering_failures[1].error)
  end)

  it("has a clock that can be wrong", function()
    local v1 = clients(host)
    assert.same({ "", 0 }, { host:act("skew -1000") })
    local err = failed("SignatureDoesNotMatch", "service", v1:get_send_quota {})
    assert.truthy(err.message:find("^Signature not yet current"))
    assert.same({ "", 0 }, { host:act("skew 100.5") })
    -- The client from before has set its own clock by the emulator's.
    v1 = clients(host)
    local headers = check(v1:get_send_quota {}).ResponseMetadata.HTTPHeaders
    local ahead = require("ses.core").parse_time(headers.date, "http") - os.time()
    assert.is_true(ahead > 90 and ahead <= 101)
    assert.same({ "sesctl emulator: skew: expected a number of seconds, got 'soon'"
      .. " (see sesctl emulator --help)\n", 252 }, { host:act("skew soon") })
    assert.same({ "sesctl emulator: skew: expected a number of seconds, a year at most, either"
      .. " way\n", 255 }, { host:act("skew " .. ("9"):rep(400)) })
  end)

  it("takes key pairs and quotas while it runs", function()
    local function post(name, json)
      local answer, status = run("curl -sS -f -X POST " .. host.url .. "/_emulator/" .. name
        .. " -d '" .. json .. "'")
      assert.equal(0, status, answer)
      return cjson.decode(answer)
    end
    local key = { access_key_id = "ASIAEXAMPLE", secret_access_key = "s", session_token = "t" }
    local v1, v2 = clients(host, { credentials = key })
    failed("UnrecognizedClientException", "service", v2:get_account {})
    key.expires = os.time() + 3600
    post("keys", cjson.encode(key))
    check(v1:get_send_quota {})
    key.expires = os.time() - 1
    post("keys", cjson.encode { key })
    failed("ExpiredToken", "service", v1:get_send_quota {})
    failed("ExpiredTokenException", "service", v2:get_account {})
    assert.same({ max_24_hour_send = 5, max_send_rate = 14 },
                post("quota", '{"max_24_hour_send":5}'))
    local _, known = clients(host)
    assert.equal(5, check(known:get_account {}).SendQuota.Max24HourSend)
  end)

  it("is what credentials come from, and fails at that too", function()
    local function curl(arguments)
      local answer, status = run("curl -sS --path-as-is " .. arguments)
      return answer, status
    end
    local function status_of(arguments)
      return (curl("-o /dev/null -w '%{http_code}' " .. arguments))
    end
    local put = "-X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' " .. host.url
      .. "/latest/api/token"
    local token = curl(put)
    local documents = " -H 'X-aws-ec2-metadata-token: " .. token .. "' " .. host.url
      .. "/latest/meta-data/iam/security-credentials/"
    assert.equal("ses-emulator", (curl(documents)))
    local given = cjson.decode((curl(documents .. "ses-emulator")))
    local v1, v2 = clients(host, { credentials = {
      access_key_id = given.AccessKeyId, secret_access_key = given.SecretAccessKey,
      session_token = given.Token } })
    check(v1:get_send_quota {})
    check(v2:get_account {})
    for arguments, expected in pairs {
      [put .. " -H 'X-Forwarded-For: 10.0.0.1'"] = "403",
      [host.url .. "/latest/api/token"] = "405",
      [put .. " -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'"] = "400",
      [host.url .. "/latest/meta-data/"] = "401",
      [documents .. "ses-emulator%0d%0a"] = "404",
      ["-I " .. host.url .. "/v2/credentials/x"] = "405",
      [host.url .. "/v1/credentials"] = "400",
      ["-H 'Authorization: x' " .. host.url .. "/v1/credentials"] = "200",
      ["-H 'x-amz-sso_bearer_token: x' '" .. host.url
        .. "/federation/credentials?role_name=r&account_id=123456789012'"] = "401",
      ["-d '{}' " .. host.url .. "/token"] = "400",
    } do
      assert.equal(expected, status_of(arguments), arguments)
    end
    local function control(name, json)
      assert.equal(0, select(2, curl("-f -o /dev/null -d '" .. json .. "' " .. host.url
        .. "/_emulator/" .. name)))
    end
    control("faults", '[{"service":"imds","operation":"PutToken","drop":"unread"},'
      .. '{"service":"imds","operation":"PutToken","drop":"after"},'
      .. '{"service":"container","status":503}]')
    assert.equal(56, (select(2, curl(put))))
    assert.equal(52, (select(2, curl(put))))
    assert.equal("503", status_of(host.url .. "/v2/credentials/x"))
    control("credentials", '{"metadata":false}')
    assert.equal("403", status_of(put))
    local calls = cjson.decode((curl(host.url .. "/_emulator/credentials"))).calls
    assert.same({ PutToken = 5, GetRole = 1, GetCredentials = 2, GetOther = 1 }, calls.imds)
  end)
end)
