-- What ses does in each of nginx's phases; the handlers of spec/nginx/phases_spec.lua.

local cjson = require "cjson"
local ngx = require "ngx"
local ses = require "ses"
local transports = require "ses.transport"

local M = {}

local said = {}

local function described(result, err)
  return result and "ok" or ("%s %s: %s"):format(err.kind, err.code, err.message)
end

local function client_of(port, credentials, shared)
  local url = "http://127.0.0.1:" .. port
  return ses.check(ses.client("ses", {
    region = "us-east-1", rate = false, endpoint = url, credentials = credentials,
    shared = shared,
  }, function(name)
    return name == "AWS_ENDPOINT_URL_STS" and url or nil
  end))
end

local STATIC = { access_key_id = "AKIDEXAMPLE",
                 secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

local fetching

-- One whose credentials must be fetched, for all phases.
local function client_that_fetches(port)
  fetching = fetching or client_of(port, ses.credentials.imds {
    endpoint = "http://127.0.0.1:" .. port,
  })
  return fetching
end

-- The first call of a client that is made here, whose credentials must be fetched
-- for it alone.
local function first_call(port, phase, shared)
  local client = client_of(port, ses.credentials.assume_role {
    role_arn = "arn:aws:iam::123456789012:role/" .. phase .. (shared or ""), source = STATIC,
  }, shared)
  return client:get_send_quota({})
end

-- What is more than a call.
local function around_calls(port, phase, found)
  found.first = described(first_call(port, phase))
  found.first_shared = described(first_call(port, phase, "shared"))
  local client = client_of(port, STATIC)
  found.wait = described(client:wait("identity_exists", { Identities = { "example.com" } },
    { timeout = 0.1, delay = 0.1 }))
  found.pages = described(client:pages("ListIdentities"):next())
  local outcomes = ses.batch.map(client, { 1, 2 }, {}, function()
    return client:get_send_quota({})
  end)
  found.batch = described(outcomes[2].result, outcomes[2].err)
end

-- Tries all that waits; what it raises is said as well.
local function attempt(port, phase)
  local transport = transports.default()
  local begun = transport:now()
  local found = {}
  found.send = described(transport:send({
    method = "GET", url = "http://127.0.0.1:" .. port .. "/", headers = {},
  }, begun + 5))
  local quota, err = client_of(port, STATIC):get_send_quota({})
  found.call, found.attempts = described(quota, err), err and err.attempts
  found.dry = described(client_that_fetches(port):get_send_quota({}, { dry_run = true }))
  found.fetch = described(client_that_fetches(port):get_send_quota({}))
  around_calls(port, phase, found)
  transport:sleep(0.01)
  transport:cond():wait(0.01)
  local calls = 0
  assert(not transport:all(3, 2, function()
    calls = calls + 1
  end))
  transport:spawn(function()
    calls = calls + 1
  end)
  found.calls = calls
  found.run = described(transport:run({ "true" }, { deadline = transport:now() + 5 }))
  found.took = transport:now() - begun
  return found
end

--- Tries it in the phase that this is called in.
---@param name string the phase
---@param port integer of an emulator
function M.try(name, port)
  local ok, found = pcall(attempt, port, name)
  said[name] = ok and found or { raised = tostring(found) }
end

--- The recipe: the same, in a timer.
---@param port integer
function M.try_in_timer(port)
  assert(ngx.timer.at(0, function()
    M.try("timer", port)
  end))
end

--- The same where the worker ends, and leaves it to the next one to say what came of it.
---@param port integer
function M.try_at_exit(port)
  M.try("exit_worker", port)
  ngx.shared.said:set("exit_worker", cjson.encode(said.exit_worker))
end

--- What came of all.
function M.said()
  local at_exit = ngx.shared.said:get("exit_worker")
  said.exit_worker = at_exit and cjson.decode(at_exit) or nil
  ngx.print(cjson.encode(said))
end

return M
