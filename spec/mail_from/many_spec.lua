-- A plan of a thousand identities, which is interrupted.

local calls = require "spec.support.mail_from_calls"
local emulated = require "spec.support.emulated"
local many = require "spec.support.mail_from_many"
local ses = require "ses"
local tables = require "ses.tables"

local SET, GET, counting = calls.SET, calls.GET, calls.counting

local made

-- An emulator that has a thousand identities, which are made once.
local function thousand()
  if not made then
    local emulator, _, v2 = emulated.new()
    many.create(v2, function(name, status) emulator:set_mail_from_status(name, status) end)
    made = emulator.state
  end
  -- The machine's clock would go on in steps of a second, between a turn that was
  -- waited for and the call.
  local emulator = ses.emulator.new { time = function() return emulated.TIME end }
  emulator.state = tables.deep_copy(made)
  return emulator
end

for _, service in ipairs { "ses", "sesv2" } do
  describe("a plan of a thousand by " .. service, function()
    local function check_plan(plan)
      assert.same({ create = 0, repair = 300, restart = 50, disable = 0, keep = 630, refuse = 20,
                    unverified = 0, unknown = 0, invalid = 0, error = 0 }, plan.counts)
      assert.equal(350, plan.calls)
    end

    -- What each of two runs has done, together.
    local function check_end(emulator, counts)
      assert.same({}, many.faults(emulator:identities()))
      assert.equal(350, counts[SET[service]])
      assert.equal(0, counts.throttled)
    end

    it("is applied again after an interruption, with as many calls as it said", function()
      local emulator = thousand()
      local client, counts = counting(service, emulator:transport())
      local plan = assert(ses.mail_from.plan(client, many.wanted()))
      check_plan(plan)
      assert.is_nil(counts[SET[service]])
      local report = assert(plan:apply { progress = function(report)
        return report.done < 175
      end })
      assert.equal("ApplyStopped", report.stopped.code)
      assert.same({ 175, 630, 20, 0, 175, 175 }, { report.done, report.unchanged, report.refused,
        report.failed, report.left, report.calls })
      report = assert(plan:apply())
      assert.is_nil(report.stopped)
      assert.same({ 175, 805, 20, 0, 0, 175 }, { report.done, report.unchanged, report.refused,
        report.failed, report.left, report.calls })
      check_end(emulator, counts)
      -- Applied once more, and made anew, there is nothing to do.
      local reads = counts[GET[service]]
      assert.equal(0, plan:apply().calls)
      assert.equal(reads, counts[GET[service]])
      plan = assert(ses.mail_from.plan(client, many.wanted()))
      assert.equal(0, plan.calls)
      assert.equal(980, plan:apply().unchanged)
      check_end(emulator, counts)
    end)

    it("is made anew after a process that ended with a call under way", function()
      local emulator = thousand()
      local client, counts = counting(service, emulator:transport())
      function counts.trouble(name, count)
        if name == SET[service] and count == 100 then
          coroutine.yield()
        end
      end
      -- Whoever was doing it is never heard of again. A transport that runs tasks would
      -- notice.
      client._context.transport.all = false
      local process = coroutine.create(function()
        assert(assert(ses.mail_from.plan(client, many.wanted())):apply())
      end)
      assert(coroutine.resume(process))
      assert.equal("suspended", coroutine.status(process))
      assert.equal(100, counts[SET[service]])
      local other = assert(ses.client(service, { transport = client._context.transport }))
      local plan = assert(ses.mail_from.plan(other, many.wanted()))
      assert.equal(250, plan.calls)
      local report = assert(plan:apply())
      assert.same({ 250, 730, 20, 0, 0 }, { report.done, report.unchanged, report.refused,
        report.failed, report.left })
      check_end(emulator, counts)
    end)
  end)
end
