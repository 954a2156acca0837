--- Calls through ses.batch.map, many at a time, against libcurl's multi
--- interface alone, and against the clients of other languages.
---
--- All of them make the same call to the same server, on the processor that
--- `make bench` gives to clients; pacing is off.
local measure = require "bench.measure"
local native = require "bench.native"
local samples = require "bench.samples"
local ses = require "ses"

local M = {}

local URL = assert(os.getenv("BENCH_URL"), "BENCH_URL is not set: make bench runs this")

local RATES = { rounds = 15, slice = 0.1, clock = measure.now }
local PARTS = { rounds = 15, slice = 0.05, clock = measure.cpu }

local function header_lines(request)
  local lines = {}
  for name, value in pairs(request.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  return lines
end

local function new_client(sample)
  return ses.check(ses.client(sample.service, {
    region = samples.region, credentials = samples.credentials, endpoint = URL, rate = false,
  }))
end

local function bare(request, in_flight)
  local handle = native.multi(request.method, request.url, header_lines(request), request.body,
    in_flight)
  return function(n)
    local connections = native.multi_run(handle, n)
    assert(connections <= in_flight, "bare curl did not keep its connections")
  end
end

local function mapped(client, sample, in_flight)
  return function(n)
    local items = {}
    for i = 1, n do
      items[i] = i
    end
    local outcomes = ses.batch.map(client, items, { concurrency = in_flight }, function()
      return client:call(sample.operation, sample.params)
    end)
    for i = 1, n do
      ses.check(outcomes[i].result, outcomes[i].err)
    end
  end
end

local function contestants(sample, in_flight)
  local client = new_client(sample)
  local request = ses.check(client:call(sample.operation, sample.params, { dry_run = true }))
  return {
    { name = "curl", run = bare(request, in_flight) },
    { name = "map", against = { "curl" }, run = mapped(client, sample, in_flight) },
  }
end

-- The calls per second that another language's client says it makes.
local PEERS = {
  { name = "boto3, 16 threads", command = "python3 bench/peers/boto3_rate.py" },
  { name = "AWS SDK for JavaScript, 16 in flight", command = "node bench/peers/javascript_rate.js",
    needs = "build/interop/node_modules/@aws-sdk/client-sesv2/package.json" },
}

local function peer_rate(peer)
  local pipe = assert(io.popen(("%s %s 2 16"):format(peer.command, URL)))
  local rate = tonumber((pipe:read("*l")))
  pipe:close()
  return rate
end

local function own_rate(run)
  local started, calls = measure.now(), 0
  repeat
    run(2000)
    calls = calls + 2000
  until measure.now() - started >= 1
  return calls / (measure.now() - started)
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local function against_peer(row, peer)
  local file = peer.needs and io.open(peer.needs)
  if peer.needs and not file then
    return row { "  " .. peer.name .. ": not installed, not measured" }
  elseif file then
    file:close()
  end
  local run = mapped(new_client(samples.put), samples.put, 16)
  run(2000)
  local ratios, rates = {}, {}
  for round = 1, 3 do
    local theirs = peer_rate(peer)
    if not theirs then
      return row { "  " .. peer.name .. ": it does not run, not measured" }
    end
    rates[round] = theirs
    ratios[round] = own_rate(run) / theirs
  end
  row { "  " .. peer.name, 1 / median(rates), unit = "rate" }
  row { "  ses.batch.map, to that", 1 / (median(rates) * median(ratios)), median(ratios),
        unit = "rate", least = 15 }
end

--- Measures; rows for each API and number of calls in flight.
---@param row fun(fields: table)
function M.run(row)
  for _, sample in ipairs { samples.set, samples.put } do
    for _, in_flight in ipairs { 16, 64 } do
      row { ("%s, %d in flight"):format(sample.label, in_flight) }
      local list = contestants(sample, in_flight)
      local rates = measure.heat(list, RATES)
      row { "  curl multi alone", rates.curl.time, unit = "rate" }
      row { "  ses.batch.map", rates.map.time, 1 / rates.map.ratios.curl, unit = "rate",
            least = 0.6 }
      local parts = measure.heat(contestants(sample, in_flight), PARTS)
      row { "  processor time of a call", parts.map.time, parts.map.ratios.curl, unit = "us",
            than = "curl multi alone" }
    end
  end
  row { samples.put.label }
  for _, peer in ipairs(PEERS) do
    against_peer(row, peer)
  end
end

return M
