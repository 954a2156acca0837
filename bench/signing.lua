--- SigV4 per signature: through the Lua call and in C, against OpenSSL alone.
local core = require "ses.core"
local measure = require "bench.measure"
local native = require "bench.native"
local samples = require "bench.samples"

local M = {}

local HOST = "email.us-east-1.amazonaws.com"

local ENDPOINT = { origin = "https://" .. HOST, host = HOST, path = "" }

local function encode(sample)
  return assert(core.encode(core.handle(sample.service, sample.operation), sample.params))
end

-- What the signature of a request to the service's root is computed over.
local function steps(request)
  return core.sigv4 {
    method = request.method, path = "/", query = "", body = request.body,
    headers = {
      { "Content-Type", request.headers["Content-Type"] }, { "Host", HOST },
      { "X-Amz-Date", core.format_time(samples.time, "basic") },
    },
    region = samples.region, service = "ses", time = samples.time,
    access_key_id = samples.credentials.access_key_id,
    secret_access_key = samples.credentials.secret_access_key,
  }
end

local function sign(request)
  return assert(core.sign(request, ENDPOINT, samples.region, "ses", samples.credentials,
    samples.time))
end

local function sign_in_c(request, n)
  return native.sign_core(n, request.body, HOST, request.headers["Content-Type"],
    core.format_time(samples.time, "basic"), samples.credentials.secret_access_key, samples.region,
    "ses")
end

--- Measures; a row for each way to sign.
---@param row fun(fields: table)
function M.run(row)
  local request = encode(samples.set)
  local expected = steps(request)
  assert(sign_in_c(request, 1) == expected.signature, "two signatures of one request")
  assert(sign(request).headers.Authorization:find(expected.signature, 1, true),
    "two signatures of one request")
  local results = measure.heat({
    { name = "floor", run = function(n)
      native.sign_floor(n, request.body, expected.canonical_request, expected.string_to_sign)
    end },
    { name = "c", against = { "floor" }, run = function(n)
      sign_in_c(request, n)
    end },
    { name = "lua", against = { "floor" }, run = function(n)
      for _ = 1, n do
        sign(request)
      end
    end },
  }, { rounds = 41, slice = 0.01, clock = measure.cpu })
  row { "OpenSSL: two SHA-256, one HMAC", results.floor.time, unit = "ns" }
  row { "signing in C", results.c.time, results.c.ratios.floor, unit = "ns", most = 1.5 }
  row { "core.sign", results.lua.time, results.lua.ratios.floor, unit = "ns", most = 4 }
end

return M
