-- What is common to all transports that speak HTTP: how long a peer may be silent.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

local LARGE = 32 * 1024 * 1024

return function(describe, it, given)
  describe("where a peer is silent", function()
    local function within(seconds, url, body)
      return given.transport:send {
        method = "POST", url = url, headers = {}, body = body or "x",
        connection = { idle_timeout = seconds, ca_bundle = given.trusting.ca_bundle },
      }
    end

    -- Silence ends the request to a behaviour, and never too early.
    local function gives_up(sent, seconds, behaviour, body, port)
      local url, key = given.server:url(behaviour, port)
      local started = given.transport:now()
      local response, err = within(seconds, url, body)
      local took = given.transport:now() - started
      assert.is_nil(response)
      assert.same({ "timeout", "AttemptTimeout", sent }, { err.kind, err.code, err.sent })
      assert.is_nil(err.stale)
      assert.equal(("nothing came from or went to %s for %d ms"):format(
        url:match("//([^/]+)"), seconds * 1000), err.message)
      assert.is_true(took >= seconds - 0.002, took) -- libraries round
      assert.equal(1, #given.server:journal(key))
    end

    for _, port in ipairs { "plain", "tls" } do
      it("gives up before the first byte of an answer: " .. port, function()
        gives_up("all", 0.2, "stall", "x", port)
        gives_up("all", 0.2, "stall", ("x"):rep(100000), port)
      end)

      it("gives up in the middle of an answer: " .. port, function()
        gives_up("all", 0.2, "stall?begin", "x", port)
      end)

      it("gives up where the peer reads no more: " .. port, function()
        gives_up("part", 0.2, "deaf?bytes=1000", ("x"):rep(LARGE), port)
      end)
    end

    it("waits for an answer that takes longer, in pieces", function()
      assert.equal("{}", assert(within(1.2, (given.server:url("drip?pause=300")))).body)
    end)

    it("goes on with a body that the peer reads slowly", function()
      local url = given.server:url("sip?pieces=16&pause=100", "tls")
      assert.equal(tostring(LARGE), assert(within(1.2, url, ("x"):rep(LARGE))).body)
    end)

    it("counts from the request on: until then it connects", function()
      local started = given.transport:now()
      local _, err = given.transport:send {
        method = "GET", url = ("http://127.0.0.1:%d/"):format(given.server.full), headers = {},
        connection = { idle_timeout = 0.01, connect_timeout = 0.2 },
      }
      assert.is_true(given.transport:now() - started >= 0.198) -- libraries round
      assert.same({ "ConnectTimeout", "none" }, { err.code, err.sent })
    end)

    it("counts anew on a connection that was kept, and leaves none that was silent", function()
      local first, first_key = given.server:url("ok")
      assert(within(0.3, first))
      given.transport:sleep(0.4)
      local silent, silent_key = given.server:url("stall")
      local _, err = within(0.3, silent)
      assert.equal("AttemptTimeout", err.code)
      local last, last_key = given.server:url("ok")
      assert(within(0.3, last))
      local kept = given.server:journal(silent_key)[1]
      assert.equal(given.server:journal(first_key)[1].connection, kept.connection)
      assert.is_true(given.server:journal(last_key)[1].connection > kept.connection)
      given.server:await(silent_key, "closed")
    end)

    it("leaves the deadline its place, whichever comes first", function()
      local _, err = given.transport:send({
        method = "GET", url = (given.server:url("stall")), headers = {},
        connection = { idle_timeout = 60 },
      }, given.transport:now() + 0.1)
      assert.truthy(err.message:find("no complete response", 1, true), err.message)
      _, err = given.transport:send({
        method = "GET", url = (given.server:url("stall")), headers = {},
        connection = { idle_timeout = 0.1 },
      }, given.transport:now() + 60)
      assert.truthy(err.message:find("nothing came", 1, true), err.message)
    end)

    it("may have no limit", function()
      for _, seconds in ipairs { 0, 1e18, math.huge } do
        assert.equal(200, assert(within(seconds, (given.server:url("drip?pause=10")))).status)
      end
    end)

    it("ends those that are silent, of several at once", function()
      local outcomes = {}
      given.transport:all(3, 3, function(i)
        local behaviour = i == 2 and "drip?pause=300" or "stall"
        local response, err = within(1.2, (given.server:url(behaviour)))
        outcomes[i] = response and response.status or err.code
      end)
      assert.same({ "AttemptTimeout", 200, "AttemptTimeout" }, outcomes)
    end)

    it("wakes up for it, whatever else is waited for", function()
      local order = {}
      given.transport:all(2, 2, function(i)
        if i == 1 then
          given.transport:sleep(1.2)
        else
          for _ = 1, 10 do
            local _, err = within(0.05, (given.server:url("stall")))
            assert.equal("AttemptTimeout", err.code)
          end
        end
        order[#order + 1] = i
      end)
      assert.same({ 2, 1 }, order)
    end)
  end)
end
