local core = require "ses.core"
local rest = require "ses.emulator.rest"

local function path_of(operation)
  return (operation.uri:gsub("{([^}]+)}", "x"))
end

local function request(query, body)
  return { query = query or "", headers = {}, body = body or "" }
end

local function find(method, path)
  local operation, route = rest.find("sesv2", method, path)
  return operation and operation.name, route and route.labels
end

describe("routes of API v2", function()
  for _, name in ipairs(core.service("sesv2").operations) do
    local operation = core.operation("sesv2", name)
    it("lead to " .. name, function()
      assert.equal(name, (find(operation.method, path_of(operation))))
    end)
  end

  it("prefer what is written out to what a label takes", function()
    assert.equal("ListContacts", (find("POST", "/v2/email/contact-lists/x/contacts/list")))
    assert.equal("GetContact", (find("GET", "/v2/email/contact-lists/x/contacts/list")))
  end)

  it("take an empty label", function()
    local name, labels = find("PUT", "/v2/email/identities//mail-from")
    assert.equal("PutEmailIdentityMailFromAttributes", name)
    assert.same({ EmailIdentity = "" }, labels)
  end)

  it("lead nowhere from other paths and methods", function()
    for _, path in ipairs { "/", "/v2", "/v2/email", "/v2/email/account/", "/v2/email/Account",
                            "/v2/email/identities/a/b" } do
      assert.is_nil(find("GET", path))
    end
    assert.is_nil(find("PATCH", "/v2/email/account"))
  end)

  it("know how older clients list identities", function()
    local operation, route = rest.find("sesv2", "GET", "/v2/email/identities")
    assert.equal("ListEmailIdentities", operation.name)
    assert.same({ PageSize = 2, NextToken = "a b" },
                rest.read("sesv2", operation, route, request("PageSize=2&NextToken=a%20b")))
  end)
end)

describe("parameters of API v2", function()
  it("come from labels, percent-decoded", function()
    local operation, route = rest.find("sesv2", "GET", "/v2/email/identities/a%20b%2Bc%40x.org")
    assert.same({ EmailIdentity = "a b+c@x.org" },
                rest.read("sesv2", operation, route, request()))
    operation, route = rest.find("sesv2", "GET", "/v2/email/identities/a+b")
    assert.same({ EmailIdentity = "a+b" }, rest.read("sesv2", operation, route, request()))
  end)

  it("come from labels that are UTF-8 only", function()
    local operation, route = rest.find("sesv2", "GET", "/v2/email/identities/%ff")
    local params, fault = rest.read("sesv2", operation, route, request())
    assert.is_nil(params)
    assert.equal("bad_query", fault.kind)
  end)

  it("come from the query, lists by repetition", function()
    local operation, route = rest.find("sesv2", "GET", "/v2/email/suppression/addresses")
    assert.same({ Reasons = { "BOUNCE", "COMPLAINT" }, PageSize = 5 },
      rest.read("sesv2", operation, route, request("Reason=BOUNCE&PageSize=5&Reason=COMPLAINT")))
    local params, fault = rest.read("sesv2", operation, route, request("PageSize=five"))
    assert.is_nil(params)
    assert.equal("PageSize: not a value of type integer", fault.message)
  end)

  it("come from the body as well", function()
    local operation, route = rest.find("sesv2", "PUT", "/v2/email/identities/x.org/mail-from")
    assert.same({ EmailIdentity = "x.org", MailFromDomain = "b.x.org" },
      rest.read("sesv2", operation, route, request(nil,
        '{"MailFromDomain":"b.x.org","EmailIdentity":"y.org"}')))
  end)
end)
