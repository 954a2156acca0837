local options = require "ses.options"

local schema = {
  name = options.of("string"),
  verify = options.of("boolean"),
  timeout = options.table({ connect = options.seconds, attempt = options.seconds }, "two of them"),
}

describe("a table of options", function()
  it("that fits has no fault", function()
    assert.is_nil(options.fault({}, schema))
    assert.is_nil(options.fault({ name = "a", verify = false,
      timeout = { connect = 0.5, attempt = math.huge } }, schema))
  end)

  for _, case in ipairs {
    { "x", "options: expected a table, got string" },
    { { nmae = "a" }, "unknown option 'nmae'; did you mean 'name'?" },
    { { colour = "a" }, "unknown option 'colour'" },
    { { "a" }, "unknown option 1" },
    { { name = 5 }, "name: expected a string, got number" },
    { { verify = "yes" }, "verify: expected a boolean, got string" },
    { { timeout = 5 }, "timeout: expected a table, got number" },
    { { timeout = { conect = 5 } },
      "unknown option 'timeout.conect'; did you mean 'connect'? (two of them)" },
    { { timeout = { total = 5 } }, "unknown option 'timeout.total' (two of them)" },
    { { timeout = { connect = 0 } },
      "timeout.connect: expected a number of seconds above 0, got 0" },
    { { timeout = { connect = -1 } },
      "timeout.connect: expected a number of seconds above 0, got -1" },
    { { timeout = { attempt = "5" } },
      "timeout.attempt: expected a number of seconds above 0, got string" },
  } do
    it(("is faulty: %s"):format(case[2]), function()
      assert.equal(case[2], (options.fault(case[1], schema)))
    end)
  end

  it("says how a table is written, where that is known", function()
    local check = options.table({ attempt = options.seconds }, nil, "{attempt = 5}")
    assert.equal("timeout: expected a table such as {attempt = 5}, got number",
      (options.fault({ timeout = 5 }, { timeout = check })))
  end)

  it("knows what other tools call an option", function()
    assert.equal("unknown option 'label'; did you mean 'name'?",
      (options.fault({ label = "a" }, schema, nil, nil, { label = "name" })))
    assert.equal("unknown option 'nmae'; did you mean 'name'?",
      (options.fault({ nmae = "a" }, schema, nil, nil, { label = "name" })))
  end)

  it("takes no number that is not one", function()
    assert.truthy(options.fault({ timeout = { connect = 0 / 0 } }, schema))
  end)

  it("tells the same fault in every run", function()
    for _ = 1, 20 do
      assert.equal("name: expected a string, got number",
        (options.fault({ verify = 1, name = 1, timeout = 1 }, schema)))
    end
  end)
end)
