--- Credentials that all workers of nginx share, through a shared dictionary: one
--- of them fetches, for all.
---
---     lua_shared_dict ses 1m;
---
---     local provider = assert(require("ses.resty.credentials").new {
---       dict = "ses", name = "mailer", provider = ses.credentials.assume_role { ... },
---     })
---
--- The client's option `shared` does the same for the providers of
--- ses.credentials; see ses.resty.shared.
---
--- A timer fetches, under a lock in the dictionary, and again before what there is
--- ends; the others take it from the dictionary. Nobody waits for that who has a set
--- that is good; who has none sleeps in short steps. A worker that dies leaves its
--- lock to end by itself, within seconds.
---
--- The keys are in the dictionary as they are: every script of this nginx can read
--- them. They are put there only if they end. A reload of nginx leaves them there:
--- what a changed file of AWS's says counts from the next fetch on.
local core = require "ses.core"
local cjson = require "cjson"
local clock = require "ses.resty.clock"
local document = require "ses.credentials.document"
local errors = require "ses.error"
local fault = require "ses.credentials.fault"
local ngx = require "ngx"
local options = require "ses.options"
local protect = require "ses.protect"
local providers = require "ses.credentials.provider"
local refresh = require "ses.credentials.refresh"
local semaphore = require "ngx.semaphore"
local sets = require "ses.credentials.set"

local M = {}

-- All in seconds.
local LIMIT = 30 -- of a fetch
local LOCK_TTL = 3 -- after which the lock of a worker that died is gone
local STEP = 0.05 -- between looks at what another worker fetches
local GRACE = 10 -- the timer that renews a set goes before the callers that find it due
local AGAIN = 1 -- until who has an old set looks for another
local LONGEST_PAUSE = 60 -- after a fetch that failed, while there is a set

-- Another layout has another number, so that versions can run side by side.
local PREFIX = "ses credentials 1 "

---@class ses.SharedCredentials
---@field dict table
---@field name string
---@field provider ses.Provider
---@field flights table<string, table> the fetches of this worker that are under way, by key
local Shared = {}
Shared.__index = Shared

local function warn(self, message)
  ngx.log(ngx.WARN, "ses: credentials in the shared dictionary '", self.dict_name, "': ", message)
end

-- The set in the dictionary, if it is one, and good.
---@return ses.CredentialsSet|nil with renew_at, as whoever fetched it chose that
local function read(self, key, time)
  local text = self.dict:get(key)
  local said = type(text) == "string" and document.json(text)
  if not said or type(said.expires) ~= "number" or type(said.renew_at) ~= "number" then
    return nil
  end
  local set = sets.new("the shared dictionary", said, time)
  if set then
    set.renew_at = said.renew_at
  end
  return set
end

local function write(self, key, set, time)
  local credentials = set.credentials
  local ok, reason = self.dict:safe_set(key, cjson.encode {
    access_key_id = credentials.access_key_id, secret_access_key = credentials.secret_access_key,
    session_token = credentials.session_token, expires = set.expires, renew_at = set.renew_at,
  }, set.expires - time)
  if not ok then
    warn(self, "they cannot be stored, and each worker fetches its own: " .. reason)
  end
  return ok
end

-- As a worker's own cache gets it.
local function as_served(set, renew_at)
  return { credentials = set.credentials, expires = set.expires, renew_at = renew_at }
end

local function when_to_look(set)
  return set.renew_at + math.min(GRACE, (set.expires - set.renew_at) / 4)
end

-- Keeps the lock while its worker lives.
local function hold(self, lock, token)
  while true do
    clock.sleep(LOCK_TTL / 3)
    if self.dict:get(lock) == token then
      self.dict:expire(lock, LOCK_TTL)
    end
  end
end

local function unlock(self, lock, token)
  if self.dict:get(lock) == token then
    self.dict:delete(lock)
  end
end

local begin

-- Renews the set that is due at a time, unless another worker has.
local function renew(premature, self, key, ctx, renew_at)
  local set = not premature and read(self, key, ctx.transport:time())
  if set and set.renew_at == renew_at then
    begin(self, key, ctx)
  end
end

local function renew_in(seconds, self, key, ctx, renew_at)
  local ok, reason = ngx.timer.at(math.max(seconds, 0), renew, self, key, ctx, renew_at)
  if not ok and not ngx.worker.exiting() then
    warn(self, "no timer renews them: " .. reason)
  end
end

local function succeeded(self, key, ctx, set)
  local time = ctx.transport:time()
  if not set.expires or set.expires <= time then
    return
  end
  -- In milliseconds, so that what comes out of the dictionary is equal to it.
  set.renew_at = math.floor(refresh.renewal(set.expires, ctx.transport) * 1000) / 1000
  if write(self, key, set, time) then
    renew_in(set.renew_at - time, self, key, ctx, set.renew_at)
  end
  set.renew_at = when_to_look(set)
end

local function failed(self, key, ctx, err)
  local time = ctx.transport:time()
  local set = read(self, key, time)
  if set then
    local pause = math.min(math.max((set.expires - time) / 4, AGAIN), LONGEST_PAUSE)
    self.dict:safe_set(key .. " failed", true, pause * 0.9)
    renew_in(pause, self, key, ctx, set.renew_at)
    warn(self, "they could not be renewed, and are for now what they were: " .. tostring(err))
  end
end

local function run(_, self, key, ctx, flight)
  local lock, token = key .. " lock", flight.token
  local holder = ngx.thread.spawn(hold, self, lock, token)
  local ok, set, err = protect(self.provider.fetch, self.provider, {
    transport = ctx.transport, settings = ctx.settings, lookup = ctx.lookup,
    ends = ctx.transport:now() + LIMIT,
  })
  ngx.thread.kill(holder)
  if not ok then
    set, err = fault.new("ProviderError", "the credentials provider raised an error: "
      .. errors.in_words(set), set)
  end
  if set then
    succeeded(self, key, ctx, set)
  else
    failed(self, key, ctx, err)
  end
  flight.is_done, flight.set, flight.err = true, set, err
  self.flights[key] = nil
  unlock(self, lock, token)
  local waiting = -flight.semaphore:count()
  if waiting > 0 then
    flight.semaphore:post(waiting)
  end
end

-- Starts a fetch, if none is under way in any worker.
---@return table|nil flight
---@return string|nil reason why none could be started
function begin(self, key, ctx)
  if self.flights[key] then
    return nil
  end
  local token = ngx.worker.pid() .. " " .. core.random(8)
  local ok, reason = self.dict:safe_add(key .. " lock", token, LOCK_TTL)
  -- A full dictionary keeps nobody from fetching for himself.
  if not ok and reason == "exists" then
    return nil
  end
  local flight = { token = token, semaphore = assert(semaphore.new()) }
  ok, reason = ngx.timer.at(0, run, self, key, ctx, flight)
  if not ok then
    unlock(self, key .. " lock", token)
    return nil, reason
  end
  self.flights[key] = flight
  return flight
end

-- Waits a while for whoever fetches; for one of this worker, until it ends.
local function wait(flight, left)
  if flight then
    flight.semaphore:wait(math.max(left, 0.001))
  else
    clock.sleep(math.min(STEP, left))
  end
end

-- A set that is good; fetched by a timer where there is none, or it is due.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function Shared:fetch(ctx)
  local key = PREFIX .. core.sha256(self.name .. "\n" .. ctx.settings:key())
  local transport = ctx.transport
  while true do
    local time = transport:time()
    local set = read(self, key, time)
    if set and not refresh.is_refused(set, ctx.refused) then
      if time < when_to_look(set) then
        return as_served(set, when_to_look(set))
      elseif not self.dict:get(key .. " failed") then
        begin(self, key, ctx)
      end
      return as_served(set, time + AGAIN)
    end
    local left = ctx.ends - transport:now()
    if left <= 0 then
      return fault.passing("CredentialsTimeout", "the credentials were not fetched in time, by this"
        .. " worker of nginx or another")
    end
    local flight, reason = begin(self, key, ctx)
    if reason then
      return fault.passing("NoTimer", "nginx starts no timer to fetch the credentials: " .. reason)
    end
    wait(flight or self.flights[key], left)
    if flight and flight.is_done then
      return flight.set, flight.err
    end
  end
end

local text = options.of("string")

local function provider_fault(value)
  return not providers.is_provider(value) and "expected a provider of ses.credentials, got "
    .. type(value) or nil
end

--- A provider that has its credentials from a shared dictionary, and fetches them
--- from another where they are not there. In timers: what needs a request cannot
--- be asked.
---@param given {dict: string, name: string, provider: ses.Provider} dict: the dictionary's name in
---  nginx's configuration; name: tells the provider from others in it, in all workers
---@return ses.Provider|nil
---@return string|nil message
function M.new(given)
  local problem = options.fault(given, { dict = text, name = text, provider = provider_fault })
  for _, name in ipairs { "dict", "name", "provider" } do
    problem = problem or (given[name] == nil and name .. ": is missing") or nil
  end
  if problem then
    error("ses.resty.credentials: " .. problem, 2)
  end
  local dict, message = require("ses.resty.store").dictionary(given.dict)
  if not dict then
    return nil, message
  end
  local shared = setmetatable({
    dict = dict, dict_name = given.dict, name = given.name, provider = given.provider, flights = {},
  }, Shared)
  local function fetch(ctx)
    return shared:fetch(ctx)
  end
  return providers.new("shared", fetch, { fetch = fetch })
end

return M
