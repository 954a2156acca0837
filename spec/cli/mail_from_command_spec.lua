-- What the actions of sesctl mail-from have in common.

local commands = require "ses.cli.mail_from.command"

describe("a command of sesctl mail-from", function()
  it("asks on where the name servers of some domains are silent, and theirs are not", function()
    local now, asked, is_dead = 0, {}, false
    local ask = commands.impatient(function(name)
      asked[#asked + 1] = name
      if is_dead or name:find("^silent") then
        return nil, { code = "TIMEOUT" }
      end
      return {}
    end, function() return now end)
    for i = 1, 4 do
      ask("silent" .. i, "MX")
    end
    assert.truthy(ask("good", "MX"))
    assert.same({ "amazonses.com", "good" }, { asked[5], asked[6] })
    is_dead = true
    for i = 1, 9 do
      assert.equal("TIMEOUT", select(2, ask("d" .. i, "MX")).code)
    end
    assert.same({ "d4", "amazonses.com", nil }, { asked[10], asked[11], asked[12] })
    is_dead, now = false, 30
    assert.truthy(ask("good", "MX"))
  end)

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
