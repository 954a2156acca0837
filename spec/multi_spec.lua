-- csrc/multi.h without Lua: many transfers on one handle, and threads.

local http_server = require "spec.support.http_server"
local tree = require "spec.support.tree"

describe("many transfers on one handle", function()
  local probe, missing = tree.built "probe"
  local server

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  -- What it prints.
  local function run(...)
    local process = assert(io.popen("'" .. probe .. "' " .. table.concat({ ... }, " ")))
    local output = process:read("*a")
    process:close()
    return output
  end

  local needs_probe = probe and it or function(name)
    pending(name .. ": " .. missing)
  end

  needs_probe("run side by side", function()
    local url, key = server:url("echo")
    assert.equal("done 64 failed 0\n", run("concurrent", url, 64))
    local journal = server:journal(key)
    assert.equal(64, #journal)
    local connections, count = {}, 0
    for _, record in ipairs(journal) do
      assert.is_true(record.complete)
      if not connections[record.connection] then
        connections[record.connection] = true
        count = count + 1
      end
    end
    assert.is_true(count > 1)
  end)

  needs_probe("end when the handle does, and say what left", function()
    local url, key = server:url("stall")
    assert.equal("all 8 part 0 none 0\n", run("close", url, 8))
    assert.equal(8, #server:journal(key))
    assert.equal("all 0 part 0 none 3\n",
                 run("close", ("http://127.0.0.1:%d/"):format(server.full), 3))
  end)

  needs_probe("do not wait for a name when the handle ends", function()
    assert.truthy(run("close", "http://nothing.invalid/", 3):find("none 3", 1, true))
  end)

  needs_probe("can be given back before they end", function()
    assert.equal("left 0\n", run("release", (server:url("stall")), 20))
    assert.equal("left 0\n", run("release", ("http://127.0.0.1:%d/"):format(server.full), 3))
    assert.equal("left 0\n", run("release", "http://nothing.invalid/", 3))
  end)

  needs_probe("run in threads, each with a handle of its own", function()
    local url, key = server:url("ok")
    assert.equal("done 160 failed 0\n", run("threads", url, 20))
    assert.equal(160, #server:journal(key))
  end)

  needs_probe("have idle connections that can be read ended, and no others", function()
    assert.equal("use 1 0 contradict 0 1 0 ended 0 1 3\n", run("sockets"))
  end)

  needs_probe("survive a closed pipe", function()
    assert.equal("alive -1\n", run("sigpipe"))
  end)
end)
