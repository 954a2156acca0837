-- The phases of nginx: where code may not wait, nothing blocks and nothing raises.

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("the phases of nginx", function()
    it("are kept apart", function()
      pending(missing .. ": no phase is tried")
    end)
  end)
  return
end

local HTTP = [[
lua_shared_dict shared 1m;
lua_shared_dict said 1m;
upstream balanced {
  server 127.0.0.1:@port@;
  balancer_by_lua_block {
    require("spec.support.nginx_phases").try("balancer", @port@)
    require("ngx.balancer").set_current_peer("127.0.0.1", @port@)
  }
}
exit_worker_by_lua_block { require("spec.support.nginx_phases").try_at_exit(@port@) }
init_by_lua_block {
  require("spec.support.nginx_phases").try("init", @port@)
}
init_worker_by_lua_block {
  require("spec.support.nginx_phases").try("init_worker", @port@)
}
]]

local LOCATIONS = [[
location /early {
  set_by_lua_block $tried { require("spec.support.nginx_phases").try("set", @port@) return 1 }
  return 200 ok;
}
location /late {
  return 200 ok;
  header_filter_by_lua_block {
    require("spec.support.nginx_phases").try("header_filter", @port@)
  }
  body_filter_by_lua_block { require("spec.support.nginx_phases").try("body_filter", @port@) }
  log_by_lua_block {
    local phases = require "spec.support.nginx_phases"
    phases.try("log", @port@)
    phases.try_in_timer(@port@)
  }
}
location /rewrite {
  rewrite_by_lua_block { require("spec.support.nginx_phases").try("rewrite", @port@) }
  access_by_lua_block { require("spec.support.nginx_phases").try("access", @port@) }
  content_by_lua_block {
    require("spec.support.nginx_phases").try("content", @port@)
    ngx.print("ok")
  }
}
location /balanced { proxy_pass http://balanced; }
location /said { content_by_lua_block { require("spec.support.nginx_phases").said() } }
]]

describe("in nginx's phase", function()
  local emulator, server, found

  setup(function()
    emulator = hosts.start("--no-throttle")
    local function fill(text)
      return (text:gsub("@port@", emulator.port))
    end
    server = nginx.serve(fill(LOCATIONS), { http = fill(HTTP) })
    local transport = curl.new()
    -- A connection that is kept may be one of a worker that is about to end.
    local function get(path)
      return assert(transport:send({ method = "GET", url = server.url .. path,
        headers = { Connection = "close" } }, transport:now() + 60)).body
    end
    for _, path in ipairs { "/early", "/late", "/balanced", "/rewrite" } do
      get(path)
    end
    repeat
      found = cjson.decode(get "/said")
    until found.timer
    server:signal "HUP"
    repeat
      found.exit_worker = cjson.decode(get "/said").exit_worker
    until found.exit_worker
    transport:close()
  end)

  teardown(function()
    emulator:stop()
    server:stop()
  end)

  local LATER = "make the call with client:later(operation, params), or in a timer, with"
    .. " ngx.timer.at(0, function() ... end)"

  -- The phases that cannot wait, and what to do there.
  local RECIPES = {
    { "init", "phase init, nor timers: from init_worker_by_lua on, " .. LATER },
    { "init_worker", "phase init_worker: " .. LATER },
    { "set", "phase set: " .. LATER },
    { "balancer", "phase balancer: " .. LATER },
    { "header_filter", "phase header_filter: " .. LATER },
    { "body_filter", "phase body_filter: " .. LATER },
    { "log", "phase log: " .. LATER },
    { "exit_worker", "phase exit_worker: the worker ends" },
  }

  for _, case in ipairs(RECIPES) do
    local phase, recipe = case[1], case[2]
    it(phase .. " calls fail with a recipe, and nothing waits", function()
      local said = found[phase]
      assert.is_nil(said.raised)
      for _, what in ipairs { "send", "call", "fetch", "first", "first_shared", "wait", "pages",
                              "batch", phase ~= "exit_worker" and "dry" or nil } do
        local text = said[what]
        assert.truthy(text:find("WrongPhase", 1, true), what .. ": " .. text)
        assert.truthy(text:find(recipe, 1, true), what .. ": " .. text)
      end
      assert.equal(0, said.attempts)
      assert.truthy(said.run:find("process NotStarted", 1, true), said.run)
      assert.equal(4, said.calls)
      assert.truthy(said.took < 1, said.took)
    end)
  end

  it("exit_worker credentials serve that were fetched before", function()
    assert.equal("ok", found.exit_worker.dry)
  end)

  for _, phase in ipairs { "rewrite", "access", "content", "timer" } do
    it(phase .. " calls are made", function()
      local said = found[phase]
      assert.is_nil(said.raised)
      for _, what in ipairs { "send", "call", "fetch", "dry", "run", "first", "first_shared",
                              "pages", "batch" } do
        assert.equal("ok", said[what])
      end
      assert.truthy(said.wait:find("WaitTimeout", 1, true), said.wait)
      assert.equal(4, said.calls)
    end)
  end

  it("that has sockets, credentials are fetched, once and as if nobody had asked before", function()
    local counted = emulator_client.call(emulator.port, "GET", "credentials")
    -- Two of the clients that are made in each of the four such phases are of a role.
    assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 },
                  sts = { AssumeRole = 8 } }, cjson.decode(counted).calls)
  end)
end)
