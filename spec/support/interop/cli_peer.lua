-- The AWS CLI's own code, asked in one process for many things; see
-- aws_cli_peer.py.

local botocore = require "spec.support.botocore"
local cjson = require "cjson"
local json = require "ses.cli.json"
local shell = require "spec.support.shell"

local M = {}

local PYTHON = "/usr/bin/python3"

--- Why nothing can be asked; or nil.
---@return string?
function M.missing()
  if M.found == nil then
    local _, status = shell.run(PYTHON .. " -c 'import awscli.botocore, ruamel.yaml'")
    M.found = status == 0
  end
  return not M.found and "there is no AWS CLI 2 in " .. PYTHON .. " (Debian: awscli)" or nil
end

--- Does jobs.
---@param jobs table[] documents, each with an action
---@param zone string|nil the time zone; nil: UTC
---@return table[] answers in the same order: value, or failed, which says why
function M.run(jobs, zone)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, job in ipairs(jobs) do
    file:write(json.encode(job), "\n")
  end
  file:close()
  local pipe = assert(io.popen(("TZ=%s HOME=/nonexistent %s %s %s < %s"):format(
    zone or "UTC", PYTHON, "spec/support/interop/aws_cli_peer.py",
    shell.quote(botocore.models() or ""), name)))
  local answers = {}
  for line in pipe:lines() do
    answers[#answers + 1] = cjson.decode(line)
  end
  pipe:close()
  os.remove(name)
  assert(#answers == #jobs, "the process ended early; what it says is above")
  return answers
end

return M
