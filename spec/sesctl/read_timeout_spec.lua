-- How long sesctl waits for a server that says little.

local http_server = require "spec.support.http_server"
local sesctl = require "spec.support.sesctl"

describe("sesctl --cli-read-timeout", function()
  local server

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  -- Of an endpoint whose server behaves in this way.
  local function get_account(behaviour, seconds)
    local url = server:url(behaviour)
    local output, status, errors = sesctl("sesv2 get-account --query HasMore --endpoint-url " .. url
      .. " --cli-read-timeout " .. seconds, { env = "AWS_MAX_ATTEMPTS=1" })
    return { output, status, errors }, url
  end

  it("lets an answer take longer that comes in pieces", function()
    assert.same({ "null\n", 0, "" }, (get_account("drip", 2)))
  end)

  it("ends silence", function()
    local outcome, url = get_account("stall", 1)
    assert.same({ "", 255, '\nsesctl: [ERROR]: Read timeout on endpoint URL: "' .. url
      .. '/v2/email/account"\n' }, outcome)
  end)

  it("may be none", function()
    assert.same({ "null\n", 0, "" }, (get_account("drip", 0)))
  end)
end)
