local cjson = require "cjson"
local core = require "ses.core"
local fake_transport = require "spec.support.fake_transport"
local names = require "ses.names"
local responses = require "spec.support.responses"
local samples = require "spec.support.samples"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local client = scripted.once

local function identities(list, token)
  local xml = "<Identities>"
  for _, name in ipairs(list) do
    xml = xml .. "<member>" .. name .. "</member>"
  end
  xml = xml .. "</Identities>" .. (token and "<NextToken>" .. token .. "</NextToken>" or "")
  return fake_transport.result("ListIdentities", xml)
end

local function token_of(request)
  return request.body:match("NextToken=([^&]*)")
end

describe("a pager", function()
  it("goes from token to token", function()
    local v1, transport = client("ses", {
      identities({ "a", "b" }, "t1"), identities({}, "t2"), identities({ "c" }),
    })
    local pager = v1:pages("ListIdentities", { IdentityType = "Domain" })
    assert.same({ "a", "b" }, pager:next().Identities)
    assert.equal("t1", pager.token)
    assert.same({}, pager:next().Identities)
    assert.same({ "c" }, pager:next().Identities)
    assert.is_nil(pager.token)
    assert.is_nil(pager:next())
    assert.is_nil(pager:next())
    assert.equal(3, #transport.sent)
    assert.is_nil(token_of(transport.sent[1]))
    assert.equal("t1", token_of(transport.sent[2]))
    assert.equal("t2", token_of(transport.sent[3]))
    assert.truthy(transport.sent[3].body:find("IdentityType=Domain", 1, true))
  end)

  it("is what a for loop takes, and so are its items", function()
    local v1 = client("ses", { identities({ "a", "b" }, "t1"), identities({ "c" }),
                               identities({ "a", "b" }, "t1"), identities({ "c" }) })
    local seen = {}
    for page in v1:pages("list_identities") do
      seen[#seen + 1] = #page.Identities
    end
    for identity in v1:items("list_identities") do
      seen[#seen + 1] = identity
    end
    assert.same({ 2, 1, "a", "b", "c" }, seen)
  end)

  it("returns an error, and asks for the same page again", function()
    local v1, transport = client("ses", {
      identities({ "a" }, "t1"), fake_transport.fault(400, "Throttling", "Rate exceeded"),
      identities({ "b" }),
    })
    local items = v1:items("ListIdentities")
    assert.equal("a", items:next())
    local item, err = items:next()
    assert.is_nil(item)
    assert.equal("Throttling", err.code)
    assert.equal("b", items:next())
    assert.equal("t1", token_of(transport.sent[2]))
    assert.equal("t1", token_of(transport.sent[3]))
  end)

  it("raises an error in a for loop", function()
    local v1 = client("ses", { fake_transport.fault(403, "AccessDenied", "no") })
    local ok, raised = pcall(function()
      for _ in v1:pages("ListIdentities") do end -- luacheck: ignore 542
    end)
    assert.is_false(ok)
    assert.truthy(raised:find("AccessDenied: no", 1, true), raised)
  end)

  it("does not go round in circles", function()
    local v1 = client("ses", { identities({ "a" }, "t1"), identities({ "a" }, "t1") })
    local pager = v1:pages("ListIdentities")
    assert(pager:next())
    local page, err = pager:next()
    assert.is_nil(page)
    assert.is_true(ses.is_error(err, "decode", "RepeatedToken"))
  end)

  it("has a page's size, a limit and a start", function()
    local v1, transport = client("ses", { identities({ "a", "b" }, "t6"),
                                          identities({ "c", "d" }, "t7") })
    local seen = {}
    for identity in v1:items("ListIdentities", nil, {
      page_size = 2, max_items = 3, starting_token = "t5",
    }) do
      seen[#seen + 1] = identity
    end
    assert.same({ "a", "b", "c" }, seen)
    assert.equal(2, #transport.sent)
    assert.equal("t5", token_of(transport.sent[1]))
    assert.truthy(transport.sent[1].body:find("MaxItems=2", 1, true))
    -- The last page is no longer than what is wanted, so that its token leads
    -- to the next item.
    assert.truthy(transport.sent[2].body:find("MaxItems=1", 1, true))
  end)

  it("leaves the parameters as they were, and keeps none of them", function()
    local params = { IdentityType = "Domain" }
    local v1, transport = client("ses", { identities({}, "t1"), identities {} })
    local pager = v1:pages("ListIdentities", params, { page_size = 7 })
    params.IdentityType = "EmailAddress"
    assert(pager:next())
    assert(pager:next())
    assert.same({ IdentityType = "EmailAddress" }, params)
    assert.truthy(transport.sent[2].body:find("IdentityType=Domain", 1, true))
  end)

  it("keeps no table of the parameters either", function()
    local filter = { TYPE = "DKIM" }
    local v2, transport = client("sesv2", { fake_transport.json(200, "{}") })
    local pager = v2:pages("ListRecommendations", { Filter = filter })
    filter.TYPE = "SPF"
    assert(pager:next())
    assert.truthy(transport.sent[1].body:find('"TYPE":"DKIM"', 1, true))
  end)

  it("raises for misuse, at the line that did it", function()
    local v1 = client("ses")
    local function fails(message, fn)
      local ok, raised = pcall(fn)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
      assert.truthy(raised:find("pages_spec.lua:", 1, true), raised)
    end
    fails("pages: ses has no operation 'GetSendQuota' that comes in pages", function()
      v1:pages("GetSendQuota")
    end)
    fails("did you mean 'ListIdentities'?", function() v1:items("ListIdentites") end)
    fails("page_size: ListReceiptRuleSets has no size of a page", function()
      v1:pages("ListReceiptRuleSets", {}, { page_size = 5 })
    end)
    fails("max_items: expected a whole number from 1, got 0", function()
      v1:pages("ListIdentities", {}, { max_items = 0 })
    end)
    fails("pages: expected a table of parameters, got string", function()
      v1:pages("ListIdentities", "Domain")
    end)
    fails("pages: timeout.attempt: expected a number of seconds above 0, got string", function()
      v1:pages("ListIdentities", {}, { timeout = { attempt = "5" } })
    end)
    local pager, items = v1:pages("ListIdentities"), v1:items("ListIdentities")
    v1:close()
    fails("the client is closed", function() v1:pages("ListIdentities") end)
    fails("next: the client is closed", function() pager:next() end)
    fails("next: the client is closed", function() items:next() end)
    fails("next: the client is closed", function()
      for _ in items do end -- luacheck: ignore 542
    end)
  end)

  it("yields where its transport does", function()
    local v1, transport = client("ses", { identities({ "a" }, "t1"), identities({ "b" }) })
    transport.yields = true
    local seen = {}
    local thread = coroutine.create(function()
      local items = v1:items("ListIdentities")
      local item, err = items:next()
      while item do
        seen[#seen + 1] = item
        item, err = items:next()
      end
      return err
    end)
    repeat
      local ok, err = coroutine.resume(thread)
      assert.is_true(ok, err)
    until coroutine.status(thread) == "dead"
    assert.same({ "a", "b" }, seen)
  end)
end)

-- Every operation that comes in pages, by what the tables say of it.
describe("the pages of", function()
  local function required(service, operation)
    local params = {}
    local shape = operation.input and core.shape(service, operation.input)
    for _, member in ipairs(shape.members) do
      if member.required then
        local kind = core.shape(service, member.shape).type
        params[member.name] = kind == "timestamp" and 0 or kind == "list" and {} or "x"
      end
    end
    return params
  end

  local function answer(service, name, token)
    if service == "ses" then
      return fake_transport.result(name, token and "<NextToken>" .. token .. "</NextToken>" or "")
    end
    return fake_transport.json(200, cjson.encode { NextToken = token, extra = 1 })
  end

  local count = 0
  for _, service in ipairs { "ses", "sesv2" } do
    for _, name in ipairs(core.service(service).operations) do
      local operation = core.operation(service, name)
      if operation.pager then
        count = count + 1
        it(name .. ", " .. service, function()
          local made, transport = client(service, {
            answer(service, name, "first"), answer(service, name, "second"),
            answer(service, name),
          })
          local params = required(service, operation)
          local pager = made:pages(names.snake(name), params,
            operation.pager.limit and { page_size = 9 } or nil)
          assert(pager:next())
          assert(pager:next())
          assert(pager:next())
          assert.is_nil(pager:next())
          local function text(i)
            return transport.sent[i].url .. (transport.sent[i].body or "")
          end
          assert.is_nil(text(1):find("first", 1, true))
          assert.truthy(text(2):find("first", 1, true))
          assert.truthy(text(3):find("second", 1, true))
          if operation.pager.limit then
            assert.truthy(text(3):find(operation.pager.limit .. "\"?[=:]9"), text(3))
          end
        end)

        it(name .. ", " .. service .. ", item by item", function()
          local answers, expected = {}, {}
          for i = 1, 2 do
            local result = samples.of(service, operation.output, false, i)
            result[operation.pager.output_token] = i == 1 and "first" or nil
            answers[i] = responses.result(service, name, result)
            for _, item in ipairs(result[operation.pager.items]) do
              expected[#expected + 1] = item
            end
          end
          local made = client(service, answers)
          local seen = {}
          for item in made:items(name, required(service, operation)) do
            seen[#seen + 1] = item
          end
          assert.truthy(#expected >= 4)
          assert.same(expected, seen)
        end)
      end
    end
  end

  it("all of them", function()
    assert.equal(25, count)
  end)
end)
