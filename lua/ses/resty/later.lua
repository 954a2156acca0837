--- Calls that are made later, by a timer of nginx: for the phases that may not
--- wait, such as log_by_lua, and for requests that should not.
---
---     local ok, err = client:later("SendEmail", params, function(result, problem) ... end)
---
--- Each worker has a queue for each client, in memory: nginx that is killed, or
--- told to stop at once (TERM, INT), loses what is in it. In exit_worker_by_lua
--- `require("ses.resty.later").exit()` hands that back; see ses.LaterOptions.
local call = require "ses.call"
local errors = require "ses.error"
local options = require "ses.options"
local tables = require "ses.tables"

-- This module is loaded anywhere; nothing but nginx's Lua has that one.
local ngx = package.loaded.ngx

local M = {}

---@class ses.LaterOptions of a client, for client:later; each worker has its own queue
---@field queue_size integer|nil calls that wait at most; 1000
---@field concurrency integer|nil calls under way at a time; 8
---@field exit_timeout number|nil seconds in which a worker that nginx takes out of service, as at
---  a reload, begins the calls that wait; 5
---@field on_exit nil|fun(jobs: ses.LaterJob[]) gets those that it could not begin, oldest first;
---  without it they are counted and logged. It is called in a timer, or where M.exit is

---@class ses.LaterJob
---@field operation string "SendEmail"
---@field params table the copy that client:later made

---@class ses.LaterStats of this worker and client. Whatever was queued is in one of the first five
---  but for what `dropped` had of it at the end
---@field queued integer calls that wait
---@field running integer calls under way
---@field done integer calls that had a result
---@field failed integer calls that had an error
---@field handed_back integer calls that on_exit took
---@field dropped integer calls that a full queue or the end of the worker refused, or that were
---  still queued at that end and had no on_exit to take them

local NOTHING = { queued = 0, running = 0, done = 0, failed = 0, handed_back = 0, dropped = 0 }

--- What is wrong with the option `later`.
M.fault = options.table({
  queue_size = options.whole_number, concurrency = options.whole_number,
  exit_timeout = options.seconds_from_0, on_exit = options.of("function"),
}, nil, "{queue_size = 1000}")

--- What is wrong with the argument `callback` of client:later.
---@param callback any
---@return string|nil
function M.callback_fault(callback)
  if callback ~= nil and type(callback) ~= "function" then
    return "later: expected a function to call back, got " .. type(callback)
  end
end

-- Why no call can be made later here; or nil.
---@return ses.Error|nil
local function unavailable()
  local message
  if not ngx then
    message = "there is no nginx that would make the call later: client:call makes it now, and"
      .. " ses.batch makes many at a time"
  elseif ngx.get_phase() == "init" then
    message = "nginx has no workers yet: from init_worker_by_lua on, calls can be made later"
  else
    return nil
  end
  return errors.new("config", { code = "NotInNginx", message = message })
end

--- Queues a call; the work of client:later.
---@param context ses.CallContext
---@param operation {name: string, handle: userdata}
---@param params table|nil
---@param callback nil|fun(result: table|nil, err: ses.Error|nil)
---@return true|nil
---@return ses.Error|nil
function M.add(context, operation, params, callback)
  local err = call.validate(context, operation, params)
  if err then
    return nil, err
  end
  err = unavailable()
  local ok
  if not err then
    context.queue = context.queue or require("ses.resty.queue").new(context)
    ok, err = context.queue:add(operation, params, callback)
  end
  if err then
    err.service, err.operation = context.service, operation.name
  end
  return ok, err
end

--- What became of a client's calls in this worker.
---@param context ses.CallContext
---@return ses.LaterStats
function M.stats(context)
  return tables.copy(context.queue and context.queue:stats() or NOTHING)
end

--- Hands back what waits in this worker, of all clients: for exit_worker_by_lua,
--- where nothing can be called any more. Calls under way end there with their
--- worker, and may have been carried out; they are logged.
function M.exit()
  if ngx and package.loaded["ses.resty.queue"] then
    require("ses.resty.queue").exit()
  end
end

return M
