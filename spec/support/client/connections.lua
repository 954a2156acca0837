-- What is common to clients on transports that speak HTTP: what they say of their
-- connections.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local ses = require "ses"

return function(_, it, given)
  -- A call to a behaviour of the server's, which answers with HTTP 500.
  local function call(url, options)
    local _, err = given.client("ses", {
      endpoint = url, ca_bundle = options.ca_bundle, proxy = options.proxy,
    }):get_send_quota()
    assert(err, "there is a result")
    return err
  end

  it("of a client are verified", function()
    local err = call((given.server:url("failing", "tls")), {})
    assert.same({ "TLSVerification", false }, { err.code, err.retryable }, tostring(err))
  end)

  it("are trusted by the client's own certificates", function()
    local url = given.server:url("failing", "tls")
    local err = call(url, { ca_bundle = given.server.ca })
    assert.equal(500, err.status, tostring(err))
    assert.equal("TLSVerification", call(url, { ca_bundle = given.server.other_ca }).code)
  end)

  it("of a client go by its proxy", function()
    local url, key = given.server:url("failing")
    url = url:gsub("127%.0%.0%.1", "mail.here.test")
    local err = call(url, { proxy = "http://127.0.0.1:" .. given.server.proxy })
    assert.equal(500, err.status, tostring(err))
    assert.equal("proxy", given.server:journal(key)[1].listener)
  end)

  it("that were kept and had gone are replaced at once", function()
    local told = {}
    local v1 = given.client("ses", { retry = {}, hooks = { after = function(attempt)
      told[#told + 1] = { attempt.err and attempt.err.stale, attempt.retry_in }
    end } })
    ses.check(v1:get_send_quota())
    given.faults { drop = "before" }
    ses.check(v1:get_send_quota())
    assert.same({ {}, { true, 0 }, {} }, told)
  end)
end
