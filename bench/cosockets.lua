--- Calls in one nginx worker, and what carries them, against a loop that exchanges
--- the same bytes over nginx's sockets and does nothing else.
---
--- A worker that bench.nginx starts runs this, in a timer. Everybody takes a
--- connection from a pool for each exchange and gives it back; the loop reads the
--- head of an answer by lines, to find how long its body is, as it must.
---
--- The server has a processor of its own. On the worker's, what is woken by each
--- request would interrupt the worker, and the more often the slower that is.
local ffi = require "ffi"
local clock = require "ses.resty.clock"

ffi.cdef [[
int ses_bench_gettime(int clock, long *time) __asm__("clock_gettime");
]]

local PROCESS = 2 -- Linux's clock of the processor time of a process

-- What bench.measure needs of bench.native, which has libcurl in it.
package.loaded["bench.native"] = {
  now = clock.now,
  cpu = function()
    local time = ffi.new("long[2]")
    assert(ffi.C.ses_bench_gettime(PROCESS, time) == 0)
    return tonumber(time[0]) + tonumber(time[1]) * 1e-9
  end,
}

local cjson = require "cjson"
local measure = require "bench.measure"
local ngx = require "ngx"
local requests = require "ses.resty.request"
local routes = require "ses.resty.route"
local samples = require "bench.samples"
local ses = require "ses"
local transports = require "ses.transport"

local M = {}

local URL = require "bench.url" -- of the server; bench.nginx says it

local NAMES = { send = "  ses.resty.transport", call = "  ses.client" }

local RATES = { rounds = 15, slice = 0.1, clock = measure.now }
local PARTS = { rounds = 15, slice = 0.05, clock = measure.cpu }

-- Does a thing n times, in so many light threads.
local function in_threads(in_flight, fn)
  return function(n)
    local left, threads = n, {}
    local function work()
      while left > 0 do
        left = left - 1
        fn()
      end
    end
    for i = 1, math.min(n, in_flight) do
      threads[i] = ngx.thread.spawn(work)
    end
    for i = 1, #threads do
      assert(ngx.thread.wait(threads[i]))
    end
  end
end

-- A call's request, as its transport gets it.
local function request_of(client, sample)
  local signed = ses.check(client:call(sample.operation, sample.params, { dry_run = true }))
  signed.headers["amz-sdk-invocation-id"] = ("0"):rep(36)
  signed.headers["amz-sdk-request"] = "attempt=1; max=3"
  signed.connection = { connect_timeout = 5, verify = true, max_response_bytes = 1048576 }
  return signed
end

-- The bytes of a request.
local function wire_of(signed)
  local first, target = signed.url:match("^(%a+://[^/]*)(.*)$")
  local route = assert(routes.find(routes.settings {}, first))
  return table.concat((assert(requests.format(signed.method, target, signed.headers,
    signed.body or "", route))))
end

local function exchange(host, port, options, wire)
  local socket = ngx.socket.tcp()
  assert(socket:connect(host, port, options))
  assert(socket:send(wire))
  local length
  local line = assert(socket:receive("*l"))
  while line ~= "" do
    length = length or tonumber(line:match("^[Cc]ontent%-[Ll]ength: (%d+)$"))
    line = assert(socket:receive("*l"))
  end
  assert(socket:receive(length))
  assert(socket:setkeepalive(60000, 256))
end

local function contestants(url, sample, in_flight)
  local client = ses.check(ses.client(sample.service, {
    region = samples.region, credentials = samples.credentials, endpoint = url, rate = false,
  }))
  local host, port = url:match("^http://([%d.]+):(%d+)$")
  port = tonumber(port)
  local signed, options = request_of(client, sample), { pool = "bare" }
  local wire, transport = wire_of(signed), transports.default()
  return {
    { name = "bare", run = in_threads(in_flight, function()
      exchange(host, port, options, wire)
    end) },
    { name = "send", against = { "bare" }, run = in_threads(in_flight, function()
      assert(transport:send(signed, transport:now() + 60))
    end) },
    { name = "call", against = { "bare" }, run = in_threads(in_flight, function()
      ses.check(client:call(sample.operation, sample.params))
    end) },
  }
end

local function report(row, url, sample, in_flight)
  row { ("%s, %d in flight"):format(sample.label, in_flight) }
  local rates = measure.heat(contestants(url, sample, in_flight), RATES)
  row { "  sockets alone", rates.bare.time, unit = "rate" }
  for _, name in ipairs { "send", "call" } do
    row { NAMES[name], rates[name].time, 1 / rates[name].ratios.bare, unit = "rate", least = 0.6 }
  end
  local parts = measure.heat(contestants(url, sample, in_flight), PARTS)
  row { "  processor time of sockets alone", parts.bare.time, unit = "us" }
  for _, name in ipairs { "send", "call" } do
    row { "  " .. NAMES[name], parts[name].time, parts[name].ratios.bare, unit = "us", most = 1.6 }
  end
end

--- Measures; for each API and number of calls in flight.
---@return string rows as JSON
function M.run()
  local rows = {}
  for _, sample in ipairs { samples.set, samples.put } do
    for _, in_flight in ipairs { 1, 16, 64 } do
      report(function(row)
        rows[#rows + 1] = { name = row[1], time = row[2], ratio = row[3], unit = row.unit,
                            most = row.most, least = row.least }
      end, URL, sample, in_flight)
    end
  end
  return cjson.encode(rows)
end

return M
