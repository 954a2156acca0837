-- examples/openresty over HTTP: signup, contact and alert.

local cjson = require "cjson"
local examples = require "spec.support.openresty_example"
local hosts = require "spec.support.emulator_host"
local nginx = require "spec.support.nginx"
local shell = require "spec.support.shell"

local missing = nginx.missing()
if missing then
  describe("examples/openresty", function()
    it("answers", function()
      pending(missing .. ": the example is not tried")
    end)
  end)
  return
end

local CUSTOMER, OTHER = "customer=" .. ("a"):rep(32), "customer=" .. ("b"):rep(32)

local CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
  .. " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"

local ALERT = "Answers of " .. shell.run("hostname"):match("%S+") .. " go wrong"

describe("examples/openresty", function()
  local example

  local function request(method, path, headers, body)
    return assert(example.transport:send({ method = method, url = example.url .. path,
      headers = headers or {}, body = body }, example.transport:now() + 60))
  end

  local function get(path, cookie)
    return request("GET", path, { Cookie = cookie or CUSTOMER })
  end

  local function encoded(fields)
    local parts = {}
    for name, value in pairs(fields) do
      parts[#parts + 1] = name .. "=" .. value:gsub("[^%w]", function(byte)
        return ("%%%02X"):format(byte:byte())
      end)
    end
    return table.concat(parts, "&")
  end

  local function post(path, fields, headers)
    local all = { Cookie = CUSTOMER, ["Content-Type"] = "application/x-www-form-urlencoded" }
    for name, value in pairs(headers or {}) do
      all[name] = value or nil
    end
    return request("POST", path, all, encoded(fields))
  end

  local function sign_up(domain, mail_from, behavior, headers)
    return post("/domain", { domain = domain, mail_from = mail_from,
                             behavior = behavior or "REJECT_MESSAGE" }, headers)
  end

  local function write(email, message, more)
    local fields = { name = "Ann", email = email or "ann@example.org",
                     message = message or "Hello" }
    for name, value in pairs(more or {}) do
      fields[name] = value
    end
    return post("/contact", fields)
  end

  -- What the page asks for, until it says something.
  local function wait_for_status(domain, expected)
    local said
    hosts.wait_for(function()
      said = cjson.decode(get("/domain/status?name=" .. domain).body)
      return said.dkim .. ", " .. said.mail_from .. ", " .. said.progress == expected
    end, expected)
    return said
  end

  local function is_page(status, text, response)
    assert.equal(status, response.status, response.body)
    assert.truthy(response.body:find(text, 1, true), response.body)
    assert.equal("text/html; charset=utf-8", response.headers["content-type"])
    assert.equal(1, (response.headers["content-security-policy"]:find(CSP, 1, true)))
  end

  local function leads_to(path, response)
    assert.equal(303, response.status, response.body)
    assert.truthy(response.headers.location:find(path .. "$"), response.headers.location)
  end

  local function stop()
    local said = example:stop()
    assert.is_nil(said:find("lua entry thread aborted", 1, true), said)
    assert.is_nil(said:find("failed to run", 1, true), said)
  end

  setup(function()
    example = examples.start(examples.QUICK)
  end)

  teardown(stop)

  -- First, as all that goes wrong counts.
  describe("alert", function()
    it("is sent once, however much goes wrong", function()
      assert.equal(500, get("/broken?key=secret").status)
      assert.equal(404, get("/nowhere").status)
      assert.equal(500, get("/broken?key=secret").status)
      assert.equal(0, #example:mails(ALERT))
      for _ = 1, 20 do
        get("/broken?key=secret")
      end
      hosts.wait_for(function() return #example:mails(ALERT) > 0 end, "the alert")
      assert.equal(1, #example:mails(ALERT))
      local mail = example:mails(ALERT)[1]
      assert.same({ "operator@shop.example" }, mail.recipients)
      assert.equal("3 answers had a status of 500 and up, within 300 seconds.\n"
        .. "The last was 500, to: GET /broken\n"
        .. "The next mail comes in 300 seconds at the earliest.\n", mail.text)
    end)
  end)

  describe("signup", function()
    it("says who a customer is by a cookie that scripts and other sites do not get", function()
      local response = request("GET", "/")
      is_page(200, "Send with your own domain", response)
      assert.truthy(response.headers["set-cookie"]:find(
        "^customer=%x+; Path=/; Max%-Age=%d+; HttpOnly; SameSite=Lax$"))
      assert.is_nil(get("/").headers["set-cookie"])
      is_page(403, "Please allow a cookie",
        sign_up("example.com", "bounce", nil, { Cookie = false }))
    end)

    it("creates an identity, and sets its MAIL FROM domain once it is verified", function()
      leads_to("/domain%?name=example.com", sign_up("Example.com.", "bounce"))
      local page = get("/domain?name=example.com").body
      for _, cells in ipairs {
        "<td>MX</td><td><code>bounce.example.com</code></td><td><code>"
          .. "10 feedback-smtp.us-east-1.amazonses.com</code></td>",
        "<td>TXT</td><td><code>bounce.example.com</code></td><td><code>"
          .. "&quot;v=spf1 include:amazonses.com ~all&quot;</code></td>",
      } do
        assert.truthy(page:find(cells, 1, true), page)
      end
      local count = 0
      for name, value in page:gmatch("<td>CNAME</td><td><code>(%x+)._domainkey.example.com</code>"
          .. "</td><td><code>(%x+).dkim.amazonses.com</code></td>") do
        assert.equal(name, value)
        count = count + 1
      end
      assert.equal(3, count, page)
      wait_for_status("example.com", "Pending, Not started, PENDING")
      example:set("example.com")
      wait_for_status("example.com", "Success, Pending, PENDING")
      assert.same({ "bounce.example.com", "REJECT_MESSAGE" }, (function()
        for _, identity in ipairs(example:control("GET", "identities").identities) do
          if identity.name == "example.com" then
            return { identity.mail_from_domain, identity.behavior_on_mx_failure }
          end
        end
      end)())
      example:set("example.com", "Success")
      assert.equal("All is set: your mail goes out with your own domain.",
        wait_for_status("example.com", "Success, Success, SUCCESS").summary)
    end)

    it("changes nothing where the same is signed up again", function()
      leads_to("/domain%?name=example.com", sign_up("example.com", "bounce.example.com"))
      wait_for_status("example.com", "Success, Success, SUCCESS")
    end)

    it("begins anew with another MAIL FROM domain, or where SES gave up", function()
      leads_to("/domain%?name=example.com", sign_up("example.com", "mail", "USE_DEFAULT_VALUE"))
      wait_for_status("example.com", "Success, Pending, PENDING")
      local page = get("/domain?name=example.com").body
      assert.truthy(page:find("<code>mail.example.com</code>", 1, true), page)
      assert.truthy(page:find("mail goes out with amazonses.com", 1, true), page)
      example:set("example.com", "Failed")
      wait_for_status("example.com", "Success, Failed, FAILED")
      page = get("/domain?name=example.com").body
      local again = {}
      for name, value in page:gmatch('type="hidden" name="([%l_]+)" value="(.-)"') do
        again[name] = value
      end
      leads_to("/domain%?name=example.com", post("/domain", again))
      wait_for_status("example.com", "Success, Pending, PENDING")
    end)

    it("keeps what waits for its DKIM records", function()
      leads_to("/domain%?name=example.net", sign_up("example.net", "bounce"))
      is_page(409, "example.net was signed up with the MAIL FROM domain bounce.example.net",
        sign_up("example.net", "mail"))
    end)

    it("makes a new identity where SES gave up on the domain itself", function()
      local function token()
        return get("/domain?name=example.net").body:match("(%x+)%._domainkey")
      end
      local before = token()
      local name = shell.run("printf %s " .. CUSTOMER:match("%x+$") .. " | sha1sum"):match("%x+")
      example:break_next { operation = "GetEmailIdentity", status = 200, body = cjson.encode {
        VerificationStatus = "FAILED", Tags = { { Key = "customer", Value = name } },
      } }
      leads_to("/domain%?name=example.net", sign_up("example.net", "mail"))
      assert.not_equal(before, token())
      wait_for_status("example.net", "Pending, Not started, PENDING")
    end)

    it("lets nobody have, or see, what is another's", function()
      -- Ours, and another customer's.
      is_page(409, "shop.example is in use already", sign_up("shop.example", "bounce"))
      is_page(409, "example.com is in use already",
        sign_up("example.com", "bounce", nil, { Cookie = OTHER }))
      is_page(404, "example.com is not signed up by you.", get("/domain?name=example.com", OTHER))
      local status = get("/domain/status?name=example.com", OTHER)
      assert.equal(404, status.status)
      assert.same({ error = "example.com is not signed up by you." }, cjson.decode(status.body))
    end)

    for name, text in pairs {
      [""] = "Type a domain, such as example.com.",
      ["localhost"] = "&#39;localhost&#39; is not a domain such as example.com.",
      ["127.0.0.1"] = "&#39;127.0.0.1&#39; is not a domain such as example.com.",
      ["-a.example.com"] = "&#39;-a.example.com&#39; is not a domain such as example.com.",
      ["a..example.com"] = "&#39;a..example.com&#39; is not a domain such as example.com.",
      [("a"):rep(64) .. ".com"] = "is not a domain such as example.com.",
      [("a."):rep(126) .. "com"] = "A domain has 253 characters at most.",
      ["https://example.com"] = "Type the domain alone",
      ["me@example.com"] = "Type the domain alone",
      ["b\195\188cher.example"] = "Type the domain in ASCII",
      ['"><img src=x onerror=alert(1)>.com'] =
        "&#39;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;.com&#39; is not a domain",
    } do
      it("refuses the domain '" .. name:sub(1, 30) .. "'", function()
        local response = sign_up(name, "bounce")
        is_page(400, text, response)
        assert.is_nil(response.body:find("<img", 1, true))
        assert.truthy(response.body:find('name="domain" value="[^\n]*" aria%-invalid="true"'))
        assert.equal(400, get("/domain?name=" .. encoded({ x = name }):sub(3)).status)
      end)
    end

    for name, text in pairs {
      [""] = "Type a subdomain, such as bounce.example.com.",
      ["example.com"] = "&#39;example.com&#39; is not a subdomain of example.com: take one such as",
      ["bounceexample.com"] = "is not a subdomain of example.com",
      ["bounce.example.org"] = "is not a subdomain of example.com",
      ["a_b"] = "&#39;a_b.example.com&#39; is not a domain",
    } do
      it("refuses the MAIL FROM domain '" .. name .. "'", function()
        local response = sign_up("example.com", name)
        is_page(400, text, response)
        assert.truthy(response.body:find('name="mail_from" value="[^\n]*" aria%-invalid="true"'))
      end)
    end

    it("takes nothing but its own form", function()
      is_page(400, "Choose what happens", sign_up("refused.example", "bounce", "NONE"))
      is_page(403, "Another site sent this form",
        sign_up("refused.example", "bounce", nil, { Origin = "http://example.org" }))
      is_page(403, "Another site sent this form", sign_up("refused.example", "bounce", nil,
        { ["Sec-Fetch-Site"] = "same-site", Origin = example.url }))
      is_page(415, "Please use the form",
        sign_up("refused.example", "bounce", nil, { ["Content-Type"] = "text/plain" }))
      is_page(405, "This page cannot do that", request("DELETE", "/domain"))
      assert.equal("GET, HEAD", request("POST", "/").headers.allow)
      assert.equal(413, request("POST", "/domain", {}, ("x"):rep(65537)).status)
      local fields = {}
      for i = 1, 30 do
        fields["field" .. i] = "x"
      end
      is_page(400, "too many fields", post("/domain", fields))
      is_page(404, "is not signed up by you.", get("/domain?name=refused.example"))
      leads_to("/domain%?name=example.com",
        sign_up("example.com", "bounce", nil, { Origin = example.url }))
      leads_to("/domain%?name=example.com", sign_up("example.com", "bounce", nil,
        { ["Sec-Fetch-Site"] = "same-origin", Origin = "null" }))
    end)

    it("says what SES says, as far as that is a customer's business", function()
      example:break_next { operation = "CreateEmailIdentity", status = 400,
                           code = "BadRequestException", message = "No <b>such</b> domain." }
      is_page(400, "Amazon SES refused that: No &lt;b&gt;such&lt;/b&gt; domain.",
        sign_up("example.org", "bounce"))
      example:break_next { operation = "CreateEmailIdentity", status = 403,
                           code = "AccessDeniedException", message = "arn:aws:iam::1:user/x" }
      local response = sign_up("example.org", "bounce")
      is_page(502, "Amazon SES did not do what we asked it for.", response)
      assert.is_nil(response.body:find("arn:", 1, true))
      example:break_next { operation = "GetEmailIdentity", count = 3, drop = "before" }
      response = get("/domain/status?name=example.org")
      assert.same({ 503, "30" }, { response.status, response.headers["retry-after"] })
      example:break_next { operation = "CreateEmailIdentity", count = 3, status = 429,
                           code = "TooManyRequestsException" }
      response = sign_up("example.org", "bounce")
      is_page(503, "Please try again in 5 seconds.", response)
      assert.equal("5", response.headers["retry-after"])
      assert.truthy(response.body:find('name="domain" value="example.org"', 1, true))
    end)
  end)

  describe("contact", function()
    it("sends what a visitor writes, from our address", function()
      leads_to("/contact/thanks", write("ann+x@Example.org", "Hello\r\nt\195\188\0here\r\n"))
      is_page(200, "Thank you", get("/contact/thanks"))
      local mail = example:mails("Contact form")[1]
      assert.equal("Contact form <contact@shop.example>", mail.source)
      assert.same({ "ann+x@example.org" }, mail.reply_to)
      assert.same({ "support@shop.example" }, mail.recipients)
      assert.equal("From: Ann <ann+x@example.org>\n\nHello\nt\195\188here\n", mail.text)
    end)

    it("refuses what could be a header, or is too long", function()
      for _, email in ipairs {
        "", "ann", "ann@", "ann@localhost", "ann@example.org\r\nBcc: x@y.zz",
        "ann@example.org,b@example.org", "<ann@example.org>", "a b@example.org", "a..b@example.org",
        ".a@example.org", ("a"):rep(65) .. "@example.org", '"a"@example.org',
        "ann@exa\195\188mple.org",
      } do
        is_page(400, 'id="email-error"', write(email))
      end
      is_page(400, 'id="name-error"', write(nil, nil, { name = "Ann\nBcc: x@y.zz" }))
      is_page(400, 'id="name-error"', write(nil, nil, { name = ("x"):rep(101) }))
      is_page(400, 'id="message-error"', write(nil, ""))
      is_page(400, 'id="message-error"', write(nil, ("\195\188"):rep(5001)))
      is_page(400, "no text in UTF-8", write(nil, "\255"))
      is_page(400, "<textarea", write("ann", "</textarea><script>alert(1)</script>"))
      is_page(403, "Another site", post("/contact", {}, { Origin = "http://example.org" }))
      assert.equal(1, #example:mails "Contact form")
    end)

    it("thanks programs, and sends nothing of theirs", function()
      leads_to("/contact/thanks", write(nil, nil, { website = "http://example.org" }))
      assert.equal(1, #example:mails "Contact form")
    end)

    it("says that it does not know, and sends nothing twice", function()
      example:break_next { operation = "SendEmail", drop = "after" }
      local response = write(nil, "<i>Once</i>")
      is_page(502, "We do not know whether your message arrived", response)
      assert.truthy(response.body:find("&lt;i&gt;Once&lt;/i&gt;</textarea>", 1, true))
      assert.equal(2, #example:mails "Contact form")
    end)

    it("says that a message was not sent, and when there are too many", function()
      example:break_next { operation = "SendEmail", count = 3, status = 429,
                           code = "TooManyRequestsException" }
      local response = write()
      is_page(503, "Your message was not sent.", response)
      assert.equal("5", response.headers["retry-after"])
      leads_to("/contact/thanks", write(nil, ("\195\188"):rep(5000)))
      response = write()
      is_page(429, "Please try again in 60 minutes.", response)
      assert.truthy(tonumber(response.headers["retry-after"]) > 3000)
      assert.equal(3, #example:mails "Contact form")
    end)
  end)

  it("asks SES no more than it takes, and is alerted again after a while", function()
    stop()
    example = examples.start { { file = "nginx.conf", from = "window = 300", to = "window = 1" } }
    leads_to("/domain%?name=example.com", sign_up("example.com", "bounce"))
    assert.equal(200, get("/domain/status?name=example.com").status)
    -- At one call a second, most of them would have waited in vain.
    local statuses = {}
    example.transport:all(12, 12, function(i)
      statuses[i] = get("/domain/status?name=example.com").status
    end)
    assert.equal(("200 "):rep(12), table.concat(statuses, " ") .. " ")
    local response
    for _ = 1, 30 do
      response = get "/domain/status?name=example.com"
    end
    assert.equal(429, response.status)
    assert.truthy(tonumber(response.headers["retry-after"]) <= 60)
    hosts.wait_for(function()
      get("/broken")
      return #example:mails(ALERT) == 2
    end, "another alert")
  end)

  it("says where it is, and how to verify a domain", function()
    local line = "Port 8080 is taken: the pages are at " .. example.url:match("%d+$") .. ".\n"
    assert.equal(example.url:match("%d+$") ~= "8080", example.said:find(line, 1, true) ~= nil)
    assert.truthy(example.said:find('EMULATOR="--verify manual"', 1, true))
  end)

  it("serves its files, and nothing else", function()
    for name, kind in pairs { ["page.js"] = "text/javascript; charset=utf-8",
                              ["style.css"] = "text/css; charset=utf-8",
                              ["icon.svg"] = "image/svg+xml" } do
      local response = get("/static/" .. name)
      assert.same({ 200, kind, "nosniff" }, { response.status, response.headers["content-type"],
        response.headers["x-content-type-options"] })
    end
    for _, path in ipairs { "/lua/mailer.lua", "/static/../nginx.conf", "/static../nginx.conf",
                            "/static/", "/pages/layout.html", "/nginx.conf" } do
      assert.truthy(get(path).status >= 400, path)
    end
    local response = get "/nowhere"
    assert.same({ 404, "text/html; charset=utf-8" },
      { response.status, response.headers["content-type"] })
    assert.truthy(response.body:find("There is no such page.", 1, true))
    assert.truthy(response.body:find('<a href="/">', 1, true))
  end)
end)
