-- The emulator as it starts by default, which takes one call a second.

local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"
local ses = require "ses"

describe("sesctl emulator and a client in a hurry", function()
  local host

  lazy_setup(function()
    host = hosts.start()
  end)

  for service, expected in pairs {
    ses = { "GetSendQuota", "Throttling", 400 },
    sesv2 = { "GetAccount", "TooManyRequestsException", 429 },
  } do
    it("disagree about " .. service, function()
      local client = assert(ses.client(service, {
        endpoint = host.url, region = "us-east-1", rate = false, retry = { mode = "off" },
        credentials = {
          access_key_id = clients.KEY.id, secret_access_key = clients.KEY.secret,
        },
      }))
      assert(client:call(expected[1], {}))
      local err
      -- a call takes milliseconds
      for _ = 1, 1000 do
        local _, refused = client:call(expected[1], {})
        err = err or refused
      end
      client:close()
      assert.same({ expected[2], expected[3], "Rate exceeded", true },
                  { err.code, err.status, err.message, err.throttled })
    end)
  end

  it("leave no process and no file behind", function()
    assert.equal("", host:stop())
  end)
end)
