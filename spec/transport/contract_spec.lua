-- The libcurl transport keeps the contract of transports.

local contract = require "spec.support.transport_contract"
local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"

describe("the libcurl transport", function()
  local given = {
    alone = function()
      return function(url) return url end
    end,
  }

  setup(function()
    given.server = http_server.start()
    given.proxy = "http://127.0.0.1:" .. given.server.proxy
    given.trusting = { ca_bundle = given.server.ca }
    given.through = function()
      return { proxy = given.proxy, ca_bundle = given.server.ca }
    end
  end)

  teardown(function()
    given.server:stop()
  end)

  before_each(function()
    given.transport = curl.new()
  end)

  after_each(function()
    given.transport:close()
  end)

  contract.define(describe, it, given)
end)
