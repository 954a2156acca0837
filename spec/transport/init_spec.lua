-- The shared transport, and its clocks.

local transports = require "ses.transport"

describe("the default transport", function()
  it("is one for all", function()
    assert.equal(transports.default(), transports.default())
    assert.is_true(transports.default():usable())
  end)

  it("is replaced once it is closed", function()
    local first = transports.default()
    first:close()
    assert.are_not.equal(first, transports.default())
    assert.is_true(transports.default():usable())
  end)
end)

describe("its clocks", function()
  local transport = transports.default()

  it("tell the time of day", function()
    local before, time = os.time(), transport:time()
    assert.is_true(time >= before and time < os.time() + 1)
  end)

  it("only go forward", function()
    local last = transport:now()
    for _ = 1, 1000 do
      local now = transport:now()
      assert.is_true(now >= last)
      last = now
    end
  end)

  it("know fractions of a second", function()
    local last, changed = transport:now(), false
    while not changed do
      local now = transport:now()
      changed = now ~= last and now - last < 1
      last = now
    end
    assert.is_true(changed)
  end)

  it("wait as long as they are told, or not at all", function()
    local start = transport:now()
    transport:sleep(0.05)
    assert.is_true(transport:now() - start >= 0.05)
    for _, none in ipairs { 0, -1, -math.huge, 0 / 0 } do
      transport:sleep(none)
    end
  end)
end)

describe("its random numbers", function()
  it("spread over [0, 1)", function()
    local transport = transports.default()
    local seen, least, most = {}, 1, 0
    for _ = 1, 1000 do
      local number = transport:random()
      assert.is_true(number >= 0 and number < 1)
      assert.is_nil(seen[number])
      seen[number] = true
      least, most = math.min(least, number), math.max(most, number)
    end
    -- each fails once in 10^45 runs
    assert.is_true(least < 0.1)
    assert.is_true(most > 0.9)
  end)
end)
