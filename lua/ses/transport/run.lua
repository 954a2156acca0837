--- The verb `run` of transports: a program that ends in time.
---
--- Whatever the transport's `sleep` lets go on goes on meanwhile, and time must
--- really pass in it.
local core = require "ses.core"
local protect = require "ses.protect"

-- Seconds between two looks at the program: it is most often a quick one.
local FIRST_PAUSE = 0.001
local LONGEST_PAUSE = 0.02
local GROWTH = 1.5

local NONE = {}

-- The result, or nil where the deadline has passed.
local function wait(transport, process, deadline)
  local pause = FIRST_PAUSE
  local result = process:step()
  while not result do
    local left = deadline and deadline - transport:now() or pause
    if not (left > 0) then
      return nil
    end
    transport:sleep(math.min(pause, left))
    pause = math.min(pause * GROWTH, LONGEST_PAUSE)
    result = process:step()
  end
  return result
end

local function failure(kind, code, message)
  return nil, { kind = kind, code = code, message = message }
end

local function timeout()
  return failure("timeout", "Timeout", "the program did not end before the deadline")
end

--- Runs a program without a shell, and waits for its end. It reads nothing from
--- its standard input, inherits the environment, and is killed with all that it
--- started when the deadline passes or it writes too much.
---@param transport {now: function, sleep: function}
---@param argv string[] the program, looked for in PATH, and its arguments
---@param options? {deadline: number|nil, max_output: integer|nil} deadline: on transport:now(),
---  nil: it may take for ever; max_output: bytes of standard output, nil: 64 KiB
---@return ses.RunResult|nil
---@return ses.RunError|nil
return function(transport, argv, options)
  options = options or NONE
  local deadline, max_output = options.deadline, options.max_output
  if deadline and not (deadline > transport:now()) then
    return timeout()
  end
  local process, message = core.spawn(argv, { max_output = max_output })
  if not process then
    return failure("process", "NotStarted", message)
  end
  local ok, result = protect(wait, transport, process, deadline)
  process:kill()
  if not ok then
    error(result, 0)
  elseif not result then
    return timeout()
  elseif result.overflow then
    return failure("process", "OutputTooLarge", ("the program wrote more than %d bytes to its"
      .. " standard output"):format(#result.stdout))
  end
  return result
end
