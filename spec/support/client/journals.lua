-- What is common to clients on all transports: batches with a journal.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local ses = require "ses"
local states = require "spec.support.states"

return function(_, it, given)
  local function with_journal(fn)
    given.domain()
    local path = os.tmpname()
    os.remove(path)
    local ok, problem = pcall(fn, path)
    os.remove(path)
    if not ok then
      error(problem, 0)
    end
  end

  local function run(path, options, client_options)
    local messages = {}
    for i = 1, 6 do
      messages[i] = contract.message("m" .. i, { id = "m" .. i })
    end
    local given_options = { journal = path, concurrency = 1 }
    for name, value in pairs(options or {}) do
      given_options[name] = value
    end
    return ses.batch.send(given.client("sesv2", client_options), messages, given_options)
  end

  -- A batch that the service leaves in doubt and then stops.
  local function interrupted(path)
    given.faults({ drop = "after", reset = true },
      { code = "SendingPausedException", status = 400, every = 1, offset = 3 })
    local report = assert(run(path))
    assert.same({ "unknown", "sent", "sent", "queued", "queued", "queued" }, states(report))
    given.control("POST", "faults", { { code = "X", every = 1000000 } })
  end

  it("go on where a batch stopped, and send nothing twice", function()
    with_journal(function(path)
      interrupted(path)
      local report = assert(run(path, { concurrency = 3 }))
      assert.same({ "unknown", "sent", "sent", "sent", "sent", "sent" }, states(report))
      local subjects = given.subjects()
      table.sort(subjects)
      assert.same({ "m1", "m2", "m3", "m4", "m5", "m6" }, subjects)
    end)
  end)

  it("hold what may have been sent, until they are told otherwise", function()
    with_journal(function(path)
      interrupted(path)
      local report = assert(run(path, { unknown = "resend" }))
      assert.equal(6, report.sent)
      assert.equal(7, #given.subjects())
      report = assert(run(path))
      assert.equal(6, report.sent)
      assert.equal(7, #given.subjects())
    end)
  end)

  it("are refused to a second batch while the first one goes on", function()
    with_journal(function(path)
      local second
      local report = assert(run(path, { progress = function()
        second = second or { run(path) }
      end }))
      assert.equal(6, report.sent)
      assert.is_nil(second[1])
      assert.is_true(ses.is_error(second[2], "journal", "JournalLocked"))
      assert.equal(6, #given.subjects())
    end)
  end)

  it("send nothing twice where something yields to nobody", function()
    for _, client_options in ipairs {
      { hooks = { after = function() coroutine.yield() end } },
      { log = function() coroutine.yield("x") end },
      { hooks = { before = function() coroutine.yield() end } },
    } do
      given.reset()
      with_journal(function(path)
        for _ = 1, 2 do
          local report = assert(run(path, { concurrency = 6 }, client_options))
          assert.same({ "unknown", "unknown", "unknown", "unknown", "unknown", "unknown" },
            states(report))
          assert.is_true(#given.subjects() <= 6)
        end
      end)
    end
  end)

  it("stop where something yields to nobody, and leave the others queued", function()
    with_journal(function(path)
      local report = assert(run(path, nil, { log = function() coroutine.yield() end }))
      assert.same({ "unknown", "queued", "queued", "queued", "queued", "queued" }, states(report))
      assert.is_true(ses.is_error(report.stopped, "callback"))
      assert.equal(1, #given.subjects())
    end)
  end)

  it("know what was sent where only progress yields", function()
    with_journal(function(path)
      local report = assert(run(path, { concurrency = 3, progress = function()
        coroutine.yield()
      end }))
      assert.equal(6, report.sent)
      assert.equal(6, #given.subjects())
    end)
  end)
end
