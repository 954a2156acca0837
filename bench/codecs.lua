--- core.encode and core.decode of the MAIL FROM operations against expat and
--- lua-cjson over the same bytes.
local cjson = require "cjson.safe"
local core = require "ses.core"
local measure = require "bench.measure"
local native = require "bench.native"
local samples = require "bench.samples"

local M = {}

local encode, decode = core.encode, core.decode

local OPTIONS = { rounds = 21, slice = 0.005, clock = measure.cpu }

local function encode_heat(sample, handle)
  assert(encode(handle, sample.params))
  return measure.heat({
    { name = "cjson.encode", run = function(n)
      for _ = 1, n do
        cjson.encode(sample.params)
      end
    end },
    { name = "core", against = { "cjson.encode" }, run = function(n)
      for _ = 1, n do
        encode(handle, sample.params)
      end
    end },
  }, OPTIONS)
end

local function decoder(sample, handle, against)
  assert(decode(handle, 200, samples.headers, sample.answer))
  return { name = "core", against = against, run = function(n)
    for _ = 1, n do
      decode(handle, 200, samples.headers, sample.answer)
    end
  end }
end

local NEW, RESET = "expat, a parser each", "expat, one parser reset"

local function xml_heat(sample, handle)
  return measure.heat({
    { name = NEW, run = function(n)
      native.expat(n, sample.answer, false)
    end },
    { name = RESET, run = function(n)
      native.expat(n, sample.answer, true)
    end },
    decoder(sample, handle, { NEW, RESET }),
  }, OPTIONS)
end

local function json_heat(sample, handle)
  return measure.heat({
    { name = "cjson.decode", run = function(n)
      for _ = 1, n do
        cjson.decode(sample.answer)
      end
    end },
    decoder(sample, handle, { "cjson.decode" }),
  }, OPTIONS)
end

local function report(row, label, result, others)
  for _, other in ipairs(others) do
    row { label, result.time, result.ratios[other], than = other, unit = "us" }
  end
end

--- Measures; a row for each operation, direction and library.
---@param row fun(fields: table)
function M.run(row)
  for _, sample in ipairs(samples.all) do
    local handle = core.handle(sample.service, sample.operation)
    report(row, "encode " .. sample.label, encode_heat(sample, handle).core, { "cjson.encode" })
  end
  for _, sample in ipairs(samples.all) do
    local handle = core.handle(sample.service, sample.operation)
    if sample.service == "ses" then
      report(row, "decode " .. sample.label, xml_heat(sample, handle).core, { NEW, RESET })
    else
      report(row, "decode " .. sample.label, json_heat(sample, handle).core, { "cjson.decode" })
    end
  end
end

return M
