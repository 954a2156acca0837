-- What the library says in Lua's terms is said in those of a command line.

local resolvers = require "ses.mail_from.resolver"
local wanted = require "ses.mail_from.wanted"
local words = require "ses.cli.mail_from.words"

describe("words of sesctl mail-from", function()
  it("name no function where name servers cannot be asked", function()
    local loaded, preload = package.loaded["ses.dns"], package.preload["ses.dns"]
    finally(function()
      package.loaded["ses.dns"], package.preload["ses.dns"] = loaded, preload
    end)
    package.loaded["ses.dns"] = nil
    package.preload["ses.dns"] = function() error "it is not there" end
    local _, err = resolvers.of {}
    assert.equal("NoResolver", err.code)
    assert.truthy(err.message:find("function", 1, true))
    assert.equal(err.message:match("^(.-); or give a resolver"), words.of(err.message))
  end)

  it("say where a MAIL FROM domain can be named", function()
    local reason = assert(wanted.read { { identity = "a.example" } })[1].reason
    assert.truthy(reason:find("mail_from_domain", 1, true))
    assert.truthy(words.of(reason):find("--mail-from-domain does", 1, true))
  end)

  it("leave others as they are", function()
    assert.equal("100% of it", words.of "100% of it")
  end)
end)
