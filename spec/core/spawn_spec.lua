-- Programs that run beside this process: what they do, and what they are told.

local core = require "ses.core"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local function run(argv, options)
  return processes.finish(assert(core.spawn(argv, options)))
end

local function sh(script, options)
  return run({ "sh", "-c", script }, options)
end

describe("core.spawn", function()
  it("runs a program with its arguments as they are", function()
    assert.same({ status = 0, stdout = "a b|$HOME|*||\n", stderr = "" },
                run { "printf", "%s|%s|%s|%s|\n", "a b", "$HOME", "*", "" })
  end)

  it("tells exit codes", function()
    for _, status in ipairs { 0, 1, 2, 126, 127, 255 } do
      assert.same({ status = status, stdout = "", stderr = "" }, sh("exit " .. status))
    end
  end)

  it("tells signals", function()
    for _, signal in ipairs { 9, 11, 13, 15 } do
      assert.same({ signal = signal, stdout = "x\n", stderr = "" },
                  sh("echo x; kill -" .. signal .. " $$"))
    end
  end)

  it("keeps output and errors apart, byte for byte", function()
    assert.same({ status = 3, stdout = "a\0b\255\n", stderr = "no\0 good" },
                sh([[printf 'a\000b\377\n'; printf 'no\000 good' >&2; exit 3]]))
  end)

  it("gives it nothing to read", function()
    assert.same({ status = 0, stdout = "0 /dev/null\n", stderr = "" },
                sh("echo $(wc -c) $(readlink /proc/$$/fd/0)"))
  end)

  it("inherits the environment", function()
    assert.equal(os.getenv("PATH") .. "\n", sh("printenv PATH").stdout)
  end)

  it("says at once what cannot be run", function()
    local script = os.tmpname()
    finally(function() os.remove(script) end)
    local file = assert(io.open(script, "w"))
    file:write("#!/nowhere/interpreter\n")
    file:close()
    assert.same({ nil, script .. ": not a program that may be run" }, { core.spawn { script } })
    os.execute("chmod +x " .. script)
    assert.same({ nil, script .. ": its first line names no program" },
                { core.spawn { script } })
    for program, reason in pairs {
      ["/nowhere/program"] = "no such program",
      ["no-program-of-that-name"] = "no such program",
      ["/etc/passwd/x"] = "it could not be run (error 20)",
      ["/"] = "not a program that may be run",
      ["/etc/passwd"] = "not a program that may be run",
      ["/no\27[2J/pro\ngram"] = "no such program",
    } do
      assert.same({ nil, (program:gsub("%c", "?")) .. ": " .. reason },
                  { core.spawn { program, "x" } })
    end
    local long = {}
    for i = 1, 1024 do
      long[i] = ("x"):rep(100000)
    end
    long[1] = "echo"
    assert.same({ nil, "echo: too many arguments, or too long ones" }, { core.spawn(long) })
  end)

  it("takes a list of strings, and an amount of bytes", function()
    for _, given in ipairs { {}, { 1 }, { "sh", true }, { "sh", "a\0b" }, { "" } } do
      assert.is_false((pcall(core.spawn, given)))
    end
    assert.is_false((pcall(core.spawn, "sh")))
    assert.is_false((pcall(core.spawn)))
    for _, given in ipairs { -1, 0.5, 2 ^ 31, 0 / 0, 1 / 0, "5", true } do
      assert.is_false((pcall(core.spawn, { "true" }, { max_output = given })))
    end
    assert.is_false((pcall(core.spawn, { "true" }, 5)))
    assert.equal(0, run({ "true" }, {}).status)
  end)

  it("finds a program as a shell does", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
    finally(function() os.execute("rm -r " .. folder) end)
    local file = assert(io.open(folder .. "/a-script-of-ours", "w"))
    file:write("echo a script without a first line: $1")
    file:close()
    os.execute("chmod +x " .. folder .. "/a-script-of-ours")
    assert.equal("a script without a first line: x\n", (shell.run("PATH=" .. folder .. ":$PATH "
      .. shell.quote(interpreter) .. " -e " .. shell.quote([[
        local process = require("ses.core").spawn { "a-script-of-ours", "x" }
        local result
        repeat result = process:step() until result
        io.write(result.stdout)]]))))
  end)
end)

describe("what a program writes", function()
  it("may be as long as max_output, and no longer", function()
    for _, most in ipairs { 1, 4095, 4096, 5000, 65536, 300000 } do
      local options = { max_output = most }
      local result = run({ "head", "-c", tostring(most), "/dev/zero" }, options)
      assert.equal(0, result.status)
      assert.is_nil(result.overflow)
      assert.is_true(result.stdout == ("\0"):rep(most), most)
      result = run({ "head", "-c", tostring(most + 1), "/dev/zero" }, options)
      assert.is_true(result.overflow, most)
      assert.is_true(result.stdout == ("\0"):rep(most), most)
    end
    assert.is_nil(sh("exit 0", { max_output = 0 }).overflow)
    assert.is_true(sh("echo", { max_output = 0 }).overflow)
  end)

  it("may be 64 KiB by default", function()
    assert.is_nil(run({ "head", "-c", "65536", "/dev/zero" }).overflow)
    assert.is_true(run({ "head", "-c", "65537", "/dev/zero" }).overflow)
  end)

  it("is no flood: who does not end writing is killed", function()
    local path = files.temporary(finally)
    local result = sh("echo $$ >" .. path .. "; exec yes")
    assert.is_true(result.overflow)
    assert.equal(65536, #result.stdout)
    assert.is_true(processes.ends(processes.numbers(path, 1)[1]))
  end)

  it("is kept from the errors' beginning only, however many there are", function()
    local result = sh("seq 1 400000 >&2; echo out; exit 4")
    assert.equal(4, result.status)
    assert.equal("out\n", result.stdout)
    assert.equal(4096, #result.stderr)
    assert.equal("1\n2\n3\n", result.stderr:sub(1, 6))
    assert.equal(4096, #sh("head -c 4096 /dev/zero >&2").stderr)
    assert.equal(4095, #sh("head -c 4095 /dev/zero >&2").stderr)
  end)

  it("ends with the program, not with its output", function()
    assert.same({ status = 5, stdout = "x\n", stderr = "y\n" },
                sh("echo x; echo y >&2; exec >&- 2>&-; sleep 0.3; exit 5"))
  end)

  it("is told again by every further step", function()
    local process = assert(core.spawn { "sh", "-c", "echo x; exit 6" })
    assert.same(processes.finish(process), process:step())
    assert.same({ status = 6, stdout = "x\n", stderr = "" }, process:step())
  end)
end)
