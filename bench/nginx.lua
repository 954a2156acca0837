--- Has an nginx worker measure itself: see bench.cosockets.
local cjson = require "cjson"
local nginx = require "spec.support.nginx"

local M = {}

local URL = assert(os.getenv("BENCH_URL"), "BENCH_URL is not set: make bench runs this")

--- Measures; rows of the worker's.
---@param row fun(fields: table)
function M.run(row)
  local missing = nginx.missing()
  if missing then
    return row { "  " .. missing .. ": not measured" }
  end
  local rows = nginx.run {
    workers = 1, seconds = 600, jobs = "bench.cosockets", job = "run",
    http = ('lua_package_cpath "%s;;"; init_by_lua_block { package.loaded["bench.url"] = "%s" }')
      :format(os.getenv("SES_LUAJIT_CPATH"), URL),
  }[1]
  for _, fields in ipairs(cjson.decode(rows)) do
    fields[1], fields[2], fields[3] = fields.name, fields.time, fields.ratio
    row(fields)
  end
end

return M
