local form = require "ses.emulator.form"

local function params(shape, text)
  local list, fault = form.pairs(text)
  if not list then
    return nil, fault
  end
  local root
  root, fault = form.tree(list)
  if not root then
    return nil, fault
  end
  return form.read("ses", shape, root)
end

local GET = "GetIdentityMailFromDomainAttributesRequest"

local function malformed(shape, text, pattern)
  local result, fault = params(shape, text)
  assert.is_nil(result)
  assert.equal("malformed", fault.kind)
  assert.truthy(fault.message:find(pattern, 1, true), fault.message)
end

describe("a form", function()
  it("is read in its order, with plus signs and percent signs", function()
    assert.same({ { "a b", "1+2" }, { "c", "" }, { "d", "e=f" } },
                form.pairs("a+b=1%2B2&c&d=e=f&"))
  end)

  it("of nothing is empty", function()
    assert.same({}, form.pairs(""))
  end)

  it("must be UTF-8", function()
    local list, fault = form.pairs("a=%ff")
    assert.is_nil(list)
    assert.same({ kind = "bad_query", message = "A parameter is not valid UTF-8" }, fault)
  end)

  it("has ten thousand parameters at most", function()
    assert.equal(10000, #form.pairs(("a=b&"):rep(10000)))
    local list, fault = form.pairs(("a=b&"):rep(10001))
    assert.is_nil(list)
    assert.equal("bad_query", fault.kind)
  end)
end)

describe("parameters", function()
  it("of a list may come in any order", function()
    assert.same({ Identities = { "a", "b", "c" } }, params(GET,
      "Identities.member.3=c&Identities.member.1=a&Identities.member.2=b"))
  end)

  it("of an empty list are one without a value", function()
    assert.same({ Identities = {} }, params(GET, "Identities="))
  end)

  it("of a list have no gaps and no other numbers", function()
    local gap = "the numbers of its 2 items are not 1 to 2"
    malformed(GET, "Identities.member.1=a&Identities.member.3=c", gap)
    malformed(GET, "Identities.member.0=a&Identities.member.1=c", gap)
    malformed(GET, "Identities.member.1=a&Identities.member.02=c", gap)
    malformed(GET, "Identities.member.1=a&Identities.member.x=c", gap)
  end)

  it("of a list are below its member", function()
    malformed(GET, "Identities.1=a", "expected Identities.member.1 and so on")
    malformed(GET, "Identities.member.1=a&Identities.2=b", "expected Identities.member.1")
    malformed(GET, "Identities=a", "expected a list, got one value")
  end)

  it("of a structure are below its name, those of other names ignored", function()
    assert.same({ Source = "a@example.com",
                  Destination = { ToAddresses = { "b@example.com" } },
                  Message = { Subject = { Data = "s" }, Body = {} } },
      params("SendEmailRequest", "Source=a%40example.com&Action=x&"
        .. "Destination.ToAddresses.member.1=b%40example.com&Message.Subject.Data=s&Message.Body="))
  end)

  it("are given once", function()
    malformed(GET, "Identities.member.1=a&Identities.member.1=b",
              "Parameter given twice: Identities.member.1")
  end)

  it("are one value or have some below, not both", function()
    malformed("SetIdentityMailFromDomainRequest", "Identity=a&Identity.b=c", "Identity: expected")
    malformed("SetIdentityMailFromDomainRequest", "Identity.b=c", "Identity: expected one value")
  end)

  it("are nested thirty-two deep at most", function()
    malformed(GET, ("a."):rep(33) .. "b=c", "nested deeper than 32")
    assert.same({}, params(GET, ("a."):rep(31) .. "b=c"))
  end)

  it("have the types of the model", function()
    assert.same({ MaxItems = 10 }, params("ListIdentitiesRequest", "MaxItems=10"))
    malformed("ListIdentitiesRequest", "MaxItems=ten", "MaxItems: not a value of type integer")
    malformed("ListIdentitiesRequest", "MaxItems=2147483648", "not a value of type integer")
    assert.same({ Enabled = false },
                params("UpdateAccountSendingEnabledRequest", "Enabled=false"))
    malformed("UpdateAccountSendingEnabledRequest", "Enabled=no", "not a value of type boolean")
    assert.same({ RawMessage = { Data = "\0\255" } },
                params("SendRawEmailRequest", "RawMessage.Data=AP8%3D"))
    malformed("SendRawEmailRequest", "RawMessage.Data=%3F", "not a value of type blob")
  end)
end)
