-- What is common to clients on all transports: operations that come in pages.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local ses = require "ses"

local NAMES = { "a.example", "b.example", "c.example", "d.example", "e.example" }

return function(_, it, given)
  local function with_identities(options)
    for _, name in ipairs(NAMES) do
      given.domain(name)
    end
    return given.clients(options)
  end

  local function names_in(items)
    local names = {}
    local item, err = items:next()
    while item do
      names[#names + 1] = item.IdentityName or item
      item, err = items:next()
    end
    assert.is_nil(err)
    table.sort(names)
    return names
  end

  it("go on from page to page, to the end", function()
    local v1, v2 = with_identities()
    for client, operation in pairs { [v1] = "ListIdentities", [v2] = "ListEmailIdentities" } do
      local pager, sizes = client:pages(operation, {}, { page_size = 2 }), {}
      local page, err = pager:next()
      while page do
        sizes[#sizes + 1] = #(page.Identities or page.EmailIdentities)
        assert.equal(#sizes < 3, pager.token ~= nil)
        page, err = pager:next()
      end
      assert.is_nil(err)
      assert.same({ 2, 2, 1 }, sizes)
      assert.same(NAMES, names_in(client:items(operation, {}, { page_size = 2 })))
    end
  end)

  it("are what a for loop takes", function()
    local v1 = with_identities()
    local pages, items = 0, 0
    for page in v1:pages("list_identities", {}, { page_size = 3 }) do
      pages = pages + #page.Identities
    end
    for item in v1:items("list_identities", {}, { page_size = 3 }) do
      items = items + (item:find("%.example$") and 1 or 0)
    end
    assert.same({ 5, 5 }, { pages, items })
    given.faults { code = "AccessDenied", status = 403, message = "no" }
    local ok, raised = pcall(function()
      for _ in v1:pages("ListIdentities") do end -- luacheck: ignore 542
    end)
    assert.is_false(ok)
    assert.truthy(raised:find("AccessDenied: no", 1, true), raised)
  end)

  it("end where they are told to, and are resumed there", function()
    local _, v2 = with_identities()
    local pager = v2:pages("ListEmailIdentities", {}, { page_size = 2, max_items = 3 })
    local names = {}
    for page in pager do
      for _, item in ipairs(page.EmailIdentities) do
        names[#names + 1] = item.IdentityName
      end
    end
    assert.equal(3, #names)
    for item in v2:items("ListEmailIdentities", {}, { starting_token = pager.token }) do
      names[#names + 1] = item.IdentityName
    end
    assert.same(NAMES, names)
  end)

  it("are asked for again after an error, and made again as any call", function()
    local _, v2 = with_identities { retry = {} }
    given.hurry()
    local items = v2:items("ListEmailIdentities", {}, { page_size = 2 })
    assert.truthy(items:next())
    assert.truthy(items:next())
    given.faults({ code = "BadRequestException", status = 400 }, { drop = "before", reset = true })
    local item, err = items:next()
    assert.is_nil(item)
    assert.equal("BadRequestException", err.code)
    assert.equal(3, #names_in(items))
    assert.same({}, given.control("GET", "faults").faults)
    assert.is_true(ses.is_error(err, "service"))
  end)
end
