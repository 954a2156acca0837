-- botocore, asked in one process for many things.

local core = require "ses.core"
local cjson = require "cjson"
local json_text = require "spec.support.json_text"
local shell = require "spec.support.shell"
local vectors = require "spec.support.vectors"

local M = {}

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- The Python that has botocore; or nil.
---@return string?
function M.python()
  if M.found == nil then
    M.found = false
    for _, python in ipairs { "/usr/bin/python3", "python3" } do
      local _, status = shell.run(python .. " -c 'import botocore'")
      if status == 0 then
        M.found = python
        break
      end
    end
  end
  return M.found or nil
end

--- The models to compare with: BOTOCORE's, those that the tables came from
--- where make gen has fetched them, or the vectors'; or nil.
---@return string?
function M.models()
  local candidates = { os.getenv "BOTOCORE" or false,
    "build/" .. core.service("ses").source:gsub(" ", "/"),
    vectors.root and vectors.root .. "/models" or false }
  for _, root in ipairs(candidates) do
    if root and (exists(root .. "/ses/2010-12-01/service-2.json")
        or exists(root .. "/ses/2010-12-01/service-2.json.gz")) then
      return root
    end
  end
end

--- Whether M.models() is what the tables came from.
---@return boolean
function M.has_own_models()
  return M.models() == "build/" .. core.service("ses").source:gsub(" ", "/")
end

--- Why a comparison cannot be made; or nil.
---@param needs_models boolean
---@return string?
function M.missing(needs_models)
  if not M.python() then
    return "there is no botocore for Python: nothing is compared with it"
  elseif needs_models and not M.models() then
    return "there are no models: set SES_VECTORS or BOTOCORE, or run make gen"
  end
end

--- Does jobs, all in one process.
---@param jobs table[] each with an action; see botocore_peer.py
---@return table[] results in the same order
function M.run(jobs)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, job in ipairs(jobs) do file:write(json_text.encode(job), "\n") end
  file:close()
  local pipe = assert(io.popen(("%s spec/support/botocore_peer.py %s < %s"):format(M.python(),
    shell.quote(M.models() or ""), name)))
  local results = {}
  for line in pipe:lines() do results[#results + 1] = cjson.decode(line) end
  pipe:close()
  os.remove(name)
  assert(#results == #jobs, "botocore's process ended early; what it says is above")
  return results
end

return M
