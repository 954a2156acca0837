-- core.read_file, core.measure_file, core.replace_file and core.sha1.

local core = require "ses.core"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

describe("read_file", function()
  it("reads what is in a file", function()
    local text = ("a\0b\n"):rep(10000)
    assert.equal(text, core.read_file(files.with(finally, text), #text))
    assert.equal("", core.read_file("/dev/null", 10))
  end)

  it("reads what a pipe holds", function()
    local path = files.folder(finally) .. "/pipe"
    shell.run("mkfifo " .. path)
    shell.run("{ printf token > " .. path .. "; } >/dev/null 2>&1 &")
    local text
    -- The writer has to be there: a pipe without one is empty.
    for _ = 1, 100 do
      text = core.read_file(path, 100)
      if text ~= "" then
        break
      end
      shell.run("sleep 0.01")
    end
    assert.equal("token", text)
  end)

  it("does not wait for a pipe that nobody writes to", function()
    local path = files.folder(finally) .. "/pipe"
    shell.run("mkfifo " .. path)
    assert.equal("", core.read_file(path, 100))
  end)

  for path, reason in pairs {
    ["/no/such/file"] = "no such file or directory", ["/"] = "it is a directory",
    ["/dev/zero"] = "it is larger than it may be", ["LICENSE"] = "it is larger than it may be",
    ["LICENSE/x"] = "a part of the path is no directory",
  } do
    it("says why it cannot read " .. path, function()
      local text, why, absent = core.read_file(path, 10)
      assert.is_nil(text)
      assert.equal(reason, why)
      assert.equal((path == "/no/such/file" or path == "LICENSE/x") and "missing" or nil, absent)
    end)
  end
end)

describe("measure_file", function()
  it("says how long a file is", function()
    local text = ("a\0b\n"):rep(10000)
    assert.equal(#text, core.measure_file(files.with(finally, text), #text))
    assert.equal(0, core.measure_file("/dev/null", 10))
  end)

  it("says why it cannot read one, as read_file does", function()
    for _, path in ipairs { "/no/such/file", "/", "/dev/zero", "LICENSE", "LICENSE/x" } do
      local _, why = core.read_file(path, 10)
      assert.same({ nil, why }, { core.measure_file(path, 10) })
    end
  end)

  it("keeps nothing of what it reads #resident", function()
    local path = files.with(finally, ("x"):rep(8 * 1024 * 1024))
    local said, status = shell.run(shell.quote(interpreter) .. " -e " .. shell.quote(([[
      local core = require "ses.core"
      local function peak()
        return tonumber(core.read_file("/proc/self/status", 65536):match "VmHWM:%%s*(%%d+)")
      end
      local before = peak()
      io.write(core.measure_file(%q, 16777216), peak() - before < 1024 and " small" or " large")
    ]]):format(path)))
    assert.same({ "8388608 small", 0 }, { said, status })
  end)
end)

describe("replace_file", function()
  local function count(folder)
    return tonumber((shell.run("ls -A " .. folder .. " | wc -l")))
  end

  it("writes a file that only its owner can read", function()
    local path = files.folder(finally) .. "/token.json"
    assert.is_true(core.replace_file(path, "one"))
    assert.equal("one", files.content(path))
    assert.equal("600\n", (shell.run("stat -c %a " .. path)))
  end)

  it("replaces one, whatever its mode was", function()
    local folder = files.folder(finally)
    local path = folder .. "/token.json"
    files.write(path, "old")
    assert.is_true(core.replace_file(path, "new\0text"))
    assert.equal("new\0text", files.content(path))
    assert.equal("600\n", (shell.run("stat -c %a " .. path)))
    assert.equal(1, count(folder))
  end)

  it("says why it cannot, and leaves nothing behind", function()
    local folder = files.folder(finally)
    local done, reason = core.replace_file(folder .. "/none/token.json", "x")
    assert.is_nil(done)
    assert.equal("no such file or directory", reason)
    assert.is_nil(core.replace_file(folder, "x"))
    assert.is_nil(core.replace_file(("x"):rep(5000), "x"))
    assert.equal(0, count(folder))
  end)

  it("takes no name with a NUL byte, and no empty one", function()
    assert.has_error(function() core.replace_file("a\0b", "x") end)
    assert.has_error(function() core.replace_file("", "x") end)
  end)
end)

describe("sha1", function()
  it("is SHA-1", function()
    assert.equal("da39a3ee5e6b4b0d3255bfef95601890afd80709", core.sha1(""))
    assert.equal("a9993e364706816aba3e25717850c26c9cd0d89d", core.sha1("abc"))
  end)
end)
