-- What is common to all transports that speak HTTP: requests that are none.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(describe, it, given)
  describe("refuses, and sends nothing of,", function()
    local function refused(request, code, text)
      local url, key = given.server:url("ok")
      request.method = request.method or "POST"
      request.url = request.url or url .. (request.path or "")
      request.headers = request.headers or {}
      local response, err = given.transport:send(request)
      assert.is_nil(response)
      assert.equal("transport", err.kind)
      assert.equal(code or "InvalidRequest", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.message:find(text, 1, true), err.message)
      assert.is_nil(err.message:find("[%c]"), err.message)
      assert.same({}, given.server:journal(key))
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
      local _, err = given.transport:send({
        method = "GET", url = (given.server:url("ok")), headers = { Authorization = "secret\n" },
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
end
