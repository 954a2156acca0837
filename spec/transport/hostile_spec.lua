-- Responses that libcurl is kinder to than other transports.

local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"

describe("the libcurl transport", function()
  local server, transport

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  before_each(function()
    transport = curl.new()
  end)

  -- Whatever came before, the transport works on and leaves no connection in
  -- a state that another request would notice.
  after_each(function()
    assert.equal("hello", assert(transport:send({
      method = "POST", url = (server:url("ok")), headers = {}, body = "x",
    })).body)
    transport:close()
  end)

  local function get(behaviour)
    return transport:send({
      method = "POST", url = (server:url(behaviour)), headers = {}, body = "x",
    }, transport:now() + 60)
  end

  it("reads folded headers, but not without end", function()
    assert.equal("a b c", get("fold").headers["x-fold"])
    local response, err = get("endless?of=fold")
    assert.is_nil(response)
    assert.equal("all", err.sent)
    assert.equal("ResponseTooLarge", err.code, err.message)
  end)

  it("takes a chunk without a size for the end of the connection", function()
    local _, err = get("chunked?garbage")
    assert.equal("ConnectionClosed", err.code)
    assert.equal("all", err.sent)
  end)
end)
