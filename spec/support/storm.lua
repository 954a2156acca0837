-- Uses ses.core while finalizers use it too; run by finalizer_spec in a Lua
-- of its own, whose heap is small enough to be collected all the time.
--
--   lua storm.lua jobs | change | close

local core = require "ses.core"
local jobs = require "spec.support.core_jobs"
local random = require "spec.support.random"

-- Compiled loops of LuaJIT do not end, now and then, when finalizers run all the
-- time, whether or not any of this library is loaded.
local jit = rawget(_G, "jit")
if jit then jit.off() end

local newproxy = rawget(_G, "newproxy") -- 5.1 has no finalizers of tables
local kept

-- Makes an object whose finalizer calls f.
local function once(f, keep)
  local object
  if newproxy then
    object = newproxy(true)
    getmetatable(object).__gc = f
  else
    object = setmetatable({}, { __gc = f })
  end
  if keep then kept = { kept, object } end
end

local ENOUGH, ROUNDS = 10000, 5000

-- Runs a function again and again while f runs at every turn of the collector,
-- until f has run often; returns how often it did.
local function storm(f, run)
  local calls, inside, over = 0, false, false
  local function collected()
    if over then return end
    if not inside then
      inside, calls = true, calls + 1
      f()
      inside = false
    end
    once(collected)
  end
  once(collected)
  collectgarbage("setpause", 0)
  collectgarbage("setstepmul", 1000)
  local round = 0
  while calls < ENOUGH and round < ROUNDS do
    round = round + 1
    run()
  end
  over = true
  return calls
end

local actions = {}

-- Every job while every job is done.
function actions.jobs()
  local wanted, turn, wrong = jobs.outcomes(), 0, 0
  local function try(i)
    if jobs.dump(jobs.list[i]()) ~= wanted[i] then wrong = wrong + 1 end
  end
  local calls = storm(function()
    turn = turn % #jobs.list + 1
    try(turn)
  end, function()
    for i = 1, #jobs.list do try(i) end
  end)
  return ("%d wrong, %s"):format(wrong, calls >= ENOUGH and "often" or calls .. " times")
end

-- Encoding while the params change.
function actions.change()
  local r, params, others = random.new(7), nil,
    { false, 5, "text", {}, { 1, 2 }, { a = 1 }, { {} } }
  local function fresh()
    return { ResourceArn = "a", TagKeys = { "k", "l" }, Source = "s", Tags = { { Name = "n" } },
             Destination = { ToAddresses = { "a", "b" } }, roleName = "r", accountId = "a",
             accessToken = "t", Message = { Subject = { Data = "d" }, Body = {} } }
  end
  local function change()
    local name = r:pick { "TagKeys", "Source", "Destination", "Tags", "Message", "ResourceArn",
                          "roleName", "accessToken" }
    params[name] = r:pick(others)
    if type(params.Message) == "table" then params.Message.Body = r:pick(others) end
    if type(params.TagKeys) == "table" then params.TagKeys[2] = nil end
  end
  local handles = { core.handle("ses", "SendEmail"), core.handle("sesv2", "UntagResource"),
                    core.handle("sso", "GetRoleCredentials") }
  local raised = {}
  params = fresh()
  storm(change, function()
    params = fresh()
    for _, handle in ipairs(handles) do
      local ok, message = pcall(core.encode, handle, params)
      if not ok then raised[#raised + 1] = tostring(message) end
    end
  end)
  for _, message in ipairs(raised) do
    if not message:find("params changed while they were encoded", 1, true)
        and not message:find("'next'", 1, true) then
      return message
    end
  end
  return "survived"
end

-- Every job when the state closes, whatever has gone before.
function actions.close()
  jobs.outcomes()
  for _ = 1, 20 do
    once(function()
      for _, job in ipairs(jobs.list) do pcall(job) end
      pcall(core.sha256, "x")
    end, true)
  end
  return "closing"
end

print(actions[arg[1]]())
