-- The AWS CLI's own code, asked in one process what it makes of shorthand and of
-- command lines.  PYTHON_OF_AWS_CLI names another Python than Debian's, to compare
-- with another version.

local botocore = require "spec.support.botocore"
local cjson = require "cjson"
local json_text = require "spec.support.json_text"
local shell = require "spec.support.shell"

local M = {}

local PEER = "spec/support/interop/aws_cli_parameters.py"

local python

--- Why nothing can be compared, or nil.
---@return string|nil
function M.missing()
  for _, candidate in ipairs { os.getenv "PYTHON_OF_AWS_CLI" or "/usr/bin/python3", "python3" } do
    local _, status = shell.run(candidate
      .. " -c 'import awscli; exit(awscli.__version__ < \"2\")'")
    if status == 0 then
      python = candidate
      break
    end
  end
  if not python then
    return "no Python finds an awscli of version 2 (Debian: awscli)"
  end
  return not botocore.models() and "there are no models: set SES_VECTORS or BOTOCORE" or nil
end

--- Does jobs; see aws_cli_parameters.py.
---@param jobs table[]
---@return table[] results in the same order
function M.run(jobs)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, job in ipairs(jobs) do file:write(json_text.encode(job), "\n") end
  file:close()
  local pipe = assert(io.popen(("HOME=/nonexistent AWS_DATA_PATH=%s %s %s < %s"):format(
    shell.quote(botocore.models()), python, PEER, name)))
  local results = {}
  for line in pipe:lines() do results[#results + 1] = cjson.decode(line) end
  pipe:close()
  os.remove(name)
  assert(#results == #jobs, "the AWS CLI's process ended early; what it says is above")
  return results
end

--- What command lines come to.
---@param cases {service: string, operation: string, argv: string[]}[]
---@return table[]
function M.commands(cases)
  local jobs = {}
  for i, case in ipairs(cases) do
    jobs[i] = { action = "command", service = case.service, operation = case.operation,
                argv = json_text.list(case.argv) }
  end
  return M.run(jobs)
end

return M
