-- What the workers of spec/nginx/ratelimit_spec.lua do.

local clock = require "ses.resty.clock"
local contract = require "spec.support.store_contract"
local ngx = require "ngx"
local telling = require "spec.support.lines"
local stores = require "ses.resty.store"

local M = {}

local RATE = 50
local CALLERS = 8 -- in each worker
local LEAD = 0.5 -- seconds for all workers to get ready

local function store_of(name)
  return assert(stores.new(name))
end

-- The contract, check by check: "name: true", or what went wrong.
function M.contract()
  local lines = {}
  for i, check in ipairs(contract) do
    ngx.shared.limits:flush_all()
    local ok, message = pcall(check.run, store_of("limits"))
    lines[i] = check.name .. ": " .. tostring(ok and ok or message)
  end
  return table.concat(lines, "\n")
end

-- Lets callers take slots for some seconds, all workers from the same time on;
-- returns that time, and each slot with the time at which its caller woke up.
local function load_for(seconds)
  local store, shared = store_of("limits"), ngx.shared.limits
  shared:add("begin", clock.now() + LEAD)
  local begin = shared:get("begin")
  local lines, threads = { ("begin %.9f"):format(begin) }, {}
  for i = 1, CALLERS do
    threads[i] = ngx.thread.spawn(function()
      clock.sleep(begin - clock.now())
      while true do
        local now = clock.now()
        local wait = assert(store:reserve("k", 1 / RATE, 1, now, math.huge))
        clock.sleep(wait)
        lines[#lines + 1] = ("%.9f %.9f"):format(now + wait, clock.now())
        if now + wait > begin + seconds then
          return
        end
      end
    end)
  end
  for _, thread in ipairs(threads) do
    assert(ngx.thread.wait(thread))
  end
  return table.concat(lines, "\n")
end

-- A limit that was last used a minute ago, and then to the full.
local function leave_idle()
  local store = store_of("limits")
  if ngx.shared.limits:add("idle", true) then
    for _ = 1, 100 do
      store:reserve("k", 1 / RATE, 1, clock.now() - 62, math.huge)
    end
  end
end

function M.share_briefly()
  return load_for(3)
end

function M.share_after_idle()
  leave_idle()
  return load_for(3)
end

function M.share_long()
  return load_for(30)
end

-- Slots that were lost or given twice while all workers did nothing but
-- reserve: "count" and "tat", of which the one follows from the other.
function M.contend()
  local store, shared = store_of("limits"), ngx.shared.limits
  shared:add("begin", clock.now() + LEAD)
  clock.sleep(shared:get("begin") - clock.now())
  local seen = {}
  for i = 1, 5000 do
    seen[i] = ("%.3f"):format(assert(store:reserve("k", 1, 1, 1000, math.huge)))
  end
  return table.concat(seen, "\n")
end

-- Each line is a name and what a store said.
function M.failures()
  local lines, say = telling()

  say("none", stores.new("no_such"))

  local store, dict = store_of("limits"), ngx.shared.limits
  dict:set("ses state k", "no state")
  say("foreign reserve", store:reserve("k", 1, 1, 1000, math.huge))
  say("foreign peek", store:peek("k", 1000))
  say("foreign slow", store:slow("k", 1, 1000))
  say("foreign kept", dict:get("ses state k"))
  dict:set("ses number k", "no number")
  say("foreign get", store:get("k"))
  dict:flush_all()

  dict:set("ses lock k", 1)
  say("held reserve", store:reserve("k", 1, 1, 1000, math.huge))
  say("held slow", store:slow("k", 1, 1000))
  say("held still", dict:get("ses lock k"))
  say("held other", store:reserve("other", 1, 1, 1000, math.huge))
  dict:set("ses lock k", 1, 0.05)
  say("died reserve", store:reserve("k", 1, 1, 1000, math.huge))
  say("released", dict:get("ses lock k"))

  local tiny = store_of("tiny")
  tiny:reserve("old", 1, 1, 1000, math.huge)
  -- nginx has pages for entries of each size.
  for _, size in ipairs { 500, 200, 100, 50, 20, 5, 1 } do
    local i = 0
    repeat
      i = i + 1
      local ok = ngx.shared.tiny:safe_set(size .. " " .. i, ("x"):rep(size))
    until not ok
  end
  local count = #ngx.shared.tiny:get_keys(0)
  say("full reserve", tiny:reserve("new", 1, 1, 1000, math.huge))
  say("full slow", tiny:slow("new", 1, 1000))
  say("full set", tiny:set("new", 5))
  say("full kept", #ngx.shared.tiny:get_keys(0) == count, tiny:peek("old", 1000))
  return table.concat(lines, "\n")
end

return M
