-- The store in a shared dictionary, in real nginx workers.

local nginx = require "spec.support.nginx"

local RATE = 50
local WORKERS = 4

local missing = nginx.missing()
if missing then
  describe("the limiter's store in nginx", function()
    it("keeps the limit", function()
      pending(missing .. ": the limiter's store in nginx is not run")
    end)
  end)
  return
end

local function run(job, workers, seconds)
  return nginx.run {
    job = job, workers = workers, seconds = seconds or 0,
    http = "lua_shared_dict limits 1m; lua_shared_dict tiny 12k;",
  }
end

-- The slots and arrivals of all workers, sorted, in seconds from the beginning.
local function measured(results)
  local slots, arrivals = {}, {}
  local begin = tonumber(results[1]:match("^begin (%S+)"))
  for _, text in ipairs(results) do
    assert.equal(begin, tonumber(text:match("^begin (%S+)")))
    for slot, arrival in text:gmatch("\n(%S+) (%S+)") do
      slots[#slots + 1] = slot - begin
      arrivals[#arrivals + 1] = arrival - begin
    end
  end
  table.sort(slots)
  table.sort(arrivals)
  return slots, arrivals
end

-- The most that lie in any closed stretch of time.
local function most_within(times, seconds)
  local most, first = 0, 1
  for last = 1, #times do
    while times[last] - times[first] > seconds do
      first = first + 1
    end
    most = math.max(most, last - first + 1)
  end
  return most
end

-- Of those that come before the end.
local function count_until(times, seconds)
  local count = 0
  for _, time in ipairs(times) do
    count = count + (time <= seconds and 1 or 0)
  end
  return count
end

-- Callers begin when the machine lets them, so that the first slots of a run
-- say how late that was, and nothing of the limit.
local function check(results, seconds)
  local slots, arrivals = measured(results)
  assert.truthy(slots[1] >= 0)
  local within = most_within(slots, 1)
  assert.truthy(within <= RATE + 1, within .. " slots in a second")
  local used = count_until(slots, slots[1] + seconds) / (RATE * seconds)
  assert.truthy(used >= 0.95, used .. " of the limit used")
  for i, arrival in ipairs(arrivals) do
    assert.truthy(arrival - slots[1] >= (i - 1) / RATE - 1e-6,
      ("arrival %d at %g"):format(i, arrival))
  end
  return slots, arrivals
end

describe("the limiter's store in nginx", function()
  it("keeps the contract of stores", function()
    local lines = 0
    for name, outcome in run("contract", 1)[1]:gmatch("([^\n]-): ([^\n]*)") do
      lines = lines + 1
      assert.equal("true", outcome, name)
    end
    assert.equal(#require "spec.support.store_contract", lines)
  end)

  it("refuses where it fails, and says why", function()
    local said = {}
    for name, outcome in run("failures", 1)[1]:gmatch("([^\n]-): ([^\n]*)") do
      said[name] = outcome
    end
    local dict = "the shared dictionary 'limits': "
    local tiny = "the shared dictionary 'tiny': "
    local foreign = dict .. "something else is in the place of a state"
    local held = dict .. "another worker holds a lock for too long"
    assert.same({
      none = "nil nginx has no shared dictionary 'no_such': its configuration needs"
        .. " \"lua_shared_dict no_such 1m;\" in the block http",
      ["foreign reserve"] = "nil inf " .. foreign,
      ["foreign peek"] = "nil inf " .. foreign,
      ["foreign slow"] = "nil " .. foreign,
      ["foreign kept"] = "no state",
      ["foreign get"] = "nil " .. dict .. "something else is in the place of a number",
      ["held reserve"] = "nil inf " .. held,
      ["held slow"] = "nil " .. held,
      ["held still"] = "1",
      ["held other"] = "0 nil",
      ["died reserve"] = "0 nil",
      ["released"] = "nil",
      ["full reserve"] = "nil inf " .. tiny .. "no memory",
      ["full slow"] = "nil " .. tiny .. "no memory",
      ["full set"] = "nil " .. tiny .. "no memory",
      ["full kept"] = "true 1",
    }, said)
  end)

  it("loses no slot and gives none twice, whatever the hurry", function()
    local seen, count = {}, 0
    for _, text in ipairs(run("contend", WORKERS)) do
      for slot in text:gmatch("%S+") do
        assert.is_nil(seen[slot], slot)
        seen[slot], count = true, count + 1
      end
    end
    assert.equal(WORKERS * 5000, count)
    for i = 0, count - 1 do
      assert.truthy(seen[("%.3f"):format(i)], i)
    end
  end)

  it("keeps one limit for all workers", function()
    check(run("share_briefly", WORKERS, 3), 3)
  end)

  it("keeps it after a minute in which nobody called", function()
    check(run("share_after_idle", WORKERS, 3), 3)
  end)

  it("keeps it over tens of seconds #long", function()
    local slots, arrivals = check(run("share_long", WORKERS, 30), 30)
    local late = 0
    for i, arrival in ipairs(arrivals) do
      late = math.max(late, arrival - slots[i])
    end
    -- who is woken up late may come together with those who are not
    local within = most_within(arrivals, 10)
    assert.truthy(within <= (10 + late) * RATE + 1, within .. " arrivals in ten seconds")
    assert.truthy(count_until(arrivals, 30) >= 0.95 * 30 * RATE)
  end)
end)
