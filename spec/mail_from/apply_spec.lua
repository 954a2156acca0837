-- What applying a plan does, by either API.

local calls = require "spec.support.mail_from_calls"
local emulated = require "spec.support.emulated"
local ses = require "ses"

local SET, GET, counting = calls.SET, calls.GET, calls.counting

local function names(emulator, v2, list)
  for _, name in ipairs(list) do
    assert(v2:create_email_identity { EmailIdentity = name })
  end
  return emulator
end

local function state_of(emulator, name)
  for _, identity in ipairs(emulator:identities()) do
    if identity.name == name then
      return identity
    end
  end
end

local function outcomes(plan)
  local list = {}
  for i, change in ipairs(plan.changes) do
    list[i] = change.outcome.state
  end
  return list
end

-- Three identities that have no MAIL FROM domain yet.
local function three(service, client_options)
  local emulator, _, v2 = emulated.new()
  names(emulator, v2, { "a.example", "b.example", "c.example" })
  local client, counts = counting(service, emulator:transport(),
    client_options or { rate = false, retry = { mode = "off" } })
  local wanted = {}
  for i, name in ipairs { "a.example", "b.example", "c.example" } do
    wanted[i] = { identity = name, mail_from_domain = "m." .. name }
  end
  return emulator, client, counts, wanted
end

for _, service in ipairs { "ses", "sesv2" } do
  describe("applying a plan by " .. service, function()
    it("is one run at a time", function()
      local _, client, counts, wanted = three(service)
      local plan = ses.check(ses.mail_from.plan(client, wanted))
      local again
      local report = ses.check(plan:apply {
        progress = function() again = { plan:apply() } end })
      assert.is_nil(again[1])
      assert.is_true(ses.is_error(again[2], "config", "AlreadyApplying"))
      assert.same({ 3, 3 }, { report.done, counts[SET[service]] })
      assert.equal(3, ses.check(plan:apply()).unchanged)
    end)

    it("sets, repairs, starts anew and disables", function()
      local emulator, _, v2 = emulated.new()
      names(emulator, v2, { "a.example", "b.example", "c.example", "d.example", "e.example",
                            "Me@f.example" })
      local function put(name, domain, behavior)
        assert(v2:put_email_identity_mail_from_attributes {
          EmailIdentity = name, MailFromDomain = domain, BehaviorOnMxFailure = behavior })
      end
      put("b.example", "m.b.example", "REJECT_MESSAGE")
      put("c.example", "m.c.example", "REJECT_MESSAGE")
      put("d.example", "m.d.example", "REJECT_MESSAGE")
      put("e.example", "theirs.e.example")
      emulator:set_mail_from_status("c.example", "FAILED")
      local client = counting(service, emulator:transport(), { rate = false })
      local plan = assert(ses.mail_from.plan(client, {
        ["a.example"] = { mail_from_domain = "m.a.example", behavior = "RejectMessage" },
        ["b.example"] = { mail_from_domain = "m.b.example", behavior = "USE_DEFAULT_VALUE" },
        ["c.example"] = "m.c.example", ["d.example"] = false, ["e.example"] = "m.e.example",
        ["Me@f.example"] = "m.f.example",
      }, { known = { "theirs.*" } }))
      assert.equal("MAIL FROM domains in us-east-1: create 2, repair 2, restart 1, disable 1",
        tostring(plan):match("^[^\n]*"))
      assert.equal("  d.example -> none: disable, it has the MAIL FROM domain m.d.example",
        tostring(plan):match("\n(  d[^\n]*)"))
      local report = assert(plan:apply())
      assert.same({ 6, 6 }, { report.done, report.calls })
      local function is(name, domain, status, behavior)
        local found = state_of(emulator, name)
        assert.same({ domain, status, behavior }, { found.mail_from_domain,
          found.mail_from_status, found.behavior_on_mx_failure })
      end
      is("a.example", "m.a.example", "PENDING", "REJECT_MESSAGE")
      is("b.example", "m.b.example", "PENDING", "USE_DEFAULT_VALUE")
      -- The behavior that was not spoken of is kept.
      is("c.example", "m.c.example", "PENDING", "REJECT_MESSAGE")
      is("d.example", nil, nil, "USE_DEFAULT_VALUE")
      is("e.example", "m.e.example", "PENDING", "USE_DEFAULT_VALUE")
      is("Me@f.example", "m.f.example", "PENDING", "USE_DEFAULT_VALUE")
    end)

    it("tells after each change that was tried", function()
      local _, client, _, wanted = three(service)
      wanted[4] = { identity = "z.example", mail_from_domain = "m.z.example" }
      local said = {}
      local report = assert(assert(ses.mail_from.plan(client, wanted)):apply {
        progress = function(so_far, change)
          said[#said + 1] = ("%s %s %d/%d"):format(change.identity, change.outcome.state,
            so_far.done, so_far.left)
        end })
      assert.same({ "a.example done 1/2", "b.example done 2/1", "c.example done 3/0" }, said)
      assert.same({ state = "refused", code = "IdentityNotFound",
                    message = "SES does not have this identity in this region" },
        report.changes[4].outcome)
    end)

    it("stops where progress raises", function()
      local _, client, counts, wanted = three(service)
      local report = assert(assert(ses.mail_from.plan(client, wanted)):apply {
        progress = function() error("oh", 0) end })
      assert.equal("progress raised an error: oh", report.stopped.message)
      assert.equal(1, counts[SET[service]])
      assert.same({ 1, 2 }, { report.done, report.left })
    end)

    it("leaves alone what was put right meanwhile, and what was changed", function()
      local emulator, client, counts, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      local v2 = assert(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
      for name, domain in pairs { ["a.example"] = "m.a.example", ["b.example"] = "x.b.example" } do
        assert(v2:put_email_identity_mail_from_attributes {
          EmailIdentity = name, MailFromDomain = domain })
      end
      local report = assert(plan:apply())
      assert.same({ "unchanged", "refused", "done" }, outcomes(plan))
      assert.equal("ChangedSincePlanned", report.changes[2].outcome.code)
      assert.equal(1, counts[SET[service]])
      assert.equal("x.b.example", state_of(emulator, "b.example").mail_from_domain)
    end)

    it("keeps an error of one identity with it, and tries it when it is applied again", function()
      local emulator, client, counts, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      emulator:faults { operation = SET[service], status = 400, code = "InvalidParameterValue",
                        message = "not today" }
      local report = assert(plan:apply())
      assert.is_nil(report.stopped)
      assert.same({ "failed", "done", "done" }, outcomes(plan))
      local outcome = plan.changes[1].outcome
      assert.same({ "InvalidParameterValue", "not today" }, { outcome.code, outcome.message })
      assert.equal("not today", outcome.err.message)
      report = assert(plan:apply())
      assert.same({ 1, 2, 1 }, { report.done, report.unchanged, report.calls })
      assert.is_true(plan.changes[2].outcome.is_earlier)
      assert.equal(4, counts[SET[service]])
    end)

    it("lets an identity that SES refuses in a question keep no other from it", function()
      local emulator, client, counts, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      -- Of three alone the second is refused, after the question for all three.
      emulator:faults(service == "ses" and {
        { operation = GET[service], status = 400, code = "InvalidParameterValue" },
        { operation = GET[service], status = 400, code = "InvalidParameterValue", every = 1,
          offset = 2, count = 1 },
      } or { operation = GET[service], status = 400, code = "BadRequestException", every = 1,
             offset = 1, count = 1 })
      assert(plan:apply())
      assert.same({ "done", "failed", "done" }, outcomes(plan))
      assert.equal(2, counts[SET[service]])
    end)

    it("tries again what may have been done, and looks first", function()
      local emulator, client, counts, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      emulator:faults {
        { operation = SET[service], status = 500, code = "InternalFailure", when = "after" },
        { operation = SET[service], drop = "before" },
      }
      local report = assert(plan:apply())
      assert.same({ "done", "done", "done" }, outcomes(plan))
      -- The first was carried out, the second was not.
      assert.equal(4, counts[SET[service]])
      assert.equal(4, report.calls)
    end)

    it("tells what it did in an earlier run, though that did not learn of it", function()
      local emulator, client, _, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      emulator:faults { operation = SET[service], count = 5, status = 500,
                        code = "InternalFailure", when = "after" }
      assert(plan:apply { progress = function() return false end })
      assert.same({ "left", "left", "left" }, outcomes(plan))
      local report = assert(plan:apply { progress = function() return false end })
      assert.same({ state = "unchanged", is_earlier = true,
                    message = "it is set, and SES looks for its MX record" },
        plan.changes[1].outcome)
      assert.equal(0, report.calls)
    end)

    it("says of a plan that was applied that nothing is left to do", function()
      local _, client, counts, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      assert.equal("MAIL FROM domains: done 3\n  a.example: done\n  b.example: done"
        .. "\n  c.example: done", tostring(plan:apply()))
      local report = plan:apply()
      assert.same({ 0, 3, 0 }, { report.done, report.unchanged, report.calls })
      assert.equal("MAIL FROM domains: unchanged 3", tostring(report))
      assert.equal(3, counts[SET[service]])
    end)

    it("stops at refused credentials, wherever they are refused", function()
      for _, where in ipairs { GET[service], SET[service] } do
        local emulator, client, counts, wanted = three(service)
        local plan = assert(ses.mail_from.plan(client, wanted))
        emulator:faults { operation = where, status = 403, code = "ExpiredToken", count = 9 }
        local report = assert(plan:apply())
        assert.equal("ExpiredToken", report.stopped.code)
        assert.truthy(tostring(report):find("\n  stopped: ", 1, true))
        assert.same({ "left", "left", "left" }, outcomes(plan))
        assert.equal(where == SET[service] and 1 or nil, counts[SET[service]])
        emulator:faults {}
        assert.equal(3, assert(plan:apply()).done)
      end
    end)

    it("stops where nothing is allowed, and not where one thing is denied", function()
      local emulator, client, _, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      emulator:faults { operation = SET[service], status = 403, code = "AccessDeniedException",
                        every = 2, offset = service == "ses" and 1 or 0 }
      local report = assert(plan:apply())
      -- Policies can tell identities apart in API v2 alone.
      if service == "ses" then
        assert.equal("AccessDeniedException", report.stopped.code)
        assert.same({ "done", "done", "left" }, outcomes(plan))
      else
        assert.is_nil(report.stopped)
        assert.same({ "done", "failed", "done" }, outcomes(plan))
      end
      local counts
      emulator, client, counts, wanted = three(service)
      plan = assert(ses.mail_from.plan(client, wanted))
      emulator:faults { operation = SET[service], status = 403, code = "AccessDeniedException",
                        count = 9 }
      report = assert(plan:apply())
      assert.equal("AccessDeniedException", report.stopped.code)
      assert.equal(service == "ses" and 1 or 3, counts[SET[service]])
      assert.equal("left", plan.changes[3].outcome.state)
    end)

    if service == "sesv2" then
      it("goes on where some are denied, however many, once one was allowed", function()
        local emulator, _, v2 = emulated.new()
        local list, wanted = {}, {}
        for i = 1, 8 do
          list[i] = ("d%d.example"):format(i)
          wanted[i] = { identity = list[i], mail_from_domain = "m." .. list[i] }
        end
        names(emulator, v2, list)
        local plan = assert(ses.mail_from.plan(v2, wanted))
        emulator:faults { operation = SET.sesv2, status = 403, code = "AccessDeniedException",
                          every = 1, offset = 1, count = 6 }
        local report = assert(plan:apply())
        assert.is_nil(report.stopped)
        assert.same({ 2, 6 }, { report.done, report.failed })
      end)
    end

    it("keeps to SES's rates without being told, and gets over throttling", function()
      local emulator, client, counts, wanted = three(service, {})
      emulator:faults { operation = SET[service], every = 2, code = service == "ses"
        and "Throttling" or "TooManyRequestsException", status = service == "ses" and 400 or 429,
        message = "Rate exceeded", count = 2 }
      local plan = assert(ses.mail_from.plan(client, wanted))
      assert.equal(3, assert(plan:apply()).done)
      assert.equal(5, counts[SET[service]])
    end)

    it("ends with a client that was closed", function()
      local _, client, _, wanted = three(service)
      local plan = assert(ses.mail_from.plan(client, wanted))
      local report = assert(plan:apply { progress = function() client:close() end })
      assert.equal("ClientClosed", report.stopped.code)
      assert.same({ "done", "left", "left" }, outcomes(plan))
      assert.has_error(function() plan:apply() end, "plan:apply: the client is closed")
    end)
  end)
end

describe("the journal of a plan", function()
  local path
  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)
  after_each(function() os.remove(path) end)

  it("tells what an earlier run did, by whatever API the plan is made anew", function()
    local emulator, client, _, wanted = three("ses")
    local report = assert(assert(ses.mail_from.plan(client, wanted)):apply {
      journal = path, progress = function() return false end })
    assert.equal(1, report.done)
    local v2, counts = counting("sesv2", emulator:transport(), { rate = false })
    report = assert(assert(ses.mail_from.plan(v2, wanted)):apply { journal = path })
    assert.same({ 2, 1, 2 }, { report.done, report.unchanged, report.calls })
    assert.is_true(report.changes[1].outcome.is_earlier)
    assert.is_nil(report.changes[2].outcome.is_earlier)
    assert.equal(2, counts.PutEmailIdentityMailFromAttributes)
    -- Without it, they are right, and nobody knows by whom.
    assert.equal(3, assert(ses.mail_from.plan(v2, wanted)):apply().unchanged)
    report = assert(assert(ses.mail_from.plan(v2, wanted)):apply { journal = path })
    assert.same({ 3, 0 }, { report.unchanged, report.calls })
    assert.is_true(report.changes[3].outcome.is_earlier)
  end)

  it("tells what was right already from what was set", function()
    local emulator, client, _, wanted = three("ses")
    local plan = assert(ses.mail_from.plan(client, wanted))
    local v2 = assert(ses.client("sesv2", { transport = emulator:transport(), rate = false }))
    assert(v2:put_email_identity_mail_from_attributes {
      EmailIdentity = "a.example", MailFromDomain = "m.a.example" })
    for run = 1, 2 do
      local report = assert(plan:apply { journal = path })
      assert.same(run == 1 and { 2, 1 } or { 0, 3 }, { report.done, report.unchanged })
      assert.is_nil(report.changes[1].outcome.is_earlier)
      assert.equal(run == 2 or nil, report.changes[2].outcome.is_earlier)
      plan = assert(ses.mail_from.plan(client, wanted))
    end
  end)

  it("does not keep from doing again what somebody undid", function()
    local emulator, client, counts, wanted = three("ses")
    assert(assert(ses.mail_from.plan(client, wanted)):apply { journal = path })
    assert.equal("disabled", ses.mail_from.disable(client, "b.example"))
    local report = assert(assert(ses.mail_from.plan(client, wanted)):apply { journal = path })
    assert.same({ 1, 2, 1 }, { report.done, report.unchanged, report.calls })
    assert.equal("m.b.example", state_of(emulator, "b.example").mail_from_domain)
    assert.equal(5, counts.SetIdentityMailFromDomain)
  end)

  it("is locked, and is of one list only", function()
    local _, client, counts, wanted = three("ses")
    local plan = assert(ses.mail_from.plan(client, wanted))
    local other = assert(ses.mail_from.plan(client, wanted))
    assert(plan:apply { journal = path, progress = function()
      local report, err = other:apply { journal = path }
      assert.is_nil(report)
      assert.equal("JournalLocked", err.code)
    end })
    assert.equal(3, counts.SetIdentityMailFromDomain)
    wanted[3].behavior = "REJECT_MESSAGE"
    local report, err = assert(ses.mail_from.plan(client, wanted)):apply { journal = path }
    assert.is_nil(report)
    assert.equal("JournalMismatch", err.code)
    assert.equal(3, counts.SetIdentityMailFromDomain)
  end)

  it("is the name of a file, or it raises", function()
    local _, client, _, wanted = three("ses")
    local plan = assert(ses.mail_from.plan(client, wanted))
    assert.has_error(function() plan:apply { journal = "" } end,
      "plan:apply: journal: expected the name of a file, got one that is empty or has a NUL byte")
    assert.has_error(function() plan:apply { jurnal = path } end,
      "plan:apply: unknown option 'jurnal'; did you mean 'journal'?")
  end)
end)
