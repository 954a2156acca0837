-- The verb of transports that runs programs.

local curl = require "ses.transport.curl"
local emulators = require "ses.emulator"
local files = require "spec.support.files"
local processes = require "spec.support.processes"
local run = require "ses.transport.run"

local transport

local function sh(script, options)
  return transport:run({ "sh", "-c", script }, options)
end

describe("the libcurl transport", function()
  setup(function()
    transport = curl.new()
  end)

  teardown(function()
    transport:close()
  end)

  after_each(function()
    assert.same({}, processes.children())
  end)

  it("runs a program", function()
    assert.same({ status = 3, stdout = "out\n", stderr = "err\n" },
                sh("echo out; echo err >&2; exit 3"))
    assert.same({ signal = 15, stdout = "", stderr = "" }, sh("kill $$"))
  end)

  it("runs one that takes a while, outside every task", function()
    local began = transport:now()
    assert.equal("done\n", sh("sleep 0.3; echo done").stdout)
    local took = transport:now() - began
    assert.is_true(took >= 0.3 and took < 5, took)
  end)

  it("kills what does not end before the deadline", function()
    local path = files.temporary(finally)
    local began = transport:now()
    assert.same({ nil, { kind = "timeout", code = "Timeout",
                         message = "the program did not end before the deadline" } },
                { sh("sleep 1000 & echo $! $$ >" .. path .. "; wait",
                     { deadline = began + 0.3 }) })
    local took = transport:now() - began
    assert.is_true(took >= 0.3 and took < 5, took)
    local pids = processes.numbers(path, 2)
    assert.is_true(processes.ends(pids[1]))
    assert.is_true(processes.ends(pids[2]))
  end)

  it("starts nothing where the deadline has passed", function()
    local path = files.temporary(finally)
    for _, deadline in ipairs { transport:now(), transport:now() - 1, 0, 0 / 0 } do
      local result, err = sh("echo x >" .. path, { deadline = deadline })
      assert.is_nil(result)
      assert.equal("Timeout", err.code)
    end
    assert.equal("", files.content(path))
  end)

  it("takes a deadline that is not reached", function()
    assert.equal(0, sh("exit 0", { deadline = transport:now() + 60 }).status)
    assert.equal(0, sh("exit 0", { deadline = math.huge }).status)
  end)

  it("says what could not be run", function()
    assert.same({ nil, { kind = "process", code = "NotStarted",
                         message = "/nowhere/program: no such program" } },
                { transport:run { "/nowhere/program" } })
  end)

  it("says that a program wrote too much", function()
    assert.same({ nil, { kind = "process", code = "OutputTooLarge",
                         message = "the program wrote more than 5 bytes to its standard output" } },
                { sh("echo 12345; sleep 1000", { max_output = 5 }) })
    assert.equal("1234\n", sh("echo 1234", { max_output = 5 }).stdout)
    local result, err = sh("exec yes")
    assert.is_nil(result)
    assert.equal("the program wrote more than 65536 bytes to its standard output", err.message)
  end)

  it("raises for what is no program", function()
    for _, argv in ipairs { {}, { 5 }, { "" }, { "a\0b" } } do
      assert.is_false((pcall(transport.run, transport, argv)))
    end
    assert.is_false((pcall(transport.run, transport)))
    assert.is_false((pcall(transport.run, transport, { "true" }, { max_output = -1 })))
  end)

  it("lets other tasks go on meanwhile", function()
    -- The first program ends when the second has run, and the third task has
    -- gone on: one after the other they would wait for ever.
    local folder, order = files.folder(finally), {}
    assert.is_nil(transport:all(3, 3, function(i)
      local mark = folder .. "/" .. i
      if i == 1 then
        assert(sh(("until [ -e %s/2 ] && [ -e %s/3 ]; do sleep 0.01; done"):format(folder, folder),
          { deadline = transport:now() + 60 }))
      elseif i == 2 then
        assert(sh("touch " .. mark))
      else
        for _ = 1, 5 do
          transport:sleep(0.01)
        end
        files.write(mark, "")
      end
      order[#order + 1] = i
    end))
    assert.equal(3, #order)
    assert.equal(1, order[3])
  end)

  it("keeps each task's deadline", function()
    local codes = {}
    assert.is_nil(transport:all(8, 8, function(i)
      local deadline = transport:now() + (i % 2 == 0 and 0.2 or 60)
      local result, err = sh("sleep " .. (i % 2 == 0 and "1000" or "0.5"), { deadline = deadline })
      codes[i] = result and result.status or err.code
    end))
    assert.same({ 0, "Timeout", 0, "Timeout", 0, "Timeout", 0, "Timeout" }, codes)
  end)
end)

describe("a transport's run", function()
  it("leaves no program behind when its sleep raises", function()
    local path = files.temporary(finally)
    local raised = { "mine" }
    local other = {
      now = function() return 0 end,
      sleep = function()
        processes.numbers(path, 1)
        error(raised)
      end,
    }
    local ok, message = pcall(run, other, { "sh", "-c", "echo $$ >" .. path .. "; sleep 1000" })
    assert.is_false(ok)
    assert.equal(raised, message)
    assert.is_true(processes.ends(processes.numbers(path, 1)[1]))
    assert.same({}, processes.children())
  end)

  it("waits a little longer each time, and never past the deadline", function()
    local clock, pauses = 0, {}
    local other = {
      now = function() return clock end,
      sleep = function(_, seconds)
        pauses[#pauses + 1] = seconds
        clock = clock + seconds
      end,
    }
    local _, err = run(other, { "sleep", "1000" }, { deadline = 0.1 })
    assert.equal("Timeout", err.code)
    assert.equal(0.001, pauses[1])
    for i = 2, #pauses - 1 do
      assert.is_true(pauses[i] == 0.02 or math.abs(pauses[i] / pauses[i - 1] - 1.5) < 1e-9)
    end
    assert.equal(0.02, pauses[#pauses - 1])
    assert.is_true(math.abs(clock - 0.1) < 1e-9, clock)
    assert.same({}, processes.children())
  end)

  it("may suspend a coroutine, on every Lua", function()
    local other = {
      now = function() return 0 end,
      sleep = function(_, seconds) coroutine.yield(seconds) end,
    }
    local thread = coroutine.create(run)
    local _, value = coroutine.resume(thread, other, { "sh", "-c", "sleep 0.1; echo x" })
    while coroutine.status(thread) == "suspended" do
      assert.equal("number", type(value))
      transport:sleep(value)
      _, value = coroutine.resume(thread)
    end
    assert.same({ status = 0, stdout = "x\n", stderr = "" }, value)
  end)

  it("is none of a transport whose time is not that of programs", function()
    assert.is_nil(emulators.new():transport().run)
  end)
end)
