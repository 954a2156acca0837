-- What the workers of spec/nginx/soak_spec.lua do: calls, as fast as they can, and a
-- journal of them that outlives a worker.
--
-- A worker's journal is a file of its own. Each line is written at once:
--   B id                              a call begins
--   R id message                      it has a result
--   E id kind code sent ambiguous     it has an error
--   X id                              its request was given up, and it with that
--   H id                              it was handed back, and was never made
--   M calls kilobytes resident        Lua's memory and the worker's, after so many calls
--   T running pending                 nginx's timers, once there is nothing left to do

local jit = require "jit"
local ngx = require "ngx"
local ses = require "ses"

local M = {}

local CHAINS = 16          -- timers that make calls, one after another each
local CALLS_PER_TIMER = 50
local LATER = 4            -- calls that a chain has made later, in each of its timers
local MEASURE = 1000       -- calls between two looks at the memory

local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

-- Longer than what is written while it is not yet known what the answer is.
local LARGE = ("x"):rep(150 * 1024)

local settings, journal
local begun, ended, chains = 0, 0, 0
local v1, v2

local function write(...)
  journal:write(table.concat({ ... }, " ") .. "\n")
end

local function new_id()
  begun = begun + 1
  local id = ngx.worker.pid() .. "x" .. begun
  write("B", id)
  return id
end

local function note(id, result, err)
  ended = ended + 1
  if result then
    return write("R", id, result.MessageId or result.SendQuota and "quota" or "?")
  end
  write("E", id, err.kind, tostring(err.code):gsub("%s", "_"), err.sent or "-",
    tostring(err.ambiguous or false))
end

local function on_exit(jobs)
  for _, job in ipairs(jobs) do
    ended = ended + 1
    write("H", job.params.Content.Simple.Subject.Data:match("soakid(%d+x%d+)y"))
  end
end

local function message(id, text)
  return {
    FromEmailAddress = "a@example.com", Destination = { ToAddresses = { "b@example.org" } },
    Content = { Simple = { Subject = { Data = "soakid" .. id .. "y" },
                           Body = { Text = { Data = text or "Hello" } } } },
  }
end

-- The kinds of calls, by turns: of ten calls five are sends of API v2, two of v1,
-- two reads; one of a hundred is long.
local function make(id, turn)
  if turn % 100 == 99 then
    return v2:send_email(message(id, LARGE))
  elseif turn % 10 < 6 then
    return v2:send_email(message(id))
  elseif turn % 10 < 8 then
    return v1:send_email {
      Source = "a@example.com", Destination = { ToAddresses = { "b@example.org" } },
      Message = message(id).Content.Simple,
    }
  end
  return v2:get_account()
end

local function call(under_way)
  local id = new_id()
  if under_way then
    under_way[id] = true
  end
  local ok, result, err = pcall(make, id, begun)
  if under_way then
    under_way[id] = nil
  end
  if ok then
    note(id, result, err)
  else
    note(id, nil, { kind = "raised", code = result })
  end
end

local function call_later()
  local id = new_id()
  local ok, err = v2:later("SendEmail", message(id), function(result, problem)
    note(id, result, problem)
  end)
  if not ok then
    note(id, nil, err)
  end
end

local function exists(name)
  local file = io.open(settings.folder .. "/" .. name)
  if file then
    file:close()
  end
  return file ~= nil
end

local function resident()
  local file = assert(io.open("/proc/self/statm"))
  local pages = file:read("*a"):match("^%d+ (%d+)")
  file:close()
  return tonumber(pages) * 4
end

-- Without what LuaJIT has compiled, which grows for hundreds of thousands of calls.
local function measure()
  jit.flush()
  collectgarbage()
  collectgarbage()
  write("M", begun, math.floor(collectgarbage("count")), resident())
end

-- What is left of a worker that has nothing to do.
local function report()
  for _ = 1, 600 do
    if begun == ended and ngx.timer.running_count() == 1 then
      break
    end
    ngx.sleep(0.05)
  end
  measure()
  write("T", ngx.timer.running_count(), ngx.timer.pending_count())
end

local measure_at = 0

-- Makes some calls, and goes on with the next timer: what one allocates is freed
-- when it ends.
local function chain(_, number)
  for i = 1, CALLS_PER_TIMER do
    if ngx.worker.exiting() then
      break
    end
    if i <= LATER then
      call_later()
    else
      call()
    end
  end
  if begun >= measure_at then
    measure_at = begun + MEASURE
    measure()
  end
  if not ngx.worker.exiting() and not exists("stop") then
    return assert(ngx.timer.at(0, chain, number))
  end
  chains = chains - 1
  if chains == 0 then
    report()
  end
end

--- Begins, where the worker does.
---@param given {folder: string, url: string, named: string, sts: string} named: a URL with a name
---  that a DNS server must be asked for; sts: where credentials come from
function M.start(given)
  settings = given
  journal = assert(io.open(("%s/journal-%d"):format(given.folder, ngx.worker.pid()), "a"))
  journal:setvbuf("no")
  local options = {
    region = "us-east-1", rate = false, endpoint = given.url, shared = "ses",
    credentials = ses.credentials.assume_role {
      role_arn = "arn:aws:iam::123456789012:role/mailer", source = PAIR,
    },
    timeout = { attempt = 1 },
    later = { queue_size = 100, concurrency = 8, exit_timeout = 0, on_exit = on_exit },
  }
  local function environment(name)
    return name == "AWS_ENDPOINT_URL_STS" and given.sts or nil
  end
  v2 = ses.check(ses.client("sesv2", options, environment))
  options.endpoint = given.named
  v1 = ses.check(ses.client("ses", options, environment))
  chains = CHAINS
  for i = 1, CHAINS do
    assert(ngx.timer.at(0, chain, i))
  end
end

--- Makes calls for a request, all at once; the content of /calls?n=.
function M.serve()
  local under_way = {}
  assert(ngx.on_abort(function()
    for id in pairs(under_way) do
      ended = ended + 1
      write("X", id)
    end
    ngx.exit(499)
  end))
  local threads = {}
  for i = 1, tonumber(ngx.var.arg_n) do
    threads[i] = ngx.thread.spawn(call, under_way)
  end
  for _, thread in ipairs(threads) do
    ngx.thread.wait(thread)
  end
  ngx.print("ok")
end

return M
