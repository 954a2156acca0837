local cjson = require "cjson"
local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

before_each(function()
  emulator, v1, v2 = emulated.new { verify = "manual" }
end)

local function call(method, name, body, headers)
  local response = emulator:handle {
    method = method, target = "/_emulator/" .. name,
    headers = headers or { host = "localhost:4579" },
    body = body and cjson.encode(body),
  }
  return response.status, cjson.decode(response.body), response
end

describe("the control plane", function()
  it("moves the clock", function()
    local status, clock = call("POST", "clock", { advance = 3600 })
    assert.equal(200, status)
    assert.same({ wall = emulated.TIME, now = emulated.TIME + 3600, offset = 3600, skew = 0 },
                clock)
    assert.same(clock, select(2, call("GET", "clock")))
  end)

  it("does not move the clock back, or by what is no number", function()
    for _, advance in ipairs { -1, "1", { 1 } } do
      local status, answer = call("POST", "clock", { advance = advance })
      assert.equal(400, status)
      assert.equal("advance: expected a number of seconds, 0 or more", answer.error)
    end
    assert.equal(400, (call("POST", "clock")))
  end)

  it("moves the clock by a hundred years at most", function()
    local years = 100 * 365 * 24 * 3600
    local message = "advance: the clock is at most a hundred years ahead of wall time"
    local status, answer = call("POST", "clock", { advance = 1e300 })
    assert.same({ 400, message }, { status, answer.error })
    emulator:advance(years)
    for _, advance in ipairs { 1, math.huge } do
      assert.has_error(function()
        emulator:advance(advance)
      end, "ses.emulator: " .. message)
    end
    assert.equal(years, emulator.clock.offset)
    check(v2:get_account {})
  end)

  it("verifies identities and moves MAIL FROM domains", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    assert.equal(200, (call("POST", "identities", { identity = "example.com", verify = true })))
    check(v1:set_identity_mail_from_domain { Identity = "example.com",
                                             MailFromDomain = "bounce.example.com" })
    assert.equal(200, (call("POST", "identities", { identity = "example.com",
                                                    mail_from_status = "Success" })))
    local status, answer = call("GET", "identities")
    assert.equal(200, status)
    assert.same({ { name = "example.com", type = "DOMAIN", region = "us-east-1",
                    status = "SUCCESS", mail_from_domain = "bounce.example.com",
                    mail_from_status = "SUCCESS",
                    behavior_on_mx_failure = "USE_DEFAULT_VALUE" } }, answer.identities)
  end)

  it("knows the identities of every region", function()
    local elsewhere = check(ses.client("ses", { transport = emulator:transport(),
                                                region = "eu-west-1" }))
    check(elsewhere:verify_domain_identity { Domain = "example.com" })
    check(v1:verify_domain_identity { Domain = "example.org" })
    local _, answer = call("GET", "identities")
    assert.equal("eu-west-1", answer.identities[1].region)
    assert.equal("us-east-1", answer.identities[2].region)
    local status
    status, answer = call("POST", "identities", { identity = "example.com", verify = true })
    assert.equal(400, status)
    assert.same({ error = "no identity 'example.com' in us-east-1; it is in eu-west-1",
                  elsewhere = "eu-west-1" }, answer)
    assert.error_matches(function()
      emulator:verify("example.com")
    end, "no identity 'example.com' in us-east-1; it is in eu-west-1: pass that region", 1, true)
    assert.error_matches(function()
      emulator:set_mail_from_status("example.com", "Success", "us-west-2")
    end, "no identity 'example.com' in us-west-2; it is in eu-west-1: pass that region", 1, true)
    assert.equal(200, (call("POST", "identities", { identity = "example.com", verify = true,
                                                    region = "eu-west-1" })))
  end)

  it("says what it expects", function()
    for _, body in ipairs { { verify = true }, { identity = 1, verify = true },
                            { identity = "example.com" },
                            { identity = "example.com", verify = true, region = 1 } } do
      assert.equal(400, (call("POST", "identities", body)))
    end
  end)

  it("shows the mailbox, raw messages and attachments in base64, and empties it", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    emulator:verify("example.com")
    check(v1:send_raw_email { RawMessage = {
      Data = "From: a@example.com\nTo: b@x.org\nSubject: \255\n\n\0" } })
    check(v2:send_email { FromEmailAddress = "a@example.com",
      Destination = { ToAddresses = { "b@x.org" } }, Content = { Simple = {
        Subject = { Data = "s" }, Body = { Text = { Data = "é" } },
        Attachments = { { FileName = "f", RawContent = "\1" } } } } })
    local status, answer, response = call("GET", "mailbox")
    assert.equal(200, status)
    assert.equal(2, #answer.messages)
    assert.equal("RnJvbTogYUBleGFtcGxlLmNvbQpUbzogYkB4Lm9yZwpTdWJqZWN0OiD/CgoA",
                 answer.messages[1].raw)
    assert.equal("\239\191\189", answer.messages[1].subject)
    assert.same({ "b@x.org" }, answer.messages[1].recipients)
    assert.equal("é", answer.messages[2].text)
    assert.equal("AQ==", answer.messages[2].attachments[1].data)
    assert.truthy(response.body:find('"cc": []', 1, true))
    assert.equal("\1", emulator:mailbox()[2].attachments[1].data)
    assert.equal(200, (call("DELETE", "mailbox")))
    assert.same({}, emulator:mailbox())
  end)

  it("leaves out what a message lacks, as the mailbox in process does", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    emulator:verify("example.com")
    check(v1:send_raw_email { RawMessage = { Data = "From: a@example.com\nTo: b@x.org\n\n" } })
    check(v1:send_email { Source = "a@example.com", Destination = { ToAddresses = { "b@x.org" } },
                          Message = { Subject = { Data = "s" },
                                      Body = { Text = { Data = "t" } } } })
    local messages = select(2, call("GET", "mailbox")).messages
    for i, mail in ipairs(emulator:mailbox()) do
      local here, there = {}, {}
      for name in pairs(mail) do
        here[#here + 1] = name
      end
      for name in pairs(messages[i]) do
        there[#there + 1] = name
      end
      table.sort(here)
      table.sort(there)
      assert.same(here, there)
    end
    assert.is_nil(messages[1].attachments)
    assert.same({}, messages[2].attachments)
    assert.same({}, messages[2].headers)
  end)

  it("sets faults and shows those that are left", function()
    local status, answer = call("POST", "faults", { { operation = "GetSendQuota", code = "X" },
                                                    { drop = "after", count = 2 } })
    assert.equal(200, status)
    assert.equal(2, #answer.faults)
    assert.equal("X", select(2, v1:get_send_quota {}).code)
    answer = select(2, call("GET", "faults"))
    assert.same({ { drop = "after", count = 2 } }, answer.faults)
    status, answer = call("POST", "faults", { drop = "sometimes" })
    assert.equal(400, status)
    assert.equal("faults[1].drop: expected 'unread', 'before' or 'after'", answer.error)
    assert.equal(1, #emulator:faults())
  end)

  it("skews the service's clock", function()
    local status, clock = call("POST", "clock", { skew = -900 })
    assert.equal(200, status)
    assert.same({ wall = emulated.TIME, now = emulated.TIME, offset = 0, skew = -900 }, clock)
    clock = select(2, call("POST", "clock", { advance = 60, skew = 5 }))
    assert.same({ 60, 5 }, { clock.offset, clock.skew })
    for _, skew in ipairs { "1", 1e9, -1e9, { 1 } } do
      local refused, answer = call("POST", "clock", { skew = skew })
      assert.equal(400, refused)
      assert.equal("skew: expected a number of seconds, a year at most, either way", answer.error)
    end
    assert.equal(5, emulator.clock.skew)
  end)

  it("adds key pairs and shows those that there are, without what is secret", function()
    local status, answer, response = call("POST", "keys", {
      { access_key_id = "ASIAEXAMPLE", secret_access_key = "one", session_token = "two",
        expires = 5 } })
    assert.equal(200, status)
    assert.same({ { access_key_id = "AKIDEXAMPLE" },
                  { access_key_id = "ASIAEXAMPLE", expires = 5 } }, answer.keys)
    assert.falsy(response.body:find("one", 1, true) or response.body:find("two", 1, true))
    answer = select(2, call("POST", "keys", { access_key_id = "ASIAEXAMPLE",
                                              secret_access_key = "three" }))
    assert.same({ access_key_id = "ASIAEXAMPLE" }, answer.keys[2])
    assert.same(answer, select(2, call("GET", "keys")))
    status, answer = call("POST", "keys", { access_key_id = "ASIAEXAMPLE" })
    assert.same({ 400, "keys[1]: expected access_key_id and secret_access_key" },
                { status, answer.error })
    assert.same({ 400, "keys: expected a list of key pairs" },
                { (call("POST", "keys")), select(2, call("POST", "keys")).error })
  end)

  it("changes the quota", function()
    local status, answer = call("POST", "quota", { max_24_hour_send = 7 })
    assert.same({ 200, { max_24_hour_send = 7, max_send_rate = 14 } }, { status, answer })
    answer = select(2, call("POST", "quota", { max_send_rate = 3 }))
    assert.same({ max_24_hour_send = 7, max_send_rate = 3 }, answer)
    assert.same(answer, select(2, call("GET", "quota")))
    for message, given in pairs {
      ["quota: expected max_24_hour_send, max_send_rate or both"] = {},
      ["quota.max_send_rate: expected a number of at least 1"] = { max_send_rate = 0 },
      ["unknown option 'quota.rate'"] = { rate = 1 },
    } do
      status, answer = call("POST", "quota", given)
      assert.equal(400, status)
      assert.equal(message, answer.error)
    end
    assert.equal(7, check(v1:get_send_quota {}).Max24HourSend)
  end)

  it("changes what credentials come from, and counts what was asked", function()
    local arn = "arn:aws:iam::123456789012:role/mailer"
    local status, answer = call("GET", "credentials")
    assert.same({ 200, { account = "123456789012", roles = {}, instance_role = "ses-emulator",
                         metadata = true, lifetime = false, calls = {} } }, { status, answer })
    local response
    status, answer, response = call("POST", "credentials", {
      roles = { [arn] = { external_id = "x", mfa = true, deny = false, max_session = 900 } },
      instance_role = false, metadata = false, lifetime = 60,
      sso_tokens = { { access_token = "the-access", refresh_token = "the-refresh" } } })
    assert.same({ 200, { account = "123456789012", instance_role = false, metadata = false,
                         lifetime = 60, calls = {}, roles = { [arn] = {
                           external_id = "x", mfa = true, deny = false, max_session = 900 } } } },
                { status, answer })
    assert.falsy(response.body:find("the-", 1, true))
    assert.same(answer, select(2, call("POST", "credentials", { lifetime = 60 })))
    assert.equal(403, emulator:handle({ method = "PUT", target = "/latest/api/token",
                                        headers = {} }).status)
    assert.equal(200, emulator:handle({
      method = "GET", target = "/federation/credentials?role_name=r&account_id=123456789012",
      headers = { ["x-amz-sso_bearer_token"] = "the-access" } }).status)
    answer = select(2, call("POST", "credentials", { roles = {}, instance_role = "web" }))
    assert.same({ {}, "web", { imds = { PutToken = 1 }, sso = { GetRoleCredentials = 1 } } },
                { answer.roles, answer.instance_role, answer.calls })
    assert.same(answer, emulator:credentials())
  end)

  it("says what it expects of what credentials come from", function()
    for message, given in pairs {
      ["credentials: expected roles, instance_role, metadata, lifetime or sso_tokens"] = {},
      ["unknown option 'credentials.account'"] = { account = "123456789012" },
      ["unknown option 'credentials.role'; did you mean 'roles'?"] = { role = {} },
      ["credentials.lifetime: expected seconds from 1 to a hundred years, or false"] =
        { lifetime = -1 },
      ["credentials.sso_tokens[1]: expected access_token"] =
        { sso_tokens = { { expires = 1 } } },
    } do
      local status, answer = call("POST", "credentials", given)
      assert.same({ 400, message }, { status, answer.error })
      assert.has_error(function()
        emulator:set_credentials(given)
      end, "ses.emulator: " .. message)
    end
  end)

  it("resets everything", function()
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v2:create_email_template { TemplateName = "t", TemplateContent = { Subject = "s" } })
    call("POST", "clock", { advance = 10, skew = 20 })
    call("POST", "faults", { code = "X" })
    call("POST", "keys", { access_key_id = "ASIAEXAMPLE", secret_access_key = "s" })
    call("POST", "quota", { max_send_rate = 3 })
    local before = emulator:credentials()
    call("POST", "credentials", { lifetime = 3, sso_tokens = { access_token = "a" } })
    emulator:handle { method = "PUT", target = "/latest/api/token", headers = {} }
    assert.equal(200, (call("POST", "reset")))
    assert.same(before, emulator:credentials())
    assert.same({}, emulator:identities())
    assert.same({}, emulator:faults())
    assert.same({ 0, 0 }, { emulator.clock.offset, emulator.clock.skew })
    assert.equal(1, #select(2, call("GET", "keys")).keys)
    assert.equal(14, select(2, call("GET", "quota")).max_send_rate)
    assert.same({}, check(v2:list_email_templates {}).TemplatesMetadata)
  end)

  it("knows no other calls", function()
    for _, call_ in ipairs { { "GET", "reset" }, { "PUT", "clock" }, { "GET", "dns" },
                             { "GET", "" }, { "GET", "mailbox/1" } } do
      assert.equal(404, (call(call_[1], call_[2])))
    end
  end)

  it("refuses what is no JSON", function()
    local response = emulator:handle { method = "POST", target = "/_emulator/clock", body = "{",
                                       headers = { host = "localhost" } }
    assert.equal(400, response.status)
    assert.truthy(response.body:find("the body is not JSON", 1, true))
    assert.equal(400, (call("POST", "identities", { "x" })))
    response = emulator:handle { method = "POST", target = "/_emulator/clock", body = "1",
                                 headers = { host = "localhost" } }
    assert.equal(400, response.status)
  end)

  for _, host in ipairs { "localhost", "LOCALHOST:80", "127.0.0.1:4579", "127.1.2.3", "[::1]:4579",
                          "ses.localhost:4579" } do
    it("answers " .. host, function()
      assert.equal(200, (call("GET", "clock", nil, { host = host })))
    end)
  end

  for _, host in ipairs { "", "example.com", "127.0.0.1.example.com", "localhost.example.com",
                          "192.168.0.1", "1127.0.0.1", "[::2]", "xlocalhost" } do
    it("refuses the host '" .. host .. "'", function()
      assert.equal(403, (call("POST", "reset", nil, { host = host })))
    end)
  end

  it("refuses pages in a browser", function()
    assert.equal(403, (call("POST", "reset", nil, { host = "localhost",
                                                    origin = "http://localhost" })))
    assert.equal(403, (call("POST", "reset", nil, { host = "localhost", origin = "null" })))
  end)
end)
