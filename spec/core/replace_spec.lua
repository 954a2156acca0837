-- core.replace_file and core.sha1.

local core = require "ses.core"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

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
