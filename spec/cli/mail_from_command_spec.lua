-- What the actions of sesctl mail-from have in common.

local commands = require "ses.cli.mail_from.command"

describe("a command of sesctl mail-from", function()
  if not pcall(require, "ses.dns") then
    it("asks dead name servers a few times", function()
      pending("ses.dns was not built: no name server is asked")
    end)
    return
  end

  it("asks dead name servers a few times, and not for each identity", function()
    -- Nobody answers there.
    local ask = commands.resolver { servers = "127.0.0.1:1" }
    local errs = {}
    for i = 1, 6 do
      local answers
      answers, errs[i] = ask(("d%d.example"):format(i), "MX")
      assert.is_nil(answers)
      assert.equal("NETWORK", errs[i].code)
    end
    assert.is_false(rawequal(errs[3], errs[4]))
    assert.is_true(rawequal(errs[4], errs[5]) and rawequal(errs[4], errs[6]))
  end)
end)
