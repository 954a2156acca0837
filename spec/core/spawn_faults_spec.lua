-- Programs that run beside this process, where the system lacks something.

local faults = require "spec.support.faults"

local it = not faults.missing and it or function(name)
  pending(name .. ": " .. faults.missing)
end

local BEGINNING = [[
  local core = require "ses.core"
  local function run(...)
    local process, message = core.spawn { ... }
    if not process then
      return message
    end
    local result
    repeat result = process:step() until result
    return result.status .. ": " .. result.stdout
  end
]]

local function run(settings, program)
  return faults.run(settings, BEGINNING .. program)
end

describe("core.spawn", function()
  it("says that there are too many processes, and runs one when there are fewer", function()
    local failed, good = "echo: it was not run: too many processes\n", "0: x\n\n"
    local program = ('print(run("echo", "x")) '):rep(3)
    assert.equal(failed .. good .. good, run("FAIL_FORK=1", program))
    -- the first of these fails in the new process, which counts for itself
    assert.equal(failed .. failed .. good, run("FAIL_FORK=2", program))
  end)

  it("says that there are too many descriptors, wherever they run out", function()
    -- what this process has open would be inherited, and be in the way
    local close = ""
    for fd = 3, 9 do
      close = close .. "; exec " .. fd .. ">&-"
    end
    local seen = {}
    for limit = 5, 24 do
      local output = run("LIMIT" .. close .. "; ulimit -n " .. limit, [[
        local function count_free()
          local files = {}
          local file = io.open("/dev/null")
          while file do
            files[#files + 1] = file
            file = io.open("/dev/null")
          end
          for i = 1, #files do
            files[i]:close()
          end
          return #files
        end
        local free = count_free()
        print(run("echo", "x"), free == count_free())
      ]])
      seen[output] = true
    end
    assert.same({
      ["0: x\n\ttrue\n"] = true,
      ["echo: it was not run: too many open files\ttrue\n"] = true,
    }, seen)
  end)

  it("leaves no descriptor open on a system that closes them one by one", function()
    assert.equal("0: 0\n1\n2\n3\n\n", run("FAIL_CLOSE_RANGE=1", [[
      local file = assert(io.open("/etc/passwd"))
      print(run("ls", "/proc/self/fd"))
      file:close()]]))
  end)
end)
