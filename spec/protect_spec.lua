local protect = require "ses.protect"

local function pack(...)
  return { n = select("#", ...), ... }
end

describe("protect", function()
  local function in_coroutine(fn)
    local thread = coroutine.create(fn)
    local result = pack(coroutine.resume(thread))
    assert.truthy(result[1], result[2])
    return thread, result
  end

  local function both(name, test)
    it(name, test)
    it(name .. ", in a coroutine", function()
      local thread = in_coroutine(test)
      assert.equal("dead", coroutine.status(thread))
    end)
  end

  both("passes arguments and results on, nils included", function()
    local result = pack(protect(function(...)
      return select("#", ...), ...
    end, 1, nil, "c", nil))
    assert.same({ n = 6, true, 4, 1, nil, "c", nil }, result)
  end)

  both("makes a raised value a result", function()
    local raised = {}
    assert.same({ n = 2, false, raised }, pack(protect(error, raised)))
    assert.same({ n = 2, false, raised }, pack(protect(function()
      error(raised)
    end)))
  end)

  both("calls functions of C too", function()
    assert.same({ n = 2, true, "12" }, pack(protect(tostring, 12)))
  end)

  it("makes a yield outside a coroutine a result", function()
    assert.is_false((protect(coroutine.yield, 1)))
  end)

  it("lets a coroutine yield through it", function()
    local thread = coroutine.create(function(a)
      local inner = pack(protect(function(b)
        local c, d = coroutine.yield("first", b)
        return c, d, coroutine.yield("second")
      end, a))
      return inner
    end)
    assert.same({ n = 3, true, "first", 1 }, pack(coroutine.resume(thread, 1)))
    assert.same({ n = 2, true, "second" }, pack(coroutine.resume(thread, 2, nil)))
    assert.same({ n = 2, true, { n = 4, true, 2, nil, 3 } }, pack(coroutine.resume(thread, 3)))
  end)

  it("catches what is raised after a yield", function()
    local thread = coroutine.create(function()
      return protect(function()
        coroutine.yield()
        error("late", 0)
      end)
    end)
    coroutine.resume(thread)
    assert.same({ n = 3, true, false, "late" }, pack(coroutine.resume(thread)))
  end)
end)
