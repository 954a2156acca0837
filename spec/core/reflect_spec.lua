-- Handles, and what reflection answers to odd questions; spec/gen has what
-- the tables hold.

local core = require "ses.core"

describe("core.handle", function()
  it("names what it is of", function()
    assert.equal("ses.operation: sesv2 SendEmail", tostring(core.handle("sesv2", "SendEmail")))
  end)

  it("is nil for what there is not", function()
    for _, pair in ipairs {
      { "ses", "sendEmail" }, { "ses", "SendEmail2" }, { "ses", "" }, { "", "SendEmail" },
      { "ses2", "SendEmail" }, { "ses", "SendEmail\0" }, { "ses\0", "SendEmail" },
      { "ses", "\255" },
    } do
      assert.is_nil(core.handle(pair[1], pair[2]))
      assert.is_nil(core.operation(pair[1], pair[2]))
    end
    assert.is_nil(core.service "sesv3")
    assert.is_nil(core.shape("ses", "Nothing"))
    assert.is_nil(core.shape("nothing", "Message"))
  end)

  it("is the only thing that encode and decode take", function()
    for _, other in ipairs { "SendEmail", {}, 5, true, io.stdout, print } do
      assert.is_false(pcall(core.encode, other, {}))
      assert.is_false(pcall(core.decode, other, 200, {}, ""))
    end
    assert.is_false(pcall(core.encode))
    assert.is_false(pcall(core.decode))
  end)

  it("raises on names that are no strings", function()
    for _, f in ipairs { core.handle, core.operation, core.shape } do
      assert.is_false(pcall(f))
      assert.is_false(pcall(f, {}, "x"))
      assert.is_false(pcall(f, "ses", {}))
      assert.is_false(pcall(f, "ses"))
    end
    assert.is_false(pcall(core.service, {}))
  end)
end)

describe("reflection", function()
  it("gives fresh tables", function()
    for _, ask in ipairs {
      core.services, function() return core.service "ses" end,
      function() return core.operation("ses", "ListIdentities") end,
      function() return core.shape("ses", "ListIdentitiesRequest") end,
    } do
      local first = ask()
      assert.not_equal(first, ask())
      for key in pairs(first) do first[key] = nil end
      assert.truthy(next(ask()))
    end
  end)

  it("leads from every operation to every shape", function()
    for _, name in ipairs(core.services()) do
      local found, count = {}, 0
      local function visit(shape)
        if not shape or found[shape] then return end
        found[shape], count = true, count + 1
        local described = assert(core.shape(name, shape), shape)
        for _, member in ipairs(described.members or {}) do visit(member.shape) end
        for _, part in ipairs { "member", "key", "value" } do
          visit(described[part] and described[part].shape)
        end
      end
      for _, operation in ipairs(core.service(name).operations) do
        local described = assert(core.operation(name, operation))
        visit(described.input)
        visit(described.output)
        for _, shape in ipairs(described.errors) do visit(shape) end
      end
      assert.equal(#core.service(name).shapes, count)
    end
  end)

  it("describes an operation that pages", function()
    local operation = core.operation("sesv2", "ListEmailIdentities")
    assert.same({ input_token = "NextToken", output_token = "NextToken", limit = "PageSize",
                  items = "EmailIdentities" }, operation.pager)
    assert.is_nil(core.operation("sesv2", "GetAccount").pager)
  end)
end)
