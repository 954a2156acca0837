-- Files that only grow, and belong to one process at a time.

local core = require "ses.core"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local content = files.content

local function temporary()
  return files.temporary(finally)
end

-- Runs a program in an interpreter of its own; what it printed.
local function run(program, before)
  return (shell.run((before or "") .. shell.quote(interpreter) .. " -e "
    .. shell.quote("local core = require 'ses.core' " .. program)))
end

describe("core.open_log", function()
  it("makes a file for its owner only, and adds to it", function()
    local path = temporary()
    os.remove(path)
    local log = assert(core.open_log(path))
    assert.equal("", log:read(1000))
    assert.is_true(log:append("one\n"))
    assert.is_true(log:append("two\0\n"))
    assert.equal(9, log:size())
    assert.equal("one\ntwo\0\n", log:read(1000))
    assert.is_true(log:sync())
    assert.is_true(log:sync())
    log:close()
    assert.equal("one\ntwo\0\n", content(path))
    assert.truthy(shell.run("ls -l " .. path):find("^%-rw%-%-%-%-%-%-%-"))
  end)

  it("opens what is there, at its end", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    assert(log:append("one\n"))
    log:close()
    log = assert(core.open_log(path))
    assert(log:append("two\n"))
    assert.equal("one\ntwo\n", log:read(8))
    local text, message = log:read(7)
    assert.is_nil(text)
    assert.equal(path .. ": its 8 bytes are more than may be read", message)
    log:close()
  end)

  it("cuts it", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    assert(log:append("one\ntwo"))
    assert.is_true(log:truncate(4))
    assert(log:append("three\n"))
    assert.equal("one\nthree\n", log:read(100))
    for _, length in ipairs { 11, -1, 0.5, 0 / 0, math.huge } do
      assert.has_error(function() log:truncate(length) end)
    end
    log:close()
  end)

  it("locks it against others, and against itself, until it is closed", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    local other, message, code = core.open_log(path)
    assert.is_nil(other)
    assert.equal("locked", code)
    assert.truthy(message:find(path .. ": it is in use", 1, true), message)
    local try = ("local log, _, code = core.open_log(%q) print(log and 'open' or code)")
      :format(path)
    assert.equal("locked\n", run(try))
    log:close()
    log:close()
    assert.equal("open\n", run(try))
  end)

  it("ends the lock with the process, however that ends", function()
    local path = temporary()
    local output = run(("local log = assert(core.open_log(%q)) assert(log:append('one')) "
      .. "io.popen('kill -9 $PPID'):close()"):format(path))
    assert.is_nil(output:find("core.open_log", 1, true), output)
    local log = assert(core.open_log(path))
    assert.equal("one", log:read(10))
    log:close()
  end)

  it("takes back what cannot be written whole", function()
    local path = temporary()
    local output = run(([[
      local log = assert(core.open_log(%q))
      assert(log:append(("x"):rep(500)))
      local ok, message, code = log:append(("y"):rep(4000))
      print(ok, code, log:size())
      print(log:append("z"))
    ]]):format(path), "ulimit -f 2; ")
    assert.equal("nil\tfull\t500\ntrue\n", output)
    assert.equal(("x"):rep(500) .. "z", content(path))
  end)

  it("refuses what is no file", function()
    for _, path in ipairs { "/dev/null", "/tmp" } do
      local log, message = core.open_log(path)
      assert.is_nil(log)
      assert.truthy(message:find(path .. ": it is no regular file", 1, true), message)
    end
    local log, message, code = core.open_log("/no/such/folder/journal")
    assert.is_nil(log)
    assert.equal("failed", code)
    assert.equal("/no/such/folder/journal: no such file or directory", message)
  end)

  it("raises for misuse", function()
    local log = assert(core.open_log(temporary()))
    log:close()
    assert.has_error(function() log:append("x") end, "the log is closed")
    assert.has_error(function() log:read(1) end, "the log is closed")
    assert.has_error(function() core.open_log("a\0b") end)
    assert.has_error(function() core.open_log("") end)
  end)

  it("leaves no file open behind", function()
    local path = temporary()
    collectgarbage()
    collectgarbage()
    local before = processes.descriptors()
    for _ = 1, 5 do
      assert(core.open_log(path)):append("x")
      collectgarbage()
      collectgarbage()
    end
    -- The last one may still be on Lua's stack.
    assert.is_true(processes.descriptors() < before + 5)
    assert.equal(5, #content(path))
  end)
end)
