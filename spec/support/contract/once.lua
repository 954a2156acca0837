-- What is common to all transports that speak HTTP: a request goes out once, and
-- the caller learns how much of it did.
--
-- See spec.support.transport_contract.

local assert = require "luassert"
local kept_connection = require "spec.support.kept_connection"

local METHODS = {
  { "POST", "a body" }, { "POST", "" }, { "POST" }, { "PUT", "a body" }, { "PUT", "" },
  { "PATCH", "" }, { "GET" }, { "DELETE" }, { "DELETE", "a body" }, { "HEAD" },
}

return function(describe, it, given)
  local connection

  local function send(method, url, body, deadline)
    return given.transport:send({
      method = method, url = url, headers = {}, body = body,
      connection = connection or given.trusting,
    }, deadline or given.transport:now() + 60)
  end

  local function on_kept_connection(...)
    return kept_connection(given.server, send, ...)
  end

  for _, port in ipairs { "plain", "tls" } do
    for _, behaviour in ipairs { "silent", "abort" } do
      it("when a kept connection ends without an answer: " .. port .. ", " .. behaviour, function()
        for _, case in ipairs(METHODS) do
          local err, record = on_kept_connection(port, behaviour, case[1], case[2])
          assert.equal("transport", err.kind)
          assert.equal("ConnectionClosed", err.code)
          assert.equal("all", err.sent)
          assert.is_true(err.stale)
          assert.is_true(record.complete)
          assert.equal(case[1], record.method)
          -- and a new connection serves the next
          assert(send("POST", (given.server:url("ok", port)), "x"))
        end
      end)
    end
  end

  it("when other kept connections are there", function()
    local other = given.server:url("ok", "plain"):gsub("127%.0%.0%.1", "localhost")
    assert(send("GET", other))
    on_kept_connection("plain", "silent", "POST", "x")
    assert(send("GET", other))
  end)

  it("when a new connection ends without an answer", function()
    for _, behaviour in ipairs { "silent", "abort" } do
      for _, case in ipairs(METHODS) do
        local url, key = given.server:url(behaviour)
        local _, err = send(case[1], given.alone()(url), case[2])
        assert.equal("ConnectionClosed", err.code)
        assert.equal("all", err.sent)
        assert.is_nil(err.stale)
        assert.equal(1, #given.server:journal(key))
      end
    end
  end)

  it("when a kept connection ends in the middle of the body", function()
    local body = ("x"):rep(20 * 1024 * 1024)
    local err, record = on_kept_connection("plain", "unread?bytes=1000", "POST", body)
    assert.equal("ConnectionClosed", err.code)
    assert.equal("part", err.sent)
    assert.is_true(err.stale)
    assert.is_false(record.complete)
  end)

  it("when it was refused with 417, 421 or 425", function()
    for _, code in ipairs { 417, 421, 425, 429, 503 } do
      local url, key = given.server:url("status?code=" .. code)
      assert.equal(code, send("POST", url, "x").status)
      assert.equal(1, #given.server:journal(key))
    end
  end)

  for _, port in ipairs { "plain", "tls" } do
    for _, behaviour in ipairs { "idle", "unasked" } do
      it("on a new connection, if the kept one ended before: " .. port .. ", " .. behaviour,
         function()
        for _, case in ipairs(METHODS) do
          local idle, idle_key = given.server:url(behaviour, port)
          assert(send("GET", idle))
          if behaviour == "unasked" then
            given.server:go(idle_key)
          end
          local ended = given.server:await(idle_key, "closed")
          local url, key = given.server:url("ok", port)
          local response, err = send(case[1], url, case[2])
          assert.is_nil(err, err and err.message)
          assert.equal(200, response.status)
          local journal = given.server:journal(key)
          assert.equal(1, #journal)
          assert.equal(1, journal[1].nth)
          assert.are_not.equal(ended[1].connection, journal[1].connection)
        end
      end)
    end
  end

  describe("and says that", function()
    it("nothing left: no connection", function()
      for _, body in ipairs { "x", "" } do
        local _, err = send("POST", ("http://127.0.0.1:%d/"):format(given.server.refused), body)
        assert.equal("ConnectionRefused", err.code)
        assert.equal("none", err.sent)
        assert.truthy(err.message:find("127.0.0.1:" .. given.server.refused, 1, true))
      end
    end)

    it("nothing left: no name", function()
      local _, err = send("POST", "http://nothing.invalid/path?query", "x")
      assert.equal("NameResolution", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find("nothing.invalid", 1, true))
      assert.is_nil(err.message:find("query", 1, true))
    end)

    it("nothing left: no TLS", function()
      local url = ("https://127.0.0.1:%d/"):format(given.server.plain)
      local _, err = send("POST", url, "x")
      assert.equal("TLSHandshake", err.code)
      assert.equal("none", err.sent)
    end)

    it("all left: no complete answer", function()
      for _, behaviour in ipairs { "truncated", "chunked?cut", "stall?begin" } do
        local _, err = send("POST", (given.server:url(behaviour)), "x", given.transport:now() + 0.3)
        assert.equal("all", err.sent)
      end
    end)

    it("a part left: the server stopped reading and went", function()
      local body = ("x"):rep(20 * 1024 * 1024)
      for _, bytes in ipairs { 0, 1000000 } do
        local url, key = given.server:url("unread?bytes=" .. bytes)
        local _, err = send("PUT", url, body)
        assert.equal("ConnectionClosed", err.code)
        assert.equal("part", err.sent)
        assert.equal(1, #given.server:journal(key))
      end
    end)

    it("all may have left: the last of the body was taken", function()
      local _, err = send("PUT", (given.server:url("unread?bytes=1")), "small")
      assert.equal("all", err.sent)
    end)

    it("all may have left: an answer came", function()
      connection = { max_response_bytes = 1 }
      local _, err = send("PUT", (given.server:url("early")), ("x"):rep(20 * 1024 * 1024))
      connection = nil
      assert.equal("ResponseTooLarge", err.code)
      assert.equal("all", err.sent)
    end)
  end)

  it("and takes an answer of a server that reads no body", function()
    local url, key = given.server:url("hasty")
    local response = send("PUT", url, ("x"):rep(20 * 1024 * 1024), given.transport:now() + 4)
    assert.equal(413, response.status)
    assert.equal(1, #given.server:journal(key))
  end)

  it("and takes an answer that comes before the body is sent", function()
    local url, key = given.server:url("early")
    local response = send("PUT", url, ("x"):rep(20 * 1024 * 1024))
    assert.equal(413, response.status)
    assert.equal("too much", response.body)
    local journal = given.server:journal(key)
    assert.equal(1, #journal)
    assert.is_false(journal[1].complete)
  end)
end
