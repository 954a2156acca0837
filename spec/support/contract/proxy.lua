-- What is common to all transports that speak HTTP: proxies: the connection's, and
-- never for this machine.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(_, it, given)
  local function send(url, connection)
    return given.transport:send({
      method = "POST", url = url, headers = { Authorization = "signed" }, body = "x",
      connection = connection,
    }, given.transport:now() + 60)
  end

  it("sends requests for other hosts", function()
    local path, key = given.server:url("ok")
    path = path:match("^http://[^/]+(.*)$")
    for _ = 1, 2 do
      assert.equal(200, assert(send("http://example.test" .. path, { proxy = given.proxy })).status)
    end
    local journal = given.server:journal(key)
    assert.equal("proxy", journal[1].listener)
    assert.equal("http://example.test" .. path, journal[1].target)
    assert.equal(2, #journal)
  end)

  it("takes a proxy without a scheme, and with a password", function()
    local path, key = given.server:url("ok")
    path = path:match("^http://[^/]+(.*)$")
    local connection = { proxy = "user:p%40ss@127.0.0.1:" .. given.server.proxy }
    assert(send("http://example.test" .. path, connection))
    -- user:p@ss
    local raw = given.server:journal(key)[1].raw
    assert.truthy(raw:find("Proxy-Authorization: Basic dXNlcjpwQHNz", 1, true))
  end)

  it("tunnels TLS, and verifies the server behind it", function()
    local url = ("https://example.test:%d/ok/tunnel"):format(given.server.tls)
    local connection = given.through()
    local response, err = send(url, connection)
    assert.is_nil(response)
    assert.equal("TLSVerification", err.code)
    assert.equal("none", err.sent)
    connection = { proxy = given.proxy, verify = false }
    local _, key = given.server:url("ok")
    for _ = 1, 2 do
      url = ("https://example.test:%d/ok/%s"):format(given.server.tls, key)
      response = assert(send(url, connection))
      assert.equal("hello", response.body)
      assert.equal("1", response.headers["x-one"])
    end
    local journal = given.server:journal(key)
    assert.equal("tls", journal[1].listener)
    assert.equal(journal[1].connection, journal[2].connection)
    for _, record in ipairs(given.server:journal("connect")) do
      assert.equal("example.test:" .. given.server.tls, record.target)
      assert.is_nil(record.raw:find("signed", 1, true), "the signature is not the proxy's to see")
    end
  end)

  it("sends once, too", function()
    local connection = { proxy = given.proxy }
    local path, key = given.server:url("silent")
    assert(send("http://example.test/ok/x", connection))
    local _, err = send("http://example.test" .. path:match("^http://[^/]+(.*)$"), connection)
    assert.equal("ConnectionClosed", err.code)
    assert.equal("all", err.sent)
    assert.equal(1, #given.server:journal(key))
  end)

  it("says what the proxy did not do", function()
    local _, err = send("https://no.test/", { proxy = given.proxy })
    assert.equal("ProxyFailure", err.code)
    assert.equal("none", err.sent)
    assert.truthy(err.message:find("403", 1, true), err.message)

    local secret = "http://user:secret@127.0.0.1:" .. given.server.refused
    for _, url in ipairs { "http://example.test/", "https://example.test/" } do
      _, err = send(url, { proxy = secret })
      assert.equal("ConnectionRefused", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find("the proxy 127.0.0.1:" .. given.server.refused, 1, true),
                    err.message)
      assert.is_nil(err.message:find("secret", 1, true))
    end

    _, err = send("http://example.test/", { proxy = "http://user:secret@nothing.invalid:1" })
    assert.equal("NameResolution", err.code)
    assert.truthy(err.message:find("nothing.invalid:1", 1, true), err.message)
    assert.is_nil(err.message:find("secret", 1, true))

    for _, unusable in ipairs { "gopher://user:secret@127.0.0.1:1", "http://user:secret@",
                                "http://", "http://user:secret@a b:1",
                                "http://user:secret@127.0.0.1:x" } do
      _, err = send("http://example.test/", { proxy = unusable })
      assert.equal("none", err.sent)
      assert.is_nil(err.message:find("secret", 1, true), err.message)
    end
  end)

  it("reaches this machine and the credential services directly", function()
    local connection = { proxy = given.proxy, connect_timeout = 0.2 }
    local port = given.server.plain
    for _, host in ipairs { "127.0.0.1", "localhost", "LOCALHOST", "a.localhost", "127.1",
                            "0x7f.1", "2130706433", "017700000001" } do
      local _, key = given.server:url("ok")
      assert(send(("http://%s:%d/ok/%s"):format(host, port, key), connection))
      assert.equal("plain", given.server:journal(key)[1].listener, host)
    end
    for _, host in ipairs { "127.9.9.9", "[::1]", "[0:0::1]", "[::ffff:127.0.0.2]",
                            "0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]",
                            "169.254.169.254", "169.254.170.2", "169.254.170.23",
                            "[fd00:ec2::254]", "[fd00:ec2::23]", "2852039166", "localhost.",
                            "127.0.0.1." } do
      local _, key = given.server:url("ok")
      send(("http://%s:9/ok/%s"):format(host, key), connection)
      assert.same({}, given.server:journal(key), host)
    end
    for _, host in ipairs { "169.254.169.253", "[fd00:ec2::24]", "notlocalhost", "128.0.0.1",
                            "localhost.test", "[::2]" } do
      local target = ("%s:%d"):format(host, given.server.refused)
      send("https://" .. target .. "/", connection)
      local journal = given.server:journal("connect")
      assert.equal(target, journal[#journal].target)
    end
  end)

  it("has one handle go direct and through it", function()
    local connection = { proxy = given.proxy }
    for _ = 1, 3 do
      local url, key = given.server:url("ok")
      assert(send(url, connection))
      assert.equal("plain", given.server:journal(key)[1].listener)
      assert(send("http://example.test/ok/" .. key, connection))
      assert.equal("proxy", given.server:journal(key)[2].listener)
    end
  end)
end
