-- TLS: whom the libcurl transport trusts.

local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"

describe("over TLS the libcurl transport", function()
  local server, transport

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  before_each(function()
    transport = curl.new()
  end)

  after_each(function()
    transport:close()
  end)

  local function send(port, connection, key)
    return transport:send({
      method = "POST", url = (server:url("ok", port, key)), headers = {}, body = "x",
      connection = connection,
    }, transport:now() + 60)
  end

  local function unverified(port, connection, text)
    local _, key = server:url("ok")
    local response, err = send(port, connection, key)
    assert.is_nil(response)
    assert.equal("transport", err.kind)
    assert.equal("TLSVerification", err.code)
    assert.equal("none", err.sent)
    assert.truthy(err.message:find("localhost:" .. server[port], 1, true), err.message)
    assert.truthy(err.message:find(text, 1, true), err.message)
    assert.same({}, server:journal(key))
    return err
  end

  it("trusts no unknown CA", function()
    local err = unverified("tls", nil, "set ca_bundle")
    assert.truthy(err.message:find("local issuer", 1, true), err.message)
    unverified("tls", {}, "set ca_bundle")
    unverified("tls", { ca_bundle = server.other_ca }, "set ca_bundle")
  end)

  it("verifies with verify = true", function()
    unverified("tls", { verify = true }, "set ca_bundle")
  end)

  it("shares no connection between settings that trust differently", function()
    local lax = { verify = false }
    assert(send("tls", lax))
    unverified("tls", {}, "set ca_bundle")
    assert(send("tls", lax))
    unverified("tls", { ca_bundle = server.other_ca }, "set ca_bundle")
    assert(send("tls", { ca_bundle = server.ca }))
    unverified("tls", { ca_bundle = server.other_ca }, "set ca_bundle")
  end)

  it("names a bundle that it cannot read", function()
    for _, path in ipairs { "/does/not/exist.pem", "README.md" } do
      local response, err = send("tls", { ca_bundle = path })
      assert.is_nil(response)
      assert.equal("CABundle", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find("ca_bundle", 1, true))
    end
  end)
end)
