-- The pages of examples/openresty in a browser.

local browsers = require "spec.support.browser"
local examples = require "spec.support.openresty_example"
local nginx = require "spec.support.nginx"

local missing = nginx.missing() or browsers.missing()
if missing then
  describe("the pages of examples/openresty", function()
    it("work in a browser", function()
      pending(missing .. ": no page is opened")
    end)
  end)
  return
end

local PUBLISH = "Publish these records where the DNS of your domain is kept. Amazon SES looks for"
  .. " them for 72 hours; this page follows."

local HOSTILE = "<img src=x onerror=document.title='hit'>.example.com"

describe("the pages of examples/openresty", function()
  local browser, example

  setup(function()
    example = examples.start(examples.QUICK)
    browser = browsers.start()
  end)

  teardown(function()
    browser:stop()
    example:stop()
  end)

  local function sign_up(domain, mail_from)
    browser:open(example.url .. "/")
    browser:type("#domain", domain)
    if mail_from then
      browser:type("#mail_from", mail_from)
    end
    browser:follow("main button")
  end

  local function write(message)
    browser:open(example.url .. "/contact")
    browser:type("#name", "Ann <b>")
    browser:type("#email", "ann@example.org")
    browser:type("#message", message)
    browser:follow("main button")
  end

  -- The texts of a table's cells.
  local function cells(row)
    local texts = {}
    for i = 1, 3 do
      texts[i] = browser:text("tbody tr:nth-child(" .. row .. ") td:nth-child(" .. i .. ")"
        .. (i > 1 and " code" or ""))
    end
    return texts
  end

  local function shows_records(domain, mail_from)
    assert.equal(domain, browser:text("h1"))
    assert.equal(5, browser:count("tbody tr"))
    assert.same({ "MX", mail_from, "10 feedback-smtp.us-east-1.amazonses.com" }, cells(1))
    assert.same({ "TXT", mail_from, '"v=spf1 include:amazonses.com ~all"' }, cells(2))
    for row = 3, 5 do
      local record = cells(row)
      local token = record[3]:match("^(%x+)%.dkim%.amazonses%.com$")
      assert.same({ "CNAME", token .. "._domainkey." .. domain }, { record[1], record[2] })
    end
  end

  -- What the console was told, but for pages that came with a status on purpose.
  local function complaints(...)
    local rest = {}
    for _, message in ipairs(browser:console()) do
      local is_expected = false
      for _, status in ipairs { ... } do
        is_expected = is_expected or message:find("the server responded with a status of "
          .. status, 1, true)
      end
      if not is_expected then
        rest[#rest + 1] = message
      end
    end
    return rest
  end

  it("follow a domain from its sign-up to success", function()
    sign_up("example.com")
    assert.equal(example.url .. "/domain?name=example.com", browser:location())
    shows_records("example.com", "bounce.example.com")
    assert.equal(10, browser:count("button.copy"))
    assert.equal("Pending", browser:text("#dkim"))
    assert.equal("Not started", browser:text("#mail_from"))
    assert.equal(PUBLISH, browser:text("#summary[aria-live=polite]"))
    browser:run("window.isSamePage = true")
    example:set("example.com")
    browser:wait_for("#dkim", "Success")
    browser:wait_for("#mail_from", "Pending")
    example:set("example.com", "Success")
    browser:wait_for("#mail_from", "Success")
    assert.equal("All is set: your mail goes out with your own domain.", browser:text("#summary"))
    assert.is_true(browser:run("return window.isSamePage"))
    assert.same({}, complaints())
  end)

  it("go on where SES does not answer, and offer to start again where it gave up", function()
    sign_up("example.org")
    example:set("example.org")
    browser:wait_for("#mail_from", "Pending")
    example:break_next { operation = "GetEmailIdentity", count = 3, status = 403,
                         code = "AccessDeniedException" }
    browser:wait_for("#summary", "Amazon SES did not do what we asked it for. We look into it.")
    example:control("POST", "faults", {})
    browser:wait_for("#summary", PUBLISH)
    example:set("example.org", "Failed")
    browser:wait_for("#mail_from", "Failed")
    browser:wait_for("main form button", "Start again")
    browser:follow("main form button")
    browser:wait_for("#mail_from", "Pending")
    assert.same({}, complaints(502))
  end)

  it("say what is wrong with what was typed", function()
    sign_up("example.com", "example.org")
    assert.equal("'example.org' is not a subdomain of example.com: take one such as"
      .. " bounce.example.com.", browser:text("#mail_from-error"))
    assert.equal("Error: your domain – Postbox", browser:run("return document.title"))
    assert.equal(1, browser:count("#mail_from[aria-invalid=true]"))
    assert.equal(0, browser:count("#domain[aria-invalid=true]"))
    assert.equal("example.com", browser:property("#domain", "value"))
    sign_up("shop.example")
    assert.equal("shop.example is in use already. If it is yours, write to us.",
      browser:text("[role=alert]"))
    assert.same({}, complaints(400, 409))
  end)

  it("show hostile names as text", function()
    sign_up(HOSTILE, "bounce")
    assert.equal("'" .. HOSTILE .. "' is not a domain such as example.com.",
      browser:text("#domain-error"))
    assert.equal(HOSTILE, browser:property("#domain", "value"))
    assert.equal(0, browser:count("main img"))
    assert.equal("Error: your domain – Postbox", browser:run("return document.title"))
    assert.same({}, complaints(400))
  end)

  it("run no script that stands in a page", function()
    browser:open(example.url .. "/")
    assert.is_true(browser:run [[
      const script = document.createElement("script");
      try { script.text = "window.isHit = true"; } catch { script.append("window.isHit = true"); }
      document.body.append(script);
      return window.isHit === undefined;
    ]])
    assert.truthy(#complaints() > 0)
  end)

  it("take a message, and say so honestly where that failed", function()
    write "Hello"
    assert.equal(example.url .. "/contact/thanks", browser:location())
    assert.equal("Thank you", browser:text("h1"))
    assert.equal(0, browser:run("return document.getElementsByTagName('b').length"))
    example:break_next { operation = "SendEmail", drop = "after" }
    write "Once"
    assert.truthy(browser:text("[role=alert]"):find("We do not know whether", 1, true))
    assert.equal("Once", browser:property("#message", "value"))
    assert.equal("Ann <b>", browser:property("#name", "value"))
    assert.equal(2, #example:mails "Contact form")
    assert.same({}, complaints(502))
  end)

  it("have a label for each field, and room on a narrow screen", function()
    sign_up("a-rather-long-name-of-a-domain-that-somebody-has.example.com")
    local path = browser:location():sub(#example.url + 1)
    browser:resize(360, 700)
    for _, page in ipairs { "/", path, "/contact" } do
      browser:open(example.url .. page)
      assert.equal(0, browser:run [[
        return [...document.querySelectorAll("input:not([type=hidden]), textarea")]
          .filter((field) => field.labels.length !== 1).length;
      ]])
      assert.is_true(browser:run [[
        return document.documentElement.scrollWidth <= window.innerWidth;
      ]], page)
    end
    assert.same({}, complaints())
  end)

  it("work without scripts", function()
    browser:allow_scripts(false)
    sign_up("example.net", "mail.example.net")
    shows_records("example.net", "mail.example.net")
    assert.equal(0, browser:count("button.copy"))
    assert.equal(1, browser:count("noscript meta[http-equiv=refresh]"))
    example:set("example.net")
    browser:follow("#check")
    browser:wait_for("#dkim", "Success")
    example:set("example.net", "Success")
    browser:follow("#check")
    browser:wait_for("#mail_from", "Success")
    assert.equal(0, browser:count("noscript"))
    sign_up("example.com", "example.com")
    assert.truthy(browser:text("#mail_from-error"):find("is not a subdomain", 1, true))
    write "Without scripts"
    assert.equal("Thank you", browser:text("h1"))
    assert.same({}, complaints(400))
  end)
end)
