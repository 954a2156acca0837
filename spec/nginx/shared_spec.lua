-- What all workers of a real nginx share: credentials and limits.

local cjson = require "cjson"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local nginx = require "spec.support.nginx"

local WORKERS = 4

local missing = nginx.missing()
if missing then
  describe("what the workers of nginx share", function()
    it("is fetched once", function()
      pending(missing .. ": nothing is shared")
    end)
  end)
  return
end

local HTTP = [[
lua_shared_dict ses 1m;
lua_shared_dict tiny 12k;
init_by_lua_block { require("spec.support.nginx_shared").url = "@url@" }
]]

describe("what the workers of nginx share", function()
  local emulator

  local function control(method, name, body)
    return cjson.decode((assert(emulator_client.call(emulator.port, method, name, body))))
  end

  local function calls(service)
    return control("GET", "credentials").calls[service]
  end

  local function delay(service, operation, seconds, more)
    local fault = { service = service, operation = operation, delay = seconds }
    for name, value in pairs(more) do
      fault[name] = value
    end
    control("POST", "faults", fault)
  end

  local function run(job, workers, allowed)
    return nginx.run {
      jobs = "spec.support.nginx_shared", job = job, workers = workers or WORKERS, seconds = 30,
      allowed = allowed,
      http = (HTTP:gsub("@url@", emulator.url)),
    }
  end

  local function lines_of(text)
    local said = {}
    for name, outcome in (text .. "\n"):gmatch("([^\n]-): ([^\n]*)\n") do
      said[name] = outcome
    end
    return said
  end

  setup(function()
    emulator = hosts.start("--no-throttle")
  end)

  teardown(function()
    emulator:stop()
  end)

  before_each(function()
    control("POST", "reset")
  end)

  it("is fetched once for two hundred first callers, from STS", function()
    -- Longer than a lock lasts that nobody holds.
    delay("sts", "AssumeRole", 4, { count = 1 })
    assert.same({ "50", "50", "50", "50" }, run "assume_role")
    assert.same({ AssumeRole = 1 }, calls "sts")
  end)

  it("is fetched once for two hundred first callers, from the metadata service", function()
    delay("imds", "PutToken", 0.6, { count = 1 })
    assert.same({ "50", "50", "50", "50" }, run "imds")
    assert.same({ PutToken = 1, GetRole = 1, GetCredentials = 1 }, calls "imds")
  end)

  it("is fetched by another worker where the one that does is killed", function()
    delay("sts", "AssumeRole", 60, { count = 1 })
    assert.same({ "50", "50", "50", "50" }, run("killed", WORKERS, { "exited on signal 9" }))
    assert.same({ AssumeRole = 2 }, calls "sts")
  end)

  it("is renewed by one, while the others go on with what there is", function()
    control("POST", "credentials", { lifetime = 4 })
    delay("sts", "AssumeRole", 1, { every = 1, offset = 1 })
    for _, text in ipairs(run "renewed") do
      local longest, said = text:match("^(%S+) (.*)$")
      assert.equal("", said)
      assert.truthy(tonumber(longest) < 0.9, longest)
    end
    -- One every two seconds and the second that it takes; each worker would make as many.
    local count = calls("sts").AssumeRole
    assert.truthy(count >= 3 and count <= 6, count)
  end)

  it("is renewed though nobody calls", function()
    control("POST", "credentials", { lifetime = 4 })
    run "idle"
    local count = calls("sts").AssumeRole
    assert.truthy(count >= 2 and count <= 4, count)
  end)

  it("is checked when it is read, and fetched anew where it is no good", function()
    local said = lines_of(run("outcomes", 1, { "they cannot be stored, and each worker",
      "they could not be renewed" })[1])
    local expected = {
      fetched = 'AKID1 t/"1 1', taken = "AKID1 1", ["of another name"] = "AKID1 2",
      refused = "AKID2 2", ["refused before"] = "AKID2 2",
      ["renewal failed"] = "AKID1 true",
      ["nothing left"] = "nil ProviderError the credentials provider has no credentials:"
        .. " nothing today",
      due = "AKID1 true AKID1", renewed = "AKID2 2",
      locked = "AKID2 true 2", full = "AKID1 AKID2 2",
    }
    for i = 1, 10 do
      expected["garbage " .. i] = "true 1"
    end
    assert.same(expected, said)
  end)

  it("is what the option stands for", function()
    local dict = "nginx has no shared dictionary 'no_such': its configuration needs"
      .. " \"lua_shared_dict no_such 1m;\" in the block http"
    assert.equal(table.concat({
      "static 0 1", "environment 0", "a store of its own 1", "roles 2", "a function 1 2",
      "none nil ses: NoDictionary: the option shared: " .. dict, "wrapped " .. dict,
      "misuse ses.resty.credentials: provider: is missing",
      "misuse ses.resty.credentials: provider: expected a provider of ses.credentials, got table",
    }, "\n"), run("option", 1)[1])
  end)
end)
