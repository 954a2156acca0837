local user_agent = require "ses.user_agent"
local version = require "ses.version"

describe("the user agent", function()
  it("names the library, the system, the language and the API", function()
    local text = user_agent.new("sesv2")
    local start, system = text:match("^(.- ua/2%.1) os/(%l+) ")
    assert.equal("lua-ses/" .. version .. " ua/2.1", start)
    assert.truthy(system)
    assert.truthy(text:find(" lang/lua#" .. _VERSION:match("%d%.%d") .. " ", 1, true), text)
    assert.truthy(text:find(" api/sesv2$"), text)
    assert.equal(rawget(_G, "jit") ~= nil, text:find(" md/luajit#2", 1, true) ~= nil)
  end)

  it("ends with what the application adds", function()
    assert.truthy(user_agent.new("ses", "shop/2.4 cart/1"):find(" api/ses shop/2%.4 cart/1$"))
  end)

  it("takes one line of printable ASCII", function()
    assert.is_nil(user_agent.fault("shop/2.4 (blue)"))
    for _, extra in ipairs { "", "a\r\nX: y", "a\n", "a\0b", "\t", "\195\164" } do
      assert.equal("expected printable ASCII, on one line", user_agent.fault(extra))
    end
    assert.equal("expected a string, got number", user_agent.fault(5))
  end)
end)
