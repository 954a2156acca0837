-- curl, which signs requests that a shell script makes by hand, and fetches
-- URLs that ses.core signed. Once in a test run, on Lua 5.4.

local cjson = require "cjson"
local clients = require "spec.support.interop.clients"
local core = require "ses.core"
local hosts = require "spec.support.interop.host"

local missing = clients.curl_missing()

-- The arguments that make curl sign.
local function signing(secret)
  return ("--aws-sigv4 aws:amz:us-east-1:ses --user %s:%s "):format(clients.KEY.id,
                                                                   secret or clients.KEY.secret)
end

if clients.all_take_part and missing then
  pending("curl: " .. missing)
elseif clients.all_take_part then
  describe("curl", function()
    local host

    -- A form of API v1 from "Name=value" fields.
    local function form(fields, secret)
      local words = { signing(secret), host.url .. "/", "--data Version=2010-12-01" }
      for _, field in ipairs(fields) do
        words[#words + 1] = "--data-urlencode '" .. field .. "'"
      end
      return clients.curl(host, table.concat(words, " "))
    end

    local function json(method, path, body)
      local response = clients.curl(host, signing() .. "--request " .. method .. " "
        .. host.url .. path .. (body and " --header 'Content-Type: application/json' --data '"
          .. cjson.encode(body) .. "'" or ""))
      return response.status, cjson.decode(response.body)
    end

    lazy_setup(function()
      host = hosts.start("--no-throttle")
      assert.equal(200, form({ "Action=VerifyDomainIdentity", "Domain=example.com" }).status)
    end)

    it("sets a MAIL FROM domain with API v1", function()
      assert.equal(200, form({ "Action=SetIdentityMailFromDomain", "Identity=example.com",
                               "MailFromDomain=bounce.example.com" }).status)
      local response = form { "Action=GetIdentityMailFromDomainAttributes",
                              "Identities.member.1=example.com",
                              "Identities.member.2=~a+b c*@example.com" }
      assert.equal("bounce.example.com", response.body:match("<MailFromDomain>(.-)</"))
    end)

    it("sets a MAIL FROM domain with API v2", function()
      local path = "/v2/email/identities/example.com"
      assert.equal(200, (json("PUT", path .. "/mail-from", {
        MailFromDomain = "mail.example.com", BehaviorOnMxFailure = "REJECT_MESSAGE",
      })))
      local status, identity = json("GET", path)
      assert.same({ 200, { MailFromDomain = "mail.example.com", MailFromDomainStatus = "PENDING",
                           BehaviorOnMxFailure = "REJECT_MESSAGE" } },
                  { status, identity.MailFromAttributes })
    end)

    it("is refused with a wrong secret", function()
      local response = form({ "Action=GetSendQuota" }, "wrong")
      assert.same({ 403, "SignatureDoesNotMatch" },
                  { response.status, response.body:match("<Code>(.-)</") })
    end)

    it("fetches an URL that ses.core signed", function()
      local request = core.presign(
        { method = "GET", path = "/", query = "Action=GetSendQuota&Version=2010-12-01",
          headers = {} },
        { origin = host.url, host = host.url:match("//(.*)$"), path = "" }, "us-east-1", "ses",
        { access_key_id = clients.KEY.id, secret_access_key = clients.KEY.secret }, os.time(), 60)
      local response = clients.curl(host, "'" .. request.url .. "'")
      assert.same({ 200, "50000" }, { response.status,
                                      response.body:match("<Max24HourSend>(%d+)") })
    end)

    it("leaves no process and no file behind", function()
      assert.equal("", host:stop())
    end)
  end)
end
