--- The error for parameters that the core refuses.
local errors = require "ses.error"
local nearest = require "ses.nearest"

local M = {}

-- The core names the members there are; which one was meant is said here.
local function suggest(fault)
  local members = {}
  for name in fault.expected:gmatch("[^, ]+") do
    members[name] = true
  end
  fault.message = fault.message .. nearest.hint(fault.path:match("[^.%]]+$"), members)
end

--- Makes an error of what core.encode found.
---@param faults {path: string, steps: (string|integer)[], rule: string, got: string|nil,
---  expected: string|nil, message: string}[] kept as the error's details; steps are the keys
---  that lead to the fault, as they are in the parameters
---@return ses.Error
function M.new(faults)
  for _, fault in ipairs(faults) do
    if fault.rule == "unknown" then
      suggest(fault)
    end
  end
  return errors.new("validation", {
    code = "ParamValidation",
    message = #faults == 1 and faults[1].message
      or ("%d faults in the parameters"):format(#faults),
    path = faults[1].path,
    details = faults,
  })
end

return M
