-- What is common to all transports that speak HTTP: how long they take.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(describe, it, given)
  describe("within its time", function()
    local function within(seconds, url, settings)
      return given.transport:send({
        method = "POST", url = url, headers = {}, body = "x",
        connection = settings or given.trusting,
      }, seconds and given.transport:now() + seconds)
    end

    it("to answer", function()
      local url, key = given.server:url("stall")
      local start = given.transport:now()
      local _, err = within(0.2, url)
      assert.is_true(given.transport:now() - start >= 0.198) -- libraries round
      assert.equal("timeout", err.kind)
      assert.equal("AttemptTimeout", err.code)
      assert.equal("all", err.sent)
      assert.equal(1, #given.server:journal(key))
    end)

    it("to connect", function()
      local url = ("http://127.0.0.1:%d/"):format(given.server.full)
      local start = given.transport:now()
      local _, err = within(60, url, { connect_timeout = 0.2 })
      assert.is_true(given.transport:now() - start >= 0.198) -- libraries round
      assert.equal("timeout", err.kind)
      assert.equal("ConnectTimeout", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find("200 ms", 1, true), err.message)
      _, err = within(nil, url, { connect_timeout = 0.05 })
      assert.equal("ConnectTimeout", err.code)
    end)

    it("to connect and answer", function()
      local url = ("http://127.0.0.1:%d/"):format(given.server.full)
      local _, err = within(0.2, url, { connect_timeout = 5 })
      assert.equal("timeout", err.kind)
      assert.equal("AttemptTimeout", err.code)
      assert.equal("none", err.sent)
    end)

    it("or not at all, if that is over", function()
      local url, key = given.server:url("ok")
      for _, seconds in ipairs { -1, -1e300, -math.huge } do
        local _, err = within(seconds, url)
        assert.equal("timeout", err.kind)
        assert.equal("none", err.sent)
      end
      assert.same({}, given.server:journal(key))
    end)

    it("which may be without end", function()
      assert.equal(200, within(math.huge, (given.server:url("ok"))).status)
      local patient = { connect_timeout = math.huge }
      assert.equal(200, within(1e18, (given.server:url("ok")), patient).status)
    end)
  end)
end
