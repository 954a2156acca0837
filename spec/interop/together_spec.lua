-- What one client sets, all clients read, and read the same. Once in a test
-- run, on Lua 5.4.

local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"

local STATUSES = { "Success", "Failed", "TemporaryFailure", "Pending" }

-- The clients that are here.
local function present()
  local list = { clients.own }
  for _, client in ipairs(clients.others) do
    if not client.missing() then
      list[#list + 1] = client
    end
  end
  return list
end

-- Each client sets one MAIL FROM domain with API v1 and one with v2.
local function setting(i)
  local first, second = "v1-" .. i .. ".example.com", "v2-" .. i .. ".example.com"
  return { first, second }, {
    { service = "ses", operation = "VerifyDomainIdentity", params = { Domain = first } },
    { service = "sesv2", operation = "CreateEmailIdentity", params = { EmailIdentity = second } },
    { service = "ses", operation = "SetIdentityMailFromDomain", params = {
      Identity = first, MailFromDomain = "Bounce." .. first,
      BehaviorOnMXFailure = i % 2 == 0 and "RejectMessage" or nil,
    } },
    { service = "sesv2", operation = "PutEmailIdentityMailFromAttributes", params = {
      EmailIdentity = second, MailFromDomain = "bounce." .. second,
      BehaviorOnMxFailure = i % 2 == 0 and "REJECT_MESSAGE" or nil,
    } },
  }
end

local function reading(names)
  local steps = {
    { service = "ses", operation = "GetIdentityMailFromDomainAttributes",
      params = { Identities = names } },
    { service = "sesv2", operation = "ListEmailIdentities" },
  }
  for _, name in ipairs(names) do
    steps[#steps + 1] = { service = "sesv2", operation = "GetEmailIdentity",
                     params = { EmailIdentity = name } }
  end
  return steps
end

local function results(answers)
  local list = {}
  for i, answer in ipairs(answers) do
    assert.same(nil, answer.error)
    list[i] = answer.result
  end
  return list
end

if clients.all_take_part then
  describe("what one client sets", function()
    local host, names, ours
    local taking_part = present()

    lazy_setup(function()
      host = hosts.start("--no-throttle")
      names = {}
      for i, client in ipairs(taking_part) do
        local set, steps = setting(i)
        results(client.run(host, steps))
        for j, name in ipairs(set) do
          host:control("POST", "identities",
                       { identity = name, mail_from_status = STATUSES[(i + j) % 4 + 1] })
          names[#names + 1] = name
        end
      end
      ours = results(clients.own.run(host, reading(names)))
    end)

    it("our client reads", function()
      local attributes = ours[1].MailFromDomainAttributes
      for i = 1, #taking_part do
        local behavior = i % 2 == 0 and "RejectMessage" or "UseDefaultValue"
        for j = 1, 2 do
          local name = "v" .. j .. "-" .. i .. ".example.com"
          assert.same({ MailFromDomain = "bounce." .. name, BehaviorOnMXFailure = behavior,
                        MailFromDomainStatus = STATUSES[(i + j) % 4 + 1] }, attributes[name])
        end
      end
      assert.equal(2 * #taking_part, #names)
    end)

    for _, client in ipairs(clients.others) do
      local missing = client.missing()
      if missing then
        pending(client.name .. " is not there to read it: " .. missing)
      else
        it(client.name .. " reads as our client does", function()
          assert.same(ours, results(client.run(host, reading(names))))
        end)
      end
    end

    it("leaves no process and no file behind", function()
      assert.equal("", host:stop())
    end)
  end)
end
