-- Requests that have calls made later; the handlers of spec/nginx/later_spec.lua.
--
-- What happens is noted in the dictionary `noted`, which outlives workers.

local ngx = require "ngx"
local resty = require "ses.resty.transport"
local ses = require "ses"

local M = {}

local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

local noted = ngx.shared.noted

local file

local function note(list, text)
  if file then
    file:write(list == "logged" and text or list .. " " .. text, "\n")
    file:flush()
  else
    assert(noted:rpush(list, text))
  end
end

local clients, most, timers = {}, 0, {}

local function on_exit(jobs)
  for _, job in ipairs(jobs) do
    assert(job.operation == "SendEmail")
    note("handed", job.params.Message.Subject.Data)
  end
end

local LATER = {
  default = {},
  small = { queue_size = 5, concurrency = 1 },
  handing = { queue_size = 100, exit_timeout = 0.5, concurrency = 4, on_exit = on_exit },
  raising = { exit_timeout = 0, concurrency = 4, on_exit = function() error("no room") end },
  losing = { exit_timeout = 0, concurrency = 4 },
  patient = { exit_timeout = 60, concurrency = 4 },
  paced = { exit_timeout = 0.5, concurrency = 4, on_exit = on_exit },
}

local function client_of(name)
  if not clients[name] then
    clients[name] = ses.check(ses.client("ses", {
      transport = resty.new(), region = "us-east-1", endpoint = M.url,
      credentials = PAIR, later = assert(LATER[name], name),
      rate = name == "paced" and { max_send_rate = 2 } or false, retry = { mode = "off" },
      hooks = { before = function()
        local client = clients[name]
        most = math.max(most, client and client:later_stats().running or 0)
      end },
      log = function(level, message)
        if level == "warn" or level == "error" then
          note("logged", level .. " " .. message)
        end
      end,
    }))
  end
  return clients[name]
end

local function mail(subject)
  return {
    Source = "a@example.com", Destination = { ToAddresses = { "b@example.com" } },
    Message = { Subject = { Data = subject }, Body = { Text = { Data = "x" } } },
  }
end

--- Has a mail sent later, with a subject, and notes what came of asking for that.
---@param subject string
function M.send(subject)
  local ok, err = client_of("default"):later("SendEmail", mail(subject))
  note("asked", subject .. ": " .. tostring(ok or err))
end

--- For init_by_lua.
---@param url string the emulator's
function M.init(url)
  M.url = url
  M.send("init")
end

-- What the tests call: /run?job=name.
local jobs = {}

-- The mails 1 to n, in one go.
local function send_many(client, n, callback)
  local answers = {}
  for i = 1, n do
    local ok, err = client:later("SendEmail", mail(tostring(i)), callback)
    answers[i] = ok and "ok" or err.code
  end
  return table.concat(answers, " ")
end

function jobs.many(args)
  return send_many(client_of(args.client), tonumber(args.n), args.count and function()
    timers[ngx.ctx] = (timers[ngx.ctx] or 0) + 1
  end)
end

-- In how many timers calls were made, the most in one, and the most at a time.
function jobs.timers()
  local count, longest = 0, 0
  for _, calls in pairs(timers) do
    count, longest = count + 1, math.max(longest, calls)
  end
  return ("%d %d %d"):format(count, longest, most)
end

function jobs.stats(args)
  local stats = client_of(args.client):later_stats()
  return ("%d queued, %d running, %d done, %d failed, %d handed back, %d dropped"):format(
    stats.queued, stats.running, stats.done, stats.failed, stats.handed_back, stats.dropped)
end

function jobs.changed()
  local params = mail("kept")
  assert(client_of("default"):later("SendEmail", params))
  params.Message.Subject.Data, params.Source = "changed", nil
  return "done"
end

function jobs.invalid()
  local client = client_of("default")
  local before = client:later_stats().dropped
  local ok, err = client:later("SendEmail", { Source = "a@example.com" })
  return ("%s %s %s %d %d"):format(tostring(ok), err.kind, err.operation, #err.details,
    client:later_stats().dropped - before)
end

-- Callbacks: what they get, and one that raises.
function jobs.callbacks()
  local client = client_of("default")
  assert(client:later("SendEmail", mail("told"), function(result, err)
    note("callbacks", tostring(type(result.MessageId)) .. " " .. tostring(err) .. " "
      .. ngx.get_phase())
  end))
  assert(client:later("GetSendQuota", nil, function(result)
    ngx.sleep(0.01)
    note("callbacks", tostring(result.Max24HourSend ~= nil) .. " after a sleep")
    error("oh no")
  end))
  assert(client:later("GetTemplate", { TemplateName = "none" }, function(result, err)
    note("callbacks", tostring(result) .. " " .. err.code)
  end))
  assert(client:later("GetTemplate", { TemplateName = "none" }))
  return "done"
end

-- Timers that sleep, as many as may run and one more than that.
function jobs.block(args)
  for _ = 1, tonumber(args.n) do
    assert(ngx.timer.at(0, function() ngx.sleep(1) end))
  end
  return "done"
end

function jobs.close()
  local client = client_of("default")
  assert(client:later("SendEmail", mail("after close")))
  client:close()
  clients.default = nil
  return select(2, pcall(client.later, client, "GetSendQuota"))
end

-- A request that goes on while its worker is to end.
function jobs.exiting()
  local client = client_of("handing")
  while not ngx.worker.exiting() do
    ngx.sleep(0.01)
  end
  local answers = {}
  for i, subject in ipairs { "in time", "too late" } do
    local ok, err = client:later("SendEmail", mail(subject))
    answers[i] = ok and "ok" or err.code
    ngx.sleep(1)
  end
  return require("cjson").encode(answers)
end

-- From now on, what happens is noted in a file.
function jobs.keep(args)
  file = assert(io.open(args.file, "w"))
  return "done"
end

-- What was noted in a list, one a line.
function jobs.noted(args)
  local lines = {}
  for i = 1, noted:llen(args.list) do
    local line = noted:lpop(args.list)
    lines[i] = line
    noted:rpush(args.list, line)
  end
  return table.concat(lines, "\n")
end

function jobs.pid()
  return tostring(ngx.worker.pid())
end

--- The content of /run.
function M.run()
  local args = ngx.req.get_uri_args()
  ngx.print(jobs[args.job](args))
end

return M
