-- Programs that run beside this process: how they end, and what is left.

local core = require "ses.core"
local curl = require "ses.curl"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local has_fork, fork = pcall(require, "spec.process")

local needs_fork = has_fork and it or function(name)
  pending(name .. ": spec.process is not built, make spec builds it")
end

local finish = processes.finish

local function temporary()
  return files.temporary(finally)
end

local function sh(script)
  return assert(core.spawn { "sh", "-c", script })
end

-- Starts a program that hangs with one of its own; returns it, and their ids.
local function hang()
  local path = temporary()
  local process = sh("echo out; echo err >&2; sleep 1000 & echo $! $$ >" .. path .. "; wait")
  local pids = processes.numbers(path, 2)
  return process, pids[2], pids[1]
end

local function collect()
  collectgarbage()
  collectgarbage()
end

-- Runs Lua in a process of its own; the beginning may use both modules.
local function lua(code)
  return shell.quote(interpreter) .. " -e " .. shell.quote([[
    local core, curl = require "ses.core", require "ses.curl"
    local function finish(process)
      local result = process:step()
      while not result do
        curl.sleep(0.001)
        result = process:step()
      end
      return result
    end ]] .. code)
end

describe("a program", function()
  it("that hangs is killed, with what it started", function()
    local process, child, grandchild = hang()
    assert.is_nil(process:step())
    process:kill()
    assert.is_true(processes.ends(child))
    assert.is_true(processes.ends(grandchild))
    assert.same({}, processes.children())
    assert.same({ signal = 9, stdout = "out\n", stderr = "err\n" }, process:step())
    process:kill()
    assert.equal(9, process:step().signal)
  end)

  it("that ignores every signal is killed", function()
    local path = temporary()
    local process = sh("trap '' HUP INT TERM; echo $$ >" .. path .. "; while :; do sleep 1; done")
    local child = processes.numbers(path, 1)[1]
    process:kill()
    assert.is_true(processes.ends(child))
  end)

  it("that was stopped is killed", function()
    local path = temporary()
    local process = sh("echo $$ >" .. path .. "; kill -STOP $$")
    local child = processes.numbers(path, 1)[1]
    assert.truthy(processes.eventually(function() return processes.state(child) == "T" end))
    process:kill()
    assert.is_true(processes.ends(child))
  end)

  it("that has ended can be killed", function()
    local process = sh("exit 3")
    finish(process)
    process:kill()
    assert.equal(3, process:step().status)
  end)

  it("is killed when it is collected", function()
    local child, grandchild = select(2, hang())
    assert.equal(1, #processes.children())
    collect()
    assert.is_true(processes.ends(child))
    assert.is_true(processes.ends(grandchild))
    assert.same({}, processes.children())
  end)

  it("that has ended leaves nothing when it is collected", function()
    sh("exit 0")
    curl.sleep(0.1)
    collect()
    assert.same({}, processes.children())
  end)

  it("is killed when this one ends, in any way", function()
    for _, ending in ipairs { "", "os.exit(0)", "os.execute('kill -9 $PPID') curl.sleep(9)" } do
      local path = temporary()
      shell.run(lua(([[
        local process = core.spawn { "sh", "-c", "echo $$ >%s; exec sleep 1000" }
        while io.open(%q):read("*a") == "" do curl.sleep(0.001) end ]]):format(path, path)
        .. ending))
      assert.is_true(processes.ends(processes.numbers(path, 1)[1]), ending)
    end
  end)

  it("may leave others that go on, and is not waited for longer than a second", function()
    for _, stream in ipairs { "2>&-", ">&-" } do
      local path = temporary()
      local began = curl.now()
      local result = finish(sh("sleep 1000 " .. stream .. " & echo $! >" .. path .. "; exit 7"))
      local took = curl.now() - began
      assert.equal(7, result.status)
      assert.is_true(took >= 1 and took < 10, took)
      local left = processes.numbers(path, 1)[1]
      assert.is_true(processes.lives(left))
      os.execute("kill " .. left)
    end
  end)

  it("is waited for while what it left goes on writing", function()
    local path = temporary()
    local process = sh("while :; do echo x >&2; sleep 0.1; done & echo $! >" .. path)
    local left = processes.numbers(path, 1)[1]
    local deadline = curl.now() + 2
    while curl.now() < deadline do
      assert.is_nil(process:step())
      curl.sleep(0.01)
    end
    process:kill()
    assert.equal(0, process:step().status)
    assert.is_true(processes.ends(left))
  end)

  it("leaves what is not of its group alone", function()
    local path = temporary()
    local process = sh("setsid sleep 1000 >&- 2>&- & echo $! >" .. path .. "; wait")
    local left = processes.numbers(path, 1)[1]
    -- until it is in its own
    processes.eventually(function()
      return files.content("/proc/" .. left .. "/stat"):match("%) %a %d+ (%d+)") == tostring(left)
    end)
    process:kill()
    assert.is_true(processes.lives(left))
    os.execute("kill " .. left)
  end)

  it("costs no descriptor and no process", function()
    collect()
    local before = processes.descriptors()
    for i = 1, 30 do
      finish(sh("echo x; exit " .. i))
      sh("sleep 1000"):kill()
      assert.is_nil((core.spawn { "/nowhere/program" }))
      assert.is_true(finish(sh("exec yes")).overflow)
    end
    assert.equal(before, processes.descriptors())
    assert.same({}, processes.children())
  end)

  it("is one of many", function()
    local running = {}
    for i = 1, 60 do
      running[i] = sh(("sleep 0.%02d; echo %d; exit %d"):format(i % 20, i, i))
    end
    for i, process in ipairs(running) do
      assert.same({ status = i, stdout = i .. "\n", stderr = "" }, finish(process))
    end
    assert.same({}, processes.children())
  end)
end)

describe("a program's surroundings", function()
  it("have no signal that is blocked or ignored", function()
    local output = shell.run("(trap '' PIPE CHLD HUP USR1; exec " .. lua [[
      io.write(finish(core.spawn { "grep", "-E", "Sig(Blk|Ign)", "/proc/self/status" }).stdout)
      print(finish(core.spawn { "sh", "-c", "exit 7" }).status)]] .. ")")
    -- 32 and 33 are the C library's own, and whoever started this may have ignored them
    assert.truthy(output:find("^SigBlk:\t0+\nSigIgn:\t%x+[08]0000000\n7\n$"), output)
  end)

  needs_fork("have no signal that this thread blocks", function()
    fork.block_sigpipe(true)
    local result = finish(assert(core.spawn { "grep", "SigBlk", "/proc/self/status" }))
    local is_blocked = fork.sigpipe()
    fork.block_sigpipe(false)
    assert.is_true(is_blocked)
    assert.equal("SigBlk:\t0000000000000000\n", result.stdout)
  end)

  it("have no descriptor of this process", function()
    local file = assert(io.open("/etc/passwd"))
    local result = finish(assert(core.spawn { "ls", "/proc/self/fd" }))
    file:close()
    -- the last is the folder's
    assert.equal("0\n1\n2\n3\n", result.stdout)
  end)

  it("are its own session and group, without a terminal", function()
    local stat = finish(assert(core.spawn { "cat", "/proc/self/stat" })).stdout
    local pid, group, session, terminal =
      stat:match("^(%d+) %(cat%) %a %d+ (%d+) (%d+) (%-?%d+) ")
    assert.equal(pid, group)
    assert.equal("0", terminal)
    local own = files.content("/proc/self/stat"):match("%) %a %d+ %d+ (%d+)")
    assert.not_equal(own, session)
  end)

  it("are whole where this process has no streams of its own", function()
    local path = temporary()
    os.execute(lua(([[
      local result = finish(core.spawn { "sh", "-c", "cat; echo out; echo err >&2; exit 9" })
      local file = io.open(%q, "w")
      file:write(result.status, result.stdout, result.stderr)
      file:close()]]):format(path)) .. " <&- >&- 2>&-")
    assert.equal("9out\nerr\n", files.content(path))
  end)
end)

describe("a process with a program", function()
  needs_fork("keeps it for itself when it forks", function()
    local process, child = hang()
    local pid = fork.fork()
    if pid == 0 then
      local good, message = pcall(process.step, process)
      process:kill()
      process = nil
      collect()
      fork.exit(not good and message:find("the process belongs to the parent process", 1, true)
        and processes.lives(child) and 0 or 1)
    end
    assert.equal(0, fork.wait(pid))
    assert.is_nil(process:step())
    process:kill()
    assert.is_true(processes.ends(child))
  end)

  needs_fork("kills it although a fork of its own has everything open", function()
    local process, child = hang()
    local pid = fork.fork()
    if pid == 0 then
      curl.sleep(1000)
      fork.exit(0)
    end
    process:kill()
    local has_ended = processes.ends(child)
    os.execute(("kill -9 %d"):format(pid))
    assert.same({ nil, 9 }, { fork.wait(pid) })
    assert.is_true(has_ended)
  end)

  it("ends it where somebody kills what waits for it", function()
    local process, child, grandchild = hang()
    os.execute("kill -9 " .. processes.children()[1])
    assert.same({ stdout = "out\n", stderr = "err\n" }, finish(process))
    assert.is_true(processes.ends(child))
    assert.is_true(processes.ends(grandchild))
    assert.same({}, processes.children())
  end)

  it("waits no longer than a moment where what waits for it does not answer", function()
    local process, child, grandchild = hang()
    os.execute("kill -STOP " .. processes.children()[1])
    local began = curl.now()
    process:kill()
    local took = curl.now() - began
    assert.is_true(took >= 0.2 and took < 5, took)
    assert.is_true(processes.ends(child))
    assert.is_true(processes.ends(grandchild))
    assert.same({}, processes.children())
  end)
end)
