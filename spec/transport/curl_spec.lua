-- The libcurl transport against a server that behaves.

local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"

describe("the libcurl transport", function()
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

  -- Sends and returns the response, the error, and what the server wrote down.
  local function send(method, behaviour, body, headers)
    local url, key = server:url(behaviour)
    local response, err = transport:send({
      method = method, url = url, headers = headers or {}, body = body,
    }, transport:now() + 60)
    return response, err, server:journal(key)
  end

  describe("sends", function()
    it("a request and gets its response", function()
      local response, err = send("POST", "ok", "Action=X")
      assert.is_nil(err)
      assert.equal(200, response.status)
      assert.equal("hello", response.body)
      assert.same({
        ["content-length"] = "5", ["x-one"] = "1", ["x-many"] = "a, b", ["x-empty"] = "",
      }, response.headers)
    end)

    it("the headers it is given and no other", function()
      local _, _, journal = send("POST", "ok", "a=b", { ["X-A"] = "1", Host = "example.test" })
      local lines = {}
      for line in journal[1].raw:gmatch("([^\r]+)\r\n") do
        lines[#lines + 1] = line
      end
      table.sort(lines)
      assert.same({
        "Content-Length: 3", "Host: example.test", "POST " .. journal[1].target .. " HTTP/1.1",
        "X-A: 1",
      }, lines)
    end)

    it("headers that libcurl would have its own way with", function()
      local given = {
        Accept = "text/xml", ["Content-Type"] = "text/plain", ["User-Agent"] = "x/1",
        ["X-Empty"] = "", ["X-Blank"] = " \t", ["X-Semicolon"] = ";", ["X-Trim"] = "  a  b ",
        Cookie = "c=d", Authorization = "AWS4-HMAC-SHA256 x", ["Content-Length"] = "3",
      }
      local _, _, journal = send("POST", "ok", "abc", given)
      local raw = journal[1].raw
      for name, value in pairs(given) do
        value = value:match("^%s*(.-)%s*$")
        local sent = raw:match("\r\n" .. name:gsub("%-", "%%-") .. ": ?([^\r]*)\r\n")
        assert.equal(value, sent, name)
        assert.equal(1, select(2, raw:gsub("\r\n" .. name:gsub("%-", "%%-") .. ":", "")), name)
      end
    end)

    it("no length with a GET, and a zero with an empty POST or PUT", function()
      for method, length in pairs { GET = false, DELETE = false, POST = "0", PUT = "0" } do
        for _, body in ipairs { "", false } do
          local response, _, journal = send(method, "ok", body or nil)
          assert.equal(200, response.status)
          assert.equal(method, journal[1].method)
          assert.equal(length, journal[1].raw:match("Content%-Length: (%d+)") or false, method)
          assert.is_nil(journal[1].raw:match("Transfer%-Encoding"))
        end
      end
    end)

    it("a body with any method that is given one", function()
      for _, method in ipairs { "GET", "DELETE", "PUT", "PATCH", "POST" } do
        local _, _, journal = send(method, "echo", "body")
        assert.equal(method, journal[1].method)
        assert.equal(4, journal[1].length)
      end
    end)

    it("HEAD, whose response has no body", function()
      local response = send("HEAD", "status?code=404")
      assert.equal(404, response.status)
      assert.equal("", response.body)
    end)

    it("bytes of every value", function()
      local bytes = {}
      for i = 0, 255 do
        bytes[#bytes + 1] = string.char(i)
      end
      local _, _, journal = send("POST", "ok", table.concat(bytes))
      assert.equal(256, journal[1].length)
      assert.equal("40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880",
                   journal[1].sha256)
    end)

    it("a body of 20 MB", function()
      local body = ("0123456789abcdef"):rep(1280 * 1024)
      local response, err = send("POST", "echo", body)
      assert.is_nil(err)
      assert.equal(require("ses.core").sha256(body), response.body)
    end)

    it("the path and query as they are", function()
      local url, key = server:url("ok")
      url = url .. "/../a/./b%2F//c%7E?x=%2e%2E&y=a+b"
      assert(transport:send({ method = "GET", url = url, headers = {} }))
      assert.equal(url:match("^http://[^/]+(.*)$"), server:journal(key)[1].target)
    end)
  end)

  it("uses a connection again", function()
    local _, key = server:url("ok")
    for _ = 1, 5 do
      assert(transport:send({
        method = "POST", url = (server:url("ok", "plain", key)), headers = {}, body = "x",
      }))
    end
    local connections = {}
    for i, record in ipairs(server:journal(key)) do
      assert.equal(i, record.nth)
      connections[record.connection] = true
    end
    assert.truthy(next(connections))
    assert.is_nil(next(connections, (next(connections))))
  end)

  it("returns every status as a response", function()
    for _, code in ipairs { 204, 304, 400, 403, 404, 500, 503, 599 } do
      local response = send("POST", "status?code=" .. code, "x")
      assert.equal(code, response.status)
    end
  end)

  it("follows no redirect", function()
    for _, code in ipairs { 301, 302, 303, 307, 308 } do
      local response, _, journal = send("POST", "status?code=" .. code, "x")
      assert.equal(code, response.status)
      assert.equal(1, #journal)
    end
  end)

  describe("refuses, and sends nothing of,", function()
    local function refused(request, code, text)
      local url, key = server:url("ok")
      request.method = request.method or "POST"
      request.url = request.url or url .. (request.path or "")
      request.headers = request.headers or {}
      local response, err = transport:send(request)
      assert.is_nil(response)
      assert.equal("transport", err.kind)
      assert.equal(code or "InvalidRequest", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find(text, 1, true), err.message)
      assert.is_nil(err.message:find("[%c]"), err.message)
      assert.same({}, server:journal(key))
    end

    it("line breaks and NUL bytes", function()
      for _, bad in ipairs { "\r", "\n", "\0", "\r\nX-Evil: 1" } do
        refused({ headers = { ["X-A"] = "a" .. bad .. "b" } }, nil, "X-A")
        refused({ headers = { ["X" .. bad .. "A"] = "b" } }, nil, "header name")
        refused({ method = "GE" .. bad .. "T" }, nil, "method")
        refused({ path = "/" .. bad .. "x" }, nil, "percent-encoded")
      end
    end)

    it("a header whose value it does not repeat in the message", function()
      refused({ headers = { Authorization = "secret\r\n" } }, nil, "Authorization")
      local _, err = transport:send({
        method = "GET", url = (server:url("ok")), headers = { Authorization = "secret\n" },
      })
      assert.is_nil(err.message:find("secret", 1, true))
    end)

    it("names, methods and URLs that are not any", function()
      refused({ headers = { [""] = "b" } }, nil, "header name")
      refused({ headers = { ["X:Y"] = "b" } }, nil, "header name")
      refused({ headers = { ["X Y"] = "b" } }, nil, "header name")
      refused({ headers = { ["X;"] = "b" } }, nil, "header name")
      refused({ headers = { ["X-A"] = "a\127" } }, nil, "control character")
      refused({ method = "" }, nil, "method")
      refused({ method = "GE T" }, nil, "method")
      refused({ method = "HEAD", body = "x" }, nil, "HEAD")
      refused({ path = "#fragment" }, nil, "fragment")
      refused({ path = "/a b" }, nil, "percent-encoded")
      refused({ path = "/\195\164" }, nil, "percent-encoded")
      refused({ path = "/\\" }, nil, "backslash")
      refused({ url = "http:///x" }, nil, "host")
      refused({ url = "http://ex%61mple/" }, nil, "host")
      refused({ url = "http://[::1/" }, nil, "IPv6")
      refused({ url = "http://[::1]x/" }, nil, "port")
      refused({ url = "http://a:b/" }, nil, "port")
      refused({ url = "http://a:/" }, nil, "port")
      refused({ url = "http://a:0/" }, nil, "port")
      refused({ url = "http://a:65536/" }, nil, "port")
      refused({ url = "http://a:99999999999999999999/" }, nil, "port")
      refused({ url = "http://user:secret@a/" }, nil, "user")
      refused({ url = "http://" .. ("a"):rep(256) .. "/" }, nil, "255")
    end)

    it("schemes other than http and https", function()
      for _, url in ipairs { "ftp://a/", "file:///etc/passwd", "gopher://a/", "a/b", "", "http:/a",
                             "//a/" } do
        refused({ url = url }, "UnsupportedProtocol", "https://")
      end
    end)

    it("framing that is not its own", function()
      refused({ body = "abc", headers = { ["Content-Length"] = "4" } }, nil, "Content-Length")
      refused({ body = "abc", headers = { ["Content-Length"] = "+3" } }, nil, "Content-Length")
      refused({ headers = { ["transfer-encoding"] = "chunked" } }, nil, "transfer-encoding")
      refused({ headers = { Expect = "100-continue" } }, nil, "Expect")
    end)

    it("too many and too long headers", function()
      local headers = {}
      for i = 1, 65 do
        headers["X-" .. i] = "1"
      end
      refused({ headers = headers }, nil, "64")
      refused({ headers = { ["X-A"] = ("a"):rep(65536) } }, nil, "64 KiB")
    end)
  end)

  it("raises at arguments of the wrong type", function()
    local url = server:url("ok")
    local function bad(request, text)
      local good, err = pcall(transport.send, transport, request)
      assert.is_false(good)
      assert.truthy(tostring(err):find(text, 1, true), err)
    end
    bad({ url = url, headers = {} }, "string expected")
    bad({ method = "GET", headers = {} }, "string expected")
    bad({ method = "GET", url = url }, "table expected")
    bad({ method = "GET", url = url, headers = {}, body = {} }, "string expected")
    bad({ method = "GET", url = url, headers = { "a" } }, "strings")
    bad({ method = "GET", url = url, headers = { a = 1 } }, "strings")
    bad({ method = "GET", url = url, headers = { a = true } }, "strings")
    bad({ method = "GET", url = url, headers = {}, connection = { verify = "no" } }, "verify")
    bad({ method = "GET", url = url, headers = {}, connection = { proxy = 1 } }, "proxy")
    bad({ method = "GET", url = url, headers = {}, connection = { proxy = "a\0b" } }, "NUL")
    bad({ method = "GET", url = url, headers = {}, connection = { connect_timeout = 0 / 0 } },
        "connect_timeout")
    bad({ method = "GET", url = url, headers = {}, connection = { idle_timeout = "1" } },
        "idle_timeout")
    bad({ method = "GET", url = url, headers = {}, connection = { idle_timeout = -1 } },
        "idle_timeout")
    -- and works on
    assert(transport:send({ method = "GET", url = url, headers = {} }))
  end)

  it("takes no metamethod for a header", function()
    local headers = setmetatable({ ["X-A"] = "1" }, {
      __index = function() error("called") end, __pairs = function() error("called") end,
    })
    local _, _, journal = send("GET", "ok", nil, headers)
    assert.truthy(journal[1].raw:find("X-A: 1", 1, true))
  end)

  it("is closed for good, and twice", function()
    transport:close()
    transport:close()
    assert.is_false(transport:usable())
    assert.has_error(function()
      transport:send({ method = "GET", url = (server:url("ok")), headers = {} })
    end, "the transport is closed")
  end)

  it("keeps clients' connection settings apart", function()
    local small, large = { max_response_bytes = 3 }, { max_response_bytes = 30 }
    local url = server:url("ok")
    for _ = 1, 3 do
      local _, err = transport:send({ method = "GET", url = url, headers = {}, connection = small })
      assert.equal("ResponseTooLarge", err.code)
      assert(transport:send({ method = "GET", url = url, headers = {}, connection = large }))
      assert(transport:send({ method = "GET", url = url, headers = {} }))
    end
  end)
end)
