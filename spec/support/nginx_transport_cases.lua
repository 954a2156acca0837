-- What the transport for nginx must do beside the contract of transports; see
-- spec.support.transport_contract.

local assert = require "luassert"

local OK = "HTTP/1.1 200 OK\r\n"

-- No response at all, each with what the error must say.
local MALFORMED = {
  { "two lengths", OK .. "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "two headers Content-Length" },
  { "one length twice", OK .. "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "two headers Content-Length" },
  { "a list of lengths", OK .. "Content-Length: 5, 5\r\n\r\nhello", "not a number" },
  { "a signed length", OK .. "Content-Length: +5\r\n\r\nhello", "not a number" },
  { "an empty length", OK .. "Content-Length:\r\n\r\nhello", "not a number" },
  { "a length without end", OK .. "Content-Length: 9999999999999999\r\n\r\nhello", "not a number" },
  { "a length beside chunks",
    OK .. "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "both a Content-Length and a Transfer-Encoding" },
  { "chunks beside a length",
    OK .. "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "both a Content-Length and a Transfer-Encoding" },
  { "two codings",
    OK .. "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two headers Transfer-Encoding" },
  { "another coding", OK .. "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "not chunked" },
  { "chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.0" },
  { "a folded header", OK .. "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", "two lines" },
  { "a header without a colon", OK .. "abc\r\nContent-Length: 0\r\n\r\n", "without a colon" },
  { "a blank before a colon", OK .. "Content-Length : 0\r\n\r\n", "name is malformed" },
  { "a header without a name", OK .. ": 0\r\n\r\n", "name is malformed" },
  { "a NUL byte", OK .. "A: b\0c\r\nContent-Length: 0\r\n\r\n", "NUL byte" },
  { "a bare LF", OK .. "A: b\nContent-Length: 0\r\n\r\n", "bare LF" },
  { "an empty line of LF alone", OK .. "Content-Length: 0\r\n\n", "bare LF" },
  { "a bare CR", OK .. "A: b\rContent-Length: 5\r\n\r\n", "bare CR" },
  { "bytes behind the body", OK .. "Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n",
    "behind its end" },
  { "bytes behind the chunks",
    OK .. "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nmore", "behind its end" },
  { "bytes behind no body", "HTTP/1.1 204 No Content\r\n\r\nhello", "behind its end" },
  { "another protocol", "HTTP/2 200\r\n\r\n", "status line" },
  { "a short status", "HTTP/1.1 20\r\n\r\n", "status line" },
  { "a long status", "HTTP/1.1 2000 OK\r\n\r\n", "status line" },
  { "another protocol's greeting", "220 mail.example.com ESMTP\r\n", "status line" },
  { "a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "protocol" },
}

-- Beginnings of chunks that have none, and how a chunk may not end.
local CHUNKS = { "zz", "", "-5", "+5", "0x5", " 5", "5 5", "5,", "1fffffffffffff" }
for _, size in ipairs(CHUNKS) do
  MALFORMED[#MALFORMED + 1] = { "a chunk of '" .. size .. "' bytes",
    OK .. "Transfer-Encoding: chunked\r\n\r\n" .. size .. "\r\nhello\r\n0\r\n\r\n",
    "chunk whose size is not a number" }
end
MALFORMED[#MALFORMED + 1] = { "a chunk that is longer than it says",
  OK .. "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", "longer than it says" }
MALFORMED[#MALFORMED + 1] = { "a line of a chunk without end",
  OK .. "Transfer-Encoding: chunked\r\n\r\n5;" .. ("x"):rep(5000) .. "\r\nhello\r\n0\r\n\r\n",
  "line that is too long" }

-- Whole responses: their bodies, and whether their connections are kept.
local WHOLE = {
  { "a length", OK .. "Content-Length: 5\r\n\r\nhello", "hello", true },
  { "chunks with extensions and a trailer", OK .. "Transfer-Encoding: Chunked\r\n\r\n"
    .. "005;a=b\r\nhello\r\n1 ;c\r\n!\r\n0;d\r\nX-Trailer: e\r\n\r\n", "hello!", true },
  { "nothing", "HTTP/1.1 204 No Content\r\n\r\n", "", true },
  { "nothing, and its length", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "", true },
  { "nothing, and another length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "",
    false },
  { "not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", true },
  { "no reason phrase", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello", true },
  { "a wish to close", OK .. "Connection: Close\r\nContent-Length: 5\r\n\r\nhello", "hello",
    false },
  { "a wish to close among others",
    OK .. "Connection: x\r\nConnection: y, close\r\nContent-Length: 5\r\n\r\nhello", "hello",
    false },
  { "HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false },
}

local function hex(bytes)
  return (bytes:gsub(".", function(char)
    return ("%02x"):format(char:byte())
  end))
end

return function(describe, it, given)
  -- Has the server send bytes; what comes of it, and where it came from.
  local function send(bytes, options, settings)
    local url, key = given.server:url("literal?hex=" .. hex(bytes) .. (options or ""))
    local lead = given.alone()
    local response, err = given.transport:send({
      method = settings and settings.method or "GET", url = lead(url), headers = {},
      connection = settings,
    }, given.transport:now() + 10)
    return response, err, lead, given.server:journal(key)[1].connection
  end

  -- Whether the next request goes over another connection.
  local function is_new(lead, connection)
    local url, key = given.server:url("ok")
    assert(given.transport:send({ method = "GET", url = lead(url), headers = {} }))
    return given.server:journal(key)[1].connection ~= connection
  end

  describe("takes for no response, and closes the connection after,", function()
    for _, case in ipairs(MALFORMED) do
      it(case[1], function()
        local response, err, lead, connection = send(case[2], "&keep")
        assert.is_nil(response)
        assert.equal("BadResponse", err.code, err.message)
        assert.equal("all", err.sent)
        assert.is_nil(err.stale)
        assert.truthy(err.message:find(case[3], 1, true), err.message)
        assert.is_true(is_new(lead, connection))
      end)
    end

    it("a header of 1 MB", function()
      local url = given.server:url("endless?of=headers")
      local _, err = given.transport:send({ method = "GET", url = url, headers = {} })
      assert.equal("ResponseTooLarge", err.code)
      assert.truthy(err.message:find("65536 bytes of headers", 1, true), err.message)
    end)
  end)

  describe("reads", function()
    for _, case in ipairs(WHOLE) do
      it(case[1], function()
        local response, err, lead, connection = send(case[2], "&keep")
        assert.is_nil(err)
        assert.equal(case[3], response.body)
        assert.is_nil(response.headers["x-trailer"])
        assert.equal(not case[4], is_new(lead, connection))
      end)

      it(case[1] .. ", byte by byte", function()
        local response, err = send(case[2], "&step=1")
        assert.is_nil(err)
        assert.equal(case[3], response.body)
      end)

      it(case[1] .. ", and nothing of it that is cut short", function()
        for length = 0, #case[2] - 1, 7 do
          local response, err = send(case[2]:sub(1, length))
          assert.is_nil(response)
          assert.equal("ConnectionClosed", err.code, length .. ": " .. err.message)
        end
      end)
    end

    it("the answer to HEAD, whose length is that of no body", function()
      local response, err, lead, connection =
        send(OK .. "Content-Length: 5\r\n\r\n", "&keep", { method = "HEAD" })
      assert.is_nil(err)
      assert.equal("", response.body)
      assert.is_false(is_new(lead, connection))
    end)
  end)

  it("closes a connection that the request wants closed", function()
    local lead = given.alone()
    local url, key = given.server:url("ok")
    assert(given.transport:send({
      method = "GET", url = lead(url), headers = { Connection = "close" },
    }))
    assert.is_true(is_new(lead, given.server:journal(key)[1].connection))
  end)

  it("waits on where nginx's timer was early", function()
    local readers = require "ses.resty.reader"
    local times = {}
    local reader = readers.new {
      idle = math.huge,
      deadline = given.transport:now() + 60, is_timed = false,
      socket = {
        settimeout = function(_, ms)
          times[#times + 1] = ms
        end,
        receiveany = function()
          if #times < 3 then
            return nil, "timeout"
          end
          return "line\r\n"
        end,
      },
    }
    assert.equal("line", reader:line(100))
    assert.equal(3, #times)
    assert.truthy(times[1] > 59000 and times[3] <= times[1])
  end)

  it("resolves names", function()
    local url, key = given.server:url("ok")
    url = url:gsub("127%.0%.0%.1", "mail.here.test")
    for _ = 1, 3 do
      assert.equal(200, assert(given.transport:send({
        method = "GET", url = url, headers = {},
      }, given.transport:now() + 10)).status)
    end
    local journal = given.server:journal(key)
    assert.equal(journal[1].connection, journal[3].connection)
  end)

  it("says what is wrong with a certificate, also where nginx loses it", function()
    -- It does in some of a hundred handshakes, which need no waiting.
    for port, text in pairs { expired = "certificate has expired", misnamed = "localhost" } do
      for _ = 1, 100 do
        local url = given.server:url("ok", port)
        local response, err = given.transport:send({ method = "GET", url = url, headers = {} })
        assert.is_nil(response)
        assert.same({ "TLSVerification", "none" }, { err.code, err.sent }, err.message)
        assert.truthy(err.message:find(text, 1, true), err.message)
      end
    end
  end)

  it("tells no handshake that failed from another one's reason", function()
    local handshake = require "ses.resty.handshake"
    local function begin(...)
      local said = { ... }
      return { handshake.begin({
        sslhandshake = function() return said[1], said[2] end,
        getreusedtimes = function() return said[3] end,
      }, "h", true) }
    end
    assert.same({ true }, begin(true, nil, 0))
    assert.same({ nil, "20: no issuer" }, begin(nil, "20: no issuer"))
    assert.same({ nil, "handshake failed" }, begin(nil, "20: handshake failed"))
    assert.same({ nil, "1: nginx's Lua module does not say why" }, begin(true, nil, nil))
  end)

  it("takes no file of certificates, and says who does", function()
    local connection = { ca_bundle = given.server.ca }
    local response, err = given.transport:send({
      method = "GET", url = (given.server:url("ok", "tls")), headers = {}, connection = connection,
    })
    assert.is_nil(response)
    assert.equal("CABundle", err.code)
    assert.equal("none", err.sent)
    assert.truthy(err.message:find("lua_ssl_trusted_certificate", 1, true))
    -- Where it would not be read it does no harm.
    assert(given.transport:send({
      method = "GET", url = (given.server:url("ok")), headers = {}, connection = connection,
    }))
  end)

  it("names pools by all that sets connections apart, and not by secrets", function()
    local routes = require "ses.resty.route"
    local names, count = {}, 0
    local function add(url, connection)
      local name = assert(routes.find(routes.settings(connection), url)).options.pool
      assert.is_nil(name:find("secret", 1, true))
      assert.is_nil(names[name], name)
      names[name] = true
      count = count + 1
    end
    for _, url in ipairs { "http://a.test", "https://a.test", "https://a.test:444",
                           "http://a.test:443", "https://b.test", "https://[::1]" } do
      add(url, {})
    end
    add("https://a.test", { verify = false })
    for _, proxy in ipairs { "http://p:1", "http://p:2", "http://u:secret@p:1",
                             "http://u:secret2@p:1" } do
      add("https://a.test", { proxy = proxy })
      add("http://a.test", { proxy = proxy })
    end
    assert.equal(15, count)
  end)

  it("is what clients have without asking, and loads no libcurl", function()
    local ses = require "ses"
    local client = ses.check(ses.client("ses", {
      region = "us-east-1", rate = false,
      endpoint = "http://127.0.0.1:" .. given.server.plain .. "/failing",
      credentials = { access_key_id = "AKIDEXAMPLE",
                      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    }))
    local _, err = client:get_send_quota({}, { retry = { max_attempts = 1 } })
    assert.equal(500, err.status)
    local file = assert(io.open("/proc/self/maps"))
    local maps = file:read("*a")
    file:close()
    assert.truthy(maps:find("ses/core.so", 1, true))
    assert.is_nil(maps:find("curl", 1, true))
  end)
end
