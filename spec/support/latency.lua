-- How long small requests to an nginx take while it does something else.

local shell = require "spec.support.shell"

local M = {}

-- In seconds: a request that is sent later than this after the one before it had
-- to wait for that.
local INTERVAL = 0.002

local ROUNDS, SETS = 5, 3

--- Has this process, and those that it starts, run on one processor: how long an
--- answer takes depends on whether the system has put its two ends on one, and so
--- it has no choice.
---@return fun() undo
function M.on_one_processor()
  local processors = shell.run("taskset -cp $PPID"):match(": ([%d,-]+)\n")
  local function run_on(list)
    if list then
      shell.run("taskset -cp " .. list .. " $PPID")
    end
  end
  run_on(processors and processors:match("^%d+"))
  return function()
    run_on(processors)
  end
end

--- The one in the middle.
---@param list number[] sorted afterwards
---@return number
function M.median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

--- The median of how long small requests take while another is answered. Each
--- follows when the one before it has its answer. Those that would have come
--- meanwhile wait as well: one that is late counts from when it was due.
---@param transport ses.Transport
---@param url string of the server, whose location /small answers "ok" at once
---@param path string of the other request
---@return number seconds
---@return string body the other's answer
function M.during(transport, url, path)
  local list, ended = {}, nil
  local function get(what)
    return transport:send({ method = "GET", url = url .. what, headers = {} },
      transport:now() + 60)
  end
  local other, err
  local faults = transport:all(2, 2, function(i)
    local begun = transport:now()
    if i == 1 then
      other, err = get(path)
      ended = transport:now()
      return
    end
    while not ended or begun < ended do
      assert(assert(get "/small").body == "ok")
      list[#list + 1] = transport:now() - begun
      begun = math.min(transport:now(), begun + INTERVAL)
    end
  end)
  for _, fault in pairs(faults or {}) do
    error(fault.problem, 0)
  end
  return M.median(list), assert(other, err).body
end

local function medians_of(round)
  local lists, medians = {}, {}
  for _ = 1, ROUNDS do
    for name, value in pairs(round()) do
      lists[name] = lists[name] or {}
      table.insert(lists[name], value)
    end
  end
  for name, list in pairs(lists) do
    medians[name] = M.median(list)
  end
  return medians
end

--- Measures in rounds until the medians of one set of them are right: a machine that
--- is busy with something else now may not be later. Raises where none are.
---@param round fun(): table<string, number> what was measured, by its name
---@param is_right fun(medians: table<string, number>): boolean
function M.compare(round, is_right)
  local found = {}
  for _ = 1, SETS do
    local medians = medians_of(round)
    if is_right(medians) then
      return
    end
    for name, value in pairs(medians) do
      found[#found + 1] = ("%s %.3f"):format(name, value)
    end
  end
  error("it is not so in any set of rounds: " .. table.concat(found, ", "), 2)
end

return M
