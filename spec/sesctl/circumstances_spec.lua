-- sesctl where something is missing that programs count on.

local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local interpreter = require "spec.support.interpreter"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"

local QUOTA = "ses get-send-quota --query MaxSendRate"

describe("sesctl", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  local function works(given)
    given.host = host
    assert.same({ "14.0\n", 0, "" }, { sesctl(QUOTA, given) })
  end

  -- A message, and none of Lua's.
  local function fails(rc, message, words, given)
    given.host = host
    local output, status, errors = sesctl(words, given)
    assert.same({ "", rc }, { output, status }, errors)
    assert.truthy(errors:find(message, 1, true), errors)
    assert.is_nil(errors:find("stack traceback", 1, true), errors)
  end

  it("works without a home", function()
    for _, env in ipairs { "-u HOME", "HOME=", "HOME=/nowhere", "HOME=/dev/null" } do
      works { env = "-u AWS_CONFIG_FILE -u AWS_SHARED_CREDENTIALS_FILE " .. env }
    end
  end)

  it("works in any locale, time zone and width", function()
    for _, env in ipairs { "LC_ALL=C LANG=C", "LC_ALL=de_DE.UTF-8", "LC_ALL=nonsense",
                           "TZ=Nowhere/Nothing", "TZ=:::%%%", "COLUMNS=0", "COLUMNS=nonsense",
                           "-u TERM -u LANG -u LC_ALL" } do
      works { env = env }
    end
  end)

  it("works where it may write nothing", function()
    works { before = "umask 777;" }
    works { env = "TMPDIR=/nowhere" }
    works { before = "umask 077;" }
  end)

  it("works in a directory that is gone", function()
    local gone = files.folder(finally) .. "/gone"
    local before = "mkdir " .. gone .. "; cd " .. gone .. "; rmdir " .. gone .. ";"
    local output, status = sesctl(QUOTA, { host = host, before = before })
    assert.same({ "14.0\n", 0 }, { output:match("[^\n]*\n$"), status })
    -- The shells that look for nginx say so as well.
    local said = shell.run(before .. " timeout 5 sesctl emulator --port 0 --nginx /bin/true")
    assert.truthy(said:find("'/bin/true' is not nginx", 1, true), said)
  end)

  it("says that there is no room for a program", function()
    for _, kilobytes in ipairs { 9000, 13000, 20000 } do
      fails(255, "error loading module 'ses.", QUOTA,
        { before = "ulimit -v " .. kilobytes .. ";" })
    end
  end)

  it("says that there is no room for what it reads", function()
    local path = files.with(finally, '{"Identities": [' .. ('"user@example.com",'):rep(500000)
      .. '""]}')
    fails(255, "not enough memory", "ses get-identity-mail-from-domain-attributes"
      .. " --cli-input-json file://" .. path, { before = "ulimit -v 30000;" })
  end)

  it("gets by with few descriptors, or says what it lacks", function()
    -- Those that this process was started with are none of sesctl's.
    local before = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; "
    for count = 4, 8 do
      local said, status = shell.run("(" .. before .. "ulimit -n " .. count .. "; exec "
        .. host:aimed("AWS_MAX_ATTEMPTS=1 " .. shell.quote(interpreter) .. " bin/sesctl " .. QUOTA)
        .. ")")
      local is_told = status == 255 and said:find("^\nsesctl: %[ERROR%]: ")
        and not said:find("stack traceback", 1, true)
      assert.truthy(is_told or status == 0 and said == "14.0\n", said)
    end
  end)

  it("says that a file may not be as long as its output", function()
    local path = files.temporary(finally)
    assert.same({ "\nsesctl: [ERROR]: standard output: File too large\n", 255 },
      { shell.run("(ulimit -f 0; " .. host:aimed("sesctl " .. QUOTA) .. " >" .. path .. ")") })
  end)

  it("says that its own modules are missing", function()
    local text, status = shell.run("LUA_PATH=/nowhere LUA_CPATH=/nowhere "
      .. shell.quote(interpreter) .. " bin/sesctl --version")
    assert.equal(255, status)
    assert.truthy(text:find("^\nsesctl: %[ERROR%]: [^\n]*module 'ses.cli.main' not found"), text)
    assert.is_nil(text:find("stack traceback", 1, true))
  end)

  it("says where a fault of its own is only to who debugs it", function()
    local folder = files.folder(finally)
    shell.run("mkdir " .. folder .. "/ses")
    files.write(folder .. "/ses/core.lua", 'error "broken"')
    local command = "LUA_PATH=\"" .. folder .. "/?.lua;$LUA_PATH\" " .. shell.quote(interpreter)
      .. " bin/sesctl ses help"
    assert.same({ "\nsesctl: [ERROR]: " .. folder .. "/ses/core.lua:1: broken\n", 255 },
      { shell.run(command) })
    local text, status = shell.run(command .. " --debug")
    assert.equal(255, status)
    assert.truthy(text:find("core.lua:1: broken\nstack traceback:\n", 1, true), text)
  end)
end)
