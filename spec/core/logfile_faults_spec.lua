-- Files that only grow, where something goes wrong: disks, forks, races.

local core = require "ses.core"
local faults = require "spec.support.faults"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

local content = files.content

local has_process, in_child = pcall(require, "spec.support.child")

local function needs(condition, what)
  return condition and it or function(name)
    pending(name .. ": " .. what)
  end
end

local needs_process = needs(has_process, "spec.process is not built, make spec builds it")
local needs_faults = needs(not faults.missing, faults.missing)
local needs_mounts = needs(shell.run("unshare -m true && echo yes") == "yes\n",
                           "this user may not mount a file system")

local function temporary()
  return files.temporary(finally)
end

-- The command that runs a program in an interpreter of its own.
local function command(program)
  return shell.quote(interpreter) .. " -e "
    .. shell.quote("local core = require 'ses.core' " .. program)
end

-- What a program prints, with system calls that fail as the settings say.
local function run_with_faults(settings, program)
  return faults.run(settings, "local core = require 'ses.core' " .. program)
end

local function collect()
  collectgarbage()
  collectgarbage()
end

describe("a log", function()
  needs_mounts("takes back what a full disk cannot hold", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
    finally(function()
      os.execute("rmdir " .. folder)
    end)
    local program = command(([[
      local path = %q .. "/log"
      local log = assert(core.open_log(path))
      assert(log:append(("x"):rep(5000)))
      local ok, message, code = log:append(("y"):rep(100000))
      print(ok, message == path .. ": no space left on the device", code, log:size())
      print(log:read(1e6) == ("x"):rep(5000), log:sync())
      print(log:append("z"))
      log:close()
      log = assert(core.open_log(path))
      print(log:read(1e6) == ("x"):rep(5000) .. "z")
    ]]):format(folder))
    assert.equal("nil\ttrue\tfull\t5000\ntrue\ttrue\ntrue\ntrue\n", (shell.run(
      "unshare -m sh -c " .. shell.quote("mount -t tmpfs -o size=64k none " .. folder
        .. " && " .. program))))
  end)

  needs_faults("adds nothing to a part that it could not take back", function()
    local path = temporary()
    local output = run_with_faults("FAIL_FTRUNCATE=1; ulimit -f 2", ([[
      local path = %q
      local log = assert(core.open_log(path))
      assert(log:append("one\n"))
      local ok, _, code = log:append(("y"):rep(4000))
      local file = io.open(path, "rb")
      print(ok, code, log:size(), #file:read("*a") > 4, log:read(4))
      print(log:append("two\n"))
    ]]):format(path))
    assert.equal("nil\tfull\t4\ttrue\tone\n\ntrue\n", output)
    assert.equal("one\ntwo\n", content(path))
  end)

  needs_faults("adds nothing, and vouches for nothing, once a sync failed", function()
    local path = temporary()
    for call, state in ipairs { "of the file", "of its folder" } do
      os.remove(path)
      local output = run_with_faults("FAIL_FSYNC=" .. call, ([[
        local log = assert(core.open_log(%q))
        assert(log:append("one"))
        print(select(3, log:sync()))
        for _, method in ipairs { "sync", "append", "truncate" } do
          local ok, message, code = log[method](log, method == "append" and "two" or 0)
          print(ok, code, (message:match("^[^:]*(.*)$")))
        end
        print(log:read(10))
      ]]):format(path))
      local lost = "nil\tfailed\t: what was written may not have reached the disk (the device"
        .. " fails to read or to write): open it again to see what is there\n"
      assert.equal("failed\n" .. lost:rep(3) .. "one\n", output, state)
    end
  end)

  needs_faults("has the disk take its name at the first sync, whoever made it", function()
    local path = temporary()
    local program = ([[
      local log = assert(core.open_log(%q))
      assert(log:append("one"))
      print(log:sync() and log:sync(), (log:sync()))
    ]]):format(path)
    for _ = 1, 2 do
      -- of the file, of its folder, of the file, of the file
      assert.equal("true\tnil\n", run_with_faults("FAIL_FSYNC=4", program))
    end
  end)

  needs_faults("is the one that its path names when it is locked", function()
    local path = temporary()
    local program = ([[
      local log, message, code = core.open_log(%q)
      print(log and log:append("one"), message, code)
    ]]):format(path)
    assert.equal("true\tnil\tnil\n",
                 run_with_faults("REPLACE_TIMES=3 REPLACE=" .. path, program))
    assert.equal("one", content(path))
    assert.equal("nil\t" .. path .. ": somebody replaces it again and again\tfailed\n",
                 run_with_faults("REPLACE_TIMES=100 REPLACE=" .. path, program))
  end)

  it("has one owner at a time, of many that want it", function()
    local path = temporary()
    local program = command(([[
      local own, done = tostring({}):gsub("%%W", ""), 0
      while done < 40 do
        local log, _, code = core.open_log(%q)
        if log then
          assert(log:append(own .. " begin\n") and log:append(own .. " end\n"))
          log:close()
          done = done + 1
        else
          assert(code == "locked")
        end
      end
    ]]):format(path))
    assert.equal("", (shell.run("for i in 1 2 3 4 5 6; do " .. program .. " & done; wait")))
    local pairs_seen = 0
    for first, second in content(path):gmatch("(%w+) begin\n(%w+) end\n") do
      assert.equal(first, second)
      pairs_seen = pairs_seen + 1
    end
    assert.equal(240, pairs_seen)
  end)

  it("is not held by the programs that its process starts", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    local program = assert(io.popen("read -r line", "w"))
    log:close()
    assert(core.open_log(path)):close()
    program:close()
  end)

  it("is let go of when it is collected", function()
    local path = temporary()
    assert(core.open_log(path)):append("x")
    collect()
    assert(core.open_log(path)):close()
  end)

  needs_process("is the parent's alone after a fork", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    assert(log:append("one"))
    assert.equal(0, in_child(function()
      for method, argument in pairs { append = "two", truncate = 0, sync = 0, read = 10 } do
        local result, message, code = log[method](log, argument)
        if result ~= nil or code ~= "failed"
            or message ~= path .. ": it belongs to the parent process" then
          return false
        end
      end
      log:close()
      log:close()
      return select(3, core.open_log(path)) == "locked"
    end))
    assert.equal(0, in_child(function()
      log = nil
      collect()
      return select(3, core.open_log(path)) == "locked"
    end))
    assert.is_true(log:append("three"))
    assert.equal("onethree", log:read(100))
    log:close()
  end)

  it("holds much", function()
    local path = temporary()
    local log = assert(core.open_log(path))
    local piece = ("0123456789abcdef"):rep(256 * 1024)
    for _ = 1, 4 do
      assert(log:append(piece))
    end
    assert.equal(16 * 1024 * 1024, log:size())
    assert.is_true(log:read(log:size()) == piece:rep(4))
    assert.is_nil((log:read(log:size() - 1)))
    assert.is_true(log:truncate(0))
    assert.equal("", log:read(0))
    assert.is_true(log:append(""))
    assert.equal(0, log:size())
    log:close()
  end)

  it("leaves the permissions of a file that was there", function()
    local path = temporary()
    os.execute("chmod 640 " .. path)
    assert(core.open_log(path)):close()
    assert.truthy(shell.run("ls -l " .. path):find("^%-rw%-r%-%-%-%-%-"))
  end)

  it("says in one line what was wrong", function()
    local path = temporary()
    for name, reason in pairs {
      [path .. "/log"] = "a part of the path is no directory",
      ["/tmp/" .. ("x"):rep(300)] = "the name is too long",
      ["/no/such\27[2J\nfolder/log\127"] = "no such file or directory",
    } do
      local log, message, code = core.open_log(name)
      assert.is_nil(log)
      assert.equal("failed", code)
      assert.equal(name:gsub("%c", "?") .. ": " .. reason, message)
    end
    local _, message = core.open_log("/no/" .. ("x/"):rep(1000))
    assert.equal("/no/" .. ("x/"):rep(254) .. "...: no such file or directory", message)
    local pipe = os.tmpname()
    os.remove(pipe)
    os.execute("mkfifo " .. pipe)
    _, message = core.open_log(pipe)
    os.remove(pipe)
    assert.equal(pipe .. ": it is no regular file", message)
  end)
end)
