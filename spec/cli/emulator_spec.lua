local cjson = require "cjson"
local hosts = require "spec.support.emulator_host"
local shell = require "spec.support.shell"
local ses = require "ses"

local check = ses.check
local clients, failed = hosts.clients, hosts.failed
local run = shell.run

local function first(command)
  return run(command):match("^[^\n]*")
end

describe("sesctl emulator", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  before_each(function()
    host:act("reset")
  end)

  it("says where it is", function()
    assert.equal("SES emulator ready on " .. host.url, host.greeting)
  end)

  it("listens on 127.0.0.1 only", function()
    local wanted = (":%04X"):format(host.port)
    for _, table_ in ipairs { "/proc/net/tcp", "/proc/net/tcp6" } do
      local file = io.open(table_)
      for line in file and file:lines() or function() end do
        local address, state = line:match("^%s*%d+: (%x+:%x+) %x+:%x+ (%x%x)")
        if state == "0A" and address:sub(-5) == wanted then
          assert.equal("0100007F" .. wanted, address)
        end
      end
    end
  end)

  it("works in a folder of its own, which only its owner can read", function()
    local listing = run("ls -ld " .. host.folder .. "/*")
    assert.truthy(listing:find("^drwx%-%-%-%-%-%-"))
  end)

  it("is one nginx and the shell that cleans up after it", function()
    local _, count = host:processes():gsub("\n", "")
    assert.equal(2, count)
    assert.truthy(host:processes():find(host.pid .. " [^\n]*nginx"))
  end)

  it("carries the main job", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v1:set_identity_mail_from_domain { Identity = "example.com",
      MailFromDomain = "bounce.example.com", BehaviorOnMXFailure = "RejectMessage" })
    local found = check(v1:get_identity_mail_from_domain_attributes {
      Identities = { "example.com" } })
    assert.equal("Pending", found.MailFromDomainAttributes["example.com"].MailFromDomainStatus)
    local message = { FromEmailAddress = "a@example.com",
                      Destination = { ToAddresses = { "b@x.org" } },
                      Content = { Raw = { Data = "Subject: s\n\n\0\255" } } }
    message.Content = { Simple = { Subject = { Data = "s" }, Body = { Text = { Data = "é" } } } }
    failed("MailFromDomainNotVerifiedException", "service", v2:send_email(message))

    assert.same({ "", 0 }, { host:act("mail-from-status example.com Success") })
    assert.equal("SUCCESS", check(v2:get_email_identity { EmailIdentity = "example.com" })
      .MailFromAttributes.MailFromDomainStatus)
    local sent = check(v2:send_email(message))
    local mailbox = cjson.decode((host:act("mailbox"))).messages
    assert.equal(1, #mailbox)
    assert.equal(sent.MessageId .. "@bounce.example.com", mailbox[1].envelope_from)
    assert.equal("é", mailbox[1].text)
    local identities = cjson.decode((host:act("identities"))).identities
    assert.equal("bounce.example.com", identities[1].mail_from_domain)
  end)

  it("takes messages of 40 MB", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    local data = "From: a@example.com\r\nTo: b@x.org\r\n\r\n"
    data = data .. ("\255"):rep(30 * 1024 * 1024 - #data)
    check(v2:send_email { Content = { Raw = { Data = data } } })
    assert.equal("", (run("ls -A " .. host.folder .. "/*/body")))
  end)

  it("speaks v2 and v1 with labels, plus signs and other letters", function()
    local _, v2 = clients(host)
    for _, name in ipairs { "a+b@example.com", "o'neil%/c~*@example.com" } do
      check(v2:create_email_identity { EmailIdentity = name })
      assert.equal("EMAIL_ADDRESS",
                   check(v2:get_email_identity { EmailIdentity = name }).IdentityType)
    end
  end)

  it("answers with the time of day", function()
    local v1 = clients(host)
    host:act("advance 1000000")
    local headers = check(v1:get_send_quota {}).ResponseMetadata.HTTPHeaders
    local at = require("ses.core").parse_time(headers.date, "http")
    assert.is_true(math.abs(at - os.time()) < 60)
  end)

  it("plays faults on the wire", function()
    local v1, v2 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    local function faults(json)
      local answer, status = run("curl -sS -f -X POST " .. host.url
        .. "/_emulator/faults -d '" .. json .. "'")
      assert.equal(0, status, answer)
    end
    local function send()
      return v2:send_email { Content = { Raw = {
        Data = "From: a@example.com\nTo: b@x.org\n\n" } } }
    end
    local function count()
      return #cjson.decode((host:act("mailbox"))).messages
    end
    faults('{"drop":"before"}')
    assert.is_true(failed("ConnectionClosed", "transport", send()).ambiguous)
    assert.equal(0, count())
    faults('{"drop":"after"}')
    assert.is_true(failed("ConnectionClosed", "transport", send()).ambiguous)
    assert.equal(1, count())
    faults('{"truncate":10}')
    failed("ConnectionClosed", "transport", send())
    assert.equal(2, count())
    faults('{"delay":30}')
    local _, impatient = clients(host, { timeout = { attempt = 0.2 } })
    failed("AttemptTimeout", "timeout", impatient:get_account {})
    faults('{"status":503,"body":"<html>busy</html>"}')
    failed("UnreadableResponse", "decode", v2:get_account {})
    faults('{"code":"TooManyRequestsException","status":429,"message":"Rate exceeded"}')
    failed("TooManyRequestsException", "service", v2:get_account {})
    check(v2:get_account {})
  end)

  it("refuses the control plane to other names and to pages", function()
    for _, header in ipairs { "Host: ses.example.com", "Origin: http://localhost" } do
      local answer = run("curl -sS -o /dev/null -w '%{http_code}' -X POST -H '" .. header .. "' "
        .. host.url .. "/_emulator/reset")
      assert.equal("403", answer)
    end
  end)

  it("survives what is no HTTP for SES", function()
    for _, arguments in ipairs { "-X BREW " .. host.url, "'" .. host.url .. "/%00%ff//../x?%'",
                                 "-H 'Authorization: AWS4-HMAC-SHA256 ' " .. host.url,
                                 "-H 'A;' -H 'X_y: 1' " .. host.url } do
      local answer = run("curl -sS --path-as-is -o /dev/null -w '%{http_code}' " .. arguments)
      assert.truthy(answer:find("^4%d%d$"), answer)
    end
    local v1 = clients(host)
    check(v1:get_send_quota {})
  end)

  it("says which operations it has, as the head of ses.emulator does", function()
    local text = run("sesctl emulator --help"):gsub("%s+", " ")
    local head = run("cat lua/ses/emulator/init.lua"):gsub("%-%-%-", ""):gsub("%s+", " ")
    local sso = require "ses.emulator.sso"
    for title, operations in pairs { ["API v1: "] = require "ses.emulator.v1",
                                     ["API v2: "] = require "ses.emulator.v2",
                                     ["STS: "] = require "ses.emulator.sts",
                                     ["SSO: "] = sso.portal, ["SSO OIDC: "] = sso.oidc } do
      local names = {}
      for name in pairs(operations) do
        names[#names + 1] = name
      end
      table.sort(names)
      local list = title .. table.concat(names, ", ") .. " "
      assert.truthy(text:find(list, 1, true))
      assert.truthy(head:find(list, 1, true))
    end
  end)

  it("says which actions there are and what they take", function()
    for arguments, message in pairs {
      ["reste"] = "sesctl emulator: no action is called 'reste'; did you mean 'reset'?"
        .. " (see sesctl emulator --help)\n",
      ["verify"] = "sesctl emulator: verify takes NAME (see sesctl emulator --help)\n",
      ["mail-from-status x"] = "sesctl emulator: mail-from-status takes NAME STATUS"
        .. " (see sesctl emulator --help)\n",
      ["reset now"] = "sesctl emulator: reset takes no argument (see sesctl emulator --help)\n",
      ["reset --region eu-west-1"] = "sesctl emulator: reset takes no --region"
        .. " (see sesctl emulator --help)\n",
      ["verify example.com --verify auto"] = "sesctl emulator: verify takes no --verify"
        .. " (see sesctl emulator --help)\n",
      ["advance soon"] = "sesctl emulator: advance: expected a number of seconds, 0 or more, got"
        .. " 'soon' (see sesctl emulator --help)\n",
      ["advance -5"] = "sesctl emulator: advance: expected a number of seconds, 0 or more, got"
        .. " '-5' (see sesctl emulator --help)\n",
      ["advance 1e400"] = "sesctl emulator: advance: expected a number of seconds, 0 or more, got"
        .. " '1e400' (see sesctl emulator --help)\n",
    } do
      assert.same({ message, 252 }, { host:act(arguments) })
    end
    assert.same({ "sesctl emulator: --port: an action needs the port that the emulator listens on"
      .. " (see sesctl emulator --help)\n", 252 }, { run("sesctl emulator reset --port 0") })
  end)

  it("says what an action cannot do", function()
    assert.same({ "sesctl emulator: no identity 'example.com' in us-east-1\n", 255 },
                { host:act("verify example.com") })
    assert.same({ "sesctl emulator: no identity 'example.com' in eu-west-1\n", 255 },
                { host:act("verify example.com --region eu-west-1") })
    for _, seconds in ipairs { "4000000000", ("9"):rep(400) } do
      assert.same({ "sesctl emulator: advance: the clock is at most a hundred years ahead of wall"
        .. " time\n", 255 }, { host:act("advance " .. seconds) })
    end
    local v1 = clients(host, { region = "eu-west-1" })
    check(v1:verify_domain_identity { Domain = "example.com" })
    for _, action in ipairs { "verify example.com", "mail-from-status example.com Success" } do
      assert.same({ "sesctl emulator: no identity 'example.com' in us-east-1; it is in eu-west-1:"
        .. " add --region eu-west-1\n", 255 }, { host:act(action) })
    end
    assert.same({ "", 0 }, { host:act("verify example.com --region eu-west-1") })
  end)

  it("says what it could not print", function()
    assert.same({ "sesctl emulator: standard output: No space left on device\n", 255 },
                { run("sesctl emulator mailbox --port " .. host.port .. " >/dev/full") })
    assert.same({ "sesctl emulator: standard output: No space left on device\n", 255 },
                { run("sesctl emulator --port 0 >/dev/full") })
  end)

  it("does not start on a port that is taken", function()
    assert.same({ "sesctl emulator: port " .. host.port .. " is in use: choose another with --port,"
      .. " or --port 0 for a free one\n", 255 }, { run("sesctl emulator --port " .. host.port) })
  end)

  it("keeps a connection open", function()
    local answer = run("curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' " .. host.url
      .. " " .. host.url)
    assert.equal("1 0 ", answer)
  end)
end)

describe("sesctl emulator with options", function()
  local host

  after_each(function()
    if host then
      host:stop()
      host = nil
    end
  end)

  it("plays the account that they describe", function()
    host = hosts.start("--verify manual --no-production-access --max-24-hour-send 5"
      .. " --max-send-rate 2 --region eu-west-1")
    local v1, v2 = clients(host, { region = "eu-west-1" })
    local account = check(v2:get_account {})
    assert.is_false(account.ProductionAccessEnabled)
    assert.same({ Max24HourSend = 5, MaxSendRate = 2, SentLast24Hours = 0 }, account.SendQuota)
    failed("TooManyRequestsException", "service", v2:get_account {})
    check(v1:verify_domain_identity { Domain = "example.com" })
    assert.same({ "", 0 }, { host:act("verify example.com") })
    assert.equal("SUCCESS",
                 check(v2:get_email_identity { EmailIdentity = "example.com" }).VerificationStatus)
  end)

  it("keeps as many messages as it is told", function()
    host = hosts.start("--mailbox-size 2 --no-throttle")
    local v1 = clients(host)
    check(v1:verify_domain_identity { Domain = "example.com" })
    for i = 1, 3 do
      check(v1:send_raw_email { RawMessage = {
        Data = "From: a@example.com\nTo: b@x.org\nSubject: " .. i .. "\n\n" } })
    end
    local messages = cjson.decode((host:act("mailbox"))).messages
    assert.same({ 2, "2", "3" }, { #messages, messages[1].subject, messages[2].subject })
  end)

  for _, signal in ipairs { "TERM", "INT", "QUIT", "HUP", "KILL" } do
    it("leaves nothing behind after SIG" .. signal, function()
      host = hosts.start()
      assert.truthy(host:runs())
      local errors = host:stop(signal)
      assert.is_false(host:runs())
      assert.equal("", errors)
    end)
  end

  it("ends at once, even while it makes somebody wait", function()
    host = hosts.start()
    run("curl -sS -X POST " .. host.url .. "/_emulator/faults -d '{\"delay\":600}'")
    os.execute(host:with_keys("curl -sS --aws-sigv4 aws:amz:us-east-1:ses -u"
      .. " AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY " .. host.url
      .. "/v2/email/account >/dev/null 2>&1 &"))
    hosts.wait_for(function()
      return (run("curl -sS " .. host.url .. "/_emulator/faults")):find('"faults": []', 1, true)
    end, "the call that waits")
    host:stop()
  end)

  it("leaves its options' faults as wrong usage", function()
    for arguments, message in pairs {
      ["--verify maybe"] = "verify: expected 'auto' or 'manual'",
      ["--mailbox-size 0"] = "mailbox_size: expected a number of at least 1",
      ["--max-send-rate 0"] = "quota.max_send_rate: expected a number of at least 1",
      ["--port 70000"] = "--port: expected a port from 0 to 65535, got '70000'",
      ["--throttle"] = "no option is called --throttle; did you mean '--no-throttle'?",
    } do
      assert.same({ "sesctl emulator: " .. message .. " (see sesctl emulator --help)\n", 252 },
                  { run("sesctl emulator " .. arguments) })
    end
  end)

  it("says what is missing", function()
    local text, status = run("sesctl emulator --port 0 --nginx /nowhere/nginx")
    assert.same({ "sesctl emulator: --nginx: '/nowhere/nginx' is not a program\n", 255 },
                { text, status })
    assert.same({ "sesctl emulator: --nginx: '/' is not a program\n", 255 },
                { run("sesctl emulator --port 0 --nginx /") })
    assert.same({ "sesctl emulator: '/bin/true' is not nginx: it does not say its version with"
      .. " -V\n", 255 }, { run("sesctl emulator --port 0 --nginx /bin/true") })
    assert.same({ "sesctl emulator: no directory could be made in /nowhere, which TMPDIR names\n",
                  255 }, { run("TMPDIR=/nowhere sesctl emulator --port 0") })
    -- An nginx whose modules are elsewhere.
    local fake = run("mktemp"):match("^[^\n]+")
    local file = assert(io.open(fake, "w"))
    file:write("#!/bin/sh\necho 'nginx version: nginx/1'\n"
      .. "echo 'configure arguments: --modules-path=/nowhere/modules'\n")
    file:close()
    text, status = run("chmod +x " .. fake .. "; sesctl emulator --port 0 --nginx " .. fake)
    os.remove(fake)
    assert.same({ "sesctl emulator: nginx has no /nowhere/modules/ndk_http_module.so, its Lua"
      .. " module; on Debian: apt-get install nginx-light libnginx-mod-http-lua\n", 255 },
      { text, status })
  end)

  it("starts once on a port, whoever comes first", function()
    local folder = run("mktemp -d"):match("^[^\n]+")
    host = hosts.start()
    local port = host.port
    host:stop()
    -- Both look at the port before either of them listens.
    run("cd " .. folder .. " && for i in 1 2; do { sesctl emulator --port " .. port
      .. " >out.$i 2>err.$i & echo $! >pid.$i; wait $!; echo $? >status.$i; }"
      .. " >/dev/null 2>&1 & done")
    local function text(name)
      return (run("cat " .. folder .. "/" .. name .. ".* 2>/dev/null"))
    end
    hosts.wait_for(function()
      return text("status") ~= "" and text("out"):find("SECRET")
    end, "one emulator that runs and one that gave up")
    assert.equal("255\n", text("status"))
    assert.equal("sesctl emulator: port " .. port .. " is in use: choose another with --port,"
      .. " or --port 0 for a free one\n", text("err"))
    run("kill $(cat " .. folder .. "/pid.*)")
    hosts.wait_for(function()
      return text("status"):find("\n.")
    end, "the end of the other")
    run("rm -r " .. folder)
  end)

  it("works below the folder that it runs in", function()
    local folder = run("mktemp -d"):match("^[^\n]+")
    local text = run("cd " .. folder .. " && mkdir tmp && TMPDIR=tmp sh " .. first("pwd")
      .. "/mk/with-emulator.sh sh -c 'ls tmp/*/tmp'")
    assert.truthy(text:find("^ses%-emulator%."), text)
    run("rm -r " .. folder)
  end)

  it("says that a port is not for everybody", function()
    if first("id -u") ~= "0" or not shell.has("setpriv") then
      return pending("only root can become somebody else")
    end
    local least = first("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not tonumber(least) or tonumber(least) < 2 then
      return pending("every port is for everybody here")
    end
    assert.same({ "sesctl emulator: port 1 is for privileged users: choose one from 1024 with"
      .. " --port\n", 255 }, { run("setpriv --reuid=65534 --regid=65534 --clear-groups"
      .. " sesctl emulator --port 1") })
  end)

  it("says that there is no emulator", function()
    host = hosts.start()
    local port = host.port
    host:stop()
    assert.same({ "sesctl emulator: no emulator listens on port " .. port
      .. ": start one with sesctl emulator --port " .. port .. "\n", 255 }, { host:act("mailbox") })
  end)
end)
