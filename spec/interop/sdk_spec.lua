-- What SDKs do by themselves: they repeat calls, and sign URLs. Once in a test
-- run, on Lua 5.4.

local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"

local NAME = "example.com"

local function quota(service, attempts)
  return { service = service, operation = service == "ses" and "GetSendQuota" or "GetAccount",
           attempts = attempts }
end

local function faults(list)
  return { control = { method = "POST", name = "faults", body = list } }
end

local THROTTLED = { service = "ses", code = "Throttling", status = 400, message = "Rate exceeded" }
local THROTTLED_V2 = { service = "sesv2", code = "TooManyRequestsException", status = 429,
                       message = "Rate exceeded" }

-- Each list of faults, the API that meets it, and the attempts that it costs.
local RETRIED = {
  { "a throttled call of API v1", "ses", { THROTTLED }, 2 },
  { "a throttled call of API v2", "sesv2", { THROTTLED_V2 }, 2 },
  { "a call that the service failed at", "ses", { { status = 503 }, { status = 500 } }, 3 },
  { "a call that got no answer", "sesv2", { { drop = "before" } }, 2 },
}

local function missing_of(client)
  local missing = client.missing()
  if missing then
    pending(client.name .. ": " .. missing)
  end
  return missing
end

if clients.all_take_part then
  for _, client in ipairs { clients.boto3, clients.javascript } do
    if not missing_of(client) then
      describe(client.name, function()
        local host, answers

        lazy_setup(function()
          host = hosts.start("--no-throttle")
          local steps = {}
          for i, case in ipairs(RETRIED) do
            steps[2 * i - 1] = faults(case[3])
            steps[2 * i] = quota(case[2], 3)
          end
          answers = client.run(host, steps)
        end)

        for i, case in ipairs(RETRIED) do
          it("repeats " .. case[1], function()
            local answer = answers[2 * i]
            assert.same(nil, answer.error)
            assert.equal(case[4], answer.attempts)
            local told = answer.result.SendQuota or answer.result
            assert.equal(50000, told.Max24HourSend)
          end)
        end

        it("leaves no process and no file behind", function()
          assert.equal("", host:stop())
        end)
      end)
    end
  end

  if not missing_of(clients.boto3) then
    describe("an URL that boto3 signs", function()
      local host

      lazy_setup(function()
        host = hosts.start("--no-throttle")
      end)

      local function fetch(key)
        return clients.boto3.run(host, {
          { service = "ses", operation = "VerifyDomainIdentity", params = { Domain = NAME } },
          { service = "ses", operation = "SetIdentityMailFromDomain",
            params = { Identity = NAME, MailFromDomain = "bounce." .. NAME } },
          { service = "ses", operation = "GetIdentityMailFromDomainAttributes", presign = true,
            params = { Identities = { NAME, "a+b c/d@" .. NAME } }, as = key },
        })[3].result
      end

      it("is answered", function()
        local response = fetch()
        assert.equal(200, response.status)
        assert.truthy(response.body:find("<MailFromDomain>bounce.example.com</MailFromDomain>",
                                         1, true))
      end)

      it("is refused with a wrong secret", function()
        local response = fetch { id = clients.KEY.id, secret = "wrong" }
        assert.equal(403, response.status)
        assert.truthy(response.body:find("<Code>SignatureDoesNotMatch</Code>", 1, true))
      end)

      it("is refused with a token that was never given", function()
        local response = fetch { id = clients.KEY.id, secret = clients.KEY.secret,
                                 token = "a+token/=" }
        assert.equal(403, response.status)
        assert.truthy(response.body:find("<Code>InvalidClientTokenId</Code>", 1, true))
      end)

      it("leaves no process and no file behind", function()
        assert.equal("", host:stop())
      end)
    end)
  end
end
