local url = require "ses.url"

describe("parse", function()
  for _, case in ipairs {
    { "http://localhost:4579", "http://localhost:4579", "localhost:4579", "" },
    { "https://localhost", "https://localhost", "localhost", "" },
    { "https://localhost/", "https://localhost", "localhost", "" },
    { "https://localhost:443", "https://localhost", "localhost", "" },
    { "http://localhost:80/", "http://localhost", "localhost", "" },
    { "http://localhost:443", "http://localhost:443", "localhost:443", "" },
    { "https://localhost:80", "https://localhost:80", "localhost:80", "" },
    { "HTTP://EMAIL.Example.COM", "http://email.example.com", "email.example.com", "" },
    { "http://localhost:00080", "http://localhost", "localhost", "" },
    { "http://127.0.0.1:4579/aws/ses", "http://127.0.0.1:4579", "127.0.0.1:4579", "/aws/ses" },
    { "http://h/aws//", "http://h", "h", "/aws" },
    { "http://h/a%20b/c@d:e", "http://h", "h", "/a%20b/c@d:e" },
    { "http://[::1]:4579", "http://[::1]:4579", "[::1]:4579", "" },
    { "https://[2001:DB8::1]:443/x", "https://[2001:db8::1]", "[2001:db8::1]", "/x" },
    { "https://my_host.internal", "https://my_host.internal", "my_host.internal", "" },
  } do
    it("takes " .. case[1], function()
      local parsed, fault = url.parse(case[1])
      assert.is_nil(fault)
      local root = case[1]:match "^%a+://[^/]*(/.*)$"
      assert.same({ origin = case[2], host = case[3], path = case[4], root = root,
                    url = case[2] .. case[4] }, parsed)
    end)
  end

  for _, case in ipairs {
    { "", "does not begin with http" },
    { "localhost:4579", "does not begin with http" },
    { "ftp://localhost", "does not begin with http" },
    { "file:///etc/passwd", "does not begin with http" },
    { "//localhost", "does not begin with http" },
    { "https://", "no host" },
    { "https:///x", "no host" },
    { "https://:443", "no host" },
    { "https://user@host", "user name" },
    { "https://user:secret@host", "user name" },
    { "https://host?x=1", "query or a fragment" },
    { "https://host/#x", "query or a fragment" },
    { "https://ho st", "white space" },
    { "https://host\r\nX: y", "white space" },
    { "https://host\n", "white space" },
    { "https://host/\0", "control character" },
    { "https://h\195\182st", "character that no host name has" },
    { "https://host\\x", "character that no host name has" },
    { "https://host:", "port" },
    { "https://host:0", "port" },
    { "https://host:65536", "port" },
    { "https://host:123456", "port" },
    { "https://host:8o", "port" },
    { "https://host:1:2", "port" },
    { "https://[::1", "IPv6" },
    { "https://[::g]", "IPv6" },
    { "https://[]", "IPv6" },
    { "https://[::1]x", "port" },
    { "https://host/\195\164", "percent-encoded" },
    { "https://host/<x>", "percent-encoded" },
    { "https://host/100%", "hexadecimal" },
    { "https://host/%zz", "hexadecimal" },
    { "https://host/a/../b", "segment" },
    { "https://host/./b", "segment" },
  } do
    it(("refuses %q"):format(case[1]), function()
      local parsed, fault = url.parse(case[1])
      assert.is_nil(parsed)
      assert.truthy(fault:find(case[2], 1, true), fault)
      assert.is_nil(fault:find("secret", 1, true))
    end)
  end
end)
