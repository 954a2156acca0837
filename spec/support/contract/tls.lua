-- What is common to all transports that speak HTTP: certificates are verified
-- unless the connection says otherwise.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(_, it, given)
  local function send(port, connection, key)
    return given.transport:send({
      method = "POST", url = (given.server:url("ok", port, key)), headers = {}, body = "x",
      connection = connection,
    }, given.transport:now() + 60)
  end

  local function unverified(port, connection, text)
    local _, key = given.server:url("ok")
    local response, err = send(port, connection, key)
    assert.is_nil(response)
    assert.equal("transport", err.kind)
    assert.equal("TLSVerification", err.code)
    assert.equal("none", err.sent)
    assert.truthy(err.message:find("localhost:" .. given.server[port], 1, true), err.message)
    assert.truthy(err.message:find(text, 1, true), err.message)
    assert.same({}, given.server:journal(key))
  end

  it("trusts a CA that it was given, and keeps the connection", function()
    local _, key = given.server:url("ok")
    for _ = 1, 3 do
      assert.equal(200, assert(send("tls", given.trusting, key)).status)
    end
    local journal = given.server:journal(key)
    assert.equal(3, #journal)
    assert.equal(journal[1].connection, journal[3].connection)
  end)

  it("wants the host's own name", function()
    unverified("misnamed", given.trusting, "localhost")
  end)

  it("takes no expired certificate", function()
    unverified("expired", given.trusting, "expired")
  end)

  it("takes any with verify = false", function()
    for _, port in ipairs { "tls", "misnamed", "expired" } do
      assert.equal(200, assert(send(port, { verify = false })).status)
    end
  end)

  it("shares no connection between settings that trust differently", function()
    local lax = { verify = false }
    for _ = 1, 2 do
      assert(send("misnamed", lax))
      unverified("misnamed", given.trusting, "localhost")
    end
  end)
end
