--- A set of credentials that is kept for as long as it is good, and fetched anew
--- before it ends: once, however many callers there are.
local errors = require "ses.error"
local protect = require "ses.protect"

local M = {}

-- All in seconds.
local EARLY = 300 -- before a set ends, another is fetched ...
local JITTER = 60 -- ... and up to so much earlier, not by all machines at once
local LIMIT = 30 -- of a fetch
local POLL = 0.02 -- where the transport has nothing to wait by
local LEAST_PAUSE, MOST_PAUSE = 1, 60 -- after a fetch that failed, while a set is good ...
local MOST_PAUSE_WITHOUT = 5 -- ... and while none is

---@class ses.CredentialsState what is known of one provider
---@field set ses.CredentialsSet|nil the last that was fetched
---@field renew_at number|nil when another is due, in seconds since the epoch
---@field fetch ses.CredentialsContext|nil of the one that is under way, until its end; with a
---  cond that is signalled then, where the transport has them
---@field err ses.Error|nil of the last fetch, where it failed
---@field failures integer in a row
---@field fetched_at number|nil when the set came, on the transport's clock
---@field good_until number|nil until when the set serves, in seconds since the epoch
---@field not_before number|nil when the next fetch may begin, on the transport's clock

--- Nothing fetched yet.
---@return ses.CredentialsState
function M.new()
  return { failures = 0 }
end

local function early_by(transport)
  return EARLY + JITTER * transport:random()
end

--- When a set that ends is to be fetched anew. One that ends soon is kept for half
--- of what it has.
---@param expires number seconds since the epoch, ahead
---@param transport ses.Transport
---@return number seconds since the epoch
function M.renewal(expires, transport)
  local time = transport:time()
  return math.max(expires - early_by(transport), time + (expires - time) / 2)
end

local function keep(state, set, transport)
  local now, time = transport:now(), transport:time()
  local expires = set.expires
  state.set, state.err, state.failures, state.not_before = set, nil, 0, nil
  state.fetched_at, state.good_until = now, expires or math.huge
  if not expires then
    state.renew_at = math.huge
  elseif expires > time then
    state.renew_at = set.renew_at or M.renewal(expires, transport)
  else
    -- What has ended already comes from a source that cannot renew it just now,
    -- and takes it all the same.
    local kept_until = time + early_by(transport)
    state.renew_at, state.good_until = kept_until, kept_until
  end
end

local function fail(state, err, transport, is_cut_short)
  local now, left = transport:now(), (state.good_until or 0) - transport:time()
  local jitter = 0.5 + transport:random() / 2
  state.err = err
  -- One caller's haste says nothing of what others would get, but that they need
  -- not try it one after another while they have something to sign with.
  if is_cut_short then
    state.not_before = left > 0 and now + math.min(LEAST_PAUSE, left) * jitter or nil
    return
  end
  state.failures = state.failures + 1
  local most = left > 0 and math.min(MOST_PAUSE, left) or MOST_PAUSE_WITHOUT
  state.not_before = now + math.min(LEAST_PAUSE * 2 ^ (state.failures - 1), most) * jitter
end

-- Errors are told to several callers, and each says of its own what it was for.
local function again(err)
  local fields = {}
  local name, value = next(err)
  while name ~= nil do
    fields[name] = value
    name, value = next(err, name)
  end
  return errors.new("credentials", fields)
end

-- Where the transport can send nothing from here, none is fetched, nor waited for.
local function obstructed(transport)
  local failure = transport.obstacle and transport:obstacle()
  return failure and errors.new("credentials", {
    code = failure.code, message = "no credentials could be fetched: " .. failure.message,
  })
end

-- Says that a fetch is under way, and makes what it fetches with. Whoever may
-- fetch has seen that there is none, and nothing has yielded since.
---@return ses.CredentialsContext
local function claim(state, ctx, now, ends, refused)
  local transport = ctx.transport
  local under_way = {
    transport = transport, settings = ctx.settings, lookup = ctx.lookup,
    ends = math.min(now + LIMIT, ends or math.huge), refused = refused,
    cond = transport.cond and transport:cond(),
  }
  state.fetch = under_way
  return under_way
end

---@return ses.Error|nil
local function fetch(state, fn, under_way, ends)
  local transport = under_way.transport
  local ok, set, err = protect(fn, under_way)
  if not ok then
    set, err = nil, errors.new("credentials", {
      code = "ProviderError", cause = set,
      message = "the credentials provider raised an error: " .. errors.in_words(set),
    })
  end
  if set then
    keep(state, set, transport)
  else
    fail(state, err, transport, under_way.ends == ends and transport:now() >= ends)
  end
  -- One that took too long may have been replaced by then.
  if state.fetch == under_way then
    state.fetch = nil
  end
  if under_way.cond then
    under_way.cond:signal()
  end
  return not set and err or nil
end

-- Waits for the fetch of somebody else. Whoever began it may have been stopped
-- in the middle, so not for ever.
local function wait(under_way, transport, now, ends)
  local left = math.min(under_way.ends, ends or math.huge) - now
  if under_way.cond then
    under_way.cond:wait(left)
  else
    transport:sleep(math.min(POLL, left))
  end
end

--- Whether the service said of a set that it has expired.
---@param set ses.CredentialsSet
---@param refused table|nil credentials of which it said so
---@return boolean
function M.is_refused(set, refused)
  local credentials = set.credentials
  return refused ~= nil and credentials.access_key_id == refused.access_key_id
    and credentials.session_token == refused.session_token
end

local function is_under_way(state, now)
  return state.fetch ~= nil and now < state.fetch.ends
end

-- Whether the set that there is serves, though another is due or was asked for.
local function serves(state, now, time, refused)
  if not state.set or time >= state.good_until then
    return false
  elseif M.is_refused(state.set, refused) then
    -- Others may have been told the same, and have asked already.
    return now - state.fetched_at < LEAST_PAUSE
      or (state.not_before ~= nil and now < state.not_before)
  end
  return time < state.renew_at or is_under_way(state, now)
    or (state.not_before ~= nil and now < state.not_before)
end

-- What the caller gets where no better set is to be had: the last one, if it is
-- good and was not refused.
local function last_resort(state, time, refused)
  if state.set and time < state.good_until and not M.is_refused(state.set, refused) then
    return state.set.credentials
  end
end

-- When a caller must have credentials: where there is a set that will do, in time
-- to use it.
local function latest(state, now, time, refused, ends)
  return ends and last_resort(state, time, refused) and now + (ends - now) / 2 or ends
end

local function timed_out(state)
  return state.err and again(state.err) or errors.new("credentials", {
    code = "CredentialsTimeout", retryable = true,
    message = "the credentials could not be fetched in the time that the call has",
  })
end

--- The credentials, fetched where that is due.
---
--- While the last set is good, it serves: whoever comes while another is being
--- fetched, or after that failed, gets it.
---@param state ses.CredentialsState
---@param ctx {transport: ses.Transport, settings: ses.Settings, lookup: ses.Lookup}
---@param fn fun(ctx: ses.CredentialsContext): ses.CredentialsSet|nil, ses.Error|nil
---@param refused table|nil credentials that the service takes for expired
---@param ends number|nil when the caller's patience is over, on the transport's clock
---@return table|nil credentials
---@return ses.Error|nil
function M.get(state, ctx, fn, refused, ends)
  if state.renew_at == math.huge and not refused then
    return state.set.credentials
  end
  local transport = ctx.transport
  local obstacle = obstructed(transport)
  while true do
    local now, time = transport:now(), transport:time()
    if serves(state, now, time, refused) then
      return state.set.credentials
    elseif obstacle then
      local last = last_resort(state, time, refused)
      return last, not last and obstacle or nil
    elseif ends and now >= ends then
      local last = last_resort(state, time, refused)
      return last, not last and timed_out(state) or nil
    elseif is_under_way(state, now) then
      wait(state.fetch, transport, now, ends)
    elseif state.not_before and now < state.not_before then
      return nil, again(state.err)
    else
      local by = latest(state, now, time, refused, ends)
      local err = fetch(state, fn, claim(state, ctx, now, by, refused), by)
      if err and not serves(state, transport:now(), transport:time(), refused) then
        local last = last_resort(state, transport:time(), refused)
        return last, not last and again(err) or nil
      end
    end
  end
end

return M
