local cli_names = require "ses.cli.names"
local core = require "ses.core"

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

describe("a name of the command line", function()
  it("stands for a service", function()
    assert.same({ ses = "ses", sesv2 = "sesv2", sts = "sts", sso = "sso",
                  ["sso-oidc"] = "sso_oidc" }, cli_names.services())
  end)

  it("stands for an operation", function()
    local operations = cli_names.operations "ses"
    assert.equal("SetIdentityMailFromDomain", operations["set-identity-mail-from-domain"])
    assert.equal("GetSendQuota", operations["get-send-quota"])
    assert.is_nil(operations["get_send_quota"])
  end)

  it("stands for a member", function()
    local members = cli_names.members("ses", "SetIdentityMailFromDomainRequest")
    assert.equal("BehaviorOnMXFailure", members["behavior-on-mx-failure"].name)
    assert.is_true(members.identity.required)
    assert.equal(3, count(members))
  end)

  it("is no other's", function()
    for _, service in pairs(cli_names.services()) do
      local model = core.service(service)
      assert.equal(#model.operations, count(cli_names.operations(service)))
      for _, name in ipairs(model.operations) do
        local input = core.operation(service, name).input
        if input then
          assert.equal(#core.shape(service, input).members,
                       count(cli_names.members(service, input)))
        end
      end
    end
  end)
end)
