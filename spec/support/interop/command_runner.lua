-- Command lines run by the AWS CLI and by sesctl; see command_runner.py.

local botocore = require "spec.support.botocore"
local cjson = require "cjson"
local json_text = require "spec.support.json_text"
local shell = require "spec.support.shell"

local M = {}

local function run(jobs)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, job in ipairs(jobs) do
    file:write(json_text.encode(job), "\n")
  end
  file:close()
  local pipe = assert(io.popen(("/usr/bin/python3 spec/support/interop/command_runner.py %s < %s")
    :format(shell.quote(botocore.models()), name)))
  local results = {}
  for line in pipe:lines() do
    results[#results + 1] = cjson.decode(line)
  end
  pipe:close()
  os.remove(name)
  assert(#results == #jobs, "the runner ended early; what it says is above")
  return results
end

---@class spec.Command
---@field line string|nil as a shell reads it
---@field argv string[]|nil
---@field replies table[]|nil what the service answers, the last one again and again
---@field env table<string, string|false>|nil false: is not set
---@field endpoint string|false|nil nil: the server's

--- Runs command lines by both.
---@param commands spec.Command[]
---@return {aws: table, sesctl: table}[] results {status, out, errors, requests}
function M.run(commands)
  local jobs = {}
  for i, command in ipairs(commands) do
    jobs[i] = { line = command.line, argv = command.argv and json_text.list(command.argv),
                replies = json_text.list(command.replies or {}), env = command.env,
                endpoint = command.endpoint }
  end
  return run(jobs)
end

local AT_A_TIME = 20

--- What command lines print by both, without a service.
---@param lines string[][]
---@return {aws: string, sesctl: string}[]
function M.print(lines)
  local jobs, printed = {}, {}
  for i, line in ipairs(lines) do
    local at = math.ceil(i / AT_A_TIME)
    jobs[at] = jobs[at] or { lines = json_text.list {} }
    table.insert(jobs[at].lines, json_text.list(line))
  end
  for at, result in ipairs(run(jobs)) do
    for _, who in ipairs { "aws", "sesctl" } do
      assert(result[who].status == 0 and result[who].errors == "", result[who].errors)
      local i = (at - 1) * AT_A_TIME
      for text in result[who].out:gmatch "([^\30]*)\30" do
        i = i + 1
        printed[i] = printed[i] or {}
        printed[i][who] = text
      end
    end
  end
  assert(#printed == #lines)
  return printed
end

return M
