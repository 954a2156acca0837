-- Ctrl-C and kill, whatever sesctl is at.

local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local interpreter = require "spec.support.interpreter"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"

-- A command is started; once something holds, it gets a signal. Who does not end for
-- it, long before any time-out, is killed: 137.
local SCRIPT = [[
cd @folder@
@before@
@command@ >out 2>err &
pid=$!
tries=0
until @condition@; do
  sleep 0.02
  tries=$((tries + 1))
  if [ $tries = 1000 ]; then kill -KILL $pid; echo 'it does not come to that'; exit 1; fi
done
kill -@signal@ $pid
( exec >/dev/null 2>&1; sleep 15; kill -KILL $pid ) &
killer=$!
wait $pid
status=$?
kill $killer
exit $status
]]

describe("sesctl that gets a signal", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  before_each(function()
    host:act("reset")
  end)

  -- Until the emulator keeps the only fault's call waiting.
  local function is_served()
    return "curl -sS " .. host.url .. [[/_emulator/faults | grep -q '"faults": \[\]']]
  end

  -- The exit code, and what is on standard output and error. First the shell does what
  -- is given as before.
  local function signalled(signal, words, condition, env, before)
    local folder = files.folder(finally)
    local script = SCRIPT:gsub("@(%l+)@", {
      folder = folder, signal = signal, condition = condition, before = before or "",
      command = host:aimed((env or "") .. " sesctl " .. words),
    })
    local said, status = shell.run("(" .. script .. ")")
    assert.is_nil(said:find("it does not come to that"), said)
    return status, not before and files.content(folder .. "/out"), files.content(folder .. "/err")
  end

  it("ends while a service does not answer", function()
    for signal, expected in pairs { INT = { 130, "\n", "" }, TERM = { 143, "", "" } } do
      host:fault { delay = 600 }
      assert.same(expected, { signalled(signal, "ses get-send-quota", is_served()) })
    end
  end)

  it("ends between pages, and has shown those that came", function()
    for i = 1, 3 do
      sesctl("ses verify-domain-identity --domain d" .. i .. ".com", { host = host })
    end
    host:fault { operation = "ListIdentities", every = 3, delay = 600 }
    local condition = "grep -q d2.com out"
    assert.same({ 130, "IDENTITIES\td1.com\nIDENTITIES\td2.com\n\n", "" },
      { signalled("INT", "ses list-identities --page-size 1 --output text", condition) })
    host:act("reset")
  end)

  it("shows nothing of pages that are one value and did not all come", function()
    for i = 1, 2 do
      sesctl("ses verify-domain-identity --domain d" .. i .. ".com", { host = host })
    end
    host:fault { operation = "ListIdentities", every = 2, delay = 600 }
    local status, output = signalled("INT", "ses list-identities --page-size 1 --debug",
      "grep -q answered err")
    assert.same({ 130, "\n" }, { status, output })
  end)

  it("ends while a waiter waits", function()
    local status, output = signalled("INT",
      "ses wait identity-exists --identities nowhere.com --debug", "grep -q answered err")
    assert.same({ 130, "\n" }, { status, output })
  end)

  it("ends in the pause before another attempt", function()
    local status, output = signalled("INT",
      "ses get-send-quota --endpoint-url http://127.0.0.1:1 --debug", "grep -q 'attempt 2' err",
      "AWS_MAX_ATTEMPTS=50")
    assert.same({ 130, "\n" }, { status, output })
  end)

  it("ends while nobody writes what it reads", function()
    local fifo = files.folder(finally) .. "/fifo"
    shell.run("mkfifo " .. fifo)
    assert.same({ 130, "\n", "" }, { signalled("INT", "ses set-identity-mail-from-domain"
      .. " --cli-input-json file://" .. fifo, "exec 3>" .. fifo) })
  end)

  it("ends while nobody reads what it writes", function()
    local text = ("x"):rep(100000)
    sesctl("sesv2 create-email-template --template-name t --template-content Subject=s,Text="
      .. text, { host = host })
    -- More than a pipe holds.
    local status = signalled("INT", "sesv2 get-email-template --template-name t --debug",
      "grep -q answered err && sleep 0.2", "", "mkfifo out; exec 3<>out")
    assert.equal(130, status)
  end)

  it("ends while Lua starts", function()
    local folder = files.folder(finally)
    shell.run("mkdir " .. folder .. "/ses")
    -- Lua's own handler of the signal raises this.
    files.write(folder .. "/ses/core.lua", 'error "interrupted!"')
    assert.same({ "\n", 130 }, { shell.run("LUA_PATH=\"" .. folder .. "/?.lua;$LUA_PATH\" "
      .. shell.quote(interpreter) .. " bin/sesctl ses help") })
  end)

  it("leaves nothing of an emulator that starts", function()
    local folder = files.folder(finally)
    shell.run("mkdir " .. folder .. "/bin " .. folder .. "/tmp")
    -- Once the folder is there, the whole group gets the signal, as on a terminal.
    files.write(folder .. "/bin/mktemp", "#!/bin/sh\ntrap '' INT\n"
      .. "PATH=/usr/bin:/bin mktemp \"$@\"\nkill -INT 0\n")
    local _, status = shell.run("chmod +x " .. folder .. "/bin/mktemp; TMPDIR=" .. folder
      .. "/tmp PATH=" .. folder .. "/bin:$PATH setsid -w sesctl emulator --port 0")
    assert.equal(130, status)
    hosts.wait_for(function()
      return shell.run("ls " .. folder .. "/tmp") == ""
    end, "the end of the emulator's folder")
  end)
end)

describe("the library", function()
  it("leaves SIGINT to the program that it is in", function()
    assert.same({ "interrupted!\n", 0 }, { shell.run(shell.quote(interpreter) .. [[ -e '
      require("ses.core")
      require("ses").client("ses", { region = "us-east-1" })
      local _, message = pcall(function()
        io.popen("kill -INT $PPID"):close()
        for i = 1, 1e7 do tostring(i) end
      end)
      print(message:match("interrupted!"))']]) })
  end)
end)
