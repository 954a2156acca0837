--- How long an nginx worker serves nobody else while a large message is encoded,
--- hashed and handed to its socket.
---
--- Others are a light thread that wants to run every millisecond. Between two of its
--- turns the worker was busy for as long as it used its processor: a busy machine
--- makes that no longer.
package.loaded["bench.native"] = require "bench.worker_clock"

local cjson = require "cjson"
local core = require "ses.core"
local measure = require "bench.measure"
local ngx = require "ngx"
local samples = require "bench.samples"
local ses = require "ses"

local M = {}

local URL = require "bench.url" -- of the server; bench.nginx says it

local ROUNDS = 9

-- Bytes of messages. The last one is 40 MB in base64: the most that SES takes.
local SIZES = { { "100 KB", 1e5 }, { "1 MB", 1e6 }, { "10 MB", 1e7 }, { "30 MB", 3e7 } }

local function new_client(sample)
  return ses.check(ses.client(sample.service, {
    region = samples.region, credentials = samples.credentials, endpoint = URL .. "/large",
    rate = false,
  }))
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

-- The longest processor time of a call at a time, and that of all of it.
local function take(client, sample, params)
  -- What the last one left would be collected in this one's time.
  collectgarbage()
  collectgarbage()
  local longest, is_over = 0, false
  local started = measure.cpu()
  local others = ngx.thread.spawn(function()
    local last = started
    while not is_over do
      ngx.sleep(0.001)
      local used = measure.cpu()
      longest, last = math.max(longest, used - last), used
    end
  end)
  ses.check(client:call(sample.operation, params))
  local total = measure.cpu() - started
  is_over = true
  ngx.thread.wait(others)
  return longest, total
end

local function measured(sample, size)
  local client = new_client(sample)
  local params = sample.with(core.random(1000):rep(size / 1000))
  local pauses, totals = {}, {}
  -- The first call connects.
  take(client, sample, params)
  for i = 1, ROUNDS do
    pauses[i], totals[i] = take(client, sample, params)
  end
  return median(pauses), median(totals)
end

--- Measures; for each API and size.
---@return string rows as JSON
function M.run()
  local rows = {}
  for _, sample in ipairs { samples.raw_v1, samples.raw_v2 } do
    rows[#rows + 1] = { name = sample.label }
    for _, size in ipairs(SIZES) do
      local pause, total = measured(sample, size[2])
      rows[#rows + 1] = { name = "  " .. size[1] .. ", longest pause", time = pause, unit = "ms" }
      rows[#rows + 1] = { name = "    processor time in all", time = total, unit = "ms" }
    end
  end
  return cjson.encode(rows)
end

return M
