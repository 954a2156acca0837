--- Programs in nginx: a worker serves others while one runs.
local clock = require "ses.resty.clock"
local run = require "ses.transport.run"

local M = {}

local verbs = {}

function verbs.now()
  return clock.now()
end

function verbs.sleep(_, seconds)
  clock.sleep(seconds)
end

--- Runs a program without a shell, and suspends the running coroutine until it
--- has ended; only where nginx allows that. It is killed with all that it
--- started when the deadline passes or it writes too much.
---
--- Of the environment, the program gets what nginx's directive `env` keeps.
---@param argv string[] the program, looked for in PATH, and its arguments
---@param options? {deadline: number|nil, max_output: integer|nil} deadline: on the clock of
---  ses.resty.clock, nil: it may take for ever; max_output: bytes of standard output, nil: 64 KiB
---@return ses.RunResult|nil
---@return ses.RunError|nil
function M.run(argv, options)
  return run(verbs, argv, options)
end

return M
