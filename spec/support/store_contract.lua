-- What every store of ses.ratelimit keeps to: plain functions, so that they run
-- in nginx as well as in busted.

local gcra = require "ses.gcra"

-- A time to begin at.
local START = 1000

local function near(expected, value)
  if type(value) ~= "number" or math.abs(value - expected) > 1e-6 then
    error(("%s is not %.17g"):format(tostring(value), expected), 2)
  end
end

local function equal(expected, value)
  if expected ~= value then
    error(("%s is not %s"):format(tostring(value), tostring(expected)), 2)
  end
end

-- Seconds after the start: when each of several calls goes out.
local function slots(store, key, interval, count, at)
  local found = {}
  for i = 1, count do
    found[i] = at + assert(store:reserve(key, interval, 1, START + at, math.huge))
  end
  return found
end

---@type {name: string, run: fun(store: table)}[] each wants an empty store
local checks = {}

local function check(name, run)
  checks[#checks + 1] = { name = name, run = run }
end

check("hands out slots one interval apart", function(store)
  for i, slot in ipairs(slots(store, "k", 0.25, 9, 0)) do
    near((i - 1) * 0.25, slot)
  end
  near(2.25, store:peek("k", START))
  near(1.25, store:peek("k", START + 1))
end)

check("saves nothing up while nobody calls", function(store)
  slots(store, "k", 1, 3, 0)
  for i, slot in ipairs(slots(store, "k", 1, 3, 3600)) do
    near(3600 + i - 1, slot)
  end
end)

check("makes a slot as long as what is sent", function(store)
  equal(0, store:reserve("k", 0.1, 50, START, 0))
  near(5, store:reserve("k", 0.1, 1, START, math.huge))
  near(5.1, store:peek("k", START))
end)

check("reserves nothing where the wait would be too long", function(store)
  slots(store, "k", 1, 5, 0)
  for _ = 1, 3 do
    local wait, would, message = store:reserve("k", 1, 1, START, 4.5)
    equal(nil, wait)
    near(5, would)
    equal(nil, message)
  end
  near(5, store:peek("k", START))
  near(4.5, store:reserve("k", 1, 1, START + 0.5, 4.6))
end)

check("keeps keys apart", function(store)
  slots(store, "a", 1, 5, 0)
  equal(0, store:peek("b", START))
  equal(0, store:reserve("b", 1, 1, START, 0))
  near(5, store:peek("a", START))
end)

check("takes keys of any bytes", function(store)
  local key = "call 123456789012 eu-west-1 \0\1\255 'x' %d"
  equal(0, store:reserve(key, 1, 1, START, 0))
  near(1, store:peek(key, START))
  equal(0, store:peek("call 123456789012 eu-west-1 ", START))
end)

check("lets nothing through for an interval after a throttling answer, then half",
  function(store)
    equal(true, store:slow("k", 0.5, START))
    local found = slots(store, "k", 0.5, 4, 0)
    near(0.5, found[1])
    for i = 2, 4 do
      near(1, found[i] - found[i - 1])
    end
  end)

check("counts throttling answers of one second as one", function(store)
  for i = 0, 63 do
    equal(true, store:slow("k", 0.5, START + i / 64))
  end
  local found = slots(store, "k", 0.5, 2, 1)
  near(0.5 / (0.5 + 1 / 60), found[2] - found[1])
end)

check("slows down to the slowest pace and no further", function(store)
  for i = 0, 20 do
    store:slow("k", 1, START + i * 1.01)
  end
  local found = slots(store, "k", 1, 2, 20.2)
  near(1 / gcra.SLOWEST, found[2] - found[1])
end)

check("recovers in a straight line within half a minute", function(store)
  store:slow("k", 1, START)
  for _, at in ipairs { 6, 12, 18, 24 } do
    local found = slots(store, "k", 1, 2, at)
    near(1 / (0.5 + at / 60), found[2] - found[1])
  end
  for i, slot in ipairs(slots(store, "k", 1, 4, 30)) do
    near(30 + i - 1, slot)
  end
end)

check("slows what is reserved later, and no slot that was handed out", function(store)
  slots(store, "k", 1, 3, 0)
  store:slow("k", 1, START)
  near(3, store:peek("k", START))
  near(3, store:reserve("k", 1, 1, START, math.huge))
  near(5, store:peek("k", START))
end)

check("keeps numbers", function(store)
  equal(nil, store:get("n"))
  equal(true, store:set("n", 14))
  equal(14, store:get("n"))
  equal(true, store:set("n", 0.1))
  equal(0.1, store:get("n"))
  equal(nil, store:get("m"))
end)

check("keeps numbers apart from slots", function(store)
  equal(true, store:set("k", 5))
  equal(0, store:reserve("k", 1, 1, START, 0))
  equal(5, store:get("k"))
end)

return checks
