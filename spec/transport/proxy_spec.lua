-- Proxies: never the environment's.

local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"

local has_process, process = pcall(require, "spec.process")

describe("through a proxy the libcurl transport", function()
  local server, transport, proxy

  setup(function()
    server = http_server.start()
    proxy = "http://127.0.0.1:" .. server.proxy
  end)

  teardown(function()
    server:stop()
  end)

  before_each(function()
    transport = curl.new()
  end)

  after_each(function()
    transport:close()
  end)

  local function send(url, connection)
    return transport:send({
      method = "POST", url = url, headers = { Authorization = "signed" }, body = "x",
      connection = connection,
    }, transport:now() + 60)
  end

  describe("of the environment", function()
    local NAMES = { "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY",
                    "ALL_PROXY" }

    local function set_all(value)
      for _, name in ipairs(NAMES) do
        process.setenv(name, value)
      end
    end

    after_each(function()
      if has_process then
        set_all(nil)
        process.setenv("no_proxy", nil)
        process.setenv("NO_PROXY", nil)
      end
    end)

    it("takes no notice", function()
      if not has_process then
        return pending("spec.process is not built: make spec builds it")
      end
      set_all(proxy)
      local _, key = server:url("ok")
      local _, err = send("http://nothing.invalid/ok/" .. key, {})
      assert.equal("NameResolution", err.code)
      _, err = send("https://nothing.invalid/ok/" .. key, { proxy = "" })
      assert.equal("NameResolution", err.code)
      assert.same({}, server:journal(key))
    end)

    it("takes no exception for its own proxy", function()
      if not has_process then
        return pending("spec.process is not built: make spec builds it")
      end
      process.setenv("no_proxy", "*")
      process.setenv("NO_PROXY", "*")
      local _, key = server:url("ok")
      assert(send("http://nothing.invalid/ok/" .. key, { proxy = proxy }))
      assert.equal("proxy", server:journal(key)[1].listener)
    end)
  end)
end)
