-- The transport for nginx, in a real worker: it keeps the contract of transports,
-- and does what nginx and hostile peers ask for beside.

local cases = require "spec.support.cases"
local cjson = require "cjson"
local contract = require "spec.support.transport_contract"
local http_server = require "spec.support.http_server"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("the transport for nginx", function()
    it("keeps the contract", function()
      pending(missing .. ": no request is made in nginx")
    end)
  end)
  return
end

-- What a job of spec.support.transport_jobs says, in a worker that was given
-- these directives.
local function run(server, job, directives)
  return cjson.decode(nginx.run {
    workers = 1, seconds = 120, level = "crit", jobs = "spec.support.transport_jobs", job = job,
    http = "lua_socket_log_errors off;" .. directives, given = server.description,
  }[1])
end

describe("the transport for nginx", function()
  local server, directives

  setup(function()
    server = http_server.start()
    directives = ("lua_ssl_trusted_certificate %s; lua_ssl_verify_depth 3;"
      .. " resolver 127.0.0.1:%d ipv6=off;"):format(server.ca, server.names)
  end)

  teardown(function()
    server:stop()
  end)

  -- The cases of a job, each of which is one here.
  local function define(job, definition)
    local outcomes
    for _, case in ipairs(cases.list(definition, {})) do
      it(case.name, function()
        outcomes = outcomes or run(server, job, directives)
        assert.equal("", outcomes[case.name])
      end)
    end
  end

  define("contract", contract.define)
  define("own", require "spec.support.nginx_transport_cases")

  describe("where the resolver is silent", function()
    it("waits no longer than it may", function()
      local err = run(server, "resolve",
        ("resolver 127.0.0.1:%d ipv6=off; resolver_timeout 60s;"):format(server.mute))
      assert.equal("ConnectTimeout", err.code)
      assert.equal("none", err.sent)
      assert.truthy(err.took >= 0.2 and err.took < 30, err.took)
    end)
  end)
end)
