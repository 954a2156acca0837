-- Clients keep their contract in a real nginx worker, against the emulator over HTTP.

local cjson = require "cjson"
local contract = require "spec.support.client_contract"
local hosts = require "spec.support.emulator_host"
local http_server = require "spec.support.http_server"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("clients in nginx", function()
    it("keep the contract", function()
      pending(missing .. ": no call is made in nginx")
    end)
  end)
  return
end

describe("clients in nginx:", function()
  local emulator, server

  setup(function()
    emulator = hosts.start("--no-throttle")
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
    emulator:stop()
  end)

  local outcomes
  for _, case in ipairs(contract.list("resty", {})) do
    it(case.name, function()
      outcomes = outcomes or cjson.decode(nginx.run {
        workers = 1, seconds = 120, level = "crit", jobs = "spec.support.client_jobs",
        job = "contract",
        http = "lua_socket_log_errors off;",
        given = ('{"url": "%s", "server": %s}'):format(emulator.url, server.description),
      }[1])
      assert.equal("", outcomes[case.name])
    end)
  end
end)
