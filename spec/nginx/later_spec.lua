-- Calls that are made later, by timers of real nginx workers.

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("calls made later in nginx", function()
    it("are made", function()
      pending(missing .. ": no call is made later")
    end)
  end)
  return
end

local HTTP = [[
lua_shared_dict noted 10m;
init_by_lua_block { require("spec.support.nginx_later").init("@url@") }
init_worker_by_lua_block { require("spec.support.nginx_later").send("init_worker") }
exit_worker_by_lua_block { require("ses.resty.later").exit() }
]]

local LOCATIONS = [[
location /run { content_by_lua_block { require("spec.support.nginx_later").run() } }
location /phases {
  set_by_lua_block $set { require("spec.support.nginx_later").send("set") return "" }
  rewrite_by_lua_block { require("spec.support.nginx_later").send("rewrite") }
  access_by_lua_block { require("spec.support.nginx_later").send("access") }
  content_by_lua_block {
    local later = require "spec.support.nginx_later"
    assert(ngx.timer.at(0, function() later.send("timer") end))
    later.send("content")
    ngx.print("ok")
  }
  header_filter_by_lua_block { require("spec.support.nginx_later").send("header_filter") }
  body_filter_by_lua_block {
    if not ngx.ctx.done then
      ngx.ctx.done = true
      require("spec.support.nginx_later").send("body_filter")
    end
  }
  log_by_lua_block { require("spec.support.nginx_later").send("log") }
}
]]

local PHASES = { "access", "body_filter", "content", "header_filter", "log", "rewrite", "set",
                 "timer" }

describe("calls made later in nginx", function()
  local emulator, server, transport

  local function control(method, name, body)
    return cjson.decode((assert(emulator_client.call(emulator.port, method, name, body))))
  end

  local function get(path)
    return assert(transport:send({ method = "GET", url = server.url .. path, headers = {} },
      transport:now() + 60)).body
  end

  local function run(job)
    return get("/run?job=" .. job)
  end

  local function start(http)
    server = nginx.serve(LOCATIONS, { http = (HTTP .. (http or "")):gsub("@url@", emulator.url) })
  end

  local function delay(seconds)
    control("POST", "faults", { service = "ses", operation = "SendEmail", delay = seconds,
                                every = 1 })
  end

  -- The subjects of the mails that were sent, sorted; but those that each worker
  -- sends as it begins.
  local function sent()
    local subjects = {}
    for _, message in ipairs(control("GET", "mailbox").messages) do
      if message.subject ~= "init_worker" then
        subjects[#subjects + 1] = message.subject
      end
    end
    table.sort(subjects)
    return subjects
  end

  local function noted(list)
    local lines = {}
    for line in run("noted&list=" .. list):gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    table.sort(lines)
    return lines
  end

  local function wait_for_stats(client, expected)
    local said
    for _ = 1, 1200 do
      said = run("stats&client=" .. client)
      if said == expected then
        return
      end
      transport:sleep(0.05)
    end
    assert.equal(expected, said)
  end

  -- Another worker answers, and the one before it has gone.
  local function wait_for_end(pid)
    hosts.wait_for(function()
      return not io.open("/proc/" .. pid .. "/stat")
    end, "the end of a worker")
  end

  local function reload()
    local pid = run "pid"
    server:signal("HUP")
    wait_for_end(pid)
  end

  -- Every mail from 1 to n is in one of two lists, once.
  local function check_each_once(n, first, second)
    local seen = {}
    for _, list in ipairs { first, second } do
      for _, subject in ipairs(list) do
        assert.is_nil(seen[subject], subject)
        seen[subject] = true
      end
    end
    assert.equal(n, #first + #second)
    for i = 1, n do
      assert.is_true(seen[tostring(i)], i)
    end
  end

  setup(function()
    emulator = hosts.start("--no-throttle")
    transport = curl.new()
  end)

  before_each(function()
    control("POST", "reset")
    local _, v2 = hosts.clients(emulator)
    assert(v2:create_email_identity { EmailIdentity = "example.com" })
  end)

  after_each(function()
    if server then
      server:stop()
      server = nil
    end
  end)

  teardown(function()
    transport:close()
    emulator:stop()
  end)

  it("are queued in every phase but init", function()
    start()
    assert.equal("ok", get("/phases"))
    local expected = { "init: ses SendEmail: NotInNginx: nginx has no workers yet: from"
      .. " init_worker_by_lua on, calls can be made later", "init_worker: true" }
    for _, phase in ipairs(PHASES) do
      expected[#expected + 1] = phase .. ": true"
    end
    table.sort(expected)
    wait_for_stats("default",
      "0 queued, 0 running, 9 done, 0 failed, 0 handed back, 0 dropped")
    assert.same(expected, noted "asked")
    assert.same({ "access", "body_filter", "content", "header_filter", "log", "rewrite", "set",
      "timer" }, sent())
  end)

  it("have their parameters checked and copied at once", function()
    start()
    assert.equal("nil validation SendEmail 2 0", run "invalid")
    assert.equal("done", run "changed")
    wait_for_stats("default",
      "0 queued, 0 running, 2 done, 0 failed, 0 handed back, 0 dropped")
    assert.same({ "kept" }, sent())
  end)

  it("call back, and log what nobody else is told", function()
    start()
    assert.equal("done", run "callbacks")
    wait_for_stats("default",
      "0 queued, 0 running, 3 done, 2 failed, 0 handed back, 0 dropped")
    hosts.wait_for(function() return #noted "callbacks" == 3 end, "callbacks")
    assert.same({ "nil TemplateDoesNotExist", "string nil timer", "true after a sleep" },
      noted "callbacks")
    local logged = table.concat(noted "logged", "\n")
    assert.truthy(logged:find("error the callback of a later GetSendQuota raised an error:"
      .. " [^\n]*oh no"), logged)
    assert.truthy(logged:find("warn a later call failed: ses GetTemplate: TemplateDoesNotExist",
      1, true), logged)
    assert.equal(2, select(2, logged:gsub("a later", "")))
  end)

  it("outlive their client", function()
    start()
    assert.truthy(run("close"):find("^later: the client is closed"))
    hosts.wait_for(function() return #sent() == 1 end, "the mail")
    assert.same({ "after close" }, sent())
  end)

  it("are dropped where the queue is full, counted, and logged once", function()
    start()
    assert.equal(("ok "):rep(5) .. ("QueueFull "):rep(14) .. "QueueFull",
      run "many&client=small&n=20")
    wait_for_stats("small",
      "0 queued, 0 running, 5 done, 0 failed, 0 handed back, 15 dropped")
    assert.same({ "1", "2", "3", "4", "5" }, sent())
    assert.same({ "warn a call that was to be made later is dropped (1 so far): 5 calls wait"
      .. " already (later.queue_size limits that)" }, noted "logged")
    assert.equal("ok ok", run "many&client=small&n=2")
  end)

  it("are made by a timer after another, so many at a time", function()
    start()
    run "many&client=default&n=900&count=1"
    wait_for_stats("default",
      "0 queued, 0 running, 901 done, 0 failed, 0 handed back, 0 dropped")
    local count, longest, most = run("timers"):match("(%d+) (%d+) (%d+)")
    assert.equal(8, tonumber(most))
    assert.truthy(tonumber(count) >= 5, count)
    assert.truthy(tonumber(longest) <= 200, longest)
  end)

  it("wait for nobody's slow call", function()
    start()
    -- The last call that the first timer makes holds none of those up that follow.
    control("POST", "faults", { service = "ses", operation = "SendEmail", delay = 30,
                                every = 200, count = 1 })
    run "many&client=default&n=400"
    wait_for_stats("default",
      "0 queued, 1 running, 400 done, 0 failed, 0 handed back, 0 dropped")
  end)

  it("are made though nginx dropped their timer", function()
    start("lua_max_running_timers 1;")
    wait_for_stats("default",
      "0 queued, 0 running, 1 done, 0 failed, 0 handed back, 0 dropped")
    run "block&n=1"
    run "many&client=default&n=3"
    -- No longer than this does a queue wait for a timer that does not run.
    transport:sleep(5)
    run "many&client=default&n=1"
    wait_for_stats("default",
      "0 queued, 0 running, 5 done, 0 failed, 0 handed back, 0 dropped")
    server:stop("lua_max_running_timers are not enough")
    server = nil
  end)

  describe("at a reload", function()
    it("are begun in time or handed back, each once", function()
      start()
      delay(0.2)
      -- The queue is full.
      assert.equal(("ok "):rep(100) .. ("QueueFull "):rep(19) .. "QueueFull",
        run "many&client=handing&n=120")
      reload()
      local made, handed_back = sent(), noted "handed"
      check_each_once(100, made, handed_back)
      assert.truthy(#made > 4 and #handed_back > 4, #made)
      assert.equal(1, #noted "logged")
    end)

    it("are all made where that takes no longer than it may", function()
      start()
      delay(0.05)
      run "many&client=patient&n=60"
      reload()
      check_each_once(60, sent(), {})
    end)

    it("are handed back though they wait for SES's rate", function()
      start()
      run "many&client=paced&n=20"
      reload()
      local made, handed_back = sent(), noted "handed"
      check_each_once(20, made, handed_back)
      assert.truthy(#handed_back > 4, #handed_back)
    end)

    it("are taken from requests that end then, and refused when it is too late", function()
      start()
      local pid = run "pid"
      local answers = {}
      transport:all(2, 2, function(i)
        if i == 1 then
          answers = cjson.decode(run "exiting")
        else
          transport:sleep(0.1)
          server:signal("HUP")
        end
      end)
      wait_for_end(pid)
      assert.same({ "ok", "WorkerExiting" }, answers)
      assert.same({ "in time" }, sent())
    end)

    for client, reason in pairs {
      losing = "for the client has no later.on_exit",
      raising = "for later.on_exit raised an error: ",
    } do
      it("are counted and logged where they are lost " .. reason, function()
        start()
        delay(0.2)
        run("many&client=" .. client .. "&n=100")
        reload()
        local logged = table.concat(noted "logged", "\n")
        local lost = logged:match("error (%d+) calls that were to be made later are lost with their"
          .. " worker, " .. reason)
        assert.equal(100, (lost or 0) + #sent(), logged)
        assert.truthy(tonumber(lost) > 80, lost)
      end)
    end
  end)

  it("are handed back by exit_worker_by_lua where nginx stops at once", function()
    start()
    delay(10)
    run "many&client=patient&n=20"
    run "many&client=handing&n=20"
    local pid = run "pid"
    local kept = server.folder .. "-kept"
    run("keep&file=" .. kept)
    server:signal("TERM")
    wait_for_end(pid)
    server:stop()
    server = nil
    local said = {}
    for line in io.lines(kept) do
      said[#said + 1] = line
    end
    os.remove(kept)
    table.sort(said)
    local expected = {
      "error 16 calls that were to be made later are lost with their worker, for the client has no"
        .. " later.on_exit",
    }
    for _ = 1, 2 do
      expected[#expected + 1] = "error 4 later calls were under way when their worker ended, and"
        .. " may have been carried out"
    end
    for i = 5, 20 do
      expected[#expected + 1] = "handed " .. i
    end
    table.sort(expected)
    assert.same(expected, said)
  end)
end)
