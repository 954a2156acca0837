-- What clients do on every transport, as cases that run in busted or wherever the
-- transport lives: against the emulator over HTTP with libcurl and in nginx, and
-- against one in process.
--
-- Each part is a function that gets busted's describe and it, or others that do
-- as they do, and what it is about:
--   given.transport  the transport, a new one for each case
--   given.url        where the emulator is, over connections of this case alone
--   given.ask(method, target, body)
--                    asks the emulator's control plane: the body of its answer
--   given.server     see spec.support.http_server
-- and what M.equip makes of that.

local assert = require "luassert"
local cases = require "spec.support.cases"
local json = require "ses.emulator.json"
local ses = require "ses"

local M = {}

--- AWS's published example, which the emulator knows.
M.PAIR = { access_key_id = "AKIDEXAMPLE",
           secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

M.define = cases.parts("spec.support.client", {
  "operations", "sends", "retries", "times", "pacing", "pages", "waiters", "batches", "journals",
  "hooks", "credentials", "clock", "connections", "close",
})

local NGINX_YIELDS = "nginx runs a light thread that yields again by itself, so that it loses"
  .. " nothing"
local IN_PROCESS = "nothing is connected to in process"

-- What a transport cannot do: the cases, each with what it comes to there and the
-- reason for it. All of them are tried, so that none stays here that has become possible.
M.EXCEPTIONS = {
  curl = {},
  resty = {
    ["connections are trusted by the client's own certificates"] = {
      "CABundle", "nginx's Lua module takes the certificates from its configuration only" },
    ["batches ses.batch.map gives an item that yields to nobody an error of its own"] = {
      "Expected", NGINX_YIELDS },
    ["journals send nothing twice where something yields to nobody"] = {
      "Expected", NGINX_YIELDS },
    ["journals stop where something yields to nobody, and leave the others queued"] = {
      "Expected", NGINX_YIELDS },
  },
  emulator = {
    ["times limit the silence of a server"] = { "Expected", "time passes there in one piece" },
    ["connections of a client are verified"] = { "there is a result", IN_PROCESS },
    ["connections are trusted by the client's own certificates"] = {
      "there is a result", IN_PROCESS },
    ["connections of a client go by its proxy"] = { "there is a result", IN_PROCESS },
    ["connections that were kept and had gone are replaced at once"] = { "Expected", IN_PROCESS },
    ["close of a transport raises of what comes later"] = { "Expected", IN_PROCESS },
  },
}

--- The cases for a transport, its exceptions turned into cases that show that they
--- are some.
---@param transport "curl"|"resty"|"emulator"
---@param given table may be empty until they run
---@return {name: string, run: fun()}[]
function M.list(transport, given)
  local list, left = cases.list(M.define, given), {}
  for name, exception in pairs(M.EXCEPTIONS[transport]) do
    left[name] = exception
  end
  for _, case in ipairs(list) do
    local exception, run = left[case.name], case.run
    left[case.name] = nil
    if exception then
      case.run = function()
        local ok, problem = pcall(run)
        assert.is_false(ok, "it is possible by now, and no exception any more")
        assert.truthy(cases.words(problem):find(exception[1], 1, true), cases.words(problem))
      end
    end
  end
  assert.is_nil(next(left), "no case is called: " .. tostring(next(left)))
  return list
end

--- Adds what the cases are written with.
---@param given table
---@return table given
function M.equip(given)
  local function environment(name)
    return name:find("^AWS_ENDPOINT_URL_") and given.url or nil
  end

  --- A client of the emulator, whose calls are made once and not held back.
  ---@param service string
  ---@param options table|nil of ses.client, in place of these
  ---@return table client
  function given.client(service, options)
    local all = { transport = given.transport, endpoint = given.url, region = "us-east-1",
                  rate = false, retry = { mode = "off" }, credentials = M.PAIR }
    for name, value in pairs(options or {}) do
      all[name] = value
    end
    return ses.check(ses.client(service, all, environment))
  end

  --- The same for each API.
  function given.clients(options)
    return given.client("ses", options), given.client("sesv2", options)
  end

  --- Calls the control plane of the emulator.
  ---@param method string
  ---@param name string "identities"
  ---@param body table|nil
  ---@return table
  function given.control(method, name, body)
    if body and body[1] then
      body = json.array(body)
    end
    return json.decode(given.ask(method, "/_emulator/" .. name, body and json.encode(body)))
  end

  --- Has calls meet faults: one, or a list.
  function given.faults(...)
    given.control("POST", "faults", { ... })
  end

  --- The subjects of the mails that were sent, in order.
  function given.subjects()
    local subjects = {}
    for i, mail in ipairs(given.control("GET", "mailbox").messages) do
      subjects[i] = mail.subject
    end
    return subjects
  end

  --- Makes a verified domain that mail can be sent from.
  function given.domain(name)
    ses.check(given.client("sesv2"):create_email_identity {
      EmailIdentity = name or "example.com" })
  end

  --- Makes the backoff of calls as short as it can be.
  function given.hurry()
    function given.transport:random() -- luacheck: no self
      return 0
    end
  end

  --- Seconds by which libraries and clocks round.
  given.ROUNDED = 0.002

  --- Calls a function, which takes so many seconds at least.
  function given.takes(seconds, fn)
    local started = given.transport:now()
    fn()
    local took = given.transport:now() - started
    assert.is_true(took >= seconds - given.ROUNDED, took)
  end

  --- Forgets what the emulator knows.
  function given.reset()
    given.control("POST", "reset")
  end

  return given
end

--- Parameters of SendEmail of API v2.
---@param subject string
---@param more table|nil further members
---@return table
function M.message(subject, more)
  local params = {
    FromEmailAddress = "shop@example.com", Destination = { ToAddresses = { "c@example.org" } },
    Content = { Simple = { Subject = { Data = subject }, Body = { Text = { Data = "Hello" } } } },
  }
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return params
end

--- Shows that a call failed.
---@param code string
---@param kind string
---@return table err
function M.failed(code, kind, result, err)
  assert.is_nil(result)
  assert.same({ code, kind }, { err.code, err.kind }, tostring(err))
  return err
end

return M
