--- Calls through ses.client, one at a time, against libcurl alone: the same
--- request to the same server, whose answers never change.  And where the time
--- of a call goes.
---
--- There are two servers.  BENCH_URL names one on a processor of its own, as a
--- service is.  There a call mostly waits, and how long depends on how fast the
--- machine wakes an idle processor.  So the parts are measured with the other
--- one, BENCH_NEAR_URL, on the client's processor, and in the processor time
--- that the client uses, its share of the kernel's included.
local core = require "ses.core"
local measure = require "bench.measure"
local native = require "bench.native"
local samples = require "bench.samples"
local ses = require "ses"

local M = {}

local function environment(name)
  return assert(os.getenv(name), name .. " is not set: make bench runs this")
end

local FAR, NEAR = environment("BENCH_URL"), environment("BENCH_NEAR_URL")

local RATES = { rounds = 31, slice = 0.05, clock = measure.now }
local PARTS = { rounds = 31, slice = 0.02, clock = measure.cpu }

-- Answers at once what the server would.
local function null_transport(answer)
  local response = { status = 200, headers = samples.headers, body = answer }
  local verbs = {}
  function verbs.send()
    return response
  end
  function verbs.now()
    return 0
  end
  function verbs.time()
    return samples.time
  end
  function verbs.random()
    return 0.5
  end
  function verbs.sleep() end
  function verbs.close() end
  return verbs
end

local function new_client(service, url, transport)
  return ses.check(ses.client(service, {
    region = samples.region, credentials = samples.credentials, endpoint = url,
    transport = transport, rate = false,
  }))
end

local function repeated(fn)
  return function(n)
    for _ = 1, n do
      fn()
    end
  end
end

local function bare_curl(request)
  local lines = {}
  for name, value in pairs(request.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  local handle = native.curl(request.method, request.url, lines, request.body)
  return function(n)
    local connections = native.curl_run(handle, n)
    assert(connections <= 1, "bare curl did not keep its connection")
  end
end

local function sender(request)
  local transport = require("ses.transport").default()
  request.connection = { connect_timeout = 5, verify = true, max_response_bytes = 1048576 }
  return function()
    local response, failure = transport:send(request, transport:now() + 60)
    if not response or response.status ~= 200 then
      error(failure and failure.message or ("HTTP " .. response.status))
    end
  end
end

-- Libcurl alone and the whole call; and the request of both.
local function calls(sample, url)
  local client = new_client(sample.service, url)
  local request = ses.check(client:call(sample.operation, sample.params, { dry_run = true }))
  return {
    { name = "curl", run = bare_curl(request) },
    { name = "call", against = { "curl" }, run = repeated(function()
      ses.check(client:call(sample.operation, sample.params))
    end) },
  }, request
end

-- The same, and its parts.
local function parts(sample)
  local list, signed = calls(sample, NEAR)
  local handle = core.handle(sample.service, sample.operation)
  local request = assert(core.encode(handle, sample.params))
  local endpoint = { origin = NEAR, host = NEAR:match("//(.*)"), path = "" }
  local null = new_client(sample.service, NEAR, null_transport(sample.answer))
  local function add(name, fn)
    list[#list + 1] = { name = name, run = repeated(fn) }
  end
  add("send", sender(signed))
  add("null", function()
    ses.check(null:call(sample.operation, sample.params))
  end)
  add("encode", function()
    core.encode(handle, sample.params)
  end)
  add("sign", function()
    core.sign(request, endpoint, samples.region, "ses", samples.credentials, samples.time)
  end)
  add("decode", function()
    core.decode(handle, 200, samples.headers, sample.answer)
  end)
  return list
end

local function report_rates(row, results)
  row { "  curl alone", results.curl.time, unit = "rate" }
  row { "  ses.client", results.call.time, 1 / results.call.ratios.curl, unit = "rate",
        least = 0.6 }
end

local function report_parts(row, results)
  local call = results.call.time
  row { "  processor time of a call", call, results.call.ratios.curl, unit = "us",
        than = "curl alone" }
  local function part(name, time)
    row { "    " .. name, time, time / call, unit = "us", than = "of the call" }
  end
  part("curl alone", results.curl.time)
  part("transport, over that", results.send.time - results.curl.time)
  part("encode", results.encode.time)
  part("sign", results.sign.time)
  part("decode", results.decode.time)
  part("client and pipeline in Lua", results.null.time - results.encode.time
    - results.sign.time - results.decode.time)
  part("rest: cold caches, garbage", call - results.send.time - results.null.time)
end

--- Measures; rows for a call of each API, and its parts.
---@param row fun(fields: table)
function M.run(row)
  for _, sample in ipairs { samples.set, samples.put } do
    row { sample.label }
    report_rates(row, measure.heat((calls(sample, FAR)), RATES))
    report_parts(row, measure.heat(parts(sample), PARTS))
  end
end

return M
