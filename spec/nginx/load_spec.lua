-- Many calls at a time in one nginx worker: they go as fast as nginx's sockets
-- let them, and other requests hardly notice.

local curl = require "ses.transport.curl"
local latency = require "spec.support.latency"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("64 callers in an nginx worker", function()
    it("are as fast as its sockets", function()
      pending(missing .. ": no call is made in nginx")
    end)
  end)
  return
end

-- Takes as long as a service that is not near.
local SERVICE = [[
location /v2/ {
  default_type application/json;
  content_by_lua_block { ngx.sleep(0.05) ngx.header.content_length = 2 ngx.print("{}") }
}
]]

local LOCATIONS = [[
location /small { content_by_lua_block { ngx.print("ok") } }
location /idle { content_by_lua_block { ngx.sleep(@seconds@) ngx.print(0) } }
location /load { content_by_lua_block { require("spec.support.nginx_load").run("@url@") } }
]]

-- Five answers after one another, and no beginning of a sixth.
local SECONDS = 0.23

local LEAST_RATE = 0.95 -- of what the sockets alone do
local MOST_LATENCY = 1.25 -- times what other requests take when nobody calls
local BY_FAR = 10

describe("64 callers in an nginx worker", function()
  local service, server, transport, release

  setup(function()
    release = latency.on_one_processor()
    service = nginx.serve(SERVICE)
    server = nginx.serve((LOCATIONS:gsub("@(%l+)@", { url = service.url, seconds = SECONDS })))
    transport = curl.new()
  end)

  teardown(function()
    release()
    transport:close()
    -- Whoever complains keeps no other from ending.
    local has_ended, problem = pcall(server.stop, server)
    service:stop()
    assert(has_ended, problem)
  end)

  local function measure(with)
    local median, rate = latency.during(transport, server.url,
      with and ("/load?with=%s&seconds=%s"):format(with, SECONDS) or "/idle")
    return median, assert(tonumber(rate), rate)
  end

  -- The first calls of a worker load what they need, and connect.
  local function warm_up()
    for _, with in ipairs { "bare", "client", "blocking" } do
      measure(with)
    end
  end

  it("are as fast as its sockets, and let others be served, unlike with a transport that blocks",
    function()
      warm_up()
      latency.compare(function()
        local baseline = measure()
        local _, most = measure "bare"
        local took, rate = measure "client"
        local blocked_took, blocked_rate = measure "blocking"
        return { took = took / baseline, rate = rate / most,
                 blocked_took = blocked_took / baseline, blocked_rate = blocked_rate / most }
      end, function(medians)
        assert.truthy(medians.blocked_took > BY_FAR * MOST_LATENCY, medians.blocked_took)
        assert.truthy(medians.blocked_rate < LEAST_RATE / BY_FAR, medians.blocked_rate)
        return medians.took <= MOST_LATENCY and medians.rate >= LEAST_RATE
      end)
    end)
end)
