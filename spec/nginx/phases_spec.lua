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
    local function get(path)
      return assert(transport:send({ method = "GET", url = server.url .. path, headers = {} },
        transport:now() + 60)).body
    end
    for _, path in ipairs { "/early", "/late", "/rewrite" } do
      get(path)
    end
    repeat
      found = cjson.decode(get "/said")
    until found.timer
    transport:close()
  end)

  teardown(function()
    emulator:stop()
    server:stop()
  end)

  for _, phase in ipairs { "init", "init_worker", "set", "header_filter", "body_filter", "log" } do
    it(phase .. " calls fail with a recipe, and nothing waits", function()
      local said = found[phase]
      assert.is_nil(said.raised)
      for _, what in ipairs { "send", "call", "fetch", "dry" } do
        local text = said[what]
        assert.truthy(text:find("WrongPhase", 1, true), text)
        assert.truthy(text:find("phase " .. phase .. ":", 1, true), text)
        assert.truthy(text:find("ngx.timer.at(0, function() ... end)", 1, true), text)
      end
      assert.equal(0, said.attempts)
      assert.truthy(said.run:find("process NotStarted", 1, true), said.run)
      assert.equal(4, said.calls)
      assert.truthy(said.took < 1, said.took)
    end)
  end

  for _, phase in ipairs { "rewrite", "access", "content", "timer" } do
    it(phase .. " calls are made", function()
      local said = found[phase]
      assert.is_nil(said.raised)
      for _, what in ipairs { "send", "call", "fetch", "dry", "run" } do
        assert.equal("ok", said[what])
      end
      assert.equal(4, said.calls)
    end)
  end

  it("that has sockets, credentials are fetched, once and as if nobody had asked before", function()
    local counted = emulator_client.call(emulator.port, "GET", "credentials")
    assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 } },
      cjson.decode(counted).calls)
  end)
end)
