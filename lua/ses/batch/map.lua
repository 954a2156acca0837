--- A function called with every item of a list, many at a time.
local errors = require "ses.error"
local options = require "ses.options"
local protect = require "ses.protect"

local M = {}

local CONCURRENCY = 16

--- The transport of a client, for what runs on it beside calls.
---@param client any
---@param where string the function that was called, for its message
---@return ses.Transport
function M.transport_of(client, where)
  local context
  if type(client) == "table" then
    context = rawget(client, "_context")
  end
  if context == false then
    error(where .. ": the client is closed", 3)
  elseif not context then
    error(where .. ": expected a client, got "
      .. (type(client) == "table" and "another table" or type(client)), 3)
  end
  return context.transport
end

--- Calls a function with every number from 1 to n: several at a time where the
--- transport can do that, one after another where it cannot.
---@param transport ses.Transport
---@param n integer
---@param limit integer
---@param fn fun(i: integer)
---@return table<integer, {problem: any}>|nil faults those that raised
---@return {problem: any}|nil stray what somebody's spawned task raised meanwhile
function M.each(transport, n, limit, fn)
  if transport.all then
    return transport:all(n, limit, fn)
  end
  local faults
  for i = 1, n do
    local ok, problem = protect(fn, i)
    if not ok then
      faults = faults or {}
      faults[i] = { problem = problem }
    end
  end
  return faults
end

local SCHEMA = {
  concurrency = options.whole_number,
  progress = options.of "function",
  deadline = options.seconds,
}

local function raised(problem)
  return errors.callback("the function raised an error", problem)
end

local function too_late(deadline)
  return errors.new("timeout", {
    code = "BatchDeadline", sent = "none", retryable = true,
    message = ("the batch's time of %g s was over before this item's turn"):format(deadline),
  })
end

---@class ses.MapOptions
---@field concurrency integer|nil calls at a time; nil: 16
---@field progress nil|fun(done: integer, total: integer, i: integer, outcome: ses.Outcome)
---@field deadline number|nil seconds after which no further item is begun; what is under way ends
---  by its own timeouts

---@class ses.Outcome
---@field result any what the function returned first
---@field err any what it returned second; an error of kind "callback" where it raised

--- Calls a function with every item of a list.
---
--- On a transport that can do several things at once, the libcurl one among
--- them, calls of a client that the function makes run side by side. What it
--- raises is its item's outcome, and nobody else's. It must not yield: a
--- coroutine of its own may.
---@param client table a client of ses.client, on whose transport the calls are made
---@param items any[]
---@param opts ses.MapOptions|nil
---@param fn fun(item: any, i: integer): any, any
---@return ses.Outcome[] outcomes in the order of the items
---@return ses.Error|nil err what `progress` raised; it is not called again then. Or what a task
---  raised that was spawned on the transport
function M.run(client, items, opts, fn)
  local transport = M.transport_of(client, "ses.batch.map")
  opts = opts == nil and {} or opts
  local fault = options.fault(opts, SCHEMA)
  if not fault and type(items) ~= "table" then
    fault = "items: expected a list, got " .. type(items)
  elseif not fault and type(fn) ~= "function" then
    fault = "expected a function after the options, got " .. type(fn)
  end
  if fault then
    error("ses.batch.map: " .. fault, 2)
  end

  local n, progress = #items, opts.progress
  local ends = opts.deadline and transport:now() + opts.deadline
  local outcomes, done, progress_error = {}, 0, nil

  local function note(i, outcome)
    outcomes[i] = outcome
    done = done + 1
    if progress and not progress_error then
      local ok, problem = protect(progress, done, n, i, outcome)
      if not ok then
        progress_error = raised(problem)
      end
    end
  end

  local faults, stray = M.each(transport, n, opts.concurrency or CONCURRENCY, function(i)
    if ends and transport:now() >= ends then
      return note(i, { err = too_late(opts.deadline) })
    end
    local ok, result, err = protect(fn, items[i], i)
    if ok then
      return note(i, { result = result, err = err })
    end
    note(i, { err = raised(result) })
  end)
  for i = 1, faults and n or 0 do
    if faults[i] and outcomes[i] then
      -- It was `progress` that yielded, after the item had ended.
      progress_error = progress_error or raised(faults[i].problem)
    elseif faults[i] then
      local err = raised(faults[i].problem)
      -- It yielded in its middle, and nobody knows how far it had come.
      err.ambiguous = true
      note(i, { err = err })
    end
  end
  return outcomes, progress_error or (stray and raised(stray.problem)) or nil
end

return M
