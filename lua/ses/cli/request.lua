--- From the words of an operation's command to the parameters of a call.
local core = require "ses.core"
local failure = require "ses.cli.failure"
local output = require "ses.cli.output"
local parameters = require "ses.cli.parameters"

local M = {}

local function print_skeleton(service, operation, form)
  local skeleton = require "ses.cli.skeleton"
  local make = form == "yaml-input" and skeleton.yaml_input or skeleton.input
  return output.print("sesctl", make(service, operation))
end

-- Warns of what is sent, and not of what will be refused.
local function warn(service, operation, read, globals)
  local warnings = read.given.warnings
  if warnings[1] and not failure.is_machine_readable(globals)
      and core.encode(core.handle(service, operation), read.params or {}) then
    output.tell(table.concat(warnings))
  end
end

--- Reads the words. What is wrong with them is told, and what needs no call is printed.
---@param service string "ses" or "sesv2"
---@param operation string "SetIdentityMailFromDomain"
---@param argv string[] the words after the command
---@param globals ses.cli.Globals
---@param help fun(): string
---@return {params: table, given: ses.cli.Given}|nil read nil: there is no call to be made
---@return integer|nil exit code
function M.read(service, operation, argv, globals, help)
  local read, refusal = nil, nil
  if not globals.help then
    read, refusal = parameters.read(service, operation, argv, globals)
  end
  if refusal then
    return nil, failure.tell(failure.of_refusal(refusal), globals)
  elseif not read or read.given.help then
    return nil, output.print("sesctl", help())
  end
  if read.given.skeleton and read.given.skeleton ~= "output" then
    return nil, print_skeleton(service, operation, read.given.skeleton)
  end
  warn(service, operation, read, globals)
  return read
end

return M
