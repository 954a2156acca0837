-- Programs in a real nginx worker.

local nginx = require "spec.support.nginx"

local cpath = os.getenv("SES_LUAJIT_CPATH") or ""

local function find_missing()
  local file = io.open((cpath:gsub("%?", "ses/core")))
  if not file then
    return "there is no build for LuaJIT"
  end
  file:close()
  return nginx.missing()
end

local missing = find_missing()
if missing then
  describe("a program in nginx", function()
    it("runs", function()
      pending(missing .. ": no program is run in nginx")
    end)
  end)
  return
end

local function run(job)
  return nginx.run {
    jobs = "spec.support.nginx_process_jobs", job = job, workers = 1, seconds = 0,
    http = [[
      server {
        listen unix:@folder@/socket;
        location / { content_by_lua_block { ngx.print("served") } }
        location /run {
          content_by_lua_block { require("spec.support.nginx_process_jobs").content() }
        }
      }]],
  }[1]
end

describe("a program in nginx", function()
  it("ends as it does elsewhere, or does not begin", function()
    local said = {}
    for name, outcome in (run("outcomes") .. "\n"):gmatch("([^\n]-): ([^\n]*)\n") do
      said[name] = outcome
    end
    assert.same({
      exit = "7 nil out err",
      good = "0 nil  ",
      signal = "nil 15  ",
      missing = "process NotStarted /nowhere/program: no such program",
      large = "process OutputTooLarge the program wrote more than 100 bytes to its standard output",
      passed = "timeout Timeout the program did not end before the deadline",
      late = "timeout Timeout the program did not end before the deadline",
      ["in time"] = "true",
      gone = "true",
    }, said)
  end)

  it("is one of many", function()
    local expected = {}
    for i = 1, 20 do
      expected[i] = ("%d nil %d "):format(i, i)
    end
    assert.equal(table.concat(expected, "\n"), run("many"))
  end)

  it("keeps no other request waiting", function()
    local answer, count = run("beside"):match("^(.*)|(.*)$")
    assert.equal("5 nil ran ", answer)
    assert.is_true(tonumber(count) >= 10, count)
  end)

  it("ends with its thread", function()
    assert.equal("true", run("abandoned"))
  end)
end)
