-- Very many calls of nginx's workers, as fast as they can make them, while these are
-- reloaded and killed, requests are given up, credentials are renewed, and the server
-- resets, closes and half closes connections: each call has one outcome, nothing is
-- accepted twice or told otherwise than it was, and nothing is left behind.
--
-- SES_SOAK_CALLS says how many there are at least.

local nginx = require "spec.support.nginx"
local tree = require "spec.support.tree"

local CALLS = tonumber(os.getenv("SES_SOAK_CALLS") or 200000)

local built, missing = tree.built "soak_server"
missing = not built and missing or nginx.missing()
if missing then
  describe("a soak of nginx #long", function()
    it("is made", function()
      pending(missing)
    end)
  end)
  return
end

-- What errors may be, of the faults that are met here.
local KNOWN = {
  ["service InternalFailure"] = true, ["service BadRequestException"] = true,
  ["service Throttling"] = true, ["service TooManyRequestsException"] = true,
  -- an answer that nobody asked for: HTTP 408 without a body, perhaps behind the right one
  ["decode UnreadableResponse"] = true, ["transport BadResponse"] = true,
  ["transport ConnectionClosed"] = true, ["transport ConnectionRefused"] = true,
  ["timeout AttemptTimeout"] = true,
  ["queue WorkerExiting"] = true, ["queue QueueFull"] = true,
}

describe("a soak of nginx #long", function()
  local soak

  lazy_setup(function()
    soak = require("spec.support.nginx_soak_run").run(CALLS)
  end)

  -- Calls that judge finds fault with, a few of them.
  local function offending(judge)
    local found = {}
    for id, outcome in pairs(soak.journal.ids) do
      local reason = judge(id, outcome, soak.accepted[id] or 0)
      if reason and #found < 5 then
        found[#found + 1] = reason
      end
    end
    return found
  end

  local function is_open(outcome)
    return type(outcome) == "table"
  end

  it("is made, and met by all faults", function()
    assert.is_nil(soak.problem)
    assert.is_true(soak.journal.begun >= CALLS)
    for name, count in pairs(CALLS >= 50000 and soak.met or {}) do
      assert.is_true(count > 0, name)
    end
    local tally = {}
    for _, outcome in pairs(soak.journal.ids) do
      local what = is_open(outcome) and "of workers that were killed"
        or outcome:gsub("^(%u) %S+ ?", "%1 ")
      if what:find("^R") then
        what = "R"
      end
      tally[what] = (tally[what] or 0) + 1
    end
    print(("\n%d calls in %.1f s, %d reloads, %d workers killed, %d connections kept"):format(
      soak.journal.begun, soak.took, soak.reloads, soak.kills, soak.kept))
    for what, count in pairs(tally) do
      print(("%8d %s"):format(count, what))
    end
  end)

  it("leaves no call without an outcome but those of workers that were killed", function()
    assert.same({}, offending(function(id, outcome)
      return is_open(outcome) and not soak.killed[outcome.pid] and id
    end))
  end)

  it("gives no call two outcomes", function()
    assert.same({}, soak.journal.twice)
    assert.same({}, soak.journal.strange)
  end)

  it("has no error but those of its faults, and raises nothing", function()
    assert.same({}, offending(function(_, outcome)
      local kind, code = tostring(outcome):match("^E %S+ (%S+) (%S+)")
      return kind and not KNOWN[kind .. " " .. code] and outcome
    end))
  end)

  it("has what was accepted once as its result, and no other call's", function()
    assert.same({}, offending(function(id, outcome, accepted)
      local result = tostring(outcome):match("^R %S+ (.*)")
      local expected = result == "quota" and 0 or 1
      return result and not (accepted == expected and (result == "quota" or result == id))
        and outcome .. ", accepted " .. accepted
    end))
  end)

  it("says of no call that it was not sent which was accepted", function()
    assert.same({}, offending(function(_, outcome, accepted)
      local sent, ambiguous = tostring(outcome):match("^E %S+ %S+ %S+ (%S+) (%S+)$")
      return sent and accepted > 0 and (sent == "none" or ambiguous ~= "true")
        and outcome .. ", accepted " .. accepted
    end))
  end)

  it("has nothing accepted twice, whatever came of it", function()
    assert.same({}, offending(function(id, outcome, accepted)
      local handed_back = tostring(outcome):find("^H")
      return accepted > (handed_back and 0 or 1) and id .. " accepted " .. accepted
    end))
    for id in pairs(soak.accepted) do
      assert.truthy(soak.journal.ids[id], id)
    end
  end)

  it("leaves no connection, and no timer", function()
    assert.same({}, soak.connections)
    local told = 0
    for pid, worker in pairs(soak.journal.workers) do
      if not soak.killed[pid] then
        told = told + 1
        -- One runs that tells it, and one waits to renew the credentials.
        assert.truthy(worker.timers == "1 0" or worker.timers == "1 1", worker.timers)
      end
    end
    assert.is_true(told >= 2)
    -- nginx would complain of sockets that are open when a worker ends.
    assert.equal("", soak.complaints)
  end)

  it("fetches credentials by one worker for all", function()
    -- A set that ends is kept for half of what it has: five seconds.
    local most = 2 + soak.lived / 5
    print(("\n%d sets of credentials in %.1f s"):format(soak.credentials, soak.lived))
    assert.is_true(soak.credentials >= 1 and soak.credentials <= most, soak.credentials)
  end)

  -- The least of a worker's samples after some of its calls and before others: what is
  -- under way comes on top of that.
  local function least(worker, name, from, to)
    local found, last = math.huge, worker.samples[#worker.samples].calls
    for _, sample in ipairs(worker.samples) do
      if sample.calls >= from * last and sample.calls < to * last then
        found = math.min(found, sample[name])
      end
    end
    return found
  end

  it("needs no more memory in the end", function()
    local looked_at = 0
    for pid, worker in pairs(soak.journal.workers) do
      local last = worker.samples[#worker.samples]
      if #worker.samples >= 20 then
        looked_at = looked_at + 1
        -- The first calls of all make what is kept.
        for name, slack in pairs { heap = 256, resident = 2048 } do
          local before, after = least(worker, name, 0.05, 0.25), least(worker, name, 0.75, 1)
          print(("worker %d after %d calls: %s %d kB, before %d kB"):format(pid, last.calls, name,
            after, before))
          assert.is_true(after <= before + slack, name .. ": " .. before .. " kB grew to " .. after)
        end
      end
    end
    assert.is_true(looked_at >= 1 or CALLS < 100000)
  end)
end)
