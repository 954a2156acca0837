-- Credentials that a client gets in a real nginx worker, from an emulator that
-- takes its time.

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local latency = require "spec.support.latency"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("credentials in an nginx worker", function()
    it("never block it", function()
      pending(missing .. ": credentials are not fetched in nginx")
    end)
  end)
  return
end

local LOCATIONS = [[
lua_check_client_abort on;
location /small { content_by_lua_block { ngx.print("ok") } }
location /idle { content_by_lua_block { ngx.sleep(1) ngx.print("ok") } }
location /call { content_by_lua_block { require("spec.support.nginx_clients").call("@url@") } }
location /leave { content_by_lua_block { require("spec.support.nginx_clients").leave("@url@") } }
location /counts { content_by_lua_block { require("spec.support.nginx_clients").counts() } }
]]

-- How many times longer others may wait while credentials are fetched.
local BOUND = 1.25

describe("credentials in an nginx worker", function()
  local emulator, server, transport, release

  local function control(method, name, body)
    return cjson.decode((assert(emulator_client.call(emulator.port, method, name, body))))
  end

  local function count(service, operation)
    return (control("GET", "credentials").calls[service] or {})[operation] or 0
  end

  local function delay(service, operation, seconds)
    control("POST", "faults", { service = service, operation = operation, delay = seconds,
                                count = 1 })
  end

  local function get(path, patience)
    return transport:send({ method = "GET", url = server.url .. path, headers = {} },
      transport:now() + (patience or 60))
  end

  local function body(path)
    return assert(get(path)).body
  end

  -- Calls a function with the numbers up to n, all at once.
  local function at_once(n, fn)
    for _, fault in pairs(transport:all(n, n, fn) or {}) do
      error(fault.problem, 0)
    end
  end

  setup(function()
    emulator = hosts.start("--no-throttle")
    release = latency.on_one_processor()
    server = nginx.serve((LOCATIONS:gsub("@url@", emulator.url)))
    transport = curl.new()
  end)

  teardown(function()
    release()
    transport:close()
    emulator:stop()
    server:stop()
  end)

  before_each(function()
    control("POST", "reset")
  end)

  it("come from a library that a request may be the first to load", function()
    assert.equal("ok", body "/call?client=first")
  end)

  local function median_during(path)
    local median, body_of_other = latency.during(transport, server.url, path)
    assert.equal("ok", body_of_other)
    return median
  end

  -- The same with a fetch of credentials.
  local function median_during_fetch(path)
    local before = count("sts", "AssumeRole")
    delay("sts", "AssumeRole", 1)
    local found = median_during(path)
    assert.equal(before + 1, count("sts", "AssumeRole"))
    return found
  end

  it("do not block it while they are refreshed, as a transport that blocks does", function()
    -- Those of a client are due again in its turn of every round.
    control("POST", "credentials", { lifetime = 4 })
    latency.compare(function()
      local baseline = median_during "/idle"
      local blocked = median_during_fetch "/call?client=blocked&transport=blocking"
      return {
        blocked = blocked / baseline,
        own = median_during_fetch "/call?client=latency" / baseline,
      }
    end, function(medians)
      assert.truthy(medians.blocked > 10 * BOUND, medians.blocked)
      return medians.own <= BOUND
    end)
  end)

  it("are fetched once for two hundred first callers, by STS", function()
    delay("sts", "AssumeRole", 0.6)
    at_once(200, function()
      assert.equal("ok", body "/call?client=role")
    end)
    assert.equal("200 200 200", body "/counts?client=role")
    assert.same({ sts = { AssumeRole = 1 } }, control("GET", "credentials").calls)
  end)

  it("are fetched once for two hundred first callers, by the metadata service", function()
    delay("imds", "PutToken", 0.6)
    at_once(200, function()
      assert.equal("ok", body "/call?client=instance&provider=imds")
    end)
    assert.equal("200 200 200", body "/counts?client=instance")
    assert.same({ imds = { PutToken = 1, GetRole = 1, GetCredentials = 1 } },
      control("GET", "credentials").calls)
  end)

  -- Others call while a fetch is under way whose caller goes away, five of whom go
  -- as well. Returns how long the rest took that stayed.
  local function stop_in_the_middle(client, limit, leave)
    delay("sts", "AssumeRole", 60)
    local longest = 0
    at_once(21, function(i)
      if i == 1 then
        return leave(client .. limit)
      end
      transport:sleep(0.05)
      local began = transport:now()
      local response = get("/call?client=" .. client, i <= 6 and 0.2 or nil)
      if i <= 6 then
        return assert.is_nil(response)
      end
      assert.equal("ok", response.body)
      longest = math.max(longest, transport:now() - began)
    end)
    assert.equal("21 15 21", body("/counts?client=" .. client))
    assert.same({ sts = { AssumeRole = 2 } }, control("GET", "credentials").calls)
    return longest
  end

  local function hang_up(client)
    local response, err = get("/call?client=" .. client, 0.1)
    assert.is_nil(response)
    assert.equal("AttemptTimeout", err.code)
  end

  it("are fetched by another where the client of the first one hangs up", function()
    assert.truthy(stop_in_the_middle("aborted", "&total=0.8", hang_up) < 10)
  end)

  it("are fetched by another where the first one's request ends", function()
    assert.truthy(stop_in_the_middle("left", "&total=0.8", function(client)
      assert.equal(204, get("/leave?client=" .. client).status)
    end) < 10)
  end)

  it("are fetched by another after half a minute at most #long", function()
    local longest = stop_in_the_middle("patient", "", hang_up)
    assert.truthy(longest > 29 and longest < 31, longest)
  end)
end)
