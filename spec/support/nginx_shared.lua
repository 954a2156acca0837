-- What the workers of spec/nginx/shared_spec.lua do.

local clock = require "ses.resty.clock"
local config = require "ses.config"
local ngx = require "ngx"
local telling = require "spec.support.lines"
local resty = require "ses.resty.transport"
local ses = require "ses"
local shared_credentials = require "ses.resty.credentials"

local M = {}

local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
local ARN = "arn:aws:iam::123456789012:role/mailer"
local CALLERS = 50 -- in each worker

local dict = ngx.shared.ses

local function getenv(name)
  return name == "AWS_ENDPOINT_URL_STS" and M.url or nil
end

local function role()
  return ses.credentials.assume_role { role_arn = ARN, source = PAIR }
end

local function client_of(provider, options)
  local given = { transport = resty.new(), endpoint = M.url, region = "us-east-1",
    rate = false, shared = "ses", credentials = provider }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return ses.client("ses", given, getenv)
end

-- Lets callers call all at once; how many succeeded, and what the others were told.
local function call_at_once(client)
  local threads, good, said = {}, 0, ""
  for i = 1, CALLERS do
    threads[i] = ngx.thread.spawn(function()
      local result, err = client:get_send_quota()
      good = good + (result and 1 or 0)
      said = result and said or tostring(err)
    end)
  end
  for _, thread in ipairs(threads) do
    assert(ngx.thread.wait(thread))
  end
  return good .. said
end

function M.assume_role()
  return call_at_once(assert(client_of(role())))
end

function M.imds()
  return call_at_once(assert(client_of(ses.credentials.imds { endpoint = M.url, timeout = 5 })))
end

local function keys(pattern)
  local found = {}
  for _, key in ipairs(dict:get_keys(0)) do
    if key:find(pattern) then
      found[#found + 1] = key
    end
  end
  table.sort(found)
  return found
end

local SET = "^ses credentials 1 %x+$"

-- Kills the worker that fetches, in the middle; one of the others does.
local function kill_fetcher()
  local lock
  repeat
    clock.sleep(0.01)
    lock = dict:get(keys("^ses credentials 1 %x+ lock$")[1] or "none")
  until lock
  clock.sleep(0.3)
  local pid = tonumber(lock:match("^%d+"))
  if pid ~= ngx.worker.pid() and dict:safe_add("killed", pid) then
    os.execute("kill -KILL " .. pid)
  end
end

function M.killed()
  local client = assert(client_of(role()))
  if not dict:get("killed") then
    ngx.thread.spawn(kill_fetcher)
  end
  return call_at_once(client)
end

-- Calls for a while; how long, the longest call, and what failed.
function M.renewed()
  local client = assert(client_of(role()))
  assert(client:get_send_quota())
  local began, longest, said = clock.now(), 0, ""
  while clock.now() < began + 8 do
    local start = clock.now()
    local result, err = client:get_send_quota()
    longest = math.max(longest, clock.now() - start)
    said = result and said or tostring(err)
    clock.sleep(0.02)
  end
  return longest .. " " .. said
end

-- Nobody calls while the set is renewed.
function M.idle()
  if dict:safe_add("first", true) then
    assert(assert(client_of(role())):get_send_quota())
    clock.sleep(5)
  end
  return "done"
end

-- The provider of a function that counts its calls; each gets other keys.
local function counted(name, options)
  options = options or {}
  local count = 0
  local inner = ses.credentials.refreshing(function()
    count = count + 1
    clock.sleep(options.takes or 0)
    if options.fail and options.fail(count) then
      return nil, "nothing today"
    end
    return { access_key_id = "AKID" .. count, secret_access_key = PAIR.secret_access_key,
             session_token = "t/\"" .. count, expires = ngx.now() + (options.lifetime or 3600) }
  end)
  local provider = assert(shared_credentials.new {
    dict = options.dict or "ses", name = name, provider = inner,
  })
  local settings = assert(config.settings("ses", { region = "us-east-1" }, nil, getenv))
  -- A transport of its own each time: nothing is kept but in the dictionary.
  return function(refused)
    local get = provider:bind(resty.new(), settings)
    return get(refused ~= nil, refused)
  end, function()
    return count
  end
end

-- Lines, each a name and what came of it.
function M.outcomes()
  local lines, say = telling()

  local get, count = counted("first")
  local set = get()
  say("fetched", set.access_key_id, set.session_token, count())
  say("taken", get().access_key_id, count())
  local other = counted("other")
  say("of another name", other().access_key_id, #keys(SET))

  say("refused", get(set).access_key_id, count())
  say("refused before", get(set).access_key_id, count())

  local key = keys(SET)[1]
  local text = dict:get(key)
  dict:flush_all()
  for i, garbage in ipairs {
    "no JSON", "{}", "[]", 5, true, (text:gsub('"expires":[%d.]+', '"expires":5')),
    (text:gsub('"expires":[%d.]+', '"expires":"5"')), (text:gsub('"renew_at":[%d.]+,?', "")),
    (text:gsub('"secret_access_key":"[^"]*"', '"secret_access_key":""')),
    (text:gsub('"access_key_id"', '"AccessKeyId"')),
  } do
    local again, times = counted("garbage")
    if i == 1 then
      again()
      key = keys(SET)[1]
    end
    local before = times()
    dict:set(key, garbage)
    say("garbage " .. i, again().access_key_id ~= nil, times() - before)
  end
  dict:flush_all()

  get, count = counted("failing", { fail = function(n) return n > 1 end, lifetime = 1.2 })
  get()
  clock.sleep(0.8)
  say("renewal failed", get().access_key_id, count() > 1)
  clock.sleep(0.6)
  local none, err = get()
  say("nothing left", none, err.code, err.message)

  -- A set that is due, whose worker died.
  get, count = counted("due", { takes = 0.5 })
  get()
  key = keys(SET)[1]
  dict:set(key, (dict:get(key):gsub('"renew_at":[%d.]+', '"renew_at":5')))
  local asked = clock.now()
  say("due", get().access_key_id, clock.now() - asked < 0.4, get().access_key_id)
  clock.sleep(0.7)
  say("renewed", get().access_key_id, count())
  dict:flush_all()

  -- The lock of a worker that died.
  get, count = counted("locked")
  get()
  key = keys(SET)[1]
  dict:delete(key)
  dict:set(key .. " lock", "another", 0.5)
  local began = clock.now()
  say("locked", get().access_key_id, clock.now() - began > 0.4, count())
  dict:flush_all()

  local tiny = ngx.shared.tiny
  for _, size in ipairs { 2000, 1000, 500, 200, 100, 50, 20, 5, 1 } do
    local i = 0
    repeat
      i = i + 1
    until not tiny:safe_set(size .. " " .. i, ("x"):rep(size))
  end
  get, count = counted("full", { dict = "tiny" })
  say("full", get().access_key_id, get().access_key_id, count())
  return table.concat(lines, "\n")
end

-- What the option makes of a client.
function M.option()
  local lines = {}
  local function say(...)
    lines[#lines + 1] = table.concat({ ... }, " ")
  end
  local static = assert(client_of(PAIR, { rate = {} }))
  assert(static:get_send_quota())
  say("static", #keys(SET), #keys("^ses state call "))
  local environment = assert(ses.client("ses", {
    transport = resty.new(), endpoint = M.url, region = "us-east-1", shared = "ses",
    rate = false,
  }, function(name)
    return ({ AWS_ACCESS_KEY_ID = PAIR.access_key_id,
              AWS_SECRET_ACCESS_KEY = PAIR.secret_access_key })[name]
  end))
  assert(environment:get_send_quota())
  say("environment", #keys(SET))
  local own = { calls = 0 }
  local store = require("ses.ratelimit").memory()
  function own.reserve(_, ...)
    own.calls = own.calls + 1
    return store:reserve(...)
  end
  for _, name in ipairs { "peek", "slow", "get", "set" } do
    own[name] = function(_, ...)
      return store[name](store, ...)
    end
  end
  assert(assert(client_of(PAIR, { rate = { store = own } })):get_send_quota())
  say("a store of its own", own.calls)
  assert(assert(client_of(role())):get_send_quota())
  assert(assert(client_of(ses.credentials.assume_role {
    role_arn = ARN .. "2", source = PAIR,
  })):get_send_quota())
  say("roles", #keys(SET))
  local called = 0
  local mine = ses.credentials.refreshing(function()
    called = called + 1
    return { access_key_id = PAIR.access_key_id, secret_access_key = PAIR.secret_access_key,
             expires = ngx.now() + 3600 }
  end)
  assert(assert(client_of(mine)):get_send_quota())
  say("a function", called, #keys(SET))
  local none, err = client_of(role(), { shared = "no_such" })
  say("none", tostring(none), tostring(err))
  say("wrapped", tostring(select(2, shared_credentials.new {
    dict = "no_such", name = "x", provider = role(),
  })))
  say("misuse", (select(2, pcall(shared_credentials.new, { dict = "ses", name = "x" }))))
  say("misuse", (select(2, pcall(shared_credentials.new, { dict = "ses", provider = {} }))))
  return table.concat(lines, "\n")
end

return M
