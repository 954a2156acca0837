--- Calls in one nginx worker, and what carries them, against a loop that exchanges
--- the same bytes over nginx's sockets and does nothing else.
---
--- A worker that bench.nginx starts runs this, in a timer. Everybody takes a
--- connection from a pool for each exchange and gives it back.
---
--- The server has a processor of its own. On the worker's, what is woken by each
--- request would interrupt the worker, and the more often the slower that is.
package.loaded["bench.native"] = require "bench.worker_clock"

local bare = require "spec.support.bare_exchange"
local cjson = require "cjson"
local core = require "ses.core"
local measure = require "bench.measure"
local ngx = require "ngx"
local samples = require "bench.samples"
local ses = require "ses"
local transports = require "ses.transport"

local M = {}

local URL = require "bench.url" -- of the server; bench.nginx says it

local NAMES = {
  floor = "  with hashing and parsing", send = "  ses.resty.transport",
  least = "  with encode, sign and decode", call = "  ses.client",
}

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

-- What nobody who calls SES can leave out, however it is written: as much is hashed as
-- a signature takes, its key being there, and the answer is parsed. That of API v1 by
-- core.decode, which takes as long as expat alone.
local function floor_of(sample, signed, exchange)
  local handle = core.handle(sample.service, sample.operation)
  local steps = core.sigv4 {
    method = signed.method, path = "/", query = "", body = signed.body, service = "ses",
    headers = { { "Content-Type", signed.headers["Content-Type"] }, { "Host", URL },
                { "X-Amz-Date", signed.headers["X-Amz-Date"] } },
    region = samples.region, time = samples.time,
    access_key_id = samples.credentials.access_key_id,
    secret_access_key = samples.credentials.secret_access_key,
  }
  local outer = steps.signature:sub(1, 32)
  return function()
    exchange()
    core.sha256(signed.body)
    core.sha256(steps.canonical_request)
    core.sha256(steps.string_to_sign)
    core.sha256(outer)
    if sample.service == "ses" then
      core.decode(handle, 200, samples.headers, sample.answer)
    else
      cjson.decode(sample.answer)
    end
  end
end

-- What of a call cannot be left out: the core and the transport, and nothing that
-- repeats, paces or tells.
local function least_call(client, sample, transport, connection)
  local handle = core.handle(sample.service, sample.operation)
  local endpoint = { origin = client.endpoint, host = client.endpoint:match("//(.*)"), path = "" }
  return function()
    local request = assert(core.encode(handle, sample.params))
    local signed = assert(core.sign(request, endpoint, samples.region, "ses", samples.credentials,
      transport:time()))
    signed.connection = connection
    local response = assert(transport:send(signed, transport:now() + 60))
    assert(core.decode(handle, response.status, response.headers, response.body))
  end
end

local function contestants(url, sample, in_flight)
  local client = ses.check(ses.client(sample.service, {
    region = samples.region, credentials = samples.credentials, endpoint = url, rate = false,
  }))
  local signed = bare.request_of(client, sample.operation, sample.params)
  local transport = transports.default()
  local exchange = bare.new(url, bare.wire_of(signed))
  return {
    { name = "bare", run = in_threads(in_flight, exchange) },
    { name = "floor", against = { "bare" },
      run = in_threads(in_flight, floor_of(sample, signed, exchange)) },
    { name = "send", against = { "bare" }, run = in_threads(in_flight, function()
      assert(transport:send(signed, transport:now() + 60))
    end) },
    { name = "least", against = { "bare" }, run = in_threads(in_flight,
      least_call(client, sample, transport, signed.connection)) },
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
  for _, name in ipairs { "floor", "send", "least", "call" } do
    row { "  " .. NAMES[name], parts[name].time, parts[name].ratios.bare, unit = "us",
          most = (name == "send" or name == "call") and 1.6 or nil }
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
