-- What is the AWS CLI's own: its files, its output, its exit codes, its paging.
-- Once in a test run, on Lua 5.4.

local cjson = require "cjson"
local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"

local missing = clients.cli.missing()

if clients.all_take_part and missing then
  pending("the AWS CLI: " .. missing)
elseif clients.all_take_part then
  describe("the AWS CLI", function()
    local host

    local function aws(arguments, step)
      return clients.aws(host, arguments, step)
    end

    local function printed(arguments)
      local said = aws(arguments)
      assert.same({ 0, "" }, { said.status, said.errors })
      return said.out
    end

    local function read(...)
      return cjson.decode(printed(...))
    end

    lazy_setup(function()
      host = hosts.start("--no-throttle")
      for _, name in ipairs { "example.com", "example.net", "example.org" } do
        printed("ses verify-domain-identity --domain " .. name)
      end
    end)

    it("prints nothing for what has no answer", function()
      local path = host:write("set.json", [[{
        "Identity": "example.com",
        "MailFromDomain": "bounce.example.com",
        "BehaviorOnMXFailure": "RejectMessage"
      }]])
      assert.equal("", printed("ses set-identity-mail-from-domain --cli-input-json file://"
        .. path))
      assert.equal("", printed("sesv2 put-email-identity-mail-from-attributes --output text"
        .. " --email-identity example.net --mail-from-domain bounce.example.net"))
    end)

    it("prints what was set as text", function()
      assert.equal("EXAMPLE.COM\tRejectMessage\tbounce.example.com\tPending\n",
        printed("ses get-identity-mail-from-domain-attributes --identities example.com"
          .. " --output text --query MailFromDomainAttributes"))
    end)

    it("prints what was set by a query", function()
      assert.equal("bounce.example.net\n",
        printed("sesv2 get-email-identity --email-identity example.net --output text"
          .. " --query MailFromAttributes.MailFromDomain"))
    end)

    it("disables with an empty domain", function()
      assert.equal("", printed("ses set-identity-mail-from-domain --identity example.net"
        .. " --mail-from-domain ''"))
      assert.same({ ["example.net"] = { BehaviorOnMXFailure = "UseDefaultValue" } },
        read("ses get-identity-mail-from-domain-attributes --identities example.net")
          .MailFromDomainAttributes)
    end)

    it("gathers the pages of a list", function()
      assert.same({ "example.com", "example.net", "example.org" },
                  read("ses list-identities --page-size 1").Identities)
    end)

    it("ends a list where it is told, and goes on there", function()
      local page = read("ses list-identities --max-items 2 --page-size 1")
      assert.same({ "example.com", "example.net" }, page.Identities)
      assert.same({ "example.org" }, read("ses list-identities --starting-token "
        .. page.NextToken).Identities)
    end)

    it("waits until an identity is verified", function()
      assert.equal("", printed("ses wait identity-exists --identities example.com"))
    end)

    it("sends with options of its own", function()
      local id = read("ses send-email --from news@example.org --to you@example.com"
        .. " --subject 'It works' --text 'Yes.'").MessageId
      local mail = host:mailbox()[1]
      assert.same({ id, "It works", "Yes.", id .. "@amazonses.com" },
                  { mail.message_id, mail.subject, mail.text, mail.envelope_from })
    end)

    it("goes on after an error that passes", function()
      host:control("POST", "faults", { {
        operation = "GetSendQuota", code = "Throttling", status = 400, message = "Rate exceeded",
      } })
      local said = aws("ses get-send-quota", { attempts = 3 })
      assert.same({ 0, 50000 }, { said.status, cjson.decode(said.out).Max24HourSend })
      assert.same({}, host:control("GET", "faults").faults)
    end)

    it("ends with 254 where the service refuses", function()
      local said = aws("ses get-send-quota --no-sign-request")
      assert.same({ 254, "" }, { said.status, said.out })
      assert.truthy(said.errors:find("(MissingAuthenticationToken) when calling the GetSendQuota"
        .. " operation", 1, true), said.errors)
    end)

    it("leaves no process and no file behind", function()
      assert.equal("", host:stop())
    end)
  end)
end
