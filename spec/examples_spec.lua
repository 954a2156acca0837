-- Each example runs as its first lines say, over HTTP, against an emulator of
-- its own.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

local VERIFY = 'local s = require "ses" '
  .. 's.check(s.check(s.client("ses")):verify_domain_identity { Domain = "example.com" })'

local function lua(...)
  local words = { interpreter, ... }
  for i, word in ipairs(words) do
    words[i] = shell.quote(word)
  end
  return table.concat(words, " ")
end

-- Runs the commands, each if the one before it succeeded.
local function against_emulator(...)
  return shell.run("sh mk/with-emulator.sh sh -c "
    .. shell.quote(table.concat({ ... }, " && ")))
end

local function contains(output, ...)
  for _, text in ipairs { ... } do
    assert.truthy(output:find(text, 1, true), "no '" .. text .. "' in:\n" .. output)
  end
end

describe("example", function()
  -- A spec that needs the emulator's HTTP host.
  local function over_http(name, test)
    it(name, function()
      if not shell.has("nginx") then
        pending("nginx is not installed, and sesctl emulator runs in it")
      end
      test()
    end)
  end

  over_http("main_job", function()
    local output, status = against_emulator(lua("examples/main_job.lua"))
    assert.equal(0, status, output)
    contains(output,
      "bounce.example.com.  MX   10 feedback-smtp.us-east-1.amazonses.com.",
      'bounce.example.com.  TXT  "v=spf1 include:amazonses.com ~all"',
      "bounce.example.com: Pending, RejectMessage",
      "MailFromDomainNotVerifiedException: ",
      "SUCCESS",
      "RCPT TO:<customer@example.org>")
    assert.truthy(output:find("MAIL FROM:<[%w-]+@bounce%.example%.com>"), output)
  end)

  over_http("main_job, twice without a pause", function()
    local output, status = against_emulator(lua("examples/main_job.lua"),
      lua("examples/main_job.lua"))
    assert.equal(0, status, output)
    local _, runs = output:gsub("MAIL FROM:<[%w-]+@bounce%.example%.com>", "")
    assert.equal(2, runs, output)
  end)

  over_http("main_job, for another domain and region", function()
    local output, status = against_emulator("AWS_REGION=eu-west-1 "
      .. lua("examples/main_job.lua", "example.net", "mail.example.net"))
    assert.equal(0, status, output)
    contains(output, "mail.example.net.  MX   10 feedback-smtp.eu-west-1.amazonses.com.")
    assert.truthy(output:find("MAIL FROM:<[%w-]+@mail%.example%.net>"), output)
  end)

  over_http("main_job, where AWS documents other records or none", function()
    local output = against_emulator("AWS_REGION=cn-northwest-1 " .. lua("examples/main_job.lua"))
    contains(output,
      "bounce.example.com.  MX   10 feedback-smtp.ses.cn-northwest-1.amazonaws.com.cn.")
    assert.is_nil(output:find("spf1", 1, true))
    output = against_emulator("AWS_REGION=eusc-de-east-1 " .. lua("examples/main_job.lua"))
    contains(output, "AWS documents no feedback host for eusc-de-east-1")
    assert.is_nil(output:find("MX   10", 1, true))
  end)

  over_http("set_mail_from", function()
    local output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"))
    assert.equal(0, status, output)
    contains(output, "MAIL FROM domain:  bounce.example.com", "status:            Pending",
      "without its MX:    UseDefaultValue", "request:           ")
  end)

  over_http("set_mail_from, send_email and mail_from_status, without a pause", function()
    local set = lua("examples/set_mail_from.lua", "example.com", "bounce.example.com")
    local send = lua("examples/send_email.lua", "a@example.com", "you@example.org", "Hi", "Hello")
    local show = lua("examples/mail_from_status.lua", "example.com")
    local output, status = against_emulator(lua("-e", VERIFY), set, set, send, send, show)
    assert.equal(1, status, output)
    assert.truthy(output:find("\nexample.com +bounce.example.com +Pending\n$"), output)
  end)

  over_http("put_mail_from_v2", function()
    local output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/put_mail_from_v2.lua", "example.com", "bounce.example.com"))
    assert.equal(0, status, output)
    contains(output, "MAIL FROM domain:  bounce.example.com", "status:            PENDING",
      "without its MX:    REJECT_MESSAGE")
    output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/put_mail_from_v2.lua", "example.com", "bounce.example.com"),
      lua("examples/put_mail_from_v2.lua", "example.com"))
    assert.equal(0, status, output)
    contains(output, "MAIL FROM domain:  none", "status:            not set",
      "without its MX:    USE_DEFAULT_VALUE")
  end)

  over_http("mail_from_status", function()
    local output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"),
      lua("examples/mail_from_status.lua", "example.com", "example.org"))
    assert.equal(1, status, output)
    assert.truthy(output:find("\nexample.com +bounce.example.com +Pending\n"), output)
    assert.truthy(output:find("\nexample.org +%- +not set\n"), output)
  end)

  over_http("bulk_status, of more identities than one call takes", function()
    local output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"),
      "{ seq -f unknown%g.example.org 204; echo example.com; } | "
        .. lua("examples/bulk_status.lua"))
    assert.equal(1, status, output)
    local _, lines = output:gsub("\nunknown%d+%.example%.org +%- +not set", "")
    assert.equal(204, lines, output)
    assert.truthy(output:find("\nexample.com +bounce.example.com +Pending\n$"), output)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    assert(file:write("example.com\n"))
    file:close()
    output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"),
      "sesctl emulator mail-from-status example.com Success --port ${AWS_ENDPOINT_URL##*:}",
      lua("examples/bulk_status.lua", path))
    os.remove(path)
    assert.equal(0, status, output)
    assert.truthy(output:find("\nexample.com +bounce.example.com +Success\n$"), output)
  end)

  over_http("resumable_batch, twice", function()
    local list, journal = os.tmpname(), os.tmpname()
    os.remove(journal)
    local file = assert(io.open(list, "w"))
    assert(file:write("a@example.org\nb@example.org\n\nc@example.org\n"))
    file:close()
    local command = lua("examples/resumable_batch.lua", "shop@example.com", list, journal)
    local output, status = against_emulator(lua("-e", VERIFY), command, command,
      "sesctl emulator mailbox --port ${AWS_ENDPOINT_URL##*:}")
    os.remove(list)
    os.remove(journal)
    assert.equal(0, status, output)
    local _, runs = output:gsub("\n3 sent, 0 failed, 0 unknown, 0 not sent\n", "")
    assert.equal(2, runs, output)
    local _, mails = output:gsub('"subject": ?"News"', "")
    assert.equal(3, mails, output)
  end)

  over_http("list_identities", function()
    local more = lua("-e", (VERIFY:gsub("example%.com", "example.net")))
    local output, status = against_emulator(lua("-e", VERIFY), more .. " || { sleep 1; " .. more
      .. "; }", lua("examples/list_identities.lua"), lua("examples/list_identities.lua", "1"))
    assert.equal(0, status, output)
    assert.truthy(output:find("example.com +DOMAIN +SUCCESS\nexample.net +DOMAIN +SUCCESS\n"
      .. "2 identities\nexample.com +DOMAIN +SUCCESS\n1 identity\n$"), output)
    output, status = shell.run(lua("examples/list_identities.lua", "0"))
    assert.equal(2, status, output)
    contains(output, "usage: list_identities.lua ")
  end)

  over_http("wait_for_mail_from", function()
    local output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"),
      "sesctl emulator mail-from-status example.com Success --port ${AWS_ENDPOINT_URL##*:}",
      lua("examples/wait_for_mail_from.lua", "example.com"))
    assert.equal(0, status, output)
    contains(output, "0 s  example.com: SUCCESS\n", "bounce.example.com is in use")
    output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "bounce.example.com"),
      lua("examples/wait_for_mail_from.lua", "example.com", "0.5"))
    assert.equal(1, status, output)
    contains(output, "example.com: PENDING\n", "WaitTimeout")
  end)

  over_http("mail_from_manager, again and again", function()
    local function manage(...)
      return lua("examples/mail_from_manager.lua", "example.com", ...)
    end
    local output, status = against_emulator("{ " .. manage("bounce.example.com", "0") .. "; "
      .. "sesctl emulator mail-from-status example.com Success --port ${AWS_ENDPOINT_URL##*:}; "
      .. manage("bounce.example.com", "60") .. "; }")
    assert.equal(0, status, output)
    contains(output,
      "example.com: unknown, for SES does not have this identity in this region\n",
      "._domainkey.example.com. CNAME ",
      "example.com: create, for it has no MAIL FROM domain\n",
      "bounce.example.com. 300 IN MX 10 feedback-smtp.us-east-1.amazonses.com.\n",
      "example.com: keep, for it is in use\n",
      "bounce.example.com is in use\n")
    output, status = against_emulator(lua("-e", VERIFY), manage("bounce"))
    assert.equal(1, status, output)
    contains(output, "example.com: invalid, for 'bounce' is only the first part of a name",
      "not set: 'bounce' is only the first part of a name: give the full name, bounce.example.com")
    output, status = against_emulator(lua("-e", VERIFY),
      lua("examples/set_mail_from.lua", "example.com", "mail.example.com"),
      manage("bounce.example.com", "0"))
    assert.equal(1, status, output)
    contains(output, "not set: it has the MAIL FROM domain mail.example.com, which somebody else")
  end)

  over_http("send_email", function()
    local command = lua("examples/send_email.lua", "shop@example.com", "you@example.org",
      "Your order", "It is on its way.")
    local output, status = against_emulator(lua("-e", VERIFY), command)
    assert.equal(0, status, output)
    assert.truthy(output:find("^accepted: %S+\n$"), output)
    output, status = against_emulator(command)
    assert.equal(1, status, output)
    contains(output, "not sent: sesv2 SendEmail: MessageRejected: Email address is not verified.",
      "hint: verify the sender")
  end)

  over_http("error_handling", function()
    local output, status = against_emulator(lua("examples/error_handling.lua"))
    assert.equal(0, status, output)
    contains(output, "fault at Identitty: unknown", "did you mean 'Identity'?",
      "the service refused: ", "kind transport, code ConnectionRefused, may have been carried out:"
        .. " false", "error_handling.lua:", "did you mean 'set_identity_mail_from_domain'?")
  end)

  over_http("assume_role", function()
    local arn = "arn:aws:iam::123456789012:role/mailer"
    local output, status = against_emulator(lua("examples/assume_role.lua", arn))
    assert.equal(0, status, output)
    contains(output, "may send: true\nin 24 hours: ")
    output, status = against_emulator("echo 123456 | " .. lua("examples/assume_role.lua", arn,
      "arn:aws:iam::123456789012:mfa/me"))
    assert.equal(0, status, output)
    contains(output, "code of arn:aws:iam::123456789012:mfa/me: ", "may send: true\n")
    output, status = against_emulator(lua("examples/assume_role.lua", "mailer"))
    assert.equal(1, status, output)
    contains(output, "AssumeRoleFailed: the role mailer cannot be assumed: ")
  end)

  it("dry_run", function()
    local output, status = shell.run("unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SESV2; "
      .. lua("examples/dry_run.lua"))
    assert.equal(0, status, output)
    contains(output, "PUT https://email.eu-west-1.amazonaws.com/v2/email/identities/"
      .. "user%2Btag%40example.com/mail-from\n", "Authorization: AWS4-HMAC-SHA256 Credential=",
      '\n{"MailFromDomain":"bounce.example.com"}')
  end)

  it("in_process_emulator", function()
    local output, status = shell.run(lua("examples/in_process_emulator.lua"))
    assert.equal(0, status, output)
    assert.truthy(output:find("^Welcome\t%S+@amazonses.com\nWelcome\t%S+@bounce.example.com\n$"),
      output)
  end)

  it("says how it is used", function()
    for _, name in ipairs { "set_mail_from", "put_mail_from_v2", "mail_from_status",
                            "send_email", "bulk_status", "assume_role", "mail_from_manager" } do
      local output, status = shell.run(lua("examples/" .. name .. ".lua"))
      assert.equal(2, status, output)
      contains(output, "usage: " .. name .. ".lua ")
    end
  end)
end)
