-- What is common to all transports that speak HTTP: requests that arrive as they
-- were given, and their answers.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(describe, it, given)
  -- Sends and returns the response, the error, and what the server wrote down.
  local function send(method, behaviour, body, headers)
    local url, key = given.server:url(behaviour)
    local response, err = given.transport:send({
      method = method, url = url, headers = headers or {}, body = body,
    }, given.transport:now() + 60)
    return response, err, given.server:journal(key)
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

    it("headers that a library would have its own way with", function()
      local headers = {
        Accept = "text/xml", ["Content-Type"] = "text/plain", ["User-Agent"] = "x/1",
        ["X-Empty"] = "", ["X-Blank"] = " \t", ["X-Semicolon"] = ";", ["X-Trim"] = "  a  b ",
        Cookie = "c=d", Authorization = "AWS4-HMAC-SHA256 x", ["Content-Length"] = "3",
      }
      local _, _, journal = send("POST", "ok", "abc", headers)
      local raw = journal[1].raw
      for name, value in pairs(headers) do
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
      local url, key = given.server:url("ok")
      url = url .. "/../a/./b%2F//c%7E?x=%2e%2E&y=a+b"
      assert(given.transport:send({ method = "GET", url = url, headers = {} }))
      assert.equal(url:match("^http://[^/]+(.*)$"), given.server:journal(key)[1].target)
    end)
  end)

  it("uses a connection again", function()
    local _, key = given.server:url("ok")
    local alone = given.alone()
    for _ = 1, 5 do
      assert(given.transport:send({
        method = "POST", url = alone(given.server:url("ok", "plain", key)), headers = {},
        body = "x",
      }))
    end
    local connections = {}
    for i, record in ipairs(given.server:journal(key)) do
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

  it("raises at arguments of the wrong type", function()
    local url = given.server:url("ok")
    local function bad(request, text)
      local good, err = pcall(given.transport.send, given.transport, request)
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
    assert(given.transport:send({ method = "GET", url = url, headers = {} }))
  end)

  it("takes no metamethod for a header", function()
    local headers = setmetatable({ ["X-A"] = "1" }, {
      __index = function() error("called") end, __pairs = function() error("called") end,
    })
    local _, _, journal = send("GET", "ok", nil, headers)
    assert.truthy(journal[1].raw:find("X-A: 1", 1, true))
  end)

  it("is closed for good, and twice", function()
    given.transport:close()
    given.transport:close()
    assert.is_false(given.transport:usable())
    assert.has_error(function()
      given.transport:send({ method = "GET", url = (given.server:url("ok")), headers = {} })
    end, "the transport is closed")
  end)

  it("keeps clients' connection settings apart", function()
    local small, large = { max_response_bytes = 3 }, { max_response_bytes = 30 }
    local url = given.server:url("ok")
    for _ = 1, 3 do
      local _, err = given.transport:send({
        method = "GET", url = url, headers = {}, connection = small,
      })
      assert.equal("ResponseTooLarge", err.code)
      assert(given.transport:send({ method = "GET", url = url, headers = {}, connection = large }))
      assert(given.transport:send({ method = "GET", url = url, headers = {} }))
    end
  end)
end
