-- Clients keep their contract with libcurl, over HTTP, and in process; and in nginx,
-- see spec/nginx/client_contract_spec.lua.

local contract = require "spec.support.client_contract"
local curl = require "ses.transport.curl"
local emulators = require "ses.emulator"
local hosts = require "spec.support.emulator_host"
local http_server = require "spec.support.http_server"

-- The cases of a transport, as busted's.
local function define(transport, given)
  for _, case in ipairs(contract.list(transport, given)) do
    it(case.name, case.run)
  end
end

describe("clients", function()
  local server

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  describe("with libcurl:", function()
    local given, host, control = {}, nil, nil

    setup(function()
      host = hosts.start("--no-throttle")
      control = curl.new()
      given.url, given.server = host.url, server
      function given.ask(method, target, body)
        return assert(control:send({
          method = method, url = host.url .. target, headers = {}, body = body,
        }, control:now() + 60)).body
      end
      contract.equip(given)
    end)

    before_each(function()
      given.transport = curl.new()
      given.reset()
    end)

    after_each(function()
      given.transport:close()
    end)

    teardown(function()
      control:close()
      host:stop()
    end)

    define("curl", given)
  end)

  describe("in process:", function()
    local given = {}

    before_each(function()
      local emulator = emulators.new { throttle = false }
      given.transport = emulator:transport()
      given.url, given.server = emulator:defaults().endpoint, server
      function given.ask(method, target, body)
        return emulator:handle({
          method = method, target = target, headers = { Host = "127.0.0.1" }, body = body,
        }).body
      end
      contract.equip(given)
    end)

    define("emulator", given)
  end)
end)
