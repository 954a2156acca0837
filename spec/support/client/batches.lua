-- What is common to clients on all transports: many calls at a time.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local ses = require "ses"
local states = require "spec.support.states"

local batch = ses.batch

local BULK = { FromEmailAddress = "shop@example.com", DefaultContent = { Template = {
  TemplateContent = { Subject = "{{n}}", Text = "Hello" }, TemplateData = '{"n":"none"}' } } }

local function names(count)
  local list = {}
  for i = 1, count do
    list[i] = ("d%d.example.com"):format(i)
  end
  return list
end

local function messages(count)
  local list = {}
  for i = 1, count do
    list[i] = contract.message("m" .. i, { id = "m" .. i })
  end
  return list
end

local function destinations(count)
  local list = {}
  for i = 1, count do
    list[i] = {
      id = "e" .. i, Destination = { ToAddresses = { ("c%d@example.org"):format(i) } },
      ReplacementEmailContent = { ReplacementTemplate = {
        ReplacementTemplateData = ('{"n":"e%d"}'):format(i) } },
    }
  end
  return list
end

return function(describe, it, given)
  describe("ses.batch.map", function()
    it("makes calls side by side, and keeps the order", function()
      given.faults { delay = 0.05, every = 1 }
      local v2, list, running, most = given.client("sesv2"), names(20), 0, 0
      local outcomes = batch.map(v2, list, { concurrency = 10 }, function(name, i)
        assert.equal(list[i], name)
        running = running + 1
        most = math.max(most, running)
        local result, err = v2:create_email_identity { EmailIdentity = name }
        running = running - 1
        return result and name, err
      end)
      assert.equal(10, most)
      for i = 1, 20 do
        assert.same({ result = list[i] }, outcomes[i])
      end
      assert.equal(20, #given.control("GET", "identities").identities)
    end)

    it("gives each item its own error", function()
      local v2, raised = given.client("sesv2"), { "mine" }
      local outcomes = batch.map(v2, { "a.example.com", "raise", "unknown" }, nil, function(name)
        if name == "raise" then
          error(raised, 0)
        elseif name == "unknown" then
          return v2:get_email_identity { EmailIdentity = "unknown.example.com" }
        end
        return v2:create_email_identity { EmailIdentity = name }
      end)
      assert.truthy(outcomes[1].result)
      assert.is_true(ses.is_error(outcomes[2].err, "callback", "CallbackError"))
      assert.equal(raised, outcomes[2].err.cause)
      assert.is_true(ses.is_error(outcomes[3].err, "service", "NotFound"))
    end)

    it("gives an item that yields to nobody an error of its own", function()
      local v2 = given.client("sesv2")
      local outcomes = batch.map(v2, { "yield", "go on" }, nil, function(item)
        if item == "yield" then
          coroutine.yield()
        end
        return v2:get_account()
      end)
      assert.is_true(ses.is_error(outcomes[1].err, "callback"))
      assert.truthy(tostring(outcomes[1].err):find("yielded outside of any call", 1, true))
      assert.truthy(outcomes[2].result)
    end)

    it("tells of progress, in the order of ending", function()
      local v2, seen = given.client("sesv2"), {}
      local outcomes, err = batch.map(v2, { 0.2, 0.05, 0.1 }, {
        progress = function(done, total, i, outcome)
          seen[#seen + 1] = { done, total, i, outcome.result }
        end,
      }, function(seconds)
        given.transport:sleep(seconds)
        return seconds * 10
      end)
      assert.is_nil(err)
      assert.same({ { 1, 3, 2, 0.5 }, { 2, 3, 3, 1 }, { 3, 3, 1, 2 } }, seen)
      assert.equal(1, outcomes[3].result)
    end)

    it("loses nothing when progress raises", function()
      local v2, calls = given.client("sesv2"), 0
      local outcomes, err = batch.map(v2, { 1, 2, 3 }, {
        progress = function()
          calls = calls + 1
          error("no progress", 0)
        end,
      }, function(n) return n end)
      assert.equal(1, calls)
      assert.is_true(ses.is_error(err, "callback"))
      assert.equal("no progress", err.cause)
      assert.same({ { result = 1 }, { result = 2 }, { result = 3 } }, outcomes)
    end)

    it("loses nothing to what was spawned beside", function()
      local v2, raised = given.client("sesv2"), { "stray" }
      given.transport:spawn(function()
        given.transport:sleep(0.01)
        error(raised, 0)
      end)
      local outcomes, err = batch.map(v2, { 1, 2, 3 }, { concurrency = 1 }, function(n)
        given.transport:sleep(0.02)
        return n
      end)
      assert.same({ { result = 1 }, { result = 2 }, { result = 3 } }, outcomes)
      assert.is_true(ses.is_error(err, "callback"))
      assert.equal(raised, err.cause)
      assert.is_nil(select(2, batch.map(v2, { 1 }, nil, function(n) return n end)))
    end)

    it("begins no item after its deadline", function()
      local v2, begun = given.client("sesv2"), 0
      local outcomes = batch.map(v2, { 1, 2, 3, 4, 5 }, { concurrency = 1, deadline = 0.25 },
        function(n)
          begun = begun + 1
          given.transport:sleep(0.1)
          return n
        end)
      assert.is_true(begun >= 1 and begun <= 3, begun)
      assert.equal(begun, outcomes[begun].result)
      assert.is_true(ses.is_error(outcomes[begun + 1].err, "timeout", "BatchDeadline"))
      assert.equal("none", outcomes[5].err.sent)
    end)
  end)

  describe("ses.batch.send", function()
    it("sends each message with its own call", function()
      given.domain()
      local report = assert(batch.send(given.client("sesv2"), messages(20)))
      assert.equal(20, report.sent)
      local mailbox = {}
      for _, mail in ipairs(given.control("GET", "mailbox").messages) do
        mailbox[mail.message_id] = mail.subject
      end
      for _, entry in ipairs(report.entries) do
        assert.equal(entry.id, mailbox[entry.message_id])
      end
    end)

    it("tries again what was not taken, and nothing else", function()
      given.domain()
      given.hurry()
      given.faults({ code = "TooManyRequestsException", status = 429 },
        { drop = "after", reset = true }, { code = "MessageRejected", status = 400 },
        { code = "InternalFailure", status = 500, when = "after" })
      local report = assert(batch.send(given.client("sesv2"), messages(5), { concurrency = 1 }))
      assert.same({ "sent", "unknown", "failed", "unknown", "sent" }, states(report))
      assert.same({ "m2", "m4", "m5", "m1" }, given.subjects())
    end)

    it("stops at a daily quota", function()
      given.domain()
      given.control("POST", "quota", { max_24_hour_send = 2 })
      local report = assert(batch.send(given.client("sesv2"), messages(5), { concurrency = 1 }))
      assert.same({ "sent", "sent", "queued", "queued", "queued" }, states(report))
      assert.equal("TooManyRequestsException", report.stopped.code)
    end)
  end)

  describe("ses.batch.send_bulk", function()
    it("sends groups, and each entry once", function()
      given.domain()
      local report = assert(batch.send_bulk(given.client("sesv2"), BULK, destinations(25),
        { group = 10 }))
      assert.equal(25, report.sent)
      local seen = {}
      for _, subject in ipairs(given.subjects()) do
        seen[subject] = (seen[subject] or 0) + 1
      end
      for i = 1, 25 do
        assert.equal(1, seen["e" .. i])
      end
    end)

    it("tries again what was throttled or failed for a passing reason, and nothing else",
       function()
      given.domain()
      given.hurry()
      given.faults({ entry_status = "ACCOUNT_THROTTLED" }, { entry_status = "MESSAGE_REJECTED" },
        { entry_status = "TRANSIENT_FAILURE", count = 2 })
      local report = assert(batch.send_bulk(given.client("sesv2"), BULK, destinations(5)))
      assert.same({ "sent", "failed", "sent", "sent", "sent" }, states(report))
      assert.equal("MESSAGE_REJECTED", report.entries[2].code)
      assert.equal(4, #given.subjects())
    end)

    it("stops at a suspension, with what is left still queued", function()
      given.domain()
      given.faults { entry_status = "ACCOUNT_SUSPENDED", every = 1, offset = 3 }
      local report = assert(batch.send_bulk(given.client("sesv2"), BULK, destinations(6),
        { group = 2, concurrency = 1 }))
      assert.same({ "sent", "sent", "sent", "queued", "queued", "queued" }, states(report))
      assert.equal("ACCOUNT_SUSPENDED", report.stopped.code)
    end)
  end)

  describe("ses.batch.mail_from_attributes", function()
    it("merges what the calls say, and asks for each identity once", function()
      local calls, list = 0, names(120)
      local v1, v2 = given.clients()
      local counted = given.client("ses", { hooks = { before = function() calls = calls + 1 end } })
      for i = 1, 120, 20 do
        given.domain(list[i])
        ses.check(v2:put_email_identity_mail_from_attributes {
          EmailIdentity = list[i], MailFromDomain = "bounce." .. list[i] })
      end
      for i = 1, 120 do
        list[#list + 1] = list[i]
      end
      local attributes = assert(batch.mail_from_attributes(counted, list))
      assert.equal(2, calls)
      local count = 0
      for name, found in pairs(attributes) do
        count = count + 1
        assert.same({ "bounce." .. name, "Pending" },
          { found.MailFromDomain, found.MailFromDomainStatus })
      end
      assert.equal(6, count)
      given.faults { code = "AccessDenied", status = 403, every = 2 }
      local none, err = batch.mail_from_attributes(v1, list)
      assert.is_nil(none)
      assert.equal("AccessDenied", err.code)
      assert.truthy(err.partial["d1.example.com"])
    end)
  end)
end
