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

local function client_of(port, credentials)
  return ses.check(ses.client("ses", {
    region = "us-east-1", rate = false, endpoint = "http://127.0.0.1:" .. port,
    credentials = credentials,
  }))
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

-- Tries all that waits; what it raises is said as well.
local function attempt(port)
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
  local ok, found = pcall(attempt, port)
  said[name] = ok and found or { raised = tostring(found) }
end

--- The recipe: the same, in a timer.
---@param port integer
function M.try_in_timer(port)
  assert(ngx.timer.at(0, function()
    M.try("timer", port)
  end))
end

--- What came of all.
function M.said()
  ngx.print(cjson.encode(said))
end

return M
