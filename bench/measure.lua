--- Times of things that are compared, taken in interleaved rounds.
---
--- A busy machine slows down whatever happens to run, so nothing is compared
--- across rounds: every contestant runs once a round, and what counts is the
--- median, over all rounds, of its time and of its ratio to another's.
local native = require "bench.native"

local M = {}

---@class bench.Contestant
---@field name string unique in its heat
---@field run fun(n: integer) does the thing n times
---@field against string[]|nil the contestants that it is divided by

-- The number of repetitions that takes about as long as a slice.
local function calibrate(contestant, clock, slice)
  local n = 1
  while true do
    local start = clock()
    contestant.run(n)
    local took = clock() - start
    if took >= slice / 2 then
      return math.max(1, math.ceil(n * slice / took))
    end
    n = n * 2
  end
end

local function median(list)
  table.sort(list)
  local middle = math.floor(#list / 2)
  if #list % 2 == 1 then
    return list[middle + 1]
  end
  return (list[middle] + list[middle + 1]) / 2
end

local function ratios(times, others)
  local list = {}
  for i = 1, #times do
    list[i] = times[i] / others[i]
  end
  return list
end

--- Runs a heat.
---@param contestants bench.Contestant[]
---@param options {rounds: integer, slice: number, clock: fun(): number} slice in seconds
---@return table<string, {time: number, ratios: table<string, number>}> by name; the time of one
---  in seconds, and its ratios to others by their names
function M.heat(contestants, options)
  local times = {}
  for _, contestant in ipairs(contestants) do
    contestant.n = calibrate(contestant, options.clock, options.slice)
    times[contestant.name] = {}
  end
  for round = 1, options.rounds do
    for i = 1, #contestants do
      -- Each round starts with another, so that none always runs first.
      local contestant = contestants[(i + round) % #contestants + 1]
      collectgarbage()
      local start = options.clock()
      contestant.run(contestant.n)
      times[contestant.name][round] = (options.clock() - start) / contestant.n
    end
  end
  local results = {}
  for _, contestant in ipairs(contestants) do
    local own, to = times[contestant.name], {}
    for _, other in ipairs(contestant.against or {}) do
      to[other] = median(ratios(own, times[other]))
    end
    results[contestant.name] = { ratios = to }
  end
  for name, list in pairs(times) do
    results[name].time = median(list)
  end
  return results
end

M.now, M.cpu = native.now, native.cpu

return M
