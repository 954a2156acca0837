--- Has an nginx worker measure itself: see bench.cosockets.
local cjson = require "cjson"
local nginx = require "spec.support.nginx"

local M = {}

local URL = assert(os.getenv("BENCH_URL"), "BENCH_URL is not set: make bench runs this")

--- Has a module measure in a worker, and reports its rows.
---@param jobs string its name; its `run` returns a list of rows as JSON, and finds the server's URL
---  in the module bench.url
---@param row fun(fields: table)
function M.report(jobs, row)
  local missing = nginx.missing()
  if missing then
    return row { "  " .. missing .. ": not measured" }
  end
  local rows = nginx.run {
    workers = 1, seconds = 600, jobs = jobs, job = "run",
    http = ('init_by_lua_block { package.loaded["bench.url"] = "%s" }'):format(URL),
  }[1]
  for _, fields in ipairs(cjson.decode(rows)) do
    fields[1], fields[2], fields[3] = fields.name, fields.time, fields.ratio
    row(fields)
  end
end

--- Measures; rows of the worker's.
---@param row fun(fields: table)
function M.run(row)
  M.report("bench.cosockets", row)
end

return M
